//! How an event becomes an effect: accept ▸ deliver ▸ settle.
//!
//! In: events from the parsers, the schedule's tick. Out: calls to the vendors, the item's new
//! state, and what to answer. Imports `message`, `conversation`, `media`, `zendesk`, `braze`,
//! `net`.

mod attach;
mod calls;
mod changes;
mod currents;
mod dead_letters;
mod drain;
mod event_log;
mod follow;
mod gate;
mod hand_on;
mod limits;
mod pace;
mod reconcile;
mod redeliver;
mod take_over;
mod updates;
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
use crate::message::{Alias, Body, Check, DeliveryId, Event, Incoming, Reply, TicketId};

pub use changes::{Changes, From, NotTold, TicketChange};
use drain::Taken;
pub use event_log::log_name;
use event_log::{Ended, Endings};
pub use gate::Gate;
pub use limits::Limits;
pub use pace::Pace;
pub use redeliver::Summary;
pub use updates::Updates;
pub(crate) use vendors::calls_zendesk;
pub use vendors::{Clients, Switch, TicketDefaults, UnderWay, Vendors};
pub use work::{Clock, Side, Work};

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
    /// How many updates of tickets it makes.
    pub updates: Updates,
}

/// What became of an event within the request.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How it ended; [`Ending::Queued`]: it is stored, and will be delivered.
    pub ending: Ending,
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
        let named = incoming.event.ticket();
        let key = match (incoming.customer, named) {
            (Some(customer), _) => Key::Customer(customer),
            (None, Some(ticket)) => Key::Ticket(ticket),
            // The parsers let no event through without either.
            (None, None) => return Ok(Report::of(Ending::Ignored("no address"), None)),
        };
        let again = another_invocation(&key, &incoming.event, &incoming.aliases);
        let delivery = incoming.event.delivery.clone();
        let entry = Entry::fresh(incoming.event);
        let now = self.clock.now();
        let lease = work.lease(now);
        let accepted = self
            .store
            .accept(&key, &entry, &incoming.aliases, &lease, now);
        let conversation = match accepted.await? {
            Accepted::Held(held) => Taken::free(held),
            Accepted::Stored(seen) => {
                let ticket = seen.state.ticket.or(named);
                match self.take_over(seen, work).await {
                    Some(conversation) => conversation,
                    None => return Ok(Report::of(Ending::Queued, ticket)),
                }
            }
            Accepted::Duplicate(seen) => {
                if let Some(look) = again.filter(|look| !is_known(look, &seen)) {
                    Box::pin(self.handle(look, work)).await?;
                }
                return Ok(Report::of(Ending::Duplicate, named.or(seen.state.ticket)));
            }
            Accepted::Full(seen) => {
                self.make_room(seen, work).await;
                return Err(StoreError::Full);
            }
        };
        // Stored is stored: what goes wrong from here on delays the event, and is tried again.
        let mut report = Report::of(Ending::Queued, named);
        for mut drained in Box::pin(self.drain_all(conversation, work)).await {
            if let Some(own) = drained.endings.remove(&delivery) {
                report.attempts = Some(own.attempts);
                report.ending = own.ending;
            }
            report.ticket = match report.ending {
                // The conversation may be on another ticket by now.
                Ending::Duplicate => named.or(drained.ticket),
                _ => drained.ticket.or(named),
            };
            self.log_others(&drained, work);
        }
        Ok(report)
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

    /// A full mailbox takes no event that would get it going again: the surplus does, where nobody
    /// works on it. The sender comes again to an emptier one.
    async fn make_room(&self, seen: Option<Box<Held>>, work: &Work) {
        let Some(seen) = seen else { return };
        if let Some(conversation) = self.take_over(*seen, work).await {
            Box::pin(self.drain_all(conversation, work)).await;
        }
    }

    /// How many updates of tickets a minute the bridge may make; `None`: any number.
    pub(super) fn updates_allowed(&self) -> Option<u32> {
        let told = self.vendors.updates_a_minute();
        self.policy.updates.allowed(told)
    }

    /// Takes a conversation that waits but has something to do now, or whose holder is gone.
    async fn take_over(&self, seen: Held, work: &Work) -> Option<Taken> {
        let now = self.clock.now();
        if !seen.is_parked() && seen.until > now {
            return None;
        }
        let index = queue::pick(&seen.mailbox, &seen.state, now)?;
        let before = seen.clone();
        let claim = seen.mailbox[index].event.delivery.clone();
        match self.store.take(seen, &claim, &work.lease(now)).await {
            Ok(held) => held.map(|held| Taken {
                held: doubt(held, &before),
                taken_over: true,
            }),
            Err(error) => {
                tracing::warn!(error = %error, "conversation not taken over");
                None
            }
        }
    }
}

impl Report {
    fn of(ending: Ending, ticket: Option<TicketId>) -> Self {
        Self {
            ending,
            ticket,
            attempts: None,
        }
    }
}

/// Marks what an interrupted holder may have done: how far it got is not known.
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

/// What a second webhook about the same comment leads to: it may have meant another one, which Zendesk
/// rendered too late. At most one look a minute for each comment: the invocation's id is not signed.
fn another_invocation(key: &Key, event: &Event, aliases: &[Alias]) -> Option<Incoming> {
    const MINUTE: i64 = 60_000;
    let Body::Reply(Reply {
        ticket,
        comment: Some(comment),
        ..
    }) = event.body
    else {
        return None;
    };
    let invocation = aliases.iter().find(|id| matches!(id, Alias::Noted(_)))?;
    let minute = event.received_at.div_euclid(MINUTE).to_string();
    Some(Incoming {
        customer: match key {
            Key::Customer(customer) => Some(customer.clone()),
            Key::Ticket(_) => None,
        },
        event: Event {
            delivery: DeliveryId::derive("meant", &[&comment.to_string(), &minute]),
            received_at: event.received_at,
            body: Body::Check(Check {
                ticket,
                ..Check::default()
            }),
        },
        aliases: vec![Alias::Refused(invocation.id().clone())],
    })
}

/// It was looked already, or this is the same invocation once more.
fn is_known(look: &Incoming, seen: &Held) -> bool {
    let mut ids = look.aliases.iter().map(Alias::id);
    seen.seen.contains(&look.event.delivery) || ids.any(|id| seen.seen.contains(id))
}

/// A bridge that tasks can share.
pub type Shared<V = Clients> = Arc<Bridge<V>>;
