//! Requests as the vendors write them.
//!
//! In: bodies and secrets. Out: HTTP requests at the front, and their answers. Imports the local
//! stack only.

use std::time::SystemTime;

use http::Response;
use local::Stack;
use local::client::Client;
use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use serde_json::{Value, json};
use simulators::clock::rfc3339;
use simulators::signature::sign;

use crate::PATIENCE;

/// What the bridge answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Retry-After`, if any.
    pub retry_after: Option<String>,
    /// The body; null where it is no JSON.
    pub body: Value,
}

impl Answer {
    /// The body's `outcome`; empty where there is none.
    pub fn outcome(&self) -> &str {
        self.body["outcome"].as_str().unwrap_or_default()
    }

    /// The body's `ticket_id`, zero where there is none.
    pub fn ticket(&self) -> u64 {
        self.body["ticket_id"].as_u64().unwrap_or_default()
    }

    /// The body's `delivery_id`; empty where there is none.
    pub fn delivery(&self) -> &str {
        self.body["delivery_id"].as_str().unwrap_or_default()
    }

    fn of(response: &Response<bytes::Bytes>) -> Self {
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        Self {
            status: response.status().as_u16(),
            content_type: header("content-type").unwrap_or_default(),
            retry_after: header("retry-after"),
            body: serde_json::from_slice(response.body()).unwrap_or_default(),
        }
    }
}

/// POSTs bytes with headers, as they are.
///
/// # Panics
///
/// When no answer comes.
pub async fn post(
    stack: &Stack,
    route: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Answer {
    let url = format!("{}{route}", stack.front_url());
    let mut all = vec![("content-type", "application/json; charset=utf-8")];
    all.extend(headers);
    match Client::new(PATIENCE).post(&url, &all, body.into()).await {
        Ok(response) => Answer::of(&response),
        Err(error) => panic!("{route} does not answer: {error}"),
    }
}

/// A body signed like a Zendesk webhook of this secret, with this invocation id, now.
///
/// # Panics
///
/// When no answer comes.
pub async fn signed(
    stack: &Stack,
    route: &str,
    secret: &str,
    invocation: &str,
    body: impl Into<Vec<u8>>,
) -> Answer {
    signed_at(stack, route, secret, invocation, body, now_ms()).await
}

/// The same at a time of its own, in milliseconds since the epoch.
///
/// # Panics
///
/// When no answer comes.
pub async fn signed_at(
    stack: &Stack,
    route: &str,
    secret: &str,
    invocation: &str,
    body: impl Into<Vec<u8>>,
    at_ms: i64,
) -> Answer {
    let body = body.into();
    let timestamp = rfc3339(at_ms);
    let signature = sign(secret, &timestamp, &body);
    let headers = [
        ("x-zendesk-webhook-signature", signature.as_str()),
        ("x-zendesk-webhook-signature-timestamp", timestamp.as_str()),
        ("x-zendesk-webhook-invocation-id", invocation),
        ("x-zendesk-webhook-id", "01HWEBHOOK"),
        ("user-agent", "Zendesk Webhook"),
    ];
    post(stack, route, &headers, body).await
}

/// A signed body on `/zendesk/reply`.
pub async fn reply(stack: &Stack, invocation: &str, body: impl Into<Vec<u8>>) -> Answer {
    signed(
        stack,
        "/zendesk/reply",
        REPLY_SIGNING_SECRET,
        invocation,
        body,
    )
    .await
}

/// A signed body on `/zendesk/solved`.
pub async fn solved(stack: &Stack, invocation: &str, body: impl Into<Vec<u8>>) -> Answer {
    signed(
        stack,
        "/zendesk/solved",
        SOLVED_SIGNING_SECRET,
        invocation,
        body,
    )
    .await
}

/// A body with the bearer token on `/braze/inbound`.
pub async fn inbound(stack: &Stack, body: impl Into<Vec<u8>>) -> Answer {
    let token = format!("Bearer {INBOUND_TOKEN}");
    post(stack, "/braze/inbound", &[("authorization", &token)], body).await
}

/// A customer sends a text through Braze, with all of Braze's retries; the last answer.
pub async fn text(stack: &Stack, customer: &str, text: &str) -> Answer {
    let delivery = stack.braze.customer_texts(customer, text, &[]).await;
    Answer {
        status: delivery.status.unwrap_or_default(),
        content_type: String::new(),
        retry_after: None,
        body: serde_json::from_str(&delivery.body).unwrap_or_default(),
    }
}

/// The contract's inbound body of a customer without a profile.
pub fn inbound_body(customer: &str, text: &str, dispatch: &str) -> Value {
    json!({"kind": "message", "support": true, "external_user_id": customer, "message": text,
        "media_urls": "", "dispatch_id": dispatch, "first_name": "", "last_name": "", "phone": ""})
}

/// The contract's reply body.
pub fn reply_body(ticket: u64, customer: &str, comment: u64, text: &str) -> Value {
    json!({"ticket_id": ticket.to_string(), "status": "Open", "external_user_id": customer,
        "comment_id": comment.to_string(), "author_name": "Ada Agent", "author_role": "Agent",
        "text": text})
}

/// With what the triggers of the set-up say of the ticket besides, where there is one: its requester and its
/// tags.
pub fn in_full(stack: &Stack, mut body: Value) -> Value {
    let id = body["ticket_id"].as_str().and_then(|id| id.parse().ok());
    let Some(ticket) = id.and_then(|id| stack.zendesk.ticket(id)) else {
        return body;
    };
    body["v"] = json!(2);
    body["requester_id"] = json!(ticket.requester.id.to_string());
    body["tags"] = json!(ticket.tags.join(" "));
    body
}

/// The contract's solved body.
pub fn solved_body(ticket: u64, customer: &str) -> Value {
    json!({"ticket_id": ticket.to_string(), "status": "Solved", "external_user_id": customer,
        "message": "Your ticket has been closed"})
}

/// The machine's time, milliseconds since the epoch.
pub fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
