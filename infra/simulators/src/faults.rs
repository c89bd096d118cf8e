//! Faults a stand-in can be told to have, the same for both vendors and for AWS.
//!
//! In: [`Fault`]s from tests or the control surface. Out: the effect a given call meets. A fault
//! comes before authentication and rate limits. Must not import a vendor.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

mod book;

pub use book::Faults;

/// What goes wrong with a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Refused before acting.
    Respond {
        /// Status.
        status: u16,
        /// Headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Body.
        #[serde(default)]
        body: String,
    },
    /// Acts, then answers this instead of the truth.
    RespondAfter {
        /// Status.
        status: u16,
        /// Headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Body.
        #[serde(default)]
        body: String,
    },
    /// Never acts, never answers, until the client closes.
    Hang,
    /// Acts, never answers.
    HangAfter,
    /// Closes the connection before acting.
    Drop,
    /// Acts, then closes the connection without an answer.
    DropAfter,
    /// Waits, then behaves normally, even if the client is gone by then.
    Delay(#[serde(with = "millis")] Duration),
    /// Waits until the hold of this name is released, then behaves normally, even if the client
    /// is gone by then. Released once, it holds nothing until a fault with its name is armed again.
    Hold(String),
}

/// An effect on the calls of an operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// An operation (`tickets.create`, `UpdateItem`), a family (`tickets.*`), or `*`.
    pub operation: String,
    /// What happens.
    pub effect: Effect,
    /// Matching calls that pass first.
    #[serde(default)]
    pub skip: u32,
    /// Calls it meets before it is gone; `None`: all.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Fault {
    /// Meets the next call of the operation only.
    pub fn once(operation: &str, effect: Effect) -> Self {
        Self {
            operation: operation.to_owned(),
            effect,
            skip: 0,
            times: Some(1),
        }
    }

    /// Meets every call of the operation until the faults are cleared.
    pub fn always(operation: &str, effect: Effect) -> Self {
        Self {
            operation: operation.to_owned(),
            effect,
            skip: 0,
            times: None,
        }
    }

    /// The same, but only after this many matching calls have passed.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// The same, for this many calls.
    #[must_use]
    pub fn times(mut self, calls: u32) -> Self {
        self.times = Some(calls);
        self
    }
}

impl Effect {
    /// Refused with this status and a JSON error body.
    pub fn status(status: u16) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = json!({"error": "Simulated", "message": "simulated fault"}).to_string();
        Self::Respond {
            status,
            headers,
            body,
        }
    }

    /// Acts, but answers this status with a JSON error body.
    pub fn status_after(status: u16) -> Self {
        match Self::status(status) {
            Self::Respond {
                status,
                headers,
                body,
            } => Self::RespondAfter {
                status,
                headers,
                body,
            },
            other => other,
        }
    }

    /// A gateway's HTML page with status 502, nothing done.
    pub fn html_502() -> Self {
        let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
        let body = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad \
                    Gateway</h1></center><hr><center>nginx</center></body></html>";
        Self::Respond {
            status: 502,
            headers,
            body: body.to_owned(),
        }
    }

    /// Zendesk's 429: `Retry-After` in seconds.
    pub fn zendesk_rate_limited(seconds: u32) -> Self {
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("retry-after".to_owned(), seconds.to_string()),
        ];
        let body = json!({"error": "APIRateLimitExceeded",
            "description": "Number of allowed API requests per minute exceeded"});
        Self::Respond {
            status: 429,
            headers,
            body: body.to_string(),
        }
    }

    /// Braze's 429: `x-ratelimit-reset` in epoch seconds, no `Retry-After`.
    pub fn braze_rate_limited(reset_epoch_seconds: i64) -> Self {
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-ratelimit-limit".to_owned(), "250000".to_owned()),
            ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
            (
                "x-ratelimit-reset".to_owned(),
                reset_epoch_seconds.to_string(),
            ),
        ];
        let body = json!({"message": "Rate limit exceeded"}).to_string();
        Self::Respond {
            status: 429,
            headers,
            body,
        }
    }

    /// Braze's maintenance answer: 202, accepted and queued; the send happens.
    pub fn braze_queued() -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = json!({"message": "queued"}).to_string();
        Self::RespondAfter {
            status: 202,
            headers,
            body,
        }
    }

    /// The effect's name, as the call log shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Respond { .. } => "respond",
            Self::RespondAfter { .. } => "respond_after",
            Self::Hang => "hang",
            Self::HangAfter => "hang_after",
            Self::Drop => "drop",
            Self::DropAfter => "drop_after",
            Self::Delay(_) => "delay",
            Self::Hold(_) => "hold",
        }
    }
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        Ok(Duration::from_millis(u64::deserialize(d)?))
    }
}
