//! The instant by which a call must have ended.
//!
//! In: durations. Out: [`Deadline`]. Imports nothing of this crate.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

/// The instant by which a call must have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// A deadline this long from now.
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// The time left, zero where it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The earlier of this deadline and one this long from now.
    pub fn capped(self, time: Duration) -> Self {
        self.min(Self::after(time))
    }

    /// This deadline moved forward, so that the caller keeps `reserve` for what it does afterwards.
    pub fn less(self, reserve: Duration) -> Self {
        Self(
            self.0
                .checked_sub(reserve)
                .unwrap_or(self.0)
                .max(Instant::now().min(self.0)),
        )
    }

    /// Whether the time is over.
    pub fn is_over(self) -> bool {
        self.remaining().is_zero()
    }

    /// Runs `work` until it ends or the time is over, then `None`.
    pub async fn run<T>(self, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout_at(self.0, work).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_never_extends_a_deadline() {
        let soon = Deadline::after(Duration::from_millis(10));
        assert_eq!(soon.capped(Duration::from_secs(60)), soon);
        let far = Deadline::after(Duration::from_secs(60));
        assert!(far.capped(Duration::from_secs(1)).remaining() <= Duration::from_secs(1));
    }

    #[test]
    fn a_reserve_brings_a_deadline_forward() {
        let deadline = Deadline::after(Duration::from_secs(60));
        let earlier = deadline.less(Duration::from_secs(20));
        assert!(earlier.remaining() <= Duration::from_secs(40));
        assert!(earlier.remaining() > Duration::from_secs(30));
    }

    #[test]
    fn a_passed_deadline_has_no_time_left() {
        let deadline = Deadline::after(Duration::ZERO);
        assert!(deadline.is_over());
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }
}
