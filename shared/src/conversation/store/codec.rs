//! The item's attributes and back.
//!
//! State and events are JSON strings: an attribute that cannot be read is set aside as poison, and
//! never takes the rest of the item with it.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::message::{Customer, DeliveryId, Phone, UserId};

use super::super::seen::{self, Seen};
use super::super::state::{Entry, State};
use super::super::step::{HandedOver, Owner};
use super::super::unknown::{self, FORM};
use super::{Held, Key, PARKED, Settled};

/// The attribute that names a customer by external id.
pub(super) const CUSTOMER: &str = "customer";

/// The attribute that names an anonymous customer, by the digits of the number.
pub(super) const PHONE: &str = "phone";

/// The attribute that holds the state: `state` is a reserved word of DynamoDB.
pub(super) const STATE: &str = "memory";

/// What DynamoDB gives and takes.
pub(super) type Item = HashMap<String, AttributeValue>;

impl Held {
    /// Reads an item that was read elsewhere, for looking only.
    pub fn read(key: &Key, item: HashMap<String, AttributeValue>) -> Self {
        held(key, item)
    }
}

/// Reads an item; one that does not exist reads as an empty conversation.
pub(super) fn held(key: &Key, item: Item) -> Held {
    let mut poison = Vec::new();
    let state = item
        .get(STATE)
        .and_then(string)
        .map_or_else(State::default, |json| {
            unknown::read(json).unwrap_or_else(|_| {
                poison.push(json.to_owned());
                State::default()
            })
        });
    let stored = item
        .get("mailbox")
        .and_then(|value| value.as_l().ok())
        .map_or(&[][..], |l| l);
    let mut mailbox: Vec<Entry> = Vec::with_capacity(stored.len());
    for json in stored.iter().filter_map(string) {
        match Entry::read(json) {
            Ok(entry) => mailbox.push(entry),
            Err(_) => poison.push(json.to_owned()),
        }
    }
    Held {
        key: key.clone(),
        state,
        readable: mailbox.len(),
        mailbox,
        seen: seen(&item),
        brought: Seen::default(),
        poison,
        until: item.get("due_at").and_then(integer).unwrap_or(0),
        version: item
            .get("v")
            .and_then(integer)
            .and_then(|v| u64::try_from(v).ok())
            .unwrap_or(0),
        lease: item
            .get("lease")
            .and_then(string)
            .unwrap_or_default()
            .to_owned(),
        form: item.get("form").and_then(integer).unwrap_or(0).max(FORM),
        lost: item.get("lost").and_then(string).map(str::to_owned),
        owner: owner_of(&item),
    }
}

/// What is kept aside of a conversation that goes to another key.
pub(super) fn aside(item: &Item) -> Option<HandedOver> {
    let state = item.get("memory_aside").and_then(string)?;
    let stored = item
        .get("mailbox_aside")
        .and_then(|value| value.as_l().ok());
    let stored = stored.into_iter().flatten().filter_map(string);
    Some(HandedOver {
        seen: seen(item),
        state: unknown::read(state).ok()?,
        mailbox: stored.filter_map(|json| Entry::read(json).ok()).collect(),
    })
}

/// Whose conversation is on a ticket, as its item says.
pub(super) fn owner_of(item: &Item) -> Option<Owner> {
    let user = item.get("zendesk_user").and_then(integer);
    let named = |name| item.get(name).and_then(string);
    let id = named(CUSTOMER).and_then(|id| id.parse().ok());
    let phone = named(PHONE).and_then(Phone::of_digits);
    Some(Owner {
        customer: id.or(phone.map(Customer::Phone))?,
        user: user
            .and_then(|id| u64::try_from(id).ok())
            .and_then(UserId::new),
    })
}

/// Why a settling write was refused: events came in, it had been written already (the answer was
/// lost and the SDK repeated it), or the conversation is no longer ours.
pub(super) fn merge(ours: &mut Held, intended: &str, theirs: Held) -> Settled {
    if theirs.lease == intended && matches!(intended, "" | PARKED) {
        return Settled::Done;
    }
    if theirs.lease != ours.lease && theirs.lease == intended {
        ours.lease = theirs.lease.clone();
        ours.readable = ours.mailbox.len();
        let nothing_new = theirs.mailbox.len() == ours.readable && theirs.poison.is_empty();
        take_new(ours, theirs);
        return if nothing_new {
            Settled::Done
        } else {
            Settled::Moved
        };
    }
    if theirs.lease != ours.lease {
        return Settled::Lost;
    }
    take_new(ours, theirs);
    Settled::Moved
}

/// Others only append: what is behind the entries we know is new.
fn take_new(ours: &mut Held, theirs: Held) {
    let readable = theirs.mailbox.len();
    for entry in theirs.mailbox.into_iter().skip(ours.readable) {
        let known = ours
            .mailbox
            .iter()
            .any(|own| own.event.delivery == entry.event.delivery);
        if !known {
            ours.mailbox.push(entry);
        }
    }
    ours.poison = theirs.poison;
    ours.version = theirs.version;
    ours.readable = readable;
    ours.seen = theirs.seen;
    ours.seen.extend(&ours.brought);
    ours.form = theirs.form;
}

fn seen(item: &Item) -> Seen {
    let mut seen = Seen::default();
    for (name, value) in item {
        let day = name.strip_prefix('s').and_then(|day| day.parse().ok());
        let (Some(day), Ok(markers)) = (day, value.as_bs()) else {
            continue;
        };
        for marker in markers {
            if let Ok(marker) = <[u8; 8]>::try_from(marker.as_ref()) {
                seen.insert(day, marker);
            }
        }
    }
    seen
}

/// The names of the days an accepting write looks at. Tomorrow is one: the clock of another
/// environment may be ahead.
pub(super) fn day_names(now: i64) -> HashMap<String, String> {
    let today = seen::day(now);
    [("#ahead", -1), ("#today", 0), ("#back1", 1), ("#back2", 2)]
        .map(|(name, back)| (name.to_owned(), day_name(today - back)))
        .into()
}

/// The attribute that holds a day's markers.
pub(super) fn day_name(day: i64) -> String {
    format!("s{day}")
}

pub(super) fn lease(owner: &str, claim: &str) -> String {
    format!("{owner} {claim}")
}

pub(super) fn owner(lease: &str) -> &str {
    lease.split_once(' ').map_or(lease, |(owner, _)| owner)
}

pub(super) fn markers<'a>(ids: impl Iterator<Item = &'a DeliveryId>) -> AttributeValue {
    marker_set(ids.map(DeliveryId::marker).collect())
}

pub(super) fn marker_set(mut markers: Vec<[u8; 8]>) -> AttributeValue {
    markers.sort_unstable();
    markers.dedup();
    AttributeValue::Bs(markers.into_iter().map(Blob::new).collect())
}

pub(super) fn marker(id: &DeliveryId) -> AttributeValue {
    AttributeValue::B(Blob::new(id.marker()))
}

pub(super) fn state(state: &State) -> AttributeValue {
    AttributeValue::S(unknown::write(state, &state.unknown))
}

pub(super) fn mailbox(entries: &[Entry]) -> AttributeValue {
    AttributeValue::L(
        entries
            .iter()
            .map(|entry| AttributeValue::S(entry.stored()))
            .collect(),
    )
}

pub(super) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn version(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn count(value: usize) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn string(value: &AttributeValue) -> Option<&str> {
    value.as_s().ok().map(String::as_str)
}

pub(super) fn integer(value: &AttributeValue) -> Option<i64> {
    value.as_n().ok().and_then(|number| number.parse().ok())
}
