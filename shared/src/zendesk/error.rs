//! What a Zendesk answer means for the caller.
//!
//! In: an answer or a failure. Out: [`ZendeskError`]. Imports only `net` and `secrets`.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::Value;

use crate::net::{Answer, BodyError, Cause, Detail, NoAnswer};

/// Wait after a 429 without a usable `Retry-After`.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(60);
/// Longest `Retry-After` believed.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3_600);
/// Longest pause that Zendesk's limits per account, which are per minute, ask for.
const ACCOUNT_LIMIT_PAUSE: Duration = Duration::from_secs(60);
/// The header that tells how many requests the account may still make this minute.
const LEFT: &str = "x-rate-limit-remaining";
/// The header that tells the limit of updates of tickets, and what is left of it.
pub(super) const UPDATES: &str = "zendesk-ratelimit-tickets-update";
/// How a 422 names a closed ticket, under whatever key.
const CLOSED: &str = "closed prevents ticket update";
/// The code of a 422 about a suspended user, under whatever key (live tests of a third party).
const SUSPENDED: &str = "usersuspended";

/// Which of Zendesk's limits was met (vendor's page on rate limits; how a 429 tells them apart is not
/// documented, so where nothing speaks for another limit it is the account's).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// The account's requests a minute: no call is worth making.
    Account,
    /// The account's updates of existing tickets a minute, which its agents share.
    TicketUpdates,
    /// Another one, most likely that of one ticket: 30 updates in ten minutes by one user.
    OneTicket,
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "the account",
            Self::TicketUpdates => "ticket updates",
            Self::OneTicket => "one ticket",
        })
    }
}

/// Why a call to Zendesk did not do what it should, by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum ZendeskError {
    /// Nothing was done; wait that long.
    #[error("zendesk limits the rate of {of}, retry after {} s", retry_after.as_secs())]
    RateLimited {
        /// Which limit was met.
        of: Limited,
        /// From `Retry-After`, within 1 s and 1 h.
        retry_after: Duration,
    },
    /// Nothing was done; the credentials are refused, renewed and reread ones included.
    #[error("zendesk refuses the credentials")]
    Unauthorized,
    /// Nothing was done; the credentials lack the scope or role.
    #[error("zendesk forbids the call")]
    Forbidden,
    /// There is no such ticket or user.
    #[error("zendesk does not know it")]
    NotFound,
    /// The ticket is closed: continue with a follow-up.
    #[error("the ticket is closed")]
    Closed,
    /// Agents suspended the user, on purpose: nothing is written for them or as them.
    #[error("the user is suspended")]
    Suspended,
    /// The idempotency key was used with another body: look for the ticket by its external id.
    #[error("the idempotency key was used with another body")]
    IdempotencyConflict,
    /// Another update changed it at the same time: read and try again.
    #[error("the update met another one")]
    Conflict,
    /// Nothing was done, and the same request will be refused again.
    #[error("zendesk refuses the request: {status} {detail}")]
    Rejected {
        /// The status.
        status: u16,
        /// What Zendesk says.
        detail: Detail,
    },
    /// Surely nothing was done; try again later.
    #[error("zendesk cannot be reached or does not answer properly")]
    Unavailable {
        /// From `Retry-After`, where there was one.
        retry_after: Option<Duration>,
        /// Why.
        #[source]
        source: Cause,
    },
    /// A write may or may not have been done: look, or repeat under a key.
    #[error("it is not known whether zendesk did it")]
    OutcomeUnknown {
        /// Why.
        #[source]
        source: Cause,
    },
}

impl ZendeskError {
    pub(super) fn unavailable(source: impl Into<Cause>) -> Self {
        Self::Unavailable {
            retry_after: None,
            source: source.into(),
        }
    }

    fn lost(write: bool, source: impl Into<Cause>) -> Self {
        let source = source.into();
        if write {
            Self::OutcomeUnknown { source }
        } else {
            Self::Unavailable {
                retry_after: None,
                source,
            }
        }
    }

