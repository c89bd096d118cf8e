//! The calls a flow can make while its conversation is held: each ends before the lease does.

use crate::conversation::flow::{Calling, Calls};
use crate::conversation::step::{Outcome, Step};
use crate::conversation::store::Storage;
use crate::net::Deadline;

use super::{Bridge, Vendors, Work};

pub(super) struct Leased<'a, V, S> {
    pub(super) bridge: &'a Bridge<V, S>,
    pub(super) work: &'a Work,
    /// When the lease ends, in milliseconds since the epoch.
    pub(super) until: i64,
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
            let outcome = vendors.execute(step, Deadline::after(time)).await;
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
