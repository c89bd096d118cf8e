//! Time that does not count: all outgoing SMS were stopped.
//!
//! Pure. One span is remembered; a second stop soon after the first lengthens it.

use serde::{Deserialize, Serialize};

use super::state::State;

/// From the first to the last time that an SMS met the stop. Milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// The first one.
    pub since: i64,
    /// When one went out again; zero: none has.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub until: i64,
}

impl State {
    /// An SMS met the stop. A stop within `kept` milliseconds of the last one may concern the same events:
    /// the time between them does not count either.
    pub fn stands_still(&mut self, now: i64, kept: i64) {
        let lasts = |stood: &Stood| stood.until == 0 || now.saturating_sub(stood.until) < kept;
        let since = self.stood.filter(lasts).map_or(now, |stood| stood.since);
        self.stood = Some(Stood { since, until: 0 });
    }

    /// An SMS did not meet the stop.
    pub fn goes_on(&mut self, now: i64) {
        if let Some(stood) = self.stood.as_mut().filter(|stood| stood.until == 0) {
            stood.until = now;
        }
    }

    /// How much of the time from `from` to `now` does not count, in milliseconds.
    pub fn stood_still(&self, from: i64, now: i64) -> i64 {
        let Some(stood) = self.stood else { return 0 };
        let until = if stood.until == 0 { now } else { stood.until };
        until.min(now).saturating_sub(stood.since.max(from)).max(0)
    }
}

fn is_zero(value: &i64) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * 60 * 1000;

    #[test]
    fn only_the_time_of_the_stop_does_not_count() {
        let mut state = State::default();
        assert_eq!(state.stood_still(0, 9 * HOUR), 0);
        state.stands_still(2 * HOUR, HOUR);
        state.stands_still(3 * HOUR, HOUR);
        assert_eq!(state.stood_still(0, 9 * HOUR), 7 * HOUR, "it lasts");
        assert_eq!(
            state.stood_still(4 * HOUR, 9 * HOUR),
            5 * HOUR,
            "came in meanwhile"
        );
        state.goes_on(5 * HOUR);
        state.goes_on(6 * HOUR);
        assert_eq!(state.stood_still(0, 9 * HOUR), 3 * HOUR);
        assert_eq!(state.stood_still(6 * HOUR, 9 * HOUR), 0, "came in later");
    }

    #[test]
    fn a_second_stop_soon_after_takes_nothing_back() {
        let mut state = State::default();
        state.stands_still(HOUR, 2 * HOUR);
        state.goes_on(2 * HOUR);
        state.stands_still(3 * HOUR, 2 * HOUR);
        assert_eq!(state.stood_still(0, 4 * HOUR), 3 * HOUR);
        state.goes_on(4 * HOUR);
        state.stands_still(9 * HOUR, 2 * HOUR);
        assert_eq!(state.stood_still(0, 9 * HOUR), 0, "long over");
    }
}
