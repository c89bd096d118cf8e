//! Spares a vendor that is down or has limited the rate: a breaker per vendor and environment.
//!
//! In: how calls went. Out: whether the next one is worth making. Pure but for its counters.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// Failures in a row that close the gate.
const FAILURES: u32 = 5;

/// First pause, in milliseconds; each failure after a pause doubles it.
const FIRST_PAUSE: i64 = 2_000;

/// Longest pause, in milliseconds: one call tries the vendor again after it.
const LONGEST_PAUSE: i64 = 20_000;

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
pub struct Gate {
    failures: AtomicU32,
    down_until: AtomicI64,
    limited_until: AtomicI64,
}

impl Gate {
    /// Whether the vendor is to be spared now.
    pub fn closed(&self, now: i64) -> Option<Closed> {
        let limited = self.limited_until.load(Ordering::Relaxed);
        if limited > now {
            return Some(Closed::Limited(limited));
        }
        (self.down_until.load(Ordering::Relaxed) > now).then_some(Closed::Down)
    }

    /// The vendor answered, whatever it said.
    pub fn answered(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.down_until.store(0, Ordering::Relaxed);
    }

    /// The vendor did not answer, or not as a working service does.
    pub fn failed(&self, now: i64) {
        let failures = self
            .failures
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        let Some(over) = failures.checked_sub(FAILURES) else {
            return;
        };
        let pause = FIRST_PAUSE
            .saturating_mul(1 << over.min(10))
            .min(LONGEST_PAUSE);
        self.down_until
            .store(now.saturating_add(pause), Ordering::Relaxed);
        tracing::warn!(failures, pause.ms = pause, "the vendor is spared");
    }

    /// The vendor asked to wait until then.
    pub fn limited(&self, until: i64) {
        self.limited_until.fetch_max(until, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_that_fails_is_spared_tried_again_and_trusted_again() {
        let gate = Gate::default();
        for _ in 0..FAILURES - 1 {
            gate.failed(0);
        }
        assert_eq!(gate.closed(0), None);
        gate.failed(0);
        assert_eq!(gate.closed(FIRST_PAUSE - 1), Some(Closed::Down));
        assert_eq!(gate.closed(FIRST_PAUSE), None, "one call may try");
        gate.failed(FIRST_PAUSE);
        assert_eq!(
            gate.closed(2 * FIRST_PAUSE),
            Some(Closed::Down),
            "the pause doubles"
        );
        gate.answered();
        assert_eq!(gate.closed(2 * FIRST_PAUSE), None);
    }

    #[test]
    fn a_rate_limit_closes_at_once_until_the_time_given() {
        let gate = Gate::default();
        gate.limited(5_000);
        gate.limited(3_000);
        assert_eq!(gate.closed(4_999), Some(Closed::Limited(5_000)));
        assert_eq!(gate.closed(5_000), None);
    }
}
