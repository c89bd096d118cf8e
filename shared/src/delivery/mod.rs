//! How an event becomes an effect: accept ▸ deliver ▸ settle.
//!
//! In: events from the parsers, the schedule's tick. Out: calls to the vendors, the item's new
//! state, and what to answer. Imports `message`, `conversation`, `media`, `zendesk`, `braze`,
//! `net`.

mod attach;
mod bury;
mod compare;
mod drain;
mod forward;
mod gate;
mod pace;
mod redeliver;
mod told;
mod vendors;
mod work;

use std::sync::Arc;

use crate::conversation::policy::Policy;
use crate::conversation::queue;
use crate::conversation::state::Entry;
use crate::conversation::step::Ending;
use crate::conversation::store::{
    Accepted, Claim, DeadLetter, Held, Key, Storage, Store, StoreError,
};
use crate::message::{Body, DeliveryId, Event, Incoming, TicketId};

pub use gate::Gate;
pub use pace::Pace;
pub use redeliver::Summary;
use told::{Ended, Endings};
pub(crate) use vendors::calls_zendesk;
pub use vendors::{Clients, TicketDefaults, Vendors};
pub use work::{Clock, Work};

/// The bridge: everything an event needs, built once per environment.
#[derive(Debug)]
pub struct Bridge<V = Clients, S = Store> {
    /// The table.
    pub store: S,
    /// Zendesk and Braze.
    pub vendors: V,
    /// The settings the decisions depend on.
    pub policy: Policy,
    /// What time it is.
    pub clock: Clock,
}

/// What became of an event within the request.
#[derive(Debug, Clone, PartialEq)]
pub enum Handled {
    /// Done.
    Delivered,
    /// Stored, will be delivered.
    Queued,
    /// Accepted before.
    Duplicate,
    /// Not for us.
    Ignored(&'static str),
    /// No room, nothing stored.
    Full,
}

/// What became of an event, and the ticket it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What became of it.
    pub handled: Handled,
    /// Its ticket, where known.
    pub ticket: Option<TicketId>,
    /// The attempt that ended it, counted from one, where it has ended.
    pub attempts: Option<u32>,
}

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// Accepts an event, and delivers it where the conversation is free.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it could not be stored: the sender has to try again.
    pub async fn handle(&self, incoming: Incoming, work: &Work) -> Result<Report, StoreError> {
        let named = ticket_of(&incoming.event);
        let key = match (incoming.customer.clone(), named) {
            (Some(customer), _) => Key::Customer(customer),
            (None, Some(ticket)) => Key::Ticket(ticket),
            // The parsers let no event through without either.
            (None, None) => {
                return Ok(Report::unended(Handled::Ignored("no address"), None));
            }
        };
        let report = self.offer(key, incoming, work).await?;
        let ticket = match report.handled {
            // The conversation may be on another ticket by now.
            Handled::Duplicate => named.or(report.ticket),
            _ => report.ticket.or(named),
        };
        Ok(Report { ticket, ..report })
    }

    /// Keeps a body that cannot be understood.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it could not be kept: the sender has to try again.
    pub async fn bury_body(
        &self,
        id: &DeliveryId,
        source: &str,
        cause: &str,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let letter = DeadLetter {
            id,
            source,
            cause,
            conversation: None,
            content,
        };
        self.store.bury(&letter, self.clock.now()).await
    }

    async fn offer(&self, key: Key, incoming: Incoming, work: &Work) -> Result<Report, StoreError> {
        let delivery = incoming.event.delivery.clone();
        let entry = Entry::fresh(incoming.event);
        let now = self.clock.now();
        let lease = work.lease(now);
        let accepted = self
            .store
            .accept(&key, &entry, &incoming.aliases, &lease, now)
            .await?;
        let mut taken_over = false;
        let held = match accepted {
            Accepted::Duplicate(ticket) => return Ok(Report::unended(Handled::Duplicate, ticket)),
            Accepted::Full(seen) => {
                self.make_room(seen, work).await;
                return Ok(Report::unended(Handled::Full, None));
            }
            Accepted::Held(held) => held,
            Accepted::Stored(seen) => {
                let ticket = seen.state.ticket;
                match self.take_over(seen, work).await {
                    Some(held) => {
                        taken_over = true;
                        held
                    }
                    None => return Ok(Report::unended(Handled::Queued, ticket)),
                }
            }
        };
        let mut endings = Endings::new();
        // Stored is stored: what goes wrong from here on delays the event, and is tried again.
        let drained = Box::pin(self.drain(held, taken_over, work, &mut endings));
        let ticket = drained.await;
        let own = endings.remove(&delivery);
        self.tell_of_others(&key, ticket, &endings, work);
        Ok(Report {
            ticket,
            attempts: own.as_ref().map(|own| own.attempts),
            handled: handled(own.map(|own| own.ending)),
        })
    }

    /// A full mailbox takes no event that would get it going again: the surplus does, where nobody
    /// works on it. The sender comes again to an emptier one.
    async fn make_room(&self, seen: Option<Box<Held>>, work: &Work) {
        let Some(seen) = seen else { return };
        if let Some(held) = self.take_over(*seen, work).await {
            self.drain(held, true, work, &mut Endings::new()).await;
        }
    }

    /// Takes a conversation that waits but has something to do now, or whose holder is gone.
    async fn take_over(&self, seen: Held, work: &Work) -> Option<Held> {
        let now = self.clock.now();
        if !seen.is_parked() && seen.until > now {
            return None;
        }
        let index = queue::pick(&seen.mailbox, &seen.state, now)?;
        let before = seen.clone();
        let claim = seen.mailbox[index].event.delivery.clone();
        match self.store.take(seen, &claim, &work.lease(now)).await {
            Ok(held) => held.map(|held| doubt(held, &before)),
            Err(error) => {
                tracing::warn!(error = %error, "conversation not taken over");
                None
            }
        }
    }
}