    pub(super) fn of_failure(write: bool, failure: NoAnswer) -> Self {
        Self::lost(write && matches!(failure, NoAnswer::Unknown(_)), failure)
    }

    pub(super) fn of_body(write: bool, error: BodyError) -> Self {
        Self::lost(write, error)
    }

    /// The meaning of an answer that is not a success.
    pub(super) fn of_answer(write: bool, answer: &Answer) -> Self {
        let retry_after = retry_after(answer);
        match answer.status {
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited {
                of: limited(answer, retry_after),
                retry_after: retry_after.unwrap_or(DEFAULT_RETRY_AFTER),
            },
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable {
                retry_after,
                source: answer.refused().into(),
            },
            StatusCode::REQUEST_TIMEOUT => Self::lost(write, answer.refused()),
            status if status.is_server_error() => Self::lost(write, answer.refused()),
            StatusCode::UNPROCESSABLE_ENTITY if says_closed(answer) => Self::Closed,
            StatusCode::UNPROCESSABLE_ENTITY if says_suspended(answer) => Self::Suspended,
            StatusCode::BAD_REQUEST if answer.refused().detail.code == "IdempotentRequestError" => {
                Self::IdempotencyConflict
            }
            status => Self::Rejected {
                status: status.as_u16(),
                detail: answer.refused().detail,
            },
        }
    }
}

fn retry_after(answer: &Answer) -> Option<Duration> {
    let seconds = answer.header(RETRY_AFTER.as_str())?.parse::<u64>().ok()?;
    Some(Duration::from_secs(seconds.max(1)).min(MAX_RETRY_AFTER))
}

/// Which limit an answer 429 speaks of.
fn limited(answer: &Answer, retry_after: Option<Duration>) -> Limited {
    let left: Option<u64> = answer.header(LEFT).and_then(|left| left.parse().ok());
    let of_updates = answer
        .header(UPDATES)
        .and_then(|told| part_of(told, "remaining"));
    let says_ticket = || answer.refused().detail.code == "TooManyUpdates";
    match (left, of_updates) {
        (None | Some(1..), Some(0)) => Limited::TicketUpdates,
        (Some(1..), _) => Limited::OneTicket,
        _ if says_ticket() || retry_after > Some(ACCOUNT_LIMIT_PAUSE) => Limited::OneTicket,
        _ => Limited::Account,
    }
}

/// A number of `total=100; remaining=0; resets=41`.
pub(super) fn part_of(told: &str, name: &str) -> Option<u64> {
    let mut parts = told.split([';', ',']);
    parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        (key.trim() == name).then(|| value.trim().parse().ok())?
    })
}

fn says_closed(answer: &Answer) -> bool {
    error_texts(answer)
        .iter()
        .any(|text| text.to_ascii_lowercase().contains(CLOSED))
}

fn says_suspended(answer: &Answer) -> bool {
    error_texts(answer)
        .iter()
        .any(|text| text.to_ascii_lowercase() == SUSPENDED)
}

/// Every text and key within `details`, and the description.
fn error_texts(answer: &Answer) -> Vec<String> {
    let body = answer.body.as_deref().unwrap_or_default();
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    for key in ["details", "description", "error", "message"] {
        if let Some(value) = body.get(key) {
            collect(value, &mut texts);
        }
    }
    texts
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            texts.push(key.clone());
            collect(value, texts);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_told_limit_is_read_and_nonsense_is_not() {
        let told = "total=100; remaining=0; resets=41";
        assert_eq!(part_of(told, "total"), Some(100));
        assert_eq!(part_of(told, "remaining"), Some(0));
        for nonsense in [
            "",
            "total",
            "total=",
            "total=-5",
            "subtotal=9",
            "total=many, remaining=1",
        ] {
            assert_eq!(part_of(nonsense, "total"), None, "{nonsense}");
        }
    }
}
