//! How much time an invocation has, and who it is.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::conversation::store::{Key, Lease, SHARDS};
use crate::message::DeliveryId;

/// Longest time a request may work before it answers; Zendesk gives up after 10 to 12 seconds
/// (third-party measurement), so the answer has to be out well before.
const REQUEST_BUDGET: i64 = 8_000;

/// Time kept back for settling and answering.
const SETTLE_RESERVE: i64 = 1_000;

/// Longest single call to a vendor.
const CALL_LIMIT: i64 = 5_000;

/// Least time for a call, where a request has enough: one that is cut off may have been done.
const CALL_MINIMUM: i64 = 1_000;

/// Below this there is no point in starting a call.
const CALL_POINTLESS: i64 = 250;

/// Time kept back by a scheduled run, in which no call begins and those under way may end.
const RUN_RESERVE: i64 = 4_000;

/// Longest a conversation is held without a write.
const LEASE: i64 = 20_000;

/// What time it is, in milliseconds since the epoch.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(|| {
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        }))
    }

    /// A clock of one's own.
    pub fn from_fn(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Now.
    pub fn now(&self) -> i64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Which of the runs of redelivery it is that go side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Counted from zero.
    pub nth: u8,
    /// How many there are.
    pub of: u8,
}

impl Side {
    /// Most runs side by side: one for each shard.
    const MOST: u8 = SHARDS;

    /// What the schedule's event says, where that makes sense.
    pub fn read(nth: Option<u64>, of: Option<u64>) -> Option<Self> {
        let small = |number: Option<u64>| number.and_then(|number| u8::try_from(number).ok());
        let side = Self {
            nth: small(nth)?,
            of: small(of)?,
        };
        (side.nth < side.of && side.of <= Self::MOST).then_some(side)
    }

    /// The shards in the order in which the run looks at them: its own, then those of the others, and how many are
    /// its own.
    pub(super) fn shards(self) -> (Vec<u8>, usize) {
        let is_own = |shard: &u8| shard % self.of == self.nth;
        let (own, others): (Vec<u8>, Vec<u8>) = (0..SHARDS).partition(is_own);
        let count = own.len();
        (own.into_iter().chain(others).collect(), count)
    }
}

impl Default for Side {
    fn default() -> Self {
        Self { nth: 0, of: 1 }
    }
}

/// One invocation's identity and time. All times in milliseconds since the epoch.
#[derive(Debug, Clone)]
pub struct Work {
    owner: String,
    /// Calls end by then.
    until: i64,
    /// Nothing begins after it.
    begin_until: i64,
    deadline: i64,
    /// No sender waits for it.
    scheduled: bool,
    side: Side,
    /// It comes back to what falls due while it lasts.
    comes_back: bool,
}

impl Work {
    /// A request whose sender waits: at most eight seconds of work.
    pub fn request(id: &str, deadline: i64, now: i64) -> Self {
        let until = deadline
            .saturating_sub(SETTLE_RESERVE)
            .min(now.saturating_add(REQUEST_BUDGET));
        let least = (until.saturating_sub(now) / 8).clamp(CALL_POINTLESS, CALL_MINIMUM);
        Self {
            owner: id.to_owned(),
            until,
            begin_until: until.saturating_sub(least),
            deadline,
            scheduled: false,
            side: Side::default(),
            comes_back: false,
        }
    }

    /// A scheduled run: as long as the invocation lasts.
    pub fn scheduled(id: &str, deadline: i64) -> Self {
        Self {
            owner: id.to_owned(),
            until: deadline.saturating_sub(SETTLE_RESERVE),
            begin_until: deadline.saturating_sub(RUN_RESERVE),
            deadline,
            scheduled: true,
            side: Side::default(),
            comes_back: false,
        }
    }

    /// The same run beside others.
    #[must_use]
    pub fn beside(self, side: Side) -> Self {
        Self { side, ..self }
    }

    /// The same run, which comes back to what falls due while it lasts.
    #[must_use]
    pub fn that_comes_back(self) -> Self {
        Self {
            comes_back: true,
            ..self
        }
    }

    pub(super) fn side(&self) -> Side {
        self.side
    }

