//! What the functions are sent: API Gateway's payload 2.0 around a vendor's body, and the
//! schedule's tick.
//!
//! In: a number, different for every event. Out: the event's bytes. Each event is a customer of
//! its own, as most are.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::standins::{INBOUND_TOKEN, REQUESTER, SIGNING_SECRET, TICKET};

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A customer's text, for an open ticket.
    Text,
    /// An agent's answer.
    Reply,
    /// A solved ticket.
    Solved,
    /// The schedule's tick.
    Tick,
}

impl Kind {
    /// The event of that number.
    pub fn event(self, number: u64) -> Vec<u8> {
        let event = match self {
            Self::Text => {
                let token = format!("Bearer {INBOUND_TOKEN}");
                let headers = [("authorization", token)];
                request("/braze/inbound", &headers, &text(number))
            }
            Self::Reply => signed("/zendesk/reply", number, &reply(number)),
            Self::Solved => signed("/zendesk/solved", number, &solved(number)),
            Self::Tick => json!({"source": "aws.events", "detail-type": "Scheduled Event"}),
        };
        event.to_string().into_bytes()
    }

    /// Whether an answer says that the event was done, not just taken.
    pub fn is_done_by(self, answer: &[u8]) -> bool {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        match self {
            Self::Tick => answer["delivered"].as_u64().is_some(),
            _ => {
                let body = answer["body"].as_str().unwrap_or_default();
                let body: Value = serde_json::from_str(body).unwrap_or_default();
                answer["statusCode"] == 200 && body["outcome"] == "delivered"
            }
        }
    }
}

fn customer(number: u64) -> String {
    format!("customer-{number:08}")
}

fn text(number: u64) -> Value {
    json!({"kind": "message", "support": true, "external_user_id": customer(number),
        "message": "Hello, is my order on its way? It should have been here on Monday.",
        "media_urls": "", "dispatch_id": format!("dispatch-{number}"), "first_name": "Ana",
        "last_name": "Silva", "phone": "+15550100"})
}

fn reply(number: u64) -> Value {
    let comment = (36_000_000_100_000 + number).to_string();
    json!({"v": 2, "ticket_id": TICKET.to_string(), "status": "Open", "author_role": "Agent",
        "external_user_id": customer(number), "requester_id": REQUESTER.to_string(), "tags": "braze_sms",
        "comment_id": comment, "recent": comment, "author_name": "Ada Agent",
        "text": "Hello Ana,\n\nit left us this morning and arrives tomorrow.\n\nAda"})
}

fn solved(number: u64) -> Value {
    json!({"v": 2, "ticket_id": TICKET.to_string(), "status": "Solved", "tags": "braze_sms",
        "requester_id": REQUESTER.to_string(), "external_user_id": customer(number), "message": "Your ticket has been closed"})
}

/// As Zendesk signs.
fn signed(path: &str, number: u64, body: &Value) -> Value {
    let now = OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0).unwrap_or(now);
    let timestamp = now.format(&Rfc3339).unwrap_or_default();
    // A key of any length will do for HMAC.
    let mac = Hmac::<Sha256>::new_from_slice(SIGNING_SECRET.as_bytes());
    let signature = mac.map(|mac| {
        let mac = mac.chain_update(&timestamp).chain_update(body.to_string());
        STANDARD.encode(mac.finalize().into_bytes())
    });
    let headers = [
        ("x-zendesk-webhook-signature", signature.unwrap_or_default()),
        ("x-zendesk-webhook-signature-timestamp", timestamp),
        (
            "x-zendesk-webhook-invocation-id",
            format!("bench-invocation-{number}"),
        ),
        ("x-zendesk-webhook-id", "01HWEBHOOK".to_owned()),
    ];
    request(path, &headers, body)
}

fn request(path: &str, own: &[(&str, String)], body: &Value) -> Value {
    let body = body.to_string();
    let mut headers = Map::new();
    for (name, value) in [
        ("accept", "*/*"),
        ("content-type", "application/json; charset=utf-8"),
        ("host", "abcdefghij.execute-api.eu-west-1.amazonaws.com"),
        ("user-agent", "bench"),
        (
            "x-amzn-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        ),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ] {
        headers.insert(name.to_owned(), json!(value));
    }
    headers.insert("content-length".to_owned(), json!(body.len().to_string()));
    for (name, value) in own {
        headers.insert((*name).to_owned(), json!(value));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or_default().as_millis();
    let route = format!("POST {path}");
    json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012", "apiId": "abcdefghij", "domainPrefix": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "bench"},
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": route, "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000", "timeEpoch": u64::try_from(now).unwrap_or(0),
        },
        "body": body, "isBase64Encoded": false,
    })
}
