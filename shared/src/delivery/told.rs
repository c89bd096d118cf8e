//! What is told of events that no answer tells of: those that waited.
//!
//! In: how a conversation's events ended. Out: a line of the log for each. Imports `conversation`,
//! `message`, `telemetry`.

use std::collections::HashMap;

use crate::conversation::step::Ending;
use crate::conversation::store::Key;
use crate::message::{DeliveryId, TicketId};
use crate::telemetry::hops::{self, Hops};
use crate::telemetry::{EventLine, pseudonym};

use super::{Bridge, Work};

/// How events ended that were worked on, by delivery.
pub(super) type Endings = HashMap<DeliveryId, Ended>;

/// How an event ended, and what is told of that.
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
    /// Events of the conversation that ended beside the one a request brought; the calls are told
    /// with that one.
    pub(super) fn tell_of_others(
        &self,
        key: &Key,
        ticket: Option<TicketId>,
        endings: &Endings,
        work: &Work,
    ) {
        let now = self.clock.now();
        for (delivery, ended) in endings {
            if let Some(line) = line_of(ended, now) {
                EventLine {
                    delivery: Some(delivery.as_str()),
                    ..about(line, key, ticket, work)
                }
                .write();
            }
        }
    }

    /// What a run did in a conversation: its events, the calls with the first of them. Where none
    /// ended, the calls are told all the same.
    pub(super) fn tell_of_run(
        &self,
        key: &Key,
        ticket: Option<TicketId>,
        endings: &Endings,
        work: &Work,
    ) {
        let mut hops = hops::take();
        let now = self.clock.now();
        for (delivery, ended) in endings {
            if let Some(line) = line_of(ended, now) {
                EventLine {
                    delivery: Some(delivery.as_str()),
                    hops: std::mem::take(&mut hops),
                    ..about(line, key, ticket, work)
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
            about(waiting, key, ticket, work).write();
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

fn about<'a>(
    line: EventLine<'a>,
    key: &Key,
    ticket: Option<TicketId>,
    work: &'a Work,
) -> EventLine<'a> {
    let customer = match key {
        Key::Customer(customer) => pseudonym::of(customer.as_str()),
        Key::Ticket(_) => None,
    };
    EventLine {
        request: work.invocation(),
        ticket: ticket.map(TicketId::get),
        customer,
        ..line
    }
}
