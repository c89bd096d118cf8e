//! Rate limits of the account and of a ticket.
//!
//! In: the time of a call. Out: 429 with `Retry-After` when there were too many. Imports work.

use std::collections::{BTreeMap, VecDeque};

use serde_json::json;

use crate::wire::Answer;

use super::work::Work;

/// When calls were made, milliseconds since the epoch.
#[derive(Debug, Clone, Default)]
pub(super) struct Rates {
    requests: VecDeque<i64>,
    updates: BTreeMap<(u64, u64), VecDeque<i64>>,
}

/// Counts a request of the account.
pub(super) fn request(work: &mut Work<'_>) -> Result<(), Answer> {
    let most = work.config.limits.requests_per_minute;
    take(&mut work.state.rates.requests, work.now, 60, most).map_err(|wait| {
        exceeded(
            "APIRateLimitExceeded",
            "Number of allowed API requests per minute exceeded",
            wait,
        )
        .with("x-rate-limit", &most.to_string())
        .with("x-rate-limit-remaining", "0")
    })
}

/// Counts an update of a ticket by a user.
pub(super) fn update(work: &mut Work<'_>, user: u64, ticket: u64) -> Result<(), Answer> {
    let most = work.config.limits.updates_per_ticket;
    let updates = work.state.rates.updates.entry((user, ticket)).or_default();
    take(updates, work.now, 600, most).map_err(|wait| {
        exceeded(
            "TooManyUpdates",
            "Number of allowed updates per ticket exceeded",
            wait,
        )
    })
}

fn exceeded(error: &str, description: &str, wait: i64) -> Answer {
    Answer::json(429, &json!({"error": error, "description": description}))
        .with("retry-after", &wait.to_string())
}

/// Takes a place in the window, or tells in how many seconds there is one.
fn take(times: &mut VecDeque<i64>, now: i64, seconds: i64, most: u32) -> Result<(), i64> {
    while times.front().is_some_and(|at| at + seconds * 1000 <= now) {
        times.pop_front();
    }
    if times.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
        let free_at = times.front().map_or(now, |at| at + seconds * 1000);
        return Err(((free_at - now + 999) / 1000).max(1));
    }
    times.push_back(now);
    Ok(())
}
