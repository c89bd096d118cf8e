//! Braze's REST API as far as it lets a program check what is set up.
//!
//! In: the endpoint, the REST key, the stack, the inbound token. Out: findings about the key and the campaigns. No call
//! here can send a message: the probe of the send permission names a campaign that does not exist.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};
use shared::net::{Answer, BaseUrl, Deadline, Http, Repeat, Request};
use url::Url;

use crate::Failure;
use crate::account::Deployed;
use crate::doctor::Finding;
use crate::doctor::routing::Asked;
use crate::setup::merge::get;

mod campaigns;
mod judged;

const AREA: &str = "braze";
const LIMIT: Duration = Duration::from_secs(20);
/// A campaign that does not exist.
const NO_CAMPAIGN: &str = "00000000-0000-4000-8000-000000000000";

/// A workspace, by its key.
pub(crate) struct Braze<'a> {
    pub(crate) http: &'a Http,
    pub(crate) base: BaseUrl,
    pub(crate) key: &'a str,
    /// Tokens that `BrazeInboundUrl` takes: none where the secret has none.
    pub(crate) tokens: Vec<&'a str>,
}

/// The tokens of a secret that the inbound route takes.
pub(crate) fn tokens(object: &Map<String, Value>) -> Vec<&str> {
    let keys = ["braze_inbound_token", "braze_inbound_token_previous"];
    keys.into_iter()
        .filter_map(|key| get(object, key))
        .collect()
}

