//! Zendesk's limits: requests of the account, ticket updates of the account, updates of one ticket,
//! incremental exports. Each has its own window and its own 429.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::wire::Answer;

use super::variants::LimitHeaders;
use super::work::Work;

const MINUTE: i64 = 60;
const TEN_MINUTES: i64 = 600;

/// When calls were made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Rates {
    /// Requests a minute in place of the configured ones.
    pub(super) most: Option<u32>,
    requests: Window,
    updates: Window,
    exports: Window,
    /// By user and ticket.
    updates_of_ticket: BTreeMap<String, Window>,
}

/// The calls of the last minutes, milliseconds since the epoch.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Window {
    at_ms: VecDeque<i64>,
}

/// A limit that was met.
pub(super) struct Exceeded {
    error: &'static str,
    description: &'static str,
    /// Seconds until there is a place again.
    pub(super) wait: i64,
}

/// Counts a request of the account.
pub(super) fn request(work: &mut Work<'_>) -> Result<(), Exceeded> {
    let most = requests_a_minute(work);
    let taken = work.state.rates.requests.take(work.now, MINUTE, most);
    taken.map_err(a_minute)
}

/// Counts an incremental export.
pub(super) fn export(work: &mut Work<'_>) -> Result<(), Exceeded> {
    let most = work.config.limits.exports_per_minute;
    let taken = work.state.rates.exports.take(work.now, MINUTE, most);
    taken.map_err(a_minute)
}

/// Counts an update of a ticket by a user, through the API or in an agent's screens.
pub(super) fn update(work: &mut Work<'_>, user: u64, ticket: u64) -> Result<(), Exceeded> {
    let now = work.now;
    let limits = &work.config.limits;
    let rates = &mut work.state.rates;
    let of_ticket = rates.updates_of_ticket.entry(format!("{user}/{ticket}"));
    let of_ticket = of_ticket.or_default();
    let free = of_ticket.free(now, TEN_MINUTES, limits.updates_per_ticket);
    free.map_err(|wait| Exceeded {
        error: "TooManyUpdates",
        description: "Number of allowed updates per ticket exceeded",
        wait,
    })?;
    let taken = rates.updates.take(now, MINUTE, limits.updates_per_minute);
    taken.map_err(a_minute)?;
    of_ticket.at_ms.push_back(now);
    Ok(())
}

/// The limits and what is left of them, on an answer.
pub(super) fn headed(work: &Work<'_>, operation: &str, answer: Answer) -> Answer {
    let most = requests_a_minute(work);
    let headers = work.config.variants.limit_headers;
    let left = match (headers, answer.status) {
        (LimitHeaders::Exhausted, 429) => 0,
        _ => work.state.rates.requests.left(most),
    };
    let answer = answer
        .with("x-rate-limit", &most.to_string())
        .with("x-rate-limit-remaining", &left.to_string());
    let Some((name, window, most)) = endpoint(work, operation) else {
        return answer;
    };
    if headers != LimitHeaders::Endpoint {
        return answer;
    }
    let (left, resets) = (window.left(most), window.resets(work.now));
    answer.with(
        name,
        &format!("total={most}; remaining={left}; resets={resets}"),
    )
}

/// The limit an endpoint has to itself, and the header that tells it.
fn endpoint<'a>(work: &'a Work<'_>, operation: &str) -> Option<(&'static str, &'a Window, u32)> {
    let (rates, limits) = (&work.state.rates, &work.config.limits);
    match operation {
        "tickets.update" => Some((
            "zendesk-ratelimit-tickets-update",
            &rates.updates,
            limits.updates_per_minute,
        )),
        "incremental.tickets" | "incremental.ticket_events" => Some((
            "zendesk-ratelimit-incremental-exports",
            &rates.exports,
            limits.exports_per_minute,
        )),
        _ => None,
    }
}

fn requests_a_minute(work: &Work<'_>) -> u32 {
    let usual = work.config.limits.requests_per_minute;
    work.state.rates.most.unwrap_or(usual)
}

/// The body is the same for every limit a minute.
fn a_minute(wait: i64) -> Exceeded {
    Exceeded {
        error: "APIRateLimitExceeded",
        description: "Number of allowed API requests per minute exceeded",
        wait,
    }
}

impl From<Exceeded> for Answer {
    fn from(exceeded: Exceeded) -> Self {
        let body = json!({"error": exceeded.error, "description": exceeded.description});
        Self::json(429, &body).with("retry-after", &exceeded.wait.to_string())
    }
}

impl Window {
    /// Takes a place, or says in how many seconds there is one.
    fn take(&mut self, now: i64, seconds: i64, most: u32) -> Result<(), i64> {
        self.free(now, seconds, most)?;
        self.at_ms.push_back(now);
        Ok(())
    }

    /// Whether there is a place, or in how many seconds there is one.
    fn free(&mut self, now: i64, seconds: i64, most: u32) -> Result<(), i64> {
        let times = &mut self.at_ms;
        while times.front().is_some_and(|at| at + seconds * 1000 <= now) {
            times.pop_front();
        }
        if self.left(most) > 0 {
            return Ok(());
        }
        let free_at = self.at_ms.front().map_or(now, |at| at + seconds * 1000);
        Err(((free_at - now + 999) / 1000).max(1))
    }

    fn left(&self, most: u32) -> u32 {
        most.saturating_sub(u32::try_from(self.at_ms.len()).unwrap_or(u32::MAX))
    }

    /// Seconds until the oldest call of the last minute no longer counts.
    fn resets(&self, now: i64) -> i64 {
        let oldest = self.at_ms.front();
        oldest.map_or(0, |at| ((at + MINUTE * 1000 - now + 999) / 1000).max(0))
    }
}
