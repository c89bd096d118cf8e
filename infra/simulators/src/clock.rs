//! The simulated time: the machine's clock, or the runtime's, plus an offset tests move forward.
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
use tokio::sync::watch;
use tokio::time::Instant;

/// A clock shared by everything that was given a clone of it.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    /// Where the runtime's time counts: its start, and what the machine's clock said then.
    runtime: Option<(Instant, i64)>,
    moved: Arc<watch::Sender<()>>,
}

impl Clock {
    /// A clock showing the machine's time.
    pub fn new() -> Self {
        Self::default()
    }

    /// A clock that goes as the runtime's does from now on, and so stands where that is paused.
    pub fn of_runtime() -> Self {
        Self {
            runtime: Some((Instant::now(), machine_ms())),
            ..Self::default()
        }
    }

    /// Simulated time in milliseconds since the epoch.
    pub fn now_ms(&self) -> i64 {
        let now = match self.runtime {
            Some((start, at)) => at.saturating_add(millis(start.elapsed())),
            None => machine_ms(),
        };
        now.saturating_add(self.offset_ms())
    }

    /// Moves the simulated time forward.
    pub fn advance(&self, by: Duration) {
        self.offset_ms.fetch_add(millis(by), Ordering::SeqCst);
        self.moved.send_replace(());
    }

    /// Changes whenever the simulated time is moved, so that what waits for a time can look again.
    pub fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// How far the clock is ahead of the machine's, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    /// Sets the distance to the machine's clock, in milliseconds: for restoring a stored state.
    pub fn set_offset_ms(&self, offset: i64) {
        self.offset_ms.store(offset, Ordering::SeqCst);
        self.moved.send_replace(());
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

/// Moves every time in a state into the past: all numbers under keys that end in `_ms`, alone or in
/// lists.
fn older(value: &mut Value, by_ms: i64) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::Array(times) if key.ends_with("_ms") => {
                        times.iter_mut().for_each(|at| earlier(at, by_ms));
                    }
                    value if key.ends_with("_ms") => earlier(value, by_ms),
                    value => older(value, by_ms),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| older(value, by_ms)),
        _ => {}
    }
}

fn earlier(value: &mut Value, by_ms: i64) {
    if let Some(at) = value.as_i64().filter(|at| *at > 0) {
        *value = Value::from(at.saturating_sub(by_ms));
    }
}

fn machine_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, millis)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A time as the vendors write it: RFC 3339, whole seconds, `Z`.
pub fn rfc3339(at_ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000))
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_of_the_runtime_goes_as_the_runtimes_time_does() {
        let clock = Clock::of_runtime();
        let start = clock.now_ms();
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert_eq!(clock.now_ms() - start, 3_600_000);
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.clone().now_ms() - start, 3_601_000);
    }
}