impl Braze<'_> {
    /// Everything that can be checked, and the ids that inbound bodies ask Zendesk for.
    pub(crate) async fn check(&self, stack: &Deployed) -> (Vec<Finding>, Vec<Asked>) {
        let nobody = json!({"external_user_id": "bridge-doctor", "send_to_existing_only": true});
        let send = json!({"campaign_id": NO_CAMPAIGN, "broadcast": false, "recipients": [nobody]});
        let mut probes = vec![
            ("campaigns.trigger.send", "/campaigns/trigger/send", send),
            ("users.track", "/users/track", json!({})),
        ];
        // Only then Braze is informed of wishes to opt out.
        if stack.parameter("OptOutWords") == Some("unsubscribe") {
            let path = "/subscription/status/set";
            probes.push(("subscription.status.set", path, json!({})));
        }
        // A question that names nobody.
        if stack.parameter("CheckWithheld") == Some("on") {
            probes.push(("users.export.ids", "/users/export/ids", json!({})));
        }
        let mut findings = Vec::new();
        for (permission, path, body) in probes {
            let finding = self.permission(permission, path, &body).await;
            let stop = finding.is_bad();
            findings.push(finding);
            if stop {
                return (findings, Vec::new());
            }
        }
        if let Some(group) = stack.parameter("BrazeSubscriptionGroupId")
            && stack.parameter("CheckSubscription") != Some("off")
        {
            findings.push(self.may_look_up(group).await);
        }
        let (seven, asked) = self.seven(stack).await;
        findings.extend(seven);
        (findings, asked)
    }

    /// All campaigns, a hundred at most, each with its id and what `GET /campaigns/details` tells of it; `None`: the
    /// key may not ask.
    ///
    /// # Errors
    /// Braze cannot be reached.
    pub(crate) async fn campaigns(&self) -> Result<Option<Vec<(String, Value)>>, Failure> {
        let mut campaigns = Vec::new();
        let list = self.base.at("/campaigns/list");
        let Some(list) = self.told(list, &[("sort_direction", "desc")]).await? else {
            return Ok(None);
        };
        for one in list["campaigns"].as_array().into_iter().flatten() {
            let Some(id) = one["id"].as_str() else {
                continue;
            };
            let details = self.base.at("/campaigns/details");
            match self.told(details, &[("campaign_id", id)]).await? {
                Some(told) => campaigns.push((id.to_owned(), told)),
                None => return Ok(None),
            }
        }
        Ok(Some(campaigns))
    }

    /// The SMS subscription group of a campaign; `None`: it has none, or the key may not ask.
    ///
    /// # Errors
    /// Braze cannot be reached.
    pub(crate) async fn group_of(&self, campaign: &str) -> Result<Option<String>, Failure> {
        let details = self.base.at("/campaigns/details");
        let told = self.told(details, &[("campaign_id", campaign)]).await?;
        Ok(told.and_then(|told| judged::group(&told)))
    }

    /// What a read tells; `None`: it was refused.
    async fn told(&self, mut url: Url, query: &[(&str, &str)]) -> Result<Option<Value>, Failure> {
        url.query_pairs_mut().extend_pairs(query);
        let answer = self.send(Request::get(url)).await;
        let answer = answer.map_err(|finding| Failure::Broken(finding.sentence()))?;
        match answer.status.is_success() {
            true => Ok(Some(answer.json().unwrap_or_default())),
            false => Ok(None),
        }
    }

    /// Whether the functions may ask who is subscribed. They send as well where they may not.
    async fn may_look_up(&self, group: &str) -> Finding {
        let mut url = self.base.at("/subscription/status/get");
        url.query_pairs_mut()
            .append_pair("subscription_group_id", group)
            .append_pair("external_id", "bridge-doctor");
        let answer = match self.send(Request::get(url)).await {
            Ok(answer) => answer,
            Err(finding) => return finding,
        };
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Finding::note(
                AREA,
                "the key lacks the permission subscription.status.get: agents are not warned that \
                 a customer is not subscribed, and SMS are sent without this check"
                    .to_owned(),
            ),
            status if status.is_success() => {
                Finding::good(AREA, "the key may call subscription.status.get".to_owned())
            }
            status => passing(status).unwrap_or_else(|| {
                Finding::bad(
                    AREA,
                    "BrazeSubscriptionGroupId",
                    format!("Braze answers {} to a question about this group's members", status.as_u16()),
                    "copy the group's API identifier from Braze, Audience > Subscription group management",
                )
            }),
        }
    }

    /// A request that is refused for what it says, once the key was accepted.
    async fn permission(&self, name: &str, path: &str, body: &Value) -> Finding {
        let request = Request::new(Method::POST, self.base.at(path), Repeat::Safe).json(body);
        let answer = match self.send(request).await {
            Ok(answer) => answer,
            Err(finding) => return finding,
        };
        if let Some(finding) = passing(answer.status) {
            return finding;
        }
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Finding::bad(
                AREA,
                "braze_api_key",
                format!("Braze does not know the key, or it lacks the permission {name}"),
                "in Braze, Settings > APIs and identifiers, give the key campaigns.trigger.send \
                 and users.track, with OptOutWords=unsubscribe also subscription.status.set, with \
                 CheckWithheld=on also users.export.ids, then \
                 `sms-bridge setup secret`",
            ),
            status if status.is_client_error() => {
                Finding::good(AREA, format!("the key may call {name}"))
            }
            status => Finding::bad(
                AREA,
                "BrazeBaseUrl",
                format!(
                    "{} answered {} to a request it has to refuse",
                    self.base,
                    status.as_u16()
                ),
                "check that the parameter is your workspace's REST endpoint",
            ),
        }
    }

    async fn send(&self, request: Request) -> Result<Answer, Finding> {
        let unusable = || {
            let what = "holds characters that no header carries".to_owned();
            Finding::bad(AREA, "braze_api_key", what, "sms-bridge setup secret")
        };
        let mut key =
            HeaderValue::from_str(&format!("Bearer {}", self.key)).map_err(|_| unusable())?;
        key.set_sensitive(true);
        let request = request.header("authorization", key);
        let sent = self.http.send(request, Deadline::after(LIMIT)).await;
        sent.map_err(|_| {
            Finding::bad(
                AREA,
                "BrazeBaseUrl",
                format!("{} cannot be reached", self.base),
                "check the stack's parameter BrazeBaseUrl, and the network",
            )
        })
    }
}

/// What passes by itself, and says nothing of the settings.
fn passing(status: StatusCode) -> Option<Finding> {
    let code = status.as_u16();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let what = "Braze's rate limit is used up for this hour".to_owned();
        let remedy = "find out what else sends with this workspace's keys";
        return Some(Finding::bad(AREA, "Braze's rate limit", what, remedy));
    }
    status.is_server_error().then(|| {
        let what = format!("Braze answers {code}, so it is not working right now");
        let remedy = "try again; https://braze.statuspage.io says whether it is down";
        Finding::bad(AREA, "Braze", what, remedy)
    })
}
