//! Webhooks and what became of their invocations.
//!
//! In: nothing. Out: types. Imports nothing of the crate.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// A webhook as set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// ULID.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is for, in its owner's words.
    #[serde(default)]
    pub description: String,
    /// Where it posts to.
    pub endpoint: String,
    /// `POST`, or another method.
    #[serde(default = "post")]
    pub http_method: String,
    /// `json`, or another format.
    #[serde(default = "json")]
    pub request_format: String,
    /// Whether it is switched on.
    pub active: bool,
    /// Signing secret.
    pub secret: String,
    /// What it subscribes to.
    pub subscriptions: Vec<String>,
    /// When an invocation ended and whether it failed, of the last minutes, for the breaker.
    #[serde(default)]
    pub(super) ends: VecDeque<(i64, bool)>,
    /// Until when the breaker is open, milliseconds since the epoch.
    pub(super) open_until_ms: i64,
}

fn post() -> String {
    "POST".to_owned()
}

fn json() -> String {
    "json".to_owned()
}

/// How invocations are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// At once, each in its own task.
    Immediate,
    /// Kept until a test releases them, in any order.
    Held,
}

/// An invocation waiting for release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingWebhook {
    /// Number to release it by; duplicates of an invocation differ here.
    pub id: u64,
    /// ULID, the same over all attempts and duplicates.
    pub invocation_id: String,
    /// Webhook.
    pub webhook_id: String,
    /// Title of the trigger that fired.
    pub trigger: String,
    /// Ticket it is about.
    pub ticket_id: u64,
    /// Where it will be posted.
    pub endpoint: String,
    /// Body with the placeholders filled in.
    pub payload: String,
}

/// A finished invocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// ULID.
    pub invocation_id: String,
    /// Webhook.
    pub webhook_id: String,
    /// Title of the trigger that fired.
    pub trigger: String,
    /// Ticket it is about.
    pub ticket_id: u64,
    /// Where it was posted.
    pub endpoint: String,
    /// Body sent.
    pub payload: String,
    /// Status of the last answer, if there was one.
    pub status: Option<u16>,
    /// Body of the last answer.
    pub body: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Every request made; none when the breaker was open.
    pub attempts: Vec<Attempt>,
}

/// What became of an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered 2xx.
    Success,
    /// Given up.
    Failed,
    /// Answered 403.
    Terminated,
    /// Not even tried: the breaker was open.
    CircuitBroken,
    /// Dropped by the test.
    Discarded,
}

/// One request of an invocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Simulated time, milliseconds since the epoch.
    pub at_ms: i64,
    /// Headers sent.
    pub headers: Vec<(String, String)>,
    /// Status answered, if any.
    pub status: Option<u16>,
    /// Body answered.
    pub body: String,
    /// Why there was no answer.
    pub error: Option<String>,
}
