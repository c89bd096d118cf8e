//! Spares a vendor that is down or has limited the rate: a breaker per vendor and environment.
//!
//! In: how calls went. Out: whether the next one is worth making. Pure but for its counters.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Failures in a row that close the gate.
const FAILURES: u32 = 5;

/// First pause, in milliseconds; each failure after a pause doubles it.
const FIRST_PAUSE: i64 = 2_000;

/// Longest pause, in milliseconds.
const LONGEST_PAUSE: i64 = 20_000;

/// How long the one call after a pause may take before another one tries, in milliseconds: its
/// holder may have vanished.
const TRIAL: i64 = 6_000;

/// A failure so long ago says nothing of the vendor now, in milliseconds.
const LATELY: i64 = 30_000;

/// Why a vendor is not called now. Times in milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It failed too often in a row.
    Down,
    /// It asked to wait until then.
    Limited(i64),
}

/// The gate in front of one vendor.
#[derive(Debug, Default)]
pub struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    down_until: i64,
    /// One call tries whether the vendor is up again.
    trying: bool,
    limited_until: i64,
    /// When a call failed last, and the one before, whatever the reason.
    failed_at: [Option<i64>; 2],
}

impl Gate {
    /// A call failed, whatever the reason.
    pub fn note_failure(&self, now: i64) {
        let mut state = self.state();
        state.failed_at = [Some(now), state.failed_at[0]];
    }

    /// The failure noted last is the only one lately.
    pub fn has_failed_once(&self, now: i64) -> bool {
        let before = self.state().failed_at[1];
        !before.is_some_and(|at| (0..LATELY).contains(&now.saturating_sub(at)))
    }

    /// Lets a call through, or says why the vendor is to be spared. After a pause one call is let
    /// through, and the others when it went well.
    ///
    /// # Errors
    ///
    /// [`Closed`].
    pub fn admit(&self, now: i64) -> Result<(), Closed> {
        let mut state = self.state();
        if state.limited_until > now {
            return Err(Closed::Limited(state.limited_until));
        }
        if state.failures < FAILURES {
            return Ok(());
        }
        if state.down_until > now {
            return Err(Closed::Down);
        }
        state.trying = true;
        state.down_until = now.saturating_add(TRIAL);
        Ok(())
    }

    /// The vendor is spared now, but perhaps for the one call that tries it.
    pub fn is_closed(&self, now: i64) -> bool {
        let state = self.state();
        state.limited_until > now || state.failures >= FAILURES
    }

    /// Until when the vendor's rate limit lasts; `None` where there is none now.
    pub fn limited_until(&self, now: i64) -> Option<i64> {
        Some(self.state().limited_until).filter(|&until| until > now)
    }

    /// The pause is over, and it is not known yet whether the vendor is up again: one call tells.
    pub fn is_on_trial(&self, now: i64) -> bool {
        let state = self.state();
        state.failures >= FAILURES && (state.trying || state.down_until <= now)
    }

    /// Until when the vendor is spared because it failed too often; `None`: it is not, or may be tried now.
    pub fn down_until(&self, now: i64) -> Option<i64> {
        let state = self.state();
        let down = state.failures >= FAILURES && state.down_until > now;
        down.then_some(state.down_until)
    }

    /// The vendor answered, whatever it said.
    pub fn answered(&self) {
        let mut state = self.state();
        state.failures = 0;
        state.trying = false;
    }

    /// The vendor did not answer, or not as a working service does.
    pub fn failed(&self, now: i64) {
        let mut state = self.state();
        if state.failures >= FAILURES && !state.trying {
            // Begun before the gate was closed.
            return;
        }
        state.trying = false;
        state.failures = state.failures.saturating_add(1);
        let Some(over) = state.failures.checked_sub(FAILURES) else {
            return;
        };
        let pause = FIRST_PAUSE
            .saturating_mul(1 << over.min(10))
            .min(LONGEST_PAUSE);
        state.down_until = now.saturating_add(pause);
        tracing::warn!(
            failures = state.failures,
            pause.ms = pause,
            "circuit breaker opened"
        );
    }

    /// The vendor asked to wait until then.
    pub fn limited(&self, until: i64) {
        let mut state = self.state();
        state.limited_until = state.limited_until.max(until);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed_at_zero() -> Gate {
        let gate = Gate::default();
        for _ in 0..FAILURES {
            assert_eq!(gate.admit(0), Ok(()));
            gate.failed(0);
        }
        gate
    }

    #[test]
    fn a_vendor_that_fails_is_spared_tried_again_and_trusted_again() {
        let gate = closed_at_zero();
        assert_eq!(gate.admit(FIRST_PAUSE - 1), Err(Closed::Down));
        assert_eq!(gate.down_until(FIRST_PAUSE - 1), Some(FIRST_PAUSE));
        assert_eq!(gate.down_until(FIRST_PAUSE), None);
        assert!(gate.is_closed(FIRST_PAUSE));
        assert_eq!(gate.admit(FIRST_PAUSE), Ok(()), "one call may try");
        gate.failed(FIRST_PAUSE);
        assert_eq!(
            gate.admit(3 * FIRST_PAUSE - 1),
            Err(Closed::Down),
            "the pause doubles"
        );
        assert_eq!(gate.admit(3 * FIRST_PAUSE), Ok(()));
        assert!(gate.is_on_trial(3 * FIRST_PAUSE));
        gate.answered();
        assert!(!gate.is_closed(3 * FIRST_PAUSE));
        assert!(!gate.is_on_trial(3 * FIRST_PAUSE));
        assert_eq!(gate.admit(3 * FIRST_PAUSE), Ok(()));
    }

    #[test]
    fn after_a_pause_one_call_alone_tries_the_vendor() {
        let gate = closed_at_zero();
        assert_eq!(gate.admit(FIRST_PAUSE), Ok(()));
        for now in [FIRST_PAUSE, FIRST_PAUSE + TRIAL - 1] {
            assert_eq!(gate.admit(now), Err(Closed::Down));
            assert!(gate.is_on_trial(now));
        }
        assert_eq!(
            gate.admit(FIRST_PAUSE + TRIAL),
            Ok(()),
            "the first one vanished"
        );
    }

    #[test]
    fn calls_that_were_under_way_when_the_gate_closed_do_not_lengthen_the_pause() {
        let gate = closed_at_zero();
        for _ in 0..20 {
            gate.failed(1);
        }
        assert_eq!(gate.admit(FIRST_PAUSE), Ok(()));
    }

    #[test]
    fn one_failure_in_half_a_minute_is_alone() {
        let gate = Gate::default();
        gate.note_failure(0);
        assert!(gate.has_failed_once(0));
        gate.note_failure(LATELY - 1);
        assert!(!gate.has_failed_once(LATELY - 1));
        gate.note_failure(2 * LATELY);
        assert!(gate.has_failed_once(2 * LATELY));
        // The clock was set back.
        gate.note_failure(0);
        assert!(gate.has_failed_once(0));
    }

    #[test]
    fn a_rate_limit_closes_at_once_until_the_time_given() {
        let gate = Gate::default();
        gate.limited(5_000);
        gate.limited(3_000);
        assert_eq!(gate.admit(4_999), Err(Closed::Limited(5_000)));
        assert_eq!(gate.limited_until(4_999), Some(5_000));
        assert_eq!(gate.admit(5_000), Ok(()));
        assert_eq!(gate.limited_until(5_000), None);
    }
}
