//! The last wish counts, and nothing is sent after a STOP.

use std::collections::BTreeSet;

use shared::message::{Customer, DeliveryId};

use super::super::act::Exports;
use super::super::anonymous;
use super::super::exports::{About, Exported};
use super::super::run::{Kind, Run, Table};

/// A webhook that comes later than that is late, in milliseconds.
const WEBHOOK: i64 = 500;

/// The export tells whole seconds, and clocks differ: which of two wishes is newer cannot be told, in milliseconds.
const SECONDS: i64 = 3_000;

impl<S: Table> Run<S> {
    pub(super) fn consent_kept(&self, customer: &Customer) -> Result<(), String> {
        if self.setting.exports != Exports::Off {
            return self.newest_wish_counts(customer);
        }
        let mut once = BTreeSet::new();
        let accepted = self.accepted_by_items(customer).into_iter();
        let events = accepted.map(|(_, event)| event);
        let first = events.filter(|event| once.insert(event.delivery().as_str()));
        let wishes = first.filter_map(|event| match event.kind {
            Kind::Consent { out } => Some((event.born, out)),
            _ => None,
        });
        let wishes: Vec<(i64, bool)> = wishes.collect();
        let wanted = wishes.last().is_some_and(|(_, out)| *out);
        // Of two items, a keyword whose webhook was repeated may be the older one.
        let newest = wishes.iter().max_by_key(|(born, _)| *born);
        let two_items = anonymous::conversations_of(customer).len() > 1;
        let newest = newest.is_some_and(|(_, out)| *out && two_items);
        let kept = self
            .state_of(customer)
            .is_some_and(|item| item.state.opted_out);
        if kept == wanted || newest && kept {
            Ok(())
        } else {
            Err(format!("opted out is {kept}"))
        }
    }

    /// Two ways tell of a wish, and the newest one counts; one whose webhook is late counts from then on.
    fn newest_wish_counts(&self, customer: &Customer) -> Result<(), String> {
        let mut once = BTreeSet::new();
        let mut wishes = Vec::new();
        let mut accepted_last = i64::MIN;
        let two_items = anonymous::conversations_of(customer).len() > 1;
        for (_, event) in self.accepted_by_items(customer) {
            if let Kind::Consent { out } = event.kind
                && once.insert(event.delivery().as_str())
            {
                wishes.push((event.born, out));
                let accepted = self.common.accepted.lock().expect("log");
                let at = accepted.iter().find(|(_, id, _)| id == event.delivery());
                let late = at.filter(|(.., at)| at - event.born > WEBHOOK);
                accepted_last = accepted_last.max(late.map_or(i64::MIN, |(.., at)| *at));
            }
        }
        let world = self.common.world.lock().expect("world");
        for one in &world.exported {
            match &one.about {
                About::Wish { customer: of, out } if of == customer && one.told > 0 => {
                    if !one.met {
                        // Nobody knew them yet.
                        return Ok(());
                    }
                    wishes.push((one.at, *out));
                }
                _ => {}
            }
        }
        wishes.sort_by_key(|(at, _)| *at);
        let (newest, wanted) = wishes.last().copied().unwrap_or((0, false));
        let unclear = |(at, out): &(i64, bool)| *out != wanted && newest - at < SECONDS;
        if wishes.iter().any(unclear) || accepted_last > newest || two_items && wishes.len() > 1 {
            return Ok(());
        }
        let item = self.state_of(customer);
        let kept = item.is_some_and(|item| item.state.opted_out);
        match kept == wanted {
            true => Ok(()),
            false => Err(format!("opted out is {kept}")),
        }
    }

    /// Whoever sends an SMS knows of no STOP that was accepted, but for one taken back by START.
    pub(super) fn nothing_after_stop(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        let exported = |id: &DeliveryId| {
            let is_it =
                |one: &&Exported| *id == DeliveryId::derive("subscription-change", &[&one.id]);
            let one = world.exported.iter().find(is_it)?;
            match &one.about {
                About::Wish { customer, out } => Some((one.at, *out, customer.clone())),
                _ => None,
            }
        };
        let consent = |id: &DeliveryId| {
            let Some(event) = self.events.iter().find(|event| event.delivery() == id) else {
                return exported(id);
            };
            match event.kind {
                Kind::Consent { out } => Some((event.born, out, event.customer.clone())),
                _ => None,
            }
        };
        let exports = self.setting.exports != Exports::Off;
        let stopped = |known: &[DeliveryId]| {
            let wishes: Vec<(i64, bool, Customer)> = known.iter().filter_map(consent).collect();
            let Some((_, last, customer)) = wishes.last() else {
                return false;
            };
            // Of two items, the older wish may come over behind the newer one.
            let newest = wishes.iter().max_by_key(|(born, ..)| *born);
            let unclear = |(born, out, _): &(i64, bool, Customer)| {
                exports && newest.is_some_and(|(at, to, _)| to != out && at - born < SECONDS)
            };
            if wishes.iter().any(unclear) {
                return false;
            }
            let two_items = anonymous::conversations_of(customer).len() > 1;
            *last && (!two_items && !exports || newest.is_none_or(|(_, out, _)| *out))
        };
        match world.sms.iter().find(|sms| stopped(&sms.known)) {
            Some(sms) => Err(format!("{:?} was sent after STOP", sms.text)),
            None => Ok(()),
        }
    }
}
