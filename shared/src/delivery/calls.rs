//! The calls a flow can make while its conversation is held: each ends before the lease does.

use std::time::Duration;

use crate::conversation::flow::{Calling, Calls};
use crate::conversation::state::{Entry, Trouble};
use crate::conversation::step::{Anyway, Failure, Outcome, Owner, Step};
use crate::conversation::store::{Key, Lease, Storage, StoreError, Vendor};
use crate::message::{Body, Check, DeliveryId, Event, TicketId};
use crate::net::Deadline;

use super::limits::Limit;
use super::updates::Asking;
use super::{Bridge, Vendors, Work};

/// Before a second try, where the vendor names no time, in milliseconds.
const SHORT_PAUSE: i64 = 400;

/// Longest pause before a second try, in milliseconds: a vendor's two seconds, and rounding.
const LONGEST_PAUSE: i64 = 2_500;

/// A vendor that took longer to fail is overloaded, in milliseconds.
const AT_ONCE: i64 = 1_500;

/// Least time for a second try.
const LEAST_TIME: Duration = Duration::from_secs(1);

pub(super) struct Leased<'a, V, S> {
    pub(super) bridge: &'a Bridge<V, S>,
    /// Which conversation.
    pub(super) key: &'a Key,
    pub(super) work: &'a Work,
    /// When the lease ends, in milliseconds since the epoch.
    pub(super) until: i64,
}

impl<V: Vendors + Sync, S: Storage + Sync> Leased<'_, V, S> {
    /// When an update of a ticket has its turn, where the bridge has made its share of the account's already.
    async fn turn(&self, step: &Step, deadline: Deadline) -> Option<i64> {
        let Bridge {
            vendors, updates, ..
        } = self.bridge;
        let now = self.now();
        if Limit::of(step) != Some(Limit::TicketUpdates) || vendors.spares(Vendor::Zendesk, now) {
            return None;
        }
        let asking = Asking {
            now,
            allowed: self.bridge.updates_allowed()?,
            scheduled: self.work.is_scheduled(),
        };
        updates
            .take(&self.bridge.store, asking, deadline)
            .await
            .err()
    }

    /// How long a request waits before it tries a call once more, which was surely not done or does no harm
    /// twice. Only where the vendor answered at once and nothing else failed there lately: one that is down or
    /// overloaded gets no second call.
    fn pause(&self, step: &Step, outcome: &Outcome, began: i64) -> Option<Duration> {
        let Outcome::Failed(Failure::Later(not_before, trouble)) = outcome else {
            return None;
        };
        let now = self.now();
        let pause = match (trouble, not_before) {
            (Trouble::Unavailable, None) => SHORT_PAUSE,
            (Trouble::Unavailable | Trouble::Limited, Some(at)) => at.saturating_sub(now),
            _ => return None,
        };
        let time = self.work.call_time(now.saturating_add(pause), self.until)?;
        let may = !self.work.is_scheduled()
            && (0..AT_ONCE).contains(&now.saturating_sub(began))
            && (0..=LONGEST_PAUSE).contains(&pause)
            && time >= LEAST_TIME
            && self.bridge.vendors.may_try_again(step, *trouble, now);
        may.then(|| Duration::from_millis(pause.unsigned_abs()))
    }

    /// The same call again, unless it may not be made any more.
    async fn once_more(&self, step: &Step) -> Option<Outcome> {
        let time = self.work.call_time(self.now(), self.until)?;
        let vendors = &self.bridge.vendors;
        if let Some(held_back) = vendors.held_back(step, Deadline::after(time)).await {
            return Some(held_back);
        }
        let time = self.work.call_time(self.now(), self.until)?;
        Some(self.execute(step, Deadline::after(time)).await)
    }

    /// The table's call, or a vendor's.
    async fn execute(&self, step: &Step, deadline: Deadline) -> Outcome {
        if let Key::Customer(customer) = self.key
            && let Some(outcome) = self.bridge.hand_over(step, customer).await
        {
            return outcome;
        }
        let (
            Step::ClaimTicket {
                ticket,
                user,
                anyway,
            },
            Key::Customer(customer),
        ) = (step, self.key)
        else {
            return self.bridge.vendors.execute(step, deadline).await;
        };
        let owner = Owner {
            customer: customer.clone(),
            user: Some(*user),
        };
        match self.claim(*ticket, &owner, *anyway).await {
            Ok(other) => Outcome::Claimed(other),
            Err(error) => {
                tracing::warn!(error = %error, "whose conversation is on the ticket is not written down");
                Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
            }
        }
    }

    /// Where another conversation is on the ticket, that one looks soon whether it still is.
    async fn claim(
        &self,
        ticket: TicketId,
        owner: &Owner,
        anyway: Anyway,
    ) -> Result<Option<Owner>, StoreError> {
        let (store, now) = (&self.bridge.store, self.bridge.clock.now());
        let other = store.claim(ticket, owner, anyway, now).await?;
        if let Some(other) = &other {
            let names = [ticket.get().to_string(), now.to_string()];
            let look = Entry::fresh(Event {
                delivery: DeliveryId::derive("claimed", &names.each_ref().map(String::as_str)),
                received_at: now,
                body: Body::Check(Check {
                    ticket: Some(ticket),
                    ..Check::default()
                }),
            });
            let due = Lease {
                until: now,
                ..self.work.lease(now)
            };
            let key = Key::Customer(other.customer.clone());
            store.accept(&key, &look, &[], &due, now).await?;
        }
        Ok(other)
    }
}

impl<V: Vendors + Sync, S: Storage + Sync> Calls for Leased<'_, V, S> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        Box::pin(async move {
            let time = self.work.call_time(self.now(), self.until)?;
            let vendors = &self.bridge.vendors;
            if let Some(held_back) = vendors.held_back(step, Deadline::after(time)).await {
                return Some(held_back);
            }
            // To look took time as well.
            let time = self.work.call_time(self.now(), self.until)?;
            if let Some(turn) = self.turn(step, Deadline::after(time)).await {
                return Some(Outcome::Failed(Failure::Later(
                    Some(turn),
                    Trouble::Limited,
                )));
            }
            let time = self.work.call_time(self.now(), self.until)?;
            let began = self.now();
            let mut outcome = self.execute(step, Deadline::after(time)).await;
            if let Some(pause) = self.pause(step, &outcome, began) {
                tokio::time::sleep(pause).await;
                if let Some(again) = self.once_more(step).await {
                    outcome = again;
                }
            }
            if let (Step::SendSms(sms), Outcome::Sent(dispatch)) = (step, &outcome) {
                let dispatch = dispatch.as_deref();
                Box::pin(self.bridge.remember_sent(sms, dispatch, self.work)).await;
            }
            let ok = !matches!(outcome, Outcome::Failed(_));
            tracing::debug!(step = step.name(), ok, "step");
            Some(outcome)
        })
    }

    fn now(&self) -> i64 {
        self.bridge.clock.now()
    }
}
