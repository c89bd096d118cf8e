//! Rate limits of the account and of a ticket.
//!
//! In: the time of a call. Out: 429 with `Retry-After` when there were too many, and on every answer
//! the account's limit and what is left of it, as Zendesk tells. Imports work.

use std::collections::{BTreeMap, VecDeque};

use serde_json::json;

use crate::wire::Answer;

use super::work::Work;

/// When calls were made, milliseconds since the epoch.
#[derive(Debug, Clone, Default)]
pub(super) struct Rates {
    /// Requests a minute in place of the configured ones.
    pub(super) most: Option<u32>,
    requests: VecDeque<i64>,
    updates: BTreeMap<(u64, u64), VecDeque<i64>>,
}

/// Counts a request of the account.
pub(super) fn request(work: &mut Work<'_>) -> Result<(), Answer> {
    let most = most(work);
    take(&mut work.state.rates.requests, work.now, 60, most).map_err(|wait| {
        exceeded(
            "APIRateLimitExceeded",
            "Number of allowed API requests per minute exceeded",
            wait,
        )
    })
}

/// The account's limit and what is left of it, on an answer.
pub(super) fn told(work: &Work<'_>, answer: Answer) -> Answer {
    let most = most(work);
    let used = u32::try_from(work.state.rates.requests.len()).unwrap_or(u32::MAX);
    answer.with("x-rate-limit", &most.to_string()).with(
        "x-rate-limit-remaining",
        &most.saturating_sub(used).to_string(),
    )
}

fn most(work: &Work<'_>) -> u32 {
    let usual = work.config.limits.requests_per_minute;
    work.state.rates.most.unwrap_or(usual)
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
