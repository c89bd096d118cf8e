//! The calls a flow can make while its conversation is held: each ends before the lease does.

use crate::conversation::flow::{Calling, Calls};
use crate::conversation::step::{Outcome, Step};
use crate::net::Deadline;

use super::{Clock, Vendors, Work};

pub(super) struct Leased<'a, V> {
    pub(super) vendors: &'a V,
    pub(super) clock: &'a Clock,
    pub(super) work: &'a Work,
    /// When the lease ends, in milliseconds since the epoch.
    pub(super) until: i64,
}

impl<V: Vendors + Sync> Calls for Leased<'_, V> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        Box::pin(async move {
            let time = self.work.call_time(self.now(), self.until)?;
            if let Some(held_back) = self.vendors.held_back(step, Deadline::after(time)).await {
                return Some(held_back);
            }
            // To look took time as well.
            let time = self.work.call_time(self.now(), self.until)?;
            let outcome = self.vendors.execute(step, Deadline::after(time)).await;
            let ok = !matches!(outcome, Outcome::Failed(_));
            tracing::debug!(step = step.name(), ok, "step");
            Some(outcome)
        })
    }

    fn now(&self) -> i64 {
        self.clock.now()
    }
}
