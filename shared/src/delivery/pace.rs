//! Keeps redelivery just below the rate that a vendor allows, so that it is hardly ever refused and
//! leaves something to the events that come in meanwhile.
//!
//! In: how many calls were made, and the limit the vendor tells. Out: whether more work may begin.
//! Pure but for its counters.

use std::sync::{Mutex, PoisonError};

/// The share of the limit that is used, in percent.
const SHARE: i64 = 95;

/// What was not used lately may be used up: for so long, in milliseconds. Longer than the time
/// between two runs of the schedule, which would be lost otherwise.
const SAVED: i64 = 12_000;

/// Calls that a conversation under way is expected to make still.
const EXPECTED: i64 = 2;

/// A call in the unit of the balance: limits are per minute, and times in milliseconds.
const CALL: i64 = 60_000;

/// The pace towards one vendor.
#[derive(Debug, Default)]
pub struct Pace(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// When the balance was last drawn up, in milliseconds since the epoch.
    at: Option<i64>,
    calls: u64,
    balance: i64,
}

impl Pace {
    /// Until when no further conversation may begin (milliseconds since the epoch) beside those under
    /// way; `None`: one may. `calls` were made so far, and `a_minute` are allowed; while that is not
    /// known, nothing is held up.
    pub fn until(
        &self,
        now: i64,
        under_way: usize,
        calls: u64,
        a_minute: Option<u32>,
    ) -> Option<i64> {
        let per_ms = i64::from(a_minute?) * SHARE / 100;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = per_ms.saturating_mul(SAVED);
        let made = i64::try_from(calls.saturating_sub(state.calls)).unwrap_or(i64::MAX);
        let earned = match state.at {
            Some(at) => per_ms.saturating_mul(now.saturating_sub(at).max(0)),
            None => saved,
        };
        // Never more in debt than one pause's worth: whatever the calls were for, it goes on.
        state.balance = state
            .balance
            .saturating_add(earned)
            .min(saved)
            .saturating_sub(made.saturating_mul(CALL))
            .max(-saved);
        state.at = Some(now);
        state.calls = calls;
        let expected = i64::try_from(under_way).unwrap_or(i64::MAX);
        let expected = expected.saturating_mul(EXPECTED * CALL);
        let missing = expected.saturating_sub(state.balance);
        (missing > 0 && per_ms > 0).then(|| now.saturating_add(missing / per_ms + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls made within a time by conversations of two calls, begun whenever it is allowed; each
    /// takes a second.
    fn made(pace: &Pace, from: i64, until: i64, calls: &mut u64) -> u64 {
        let (before, mut under_way) = (*calls, Vec::new());
        for now in (from..until).step_by(10) {
            let ended = under_way.iter().filter(|&&end| end <= now).count();
            *calls += 2 * u64::try_from(ended).expect("few");
            under_way.retain(|&end| end > now);
            while pace
                .until(now, under_way.len(), *calls, Some(700))
                .is_none()
            {
                under_way.push(now + 1_000);
            }
        }
        *calls += 2 * u64::try_from(under_way.len()).expect("few");
        *calls - before
    }

    #[test]
    fn a_run_a_minute_makes_almost_the_calls_allowed_though_it_does_not_last_a_minute() {
        let pace = Pace::default();
        let mut calls = 0;
        made(&pace, 0, 51_000, &mut calls);
        for minute in 1..10 {
            let start = minute * 60_000;
            let made = made(&pace, start, start + 51_000, &mut calls);
            assert!((640..=690).contains(&made), "{made} in minute {minute}");
        }
    }

    #[test]
    fn without_a_limit_nothing_is_held_up() {
        let pace = Pace::default();
        assert_eq!(pace.until(0, 0, 0, None), None);
        assert_eq!(pace.until(0, 99, 100_000, None), None);
    }

    #[test]
    fn a_clock_that_jumps_stops_nothing_for_long() {
        let pace = Pace::default();
        let mut calls = 0;
        made(&pace, 10_000_000, 10_060_000, &mut calls);
        for now in [0, 5, 20_000_000] {
            let until = pace.until(now, 0, calls, Some(700)).unwrap_or(now);
            assert!(until - now <= SAVED + 1, "{} ms", until - now);
        }
    }
}
