//! The simulated time: the machine's clock plus an offset tests move forward.
//!
//! In: durations to skip. Out: milliseconds since the epoch. Imports nothing of the crate.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A clock shared by everything that was given a clone of it.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock showing the machine's time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Simulated time in milliseconds since the epoch.
    pub fn now_ms(&self) -> i64 {
        let machine = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            });
        machine.saturating_add(self.offset_ms())
    }

    /// Moves the simulated time forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.offset_ms.fetch_add(by, Ordering::SeqCst);
    }

    /// How far the clock is ahead of the machine's, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    /// Sets the distance to the machine's clock, in milliseconds: for restoring a stored state.
    pub fn set_offset_ms(&self, offset: i64) {
        self.offset_ms.store(offset, Ordering::SeqCst);
    }
}

/// A copy of a state, everything in it older by so much.
pub(crate) fn aged<S: Serialize + DeserializeOwned>(
    state: &S,
    by: Duration,
) -> Result<S, serde_json::Error> {
    let mut value = serde_json::to_value(state)?;
    older(
        &mut value,
        i64::try_from(by.as_millis()).unwrap_or(i64::MAX),
    );
    serde_json::from_value(value)
}

/// Moves every time in a state into the past: all numbers under keys that end in `_ms`.
fn older(value: &mut Value, by_ms: i64) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_i64().filter(|_| key.ends_with("_ms")) {
                    Some(at) if at > 0 => *value = Value::from(at.saturating_sub(by_ms)),
                    _ => older(value, by_ms),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| older(value, by_ms)),
        _ => {}
    }
}

/// A time as the vendors write it: RFC 3339, whole seconds, `Z`.
pub fn rfc3339(at_ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000))
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_default()
}
