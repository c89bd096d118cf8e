//! Limits that a vendor has for one kind of call alone: the other kinds go on meanwhile.
//!
//! In: which limit was met, and until when. Out: whether a call is worth making. Pure but for its counters.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::conversation::state::Trouble;
use crate::conversation::step::{Failure, Step};
use crate::zendesk::Limited;

use super::gate::{Closed, Gate};

/// A limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// Zendesk: updates of existing tickets a minute, for the whole account.
    TicketUpdates,
    /// Braze: sends an hour.
    Sends,
    /// Braze: attributes and events, in three seconds.
    Tracks,
    /// Braze: looks at subscriptions an hour.
    Subscriptions,
    /// Braze: changes of subscriptions a minute.
    Unsubscribes,
    /// Braze: looks at profiles a minute.
    Profiles,
}

impl Limit {
    /// The limit that a call counts against besides the account's.
    pub(super) fn of(step: &Step) -> Option<Self> {
        match step {
            Step::Append(_)
            | Step::SetStatus(..)
            | Step::SetFields(..)
            | Step::AddTags(..)
            | Step::RemoveTags(..) => Some(Self::TicketUpdates),
            Step::SendSms(_) => Some(Self::Sends),
            Step::SetAttributes(_) => Some(Self::Tracks),
            Step::LookUpSubscription { .. } => Some(Self::Subscriptions),
            Step::Unsubscribe { .. } => Some(Self::Unsubscribes),
            _ => None,
        }
    }
}

/// Until when each limit lasts, in milliseconds since the epoch.
#[derive(Debug, Default)]
pub struct Limits([AtomicI64; 6]);

impl Limits {
    /// Why a call is not made now: one of the vendor's limits lasts, or the vendor is spared.
    pub fn held_up(&self, gate: &Gate, step: &Step, now: i64) -> Option<Failure> {
        let own = Limit::of(step).and_then(|limit| self.until(limit, now));
        if let Some(until) = own {
            return Some(Failure::Later(Some(until), Trouble::Limited));
        }
        match gate.admit(now) {
            Err(Closed::Down) => Some(Failure::Later(None, Trouble::Spared)),
            Err(Closed::Limited(until)) => Some(Failure::Later(Some(until), Trouble::Limited)),
            Ok(()) => None,
        }
    }

    /// Zendesk asked to wait until then: who waits follows from which of its limits was met.
    pub fn of_zendesk(&self, gate: &Gate, of: Limited, until: i64) -> Failure {
        match of {
            Limited::Account => gate.limited(until),
            Limited::TicketUpdates => self.met(Limit::TicketUpdates, until),
            // Only this conversation waits.
            Limited::OneTicket => {}
        }
        Failure::Later(Some(until), Trouble::Limited)
    }

    /// The vendor asked to wait until then.
    pub(super) fn met(&self, limit: Limit, until: i64) {
        self.0[limit as usize].fetch_max(until, Ordering::Relaxed);
    }

    /// Until when a limit lasts; `None` where there is none now.
    pub(super) fn until(&self, limit: Limit, now: i64) -> Option<i64> {
        Some(self.0[limit as usize].load(Ordering::Relaxed)).filter(|&until| until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_lasts_until_its_time_and_stops_no_other_kind_of_call() {
        let limits = Limits::default();
        limits.met(Limit::Sends, 5_000);
        limits.met(Limit::Sends, 3_000);
        assert_eq!(limits.until(Limit::Sends, 4_999), Some(5_000));
        assert_eq!(limits.until(Limit::Sends, 5_000), None);
        for other in [Limit::TicketUpdates, Limit::Tracks, Limit::Subscriptions] {
            assert_eq!(limits.until(other, 0), None, "{other:?}");
        }
    }
}
