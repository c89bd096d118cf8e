//! The seven campaigns, as Braze's API tells of them: two by the ids in the stack, five by where they post.
//!
//! In: a workspace, the stack. Out: findings. Changes nothing.

use http::StatusCode;
use serde_json::Value;
use shared::net::Request;

use super::judged::{self, Place};
use super::{AREA, Braze, passing};
use crate::account::Deployed;
use crate::doctor::Finding;
use crate::doctor::routing::{Asked, asked};
use crate::setup::braze::TAG;

/// The stack's parameters that hold ids of SMS campaigns.
const SENDING: [&str; 2] = ["BrazeReplyCampaignId", "BrazeSolvedCampaignId"];
/// Webhook campaigns that are looked at, at most: a workspace may have thousands.
const MOST: usize = 200;
/// Pages of a list, each of a hundred campaigns, that are read at most.
const PAGES: usize = 100;

/// Why a campaign could not be looked at.
enum Unseen {
    /// The key lacks the permission.
    Forbidden,
    /// There is none of this id.
    Unknown,
    /// What Braze or the network did, told as it is.
    Told(Finding),
}

impl Braze<'_> {
    /// What is wrong with the campaigns, and what could not be looked at; the ids that inbound bodies ask Zendesk for.
    pub(super) async fn seven(&self, stack: &Deployed) -> (Vec<Finding>, Vec<Asked>) {
        let mut findings = Vec::new();
        let mut groups = Vec::new();
        for parameter in SENDING {
            let Some(id) = stack.parameter(parameter) else {
                continue;
            };
            match self.details(id).await {
                Ok(told) => {
                    findings.extend(judged::sends(parameter, &told));
                    groups.extend(judged::group(&told));
                }
                Err(unseen) => findings.push(not_seen(parameter, unseen)),
            }
        }
        groups.dedup();
        findings.extend(judged::groups(
            stack.parameter("BrazeSubscriptionGroupId"),
            &groups,
        ));
        if let Ok(url) = stack.output("BrazeInboundUrl") {
            let by_keyword = stack.parameter("OpenOn") == Some("keyword");
            let (inbound, asked) = self.inbound(url, by_keyword).await;
            findings.extend(inbound);
            return (findings, asked);
        }
        (findings, Vec::new())
    }

    /// The campaigns that post customers' texts to this stack.
    async fn inbound(&self, url: &str, by_keyword: bool) -> (Vec<Finding>, Vec<Asked>) {
        let forbidden = |permission: &str| {
            let told = vec![Finding::note(
                AREA,
                format!(
                    "the campaigns that send customers' texts to the bridge were not checked: the key lacks the permission \
                     {permission}"
                ),
            )];
            (told, Vec::new())
        };
        let listed = match self.list().await {
            Ok(listed) => listed,
            Err(Unseen::Told(finding)) => return (vec![finding], Vec::new()),
            Err(Unseen::Forbidden | Unseen::Unknown) => return forbidden("campaigns.list"),
        };
        let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
        let missing =
            |here: &[Value], elsewhere: &[Value]| judged::missing(here, elsewhere, by_keyword);
        for row in listed.iter().take(MOST) {
            if !judged::has_tag(row) && missing(&here, &elsewhere).is_empty() {
                break;
            }
            match self.details(row["id"].as_str().unwrap_or_default()).await {
                Ok(told) => match judged::place(&told, url) {
                    Place::Here => here.push(told),
                    Place::Elsewhere => elsewhere.push(told),
                    Place::Other => {}
                },
                Err(Unseen::Forbidden) => return forbidden("campaigns.details"),
                // It was removed just now.
                Err(Unseen::Unknown) => {}
                Err(Unseen::Told(finding)) => return (vec![finding], Vec::new()),
            }
        }
        let receive = here.iter();
        let mut findings: Vec<Finding> = receive
            .flat_map(|told| judged::receives(told, &self.tokens))
            .collect();
        let missing = missing(&here, &elsewhere);
        if listed.len() > MOST && !missing.is_empty() {
            findings.push(Finding::note(
                AREA,
                format!(
                    "of {} webhook campaigns only the newest {MOST} were checked, and not all of \
                     the bridge's are among them; those with the tag {TAG} are checked first",
                    listed.len()
                ),
            ));
        } else {
            findings.extend(missing);
        }
        (findings, here.iter().flat_map(asked).collect())
    }

    /// Campaigns that the API does not trigger: those with the tag first, then the newest.
    async fn list(&self) -> Result<Vec<Value>, Unseen> {
        let mut rows: Vec<Value> = Vec::new();
        for page in 0..PAGES {
            let mut url = self.base.at("/campaigns/list");
            url.query_pairs_mut()
                .append_pair("page", &page.to_string())
                .append_pair("sort_direction", "desc");
            let told = self.read(url).await?;
            let campaigns = told["campaigns"].as_array().cloned().unwrap_or_default();
            if campaigns.is_empty() {
                break;
            }
            rows.extend(campaigns);
        }
        rows.retain(|row| row["is_api_campaign"] != true);
        // Stable: within each kind the newest stay first.
        rows.sort_by_key(|row| !judged::has_tag(row));
        Ok(rows)
    }

    async fn details(&self, id: &str) -> Result<Value, Unseen> {
        let mut url = self.base.at("/campaigns/details");
        url.query_pairs_mut().append_pair("campaign_id", id);
        self.read(url).await
    }

    async fn read(&self, url: url::Url) -> Result<Value, Unseen> {
        let answer = self.send(Request::get(url)).await.map_err(Unseen::Told)?;
        if let Some(finding) = passing(answer.status) {
            return Err(Unseen::Told(finding));
        }
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Unseen::Forbidden),
            status if status.is_success() => Ok(answer.json().unwrap_or_default()),
            _ => Err(Unseen::Unknown),
        }
    }
}

/// A campaign of the stack's that could not be looked at.
fn not_seen(parameter: &'static str, unseen: Unseen) -> Finding {
    match unseen {
        Unseen::Told(finding) => finding,
        Unseen::Forbidden => Finding::note(
            AREA,
            format!(
                "the campaign of {parameter} was not checked: the key lacks the permission campaigns.details"
            ),
        ),
        Unseen::Unknown => Finding::bad(
            AREA,
            parameter,
            "there is no campaign of this id in the workspace".to_owned(),
            "copy the Campaign ID from the campaign's page, and deploy with it",
        ),
    }
}