    pub(super) fn comes_back(&self) -> bool {
        self.comes_back
    }

    /// The same invocation's work on one of many conversations, with an owner of its own: what it
    /// forwards to a conversation beside it must not be taken for that one's holder.
    pub(super) fn part(&self, key: &Key) -> Self {
        let [a, b, c, d, ..] = DeliveryId::derive("owner", &[&key.pk()]).marker();
        Self {
            owner: format!("{}/{a:02x}{b:02x}{c:02x}{d:02x}", self.owner),
            ..self.clone()
        }
    }

    /// Lambda's id of the invocation.
    pub(super) fn invocation(&self) -> &str {
        let (invocation, _) = self.owner.split_once('/').unwrap_or((&self.owner, ""));
        invocation
    }

    /// It is a run of the schedule.
    pub(super) fn is_scheduled(&self) -> bool {
        self.scheduled
    }

    /// A lease from now on. It outlasts the invocation or every call started under it.
    pub fn lease(&self, now: i64) -> Lease {
        let until = self
            .deadline
            .saturating_add(SETTLE_RESERVE)
            .min(now.saturating_add(LEASE));
        Lease {
            owner: self.owner.clone(),
            until: until.max(now.saturating_add(SETTLE_RESERVE)),
        }
    }

    /// How long a call may take that starts now under a lease: `None` when it is too late for one.
    pub fn call_time(&self, now: i64, lease_until: i64) -> Option<Duration> {
        if self.is_over(now) {
            return None;
        }
        let end = self.until.min(lease_until.saturating_sub(SETTLE_RESERVE));
        let time = end.saturating_sub(now).min(CALL_LIMIT);
        let time = u64::try_from(time)
            .ok()
            .filter(|_| time >= CALL_POINTLESS)?;
        Some(Duration::from_millis(time))
    }

    /// No new work is begun.
    pub fn is_over(&self, now: i64) -> bool {
        now > self.begin_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_never_outlasts_its_lease_nor_the_invocation() {
        let work = Work::request("r", 10_000, 0);
        let lease = work.lease(0);
        assert!(
            lease.until >= 10_000,
            "a killed invocation's lease ends after it"
        );
        for now in (0..12_000).step_by(50) {
            if let Some(time) = work.call_time(now, lease.until) {
                let end = now + i64::try_from(time.as_millis()).expect("small");
                assert!(end <= 9_000 && end < lease.until);
            }
        }
        assert!(work.is_over(9_000));
    }

    #[test]
    fn a_call_that_begins_has_time_to_end() {
        let least = |work: &Work| {
            let lease = work.lease(55_000);
            let times = (0..60_000).filter_map(|now| work.call_time(now, lease.until));
            times.min().expect("calls are made").as_millis()
        };
        assert_eq!(least(&Work::scheduled("s", 60_000)), 3_000);
        assert_eq!(least(&Work::request("r", 100_000, 50_000)), 1_000);
        assert_eq!(least(&Work::request("hasty", 2_000, 0)), 250);
    }

    #[test]
    fn runs_side_by_side_have_each_shard_once_and_look_at_all() {
        for of in 1..=SHARDS {
            let mut all = vec![];
            for nth in 0..of {
                let (shards, own) = Side { nth, of }.shards();
                all.extend_from_slice(&shards[..own]);
                assert!((0..SHARDS).all(|shard| shards.contains(&shard)));
            }
            all.sort_unstable();
            assert_eq!(all, Vec::from_iter(0..SHARDS), "{of} runs");
        }
        for (nth, of) in [(2, 2), (0, 0), (0, 5), (256, 2), (0, 258)] {
            assert_eq!(Side::read(Some(nth), Some(of)), None);
        }
        assert_eq!(Side::read(None, Some(2)), None);
        assert_eq!(Side::read(Some(1), Some(2)), Some(Side { nth: 1, of: 2 }));
    }

    #[test]
    fn a_far_deadline_does_not_keep_the_sender_waiting() {
        let work = Work::request("r", 900_000, 0);
        assert!(work.is_over(8_000));
        assert_eq!(work.lease(0).until, LEASE);
    }
}
