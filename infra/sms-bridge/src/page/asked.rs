//! What an invocation was asked, and what it answered.
//!
//! In: the event and the answer of a function. Out: who asked, about whom, under which delivery, and
//! how it ended. Reads only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::journal::Invocation;
use serde_json::{Value, json};

/// What the event says of itself.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) source: &'static str,
    pub(super) kind: String,
    pub(super) customer: Option<String>,
    pub(super) ticket: Option<String>,
    pub(super) delivery: Option<String>,
}

impl Asked {
    pub(super) fn of(one: &Invocation) -> Self {
        let event: Value = serde_json::from_slice(&one.event).unwrap_or_default();
        let body = event["body"].as_str().unwrap_or_default();
        let raw = match event["isBase64Encoded"].as_bool() {
            Some(true) => STANDARD.decode(body).unwrap_or_default(),
            _ => body.as_bytes().to_vec(),
        };
        let body: Value = serde_json::from_slice(&raw).unwrap_or_default();
        let word = |name: &str| {
            let text = body[name].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let header = |name: &str| event["headers"][name].as_str().map(str::to_owned);
        let (source, kind) = match one.function.as_str() {
            "braze-inbound" if body["events"].is_array() => ("braze", "export".to_owned()),
            "braze-inbound" => (
                "braze",
                word("kind").unwrap_or_else(|| "message".to_owned()),
            ),
            "zendesk-reply" => {
                let kind = word("type").unwrap_or_else(|| "reply".to_owned());
                let kind = kind.strip_prefix("zen:event-type:").unwrap_or(&kind);
                ("zendesk", kind.to_owned())
            }
            "zendesk-solved" => ("zendesk", "solved".to_owned()),
            _ => ("schedule", "redelivery".to_owned()),
        };
        Self {
            source,
            kind,
            customer: word("external_user_id"),
            ticket: word("ticket_id").or_else(|| body["detail"]["id"].as_str().map(str::to_owned)),
            delivery: word("dispatch_id").or_else(|| header("x-zendesk-webhook-invocation-id")),
        }
    }
}

/// Status and outcome of an answer; a run of redelivery answers with its summary.
pub(super) fn answered(bytes: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let Some(status) = answer.get("statusCode") else {
        return json!({"summary": answer});
    };
    let body = answer["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    json!({"status": status, "outcome": body["outcome"], "reason": body["reason"],
        "title": body["title"], "ticket": body["ticket_id"], "delivery": body["delivery_id"]})
}
