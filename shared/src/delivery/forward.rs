//! Events that name only a ticket: their customer is looked up, then they go to the customer's
//! conversation.

use crate::conversation::plan;
use crate::conversation::state::Entry;
use crate::conversation::step::{Ending, Failure, Outcome, Step, Verdict};
use crate::conversation::store::{Held, Key, Storage};
use crate::message::{Incoming, TicketId};
use crate::net::Deadline;

use super::{Bridge, Handled, Vendors, Work};

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    pub(super) async fn forward(
        &self,
        held: &Held,
        index: usize,
        ticket: TicketId,
        work: &Work,
    ) -> Verdict {
        if plan::is_poison(&held.mailbox[index]) {
            return plan::given_up(plan::BROKE_OFF, vec![]);
        }
        let verdict = self.looked_up(held, index, ticket, work).await;
        let received_at = held.mailbox[index].event.received_at;
        let too_old = plan::is_too_old(&self.policy, received_at, self.clock.now());
        match verdict {
            Verdict::Wait(_) if too_old => plan::given_up(plan::TOO_LONG, vec![]),
            verdict => verdict,
        }
    }

    async fn looked_up(&self, held: &Held, index: usize, ticket: TicketId, work: &Work) -> Verdict {
        let Some(time) = work.call_time(self.clock.now(), held.until) else {
            return Verdict::Wait(None);
        };
        let look_up = Step::LookUpTicket(ticket);
        let facts = match self.vendors.execute(&look_up, Deadline::after(time)).await {
            Outcome::Ticket(facts) => facts,
            Outcome::Failed(Failure::NotFound) => {
                return Verdict::ignored("there is no such ticket in Zendesk");
            }
            Outcome::Failed(Failure::Later(not_before, _)) => return Verdict::Wait(not_before),
            _ => return Verdict::Wait(None),
        };
        let Some(customer) = facts.and_then(|facts| facts.customer) else {
            return Verdict::ignored("the ticket's requester has no Braze external id");
        };
        let Entry { event, .. } = held.mailbox[index].clone();
        let incoming = Incoming {
            customer: None,
            event,
            aliases: vec![],
        };
        // The conversation's own drain, one level deep: a customer's key is never forwarded.
        let offered = Box::pin(self.offer(Key::Customer(customer), incoming, work)).await;
        let ending = match offered.map(|report| report.handled) {
            Ok(Handled::Delivered) => Ending::Delivered,
            Ok(Handled::Duplicate) => Ending::Duplicate,
            Ok(Handled::Ignored(reason)) => Ending::Ignored(reason),
            Ok(Handled::Queued) => Ending::Queued,
            Ok(Handled::Full) | Err(_) => return Verdict::Wait(None),
        };
        Verdict::Done(ending, vec![])
    }
}
