//! Braze's REST API as far as it lets a program check what is set up.
//!
//! In: the endpoint, the REST key, the stack. Out: findings about the key and the campaigns. No call here can
//! send a message: the probe of the send permission names a campaign that does not exist.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use shared::net::{Answer, BaseUrl, Deadline, Http, Repeat, Request};
use url::Url;

use crate::Failure;
use crate::account::Deployed;
use crate::doctor::Finding;

const AREA: &str = "braze";
const LIMIT: Duration = Duration::from_secs(20);
/// A campaign that does not exist.
const NO_CAMPAIGN: &str = "00000000-0000-4000-8000-000000000000";

/// A workspace, by its key.
pub(crate) struct Braze<'a> {
    pub(crate) http: &'a Http,
    pub(crate) base: BaseUrl,
    pub(crate) key: &'a str,
}

/// A campaign's place in the stack.
struct Campaign<'a> {
    /// The stack's parameter.
    parameter: &'static str,
    /// Its id.
    id: &'a str,
}

impl Braze<'_> {
    /// Everything that can be checked.
    pub(crate) async fn check(&self, stack: &Deployed) -> Vec<Finding> {
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
        let mut findings = Vec::new();
        for (permission, path, body) in probes {
            let finding = self.permission(permission, path, &body).await;
            let stop = finding.is_bad();
            findings.push(finding);
            if stop {
                return findings;
            }
        }
        for parameter in ["BrazeReplyCampaignId", "BrazeSolvedCampaignId"] {
            if let Some(id) = stack.parameter(parameter) {
                findings.extend(self.campaign(&Campaign { parameter, id }).await);
            }
        }
        findings
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
                 and users.track, with OptOutWords=unsubscribe also subscription.status.set, then \
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

    async fn campaign(&self, campaign: &Campaign<'_>) -> Vec<Finding> {
        let Campaign { parameter, id } = campaign;
        let mut url = self.base.at("/campaigns/details");
        url.query_pairs_mut().append_pair("campaign_id", id);
        let answer = match self.send(Request::get(url)).await {
            Ok(answer) => answer,
            Err(finding) => return vec![finding],
        };
        if let Some(finding) = passing(answer.status) {
            return vec![finding];
        }
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return vec![Finding::note(
                    AREA,
                    format!(
                        "the campaign of {parameter} was not looked at: the key lacks the \
                         permission campaigns.details"
                    ),
                )];
            }
            status if status.is_success() => {}
            _ => {
                return vec![Finding::bad(
                    AREA,
                    parameter,
                    "there is no campaign of this id in the workspace".to_owned(),
                    "copy the Campaign ID from the campaign's page, and deploy with it",
                )];
            }
        }
        judged(parameter, &answer.json().unwrap_or_default())
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

/// What is wrong with a campaign, as far as Braze tells.
fn judged(parameter: &'static str, told: &Value) -> Vec<Finding> {
    let name = told["name"].as_str().unwrap_or_default();
    let bad = |what: &str, remedy: &str| {
        Finding::bad(
            AREA,
            parameter,
            format!("the campaign \"{name}\" {what}"),
            remedy,
        )
    };
    let mut findings = Vec::new();
    if told["archived"] == true {
        findings.push(bad("is archived", "unarchive it, or make another"));
    }
    if told["draft"] == true {
        findings.push(bad("is a draft", "launch it"));
    }
    let channels = told["channels"].as_array();
    let sends = channels.is_some_and(|list| list.iter().any(|channel| channel == "sms"));
    if !sends {
        findings.push(bad(
            "sends no SMS",
            "give the id of an API-triggered SMS campaign",
        ));
    }
    let messages = told["messages"].as_object().into_iter().flatten();
    let mut bodies = messages.filter_map(|(_, message)| message["body"].as_str());
    if bodies.any(|body| !body.contains("msg_body")) {
        findings.push(bad(
            "does not contain {{api_trigger_properties.${msg_body}}}",
            "make that its whole text",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::good(
            AREA,
            format!("the campaign \"{name}\" is live and sends SMS"),
        ));
    }
    findings
}
