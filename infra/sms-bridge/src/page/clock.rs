//! The sandbox's time: the machine's clock, plus every jump so far.
//!
//! In: jumps. Out: how far ahead the sandbox is, now and at any moment before. Imports nothing.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The jumps: when by the machine's clock, and how far ahead the sandbox was from then on.
#[derive(Default)]
pub(super) struct Clock(Mutex<Vec<(i64, i64)>>);

impl Clock {
    /// The sandbox goes ahead by that much.
    pub(super) fn jump(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let ahead = self.ahead() + by;
        let now = millis(SystemTime::now());
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((now, ahead));
    }

    /// How far ahead it is now, in milliseconds.
    pub(super) fn ahead(&self) -> i64 {
        self.ahead_at(i64::MAX)
    }

    /// How far ahead it was at a moment of the machine's clock.
    pub(super) fn ahead_at(&self, moment: i64) -> i64 {
        let jumps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = jumps.iter().rev().find(|(at, _)| *at <= moment);
        before.map_or(0, |(_, ahead)| *ahead)
    }

    /// Back to the machine's time.
    pub(super) fn reset(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// Milliseconds since the epoch.
pub(super) fn millis(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
