//! The log's lines for events that no answer speaks of: those that waited.

use std::collections::HashMap;

use crate::conversation::step::Ending;
use crate::conversation::store::Key;
use crate::message::{Customer, DeliveryId, TicketId};
use crate::telemetry::hops::{self, Hops};
use crate::telemetry::{EventLine, pseudonym};

use super::drain::Drained;
use super::{Bridge, Work};

/// How events ended that were worked on, by delivery.
pub(super) type Endings = HashMap<DeliveryId, Ended>;

/// How an event ended, and what the log says of it.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) ending: Ending,
    pub(super) kind: &'static str,
    /// Empty for the bridge's own events.
    pub(super) sender: &'static str,
    pub(super) received_at: i64,
    /// The attempt that ended it, counted from one.
    pub(super) attempts: u32,
}

impl<V, S> Bridge<V, S> {
    /// Events that ended beside the one a request brought; the calls are logged with that one.
    pub(super) fn log_others(&self, drained: &Drained, work: &Work) {
        let now = self.clock.now();
        for (delivery, ended) in &drained.endings {
            if let Some(line) = line_of(ended, now) {
                EventLine {
                    delivery: Some(delivery.as_str()),
                    ..about(line, drained, work)
                }
                .write();
            }
        }
    }

    /// What a run did in a conversation: its events, the calls with the first of them. Where none
    /// ended, the calls are logged all the same.
    pub(super) fn log_run(&self, drained: &Drained, work: &Work) {
        let mut hops = hops::take();
        let now = self.clock.now();
        for (delivery, ended) in &drained.endings {
            if let Some(line) = line_of(ended, now) {
                EventLine {
                    delivery: Some(delivery.as_str()),
                    hops: std::mem::take(&mut hops),
                    ..about(line, drained, work)
                }
                .write();
            }
        }
        if !hops.zendesk_ms.is_empty() || !hops.braze_ms.is_empty() {
            let waiting = EventLine {
                outcome: "waiting",
                hops,
                ..EventLine::default()
            };
            about(waiting, drained, work).write();
        }
    }
}

/// `None` for what is no news: the bridge's own events that are done, and events handed on.
fn line_of(ended: &Ended, now: i64) -> Option<EventLine<'static>> {
    let outcome = match ended.ending {
        Ending::Queued => return None,
        Ending::Unknown => "unknown",
        Ending::Dead(_) => "dead",
        _ if ended.sender.is_empty() => return None,
        Ending::Delivered => "delivered",
        Ending::Ignored(_) => "ignored",
        Ending::Duplicate => "duplicate",
    };
    Some(EventLine {
        sender: ended.sender,
        kind: Some(ended.kind),
        outcome,
        attempts: Some(ended.attempts),
        waited_ms: u64::try_from(now.saturating_sub(ended.received_at)).ok(),
        hops: Hops::default(),
        ..EventLine::default()
    })
}

/// What the logs call a customer.
pub fn log_name(customer: &Customer) -> Option<String> {
    match customer {
        Customer::Id(id) => pseudonym::of(id.as_str()),
        Customer::Phone(phone) => pseudonym::of_phone(phone.digits()),
    }
}

fn about<'a>(line: EventLine<'a>, drained: &Drained, work: &'a Work) -> EventLine<'a> {
    let customer = match &drained.key {
        Key::Customer(customer) => log_name(customer),
        Key::Ticket(_) => None,
    };
    EventLine {
        request: work.invocation(),
        ticket: drained.ticket.map(TicketId::get),
        customer,
        ..line
    }
}
