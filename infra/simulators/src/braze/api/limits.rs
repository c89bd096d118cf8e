//! Rate limits: requests per window, each endpoint for itself but for the send endpoints.

use std::collections::BTreeMap;

use crate::wire::Answer;

use super::refused;
use crate::braze::config::WorkspaceLimits;
use crate::braze::model::WorkspaceState;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Requests used in the running window of each limit: the window's number and how many.
#[derive(Debug, Clone, Default)]
pub(in crate::braze) struct Windows(BTreeMap<&'static str, (i64, u32)>);

/// Where a request stands in its window.
pub(super) struct Window {
    most: u32,
    used: u32,
    reset_at: i64,
}

impl Window {
    /// An answer with the headers that say so.
    pub(super) fn tell(&self, answer: Answer) -> Answer {
        let left = self.most.saturating_sub(self.used);
        answer
            .with("x-ratelimit-limit", &self.most.to_string())
            .with("x-ratelimit-remaining", &left.to_string())
            .with("x-ratelimit-reset", &self.reset_at.to_string())
    }
}

/// Counts a request, or refuses it with 429: the time of the next window in epoch seconds, and no
/// `Retry-After`.
pub(super) fn count(
    state: &mut WorkspaceState,
    limits: &WorkspaceLimits,
    operation: &'static str,
    now: i64,
) -> Result<Window, Answer> {
    let (name, most, length) = match operation {
        "campaigns.trigger.send" => ("send", limits.sends_per_hour, HOUR_MS),
        "users.track" => (operation, limits.tracks_per_3_seconds, 3 * SECOND_MS),
        "subscription.status.set" => {
            let most = limits.subscription_sets_per_minute;
            (operation, most, MINUTE_MS)
        }
        "users.export.ids" => (operation, limits.exports_per_minute, MINUTE_MS),
        _ => (operation, limits.others_per_hour, HOUR_MS),
    };
    let number = now.div_euclid(length);
    let window = state.windows.0.entry(name).or_insert((number, 0));
    if window.0 != number {
        *window = (number, 0);
    }
    let reset_at = (number + 1) * length / SECOND_MS;
    let at = |used| Window {
        most,
        used,
        reset_at,
    };
    if window.1 >= most {
        return Err(at(most).tell(refused(429, "Rate limit exceeded")));
    }
    window.1 += 1;
    Ok(at(window.1))
}
