//! Raw requests, posted again as their senders would.
//!
//! In: a dead letter of a request, the stack's URLs, the secret. Out: what the function answered.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use shared::net::{Deadline, Http, Repeat, Request};
use shared::secrets::{Need, Rotating, Secrets};
use simulators::clock::rfc3339;
use simulators::signature::sign;
use url::Url;

use super::letter::Letter;
use super::replay::{Replayed, new_delivery};

/// A function answers well within this.
const LIMIT: Duration = Duration::from_secs(20);

/// The stack's URLs and what opens them.
pub(crate) struct Doors {
    /// Of `/zendesk/reply`.
    pub reply: String,
    /// Of `/zendesk/solved`.
    pub solved: String,
    /// Of `/zendesk/events`.
    pub events: String,
    /// Of `/braze/inbound`.
    pub inbound: String,
    /// Signing secrets and token.
    pub secrets: Secrets,
    /// The client.
    pub http: Http,
}

/// What it takes to post a request to a function again; `None`: it takes none.
pub(super) fn need(source: &str) -> Option<Need> {
    match source {
        "zendesk-reply" => Some(Need::ZendeskReply),
        "zendesk-solved" => Some(Need::ZendeskSolved),
        "zendesk-events" => Some(Need::ZendeskEvents),
        "braze-inbound" => Some(Need::BrazeInbound),
        _ => None,
    }
}

impl Doors {
    pub(super) async fn post(&self, letter: &Letter, now: i64) -> Replayed {
        let stays = |why: String| Replayed::Stays(why);
        let (url, key, secret) = match letter.source.as_str() {
            "zendesk-reply" => (
                &self.reply,
                "zendesk_reply_signing_secret",
                &self.secrets.zendesk_reply,
            ),
            "zendesk-solved" => (
                &self.solved,
                "zendesk_solved_signing_secret",
                &self.secrets.zendesk_solved,
            ),
            "zendesk-events" => (
                &self.events,
                "zendesk_events_signing_secret",
                &self.secrets.zendesk_events,
            ),
            "braze-inbound" => (
                &self.inbound,
                "braze_inbound_token",
                &self.secrets.braze_inbound,
            ),
            other => {
                return stays(format!(
                    "it is not known where dead letters of {other} came from"
                ));
            }
        };
        let Ok(target) = Url::parse(url) else {
            return stays(format!("{url} is no URL"));
        };
        let Some(headers) = headers(letter, secret, now) else {
            return stays(format!("{key} of the secret cannot be put into a header"));
        };
        let request = Request::new(Method::POST, target, Repeat::Never)
            .headers(headers)
            .bytes(letter.content.clone());
        let Ok(answer) = self.http.send(request, Deadline::after(LIMIT)).await else {
            return stays(format!(
                "{url} gave no answer: it is safe to replay it again"
            ));
        };
        match answer.status.as_u16() {
            200..=299 => Replayed::Answered(outcome(answer.body.as_deref().unwrap_or_default())),
            400 => stays("the bridge still cannot understand it".to_owned()),
            401 => stays(format!("the stack does not accept {key} of the secret")),
            status => stays(format!("the stack answered {status}")),
        }
    }
}

fn headers(letter: &Letter, secret: &Rotating, now: i64) -> Option<HeaderMap> {
    let secret = secret.live().next()?.expose();
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: String| {
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
        Some(())
    };
    set("content-type", "application/json".to_owned())?;
    if letter.source == "braze-inbound" {
        set("authorization", format!("Bearer {secret}"))?;
    } else {
        let timestamp = rfc3339(now);
        let signature = sign(secret, &timestamp, &letter.content);
        set("x-zendesk-webhook-signature", signature)?;
        set("x-zendesk-webhook-signature-timestamp", timestamp)?;
        // A body without a comment's id is known again by its invocation.
        let invocation = new_delivery(letter).to_string();
        set("x-zendesk-webhook-invocation-id", invocation)?;
    }
    Some(headers)
}

fn outcome(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let word = |name: &str| body[name].as_str().map(str::to_owned);
    match (word("outcome"), word("reason")) {
        (Some(outcome), Some(reason)) => format!("{outcome}: {reason}"),
        (Some(outcome), None) => outcome,
        (None, _) => "accepted".to_owned(),
    }
}
