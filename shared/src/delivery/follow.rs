//! What happened in Zendesk without a trigger leads to a look at the ticket, for each conversation that it concerns.
//!
//! In: an event of Zendesk's event stream. Out: looks, which are events like others (`conversation/flow/compare.rs`).
//! Most events are about tickets without a conversation: these cost one read of the table, and no call.

use crate::conversation::step::{Ending, Outcome, Step};
use crate::conversation::store::{Key, Storage, StoreError};
use crate::message::{
    Body, Check, Customer, DeliveryId, Event, ExternalUserId, Happened, Incoming, TicketId, UserId,
};
use crate::net::Deadline;

use super::{Bridge, Report, Vendors, Work};

/// Reason given where no conversation is on the ticket, or with the users.
const NOBODYS: &str = "it is about no conversation";

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// Looks at the tickets of the conversations that the event is about.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when what it leads to could not be stored: Zendesk has to try again.
    pub async fn follow(&self, happened: Happened, work: &Work) -> Result<Report, StoreError> {
        let mut report = Report::of(Ending::Ignored(NOBODYS), None);
        match happened {
            Happened::OnTickets(id, tickets, at) => {
                for ticket in tickets {
                    if self.store.knows(&Key::Ticket(ticket)).await? {
                        let look = self.look_for(&id, None, Some(ticket), at);
                        report = Box::pin(self.handle(look, work)).await?;
                    }
                }
            }
            Happened::UsersMerged(id, users, external_id, at) => {
                for customer in self.of_users(users, external_id, work).await {
                    let customer = Customer::Id(customer);
                    if self.store.knows(&Key::Customer(customer.clone())).await? {
                        let look = self.look_for(&id, Some(customer), None, at);
                        report = Box::pin(self.handle(look, work)).await?;
                    }
                }
            }
            Happened::NotForUs(_) | Happened::Malformed(_) => {}
        }
        Ok(report)
    }

    /// Whose users they may be. The external id that is gone only finds a conversation: the look asks Zendesk whose
    /// the ticket is. Where Zendesk cannot be asked now, the next event on the ticket finds out.
    async fn of_users(
        &self,
        users: Vec<UserId>,
        external_id: Option<ExternalUserId>,
        work: &Work,
    ) -> Vec<ExternalUserId> {
        let mut customers: Vec<ExternalUserId> = external_id.into_iter().collect();
        for user in users {
            let Some(time) = work.call_time(self.clock.now(), i64::MAX) else {
                break;
            };
            let step = Step::LookUpUser(user);
            let told = self.vendors.execute(&step, Deadline::after(time)).await;
            if let Outcome::Person(person) = told
                && let Some(customer) = person.customer
                && !customers.contains(&customer)
            {
                customers.push(customer);
            }
        }
        customers
    }

    fn look_for(
        &self,
        id: &DeliveryId,
        customer: Option<Customer>,
        ticket: Option<TicketId>,
        at: Option<i64>,
    ) -> Incoming {
        let on = ticket.map(|ticket| ticket.to_string()).unwrap_or_default();
        Incoming {
            customer,
            event: Event {
                delivery: DeliveryId::derive("look", &[id.as_str(), &on]),
                received_at: self.clock.now(),
                body: Body::Check(Check {
                    ticket,
                    user: None,
                    at,
                }),
            },
            aliases: vec![],
        }
    }
}