impl Report {
    /// Nothing is known of its end.
    fn unended(handled: Handled, ticket: Option<TicketId>) -> Self {
        Self {
            handled,
            ticket,
            attempts: None,
        }
    }
}

/// Marks what an interrupted holder may have done: nobody knows how far it got.
fn doubt(mut held: Held, before: &Held) -> Held {
    match before.claim() {
        None => {}
        Some(Claim::Delivery(id)) => {
            let mut interrupted = held.mailbox.iter_mut();
            if let Some(entry) = interrupted.find(|entry| entry.event.delivery.as_str() == id) {
                put_in_doubt(entry, held.state.ticket);
            }
        }
        Some(Claim::Any) => {
            for index in queue::heads(&held.mailbox) {
                put_in_doubt(&mut held.mailbox[index], held.state.ticket);
            }
        }
    }
    held
}

fn put_in_doubt(entry: &mut Entry, ticket: Option<TicketId>) {
    entry.progress.doubtful = true;
    entry.progress.breaks = entry.progress.breaks.saturating_add(1);
    entry.progress.tried = entry.progress.tried.or(ticket);
}

fn handled(ending: Option<Ending>) -> Handled {
    match ending {
        Some(Ending::Delivered) => Handled::Delivered,
        Some(Ending::Duplicate) => Handled::Duplicate,
        Some(Ending::Ignored(reason)) => Handled::Ignored(reason),
        Some(Ending::Unknown | Ending::Dead(_) | Ending::Queued) | None => Handled::Queued,
    }
}

fn ticket_of(event: &Event) -> Option<TicketId> {
    match &event.body {
        Body::Reply(reply) => reply.ticket,
        Body::Solved(solved) => solved.ticket,
        Body::Resend(resend) => resend.ticket,
        Body::Note(note) => Some(note.ticket),
        Body::Text(_) | Body::Consent(_) | Body::Attributes | Body::Check => None,
    }
}

/// A bridge that tasks can share.
pub type Shared<V = Clients> = Arc<Bridge<V>>;
