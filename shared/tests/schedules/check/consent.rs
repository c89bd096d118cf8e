//! The last wish counts, and nothing is sent after a STOP.

use std::collections::BTreeSet;

use shared::message::{Customer, DeliveryId};

use super::super::anonymous;
use super::super::run::{Kind, Run, Table};

impl<S: Table> Run<S> {
    pub(super) fn consent_kept(&self, customer: &Customer) -> Result<(), String> {
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

    /// Whoever sends an SMS knows of no STOP that was accepted, but for one taken back by START.
    pub(super) fn nothing_after_stop(&self) -> Result<(), String> {
        let consent = |id: &DeliveryId| {
            let event = self.events.iter().find(|event| event.delivery() == id)?;
            match event.kind {
                Kind::Consent { out } => Some((event.born, out, event.customer.clone())),
                _ => None,
            }
        };
        let world = self.common.world.lock().expect("world");
        let stopped = |known: &[DeliveryId]| {
            let wishes: Vec<(i64, bool, Customer)> = known.iter().filter_map(consent).collect();
            let Some((_, last, customer)) = wishes.last() else {
                return false;
            };
            // Of two items, the older wish may come over behind the newer one.
            let newest = wishes.iter().max_by_key(|(born, ..)| *born);
            let two_items = anonymous::conversations_of(customer).len() > 1;
            *last && (!two_items || newest.is_none_or(|(_, out, _)| *out))
        };
        match world.sms.iter().find(|sms| stopped(&sms.known)) {
            Some(sms) => Err(format!("{:?} was sent after STOP", sms.text)),
            None => Ok(()),
        }
    }
}
