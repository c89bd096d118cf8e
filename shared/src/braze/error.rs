//! What a Braze answer means for the caller.
//!
//! In: an answer or a failure. Out: [`BrazeError`]. Imports only `net`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use http::header::RETRY_AFTER;

use crate::net::{Answer, Cause, Detail, NoAnswer};

/// Wait after a 429 that does not tell.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(60);
/// Longest wait believed: the limits are per hour.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3_600);
/// When the limit is lifted, in seconds since the epoch.
const RESET: &str = "x-ratelimit-reset";

/// Why a call to Braze did not do what it should, by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum BrazeError {
    /// No message was sent; wait that long.
    #[error("braze limits the rate, retry after {} s", retry_after.as_secs())]
    RateLimited {
        /// From `x-ratelimit-reset`, within 1 s and 1 h.
        retry_after: Duration,
    },
    /// No message was sent; the key is refused, a reread one included.
    #[error("braze refuses the key")]
    Unauthorized,
    /// No message was sent, and the same request will be refused again.
    #[error("braze refuses the request: {status} {detail}")]
    Rejected {
        /// The status.
        status: u16,
        /// What Braze says.
        detail: Detail,
    },
    /// Surely no message was sent; try again later.
    #[error("braze cannot be reached or does not answer properly")]
    Unavailable {
        /// Why.
        #[source]
        source: Cause,
    },
    /// The message may or may not have been sent, and there is no key under which to repeat it.
    #[error("it is not known whether braze sent it")]
    OutcomeUnknown {
        /// Why.
        #[source]
        source: Cause,
    },
}

impl BrazeError {
    pub(super) fn unavailable(source: impl Into<Cause>) -> Self {
        Self::Unavailable {
            source: source.into(),
        }
    }

    /// The meaning of an answer that is not a success.
    pub(super) fn of_answer(answer: &Answer) -> Self {
        let refused = answer.refused();
        match answer.status {
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited {
                retry_after: retry_after(answer, SystemTime::now()),
            },
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            // Braze documents for a 5xx with a body that nothing was sent, without a body nothing.
            status if status.is_server_error() && has_body(answer) => Self::unavailable(refused),
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Self::OutcomeUnknown {
                    source: refused.into(),
                }
            }
            _ => Self::Rejected {
                status: refused.status,
                detail: refused.detail,
            },
        }
    }
}

impl From<NoAnswer> for BrazeError {
    fn from(failure: NoAnswer) -> Self {
        match failure {
            NoAnswer::NotSent(_) => Self::unavailable(failure),
            NoAnswer::Unknown(_) => Self::OutcomeUnknown {
                source: failure.into(),
            },
        }
    }
}

fn has_body(answer: &Answer) -> bool {
    answer
        .body
        .as_ref()
        .is_ok_and(|body| body.iter().any(|byte| !byte.is_ascii_whitespace()))
}

fn retry_after(answer: &Answer, now: SystemTime) -> Duration {
    let number = |name| {
        answer
            .header(name)?
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite() && *n > 0.0)
    };
    let reset = number(RESET).map(|reset| {
        let now = now
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs_f64();
        (reset - now).clamp(1.0, MAX_RETRY_AFTER.as_secs_f64())
    });
    let asked = number(RETRY_AFTER.as_str());
    reset.or(asked).map_or(DEFAULT_RETRY_AFTER, |seconds| {
        Duration::from_secs_f64(seconds.clamp(1.0, MAX_RETRY_AFTER.as_secs_f64()))
    })
}
