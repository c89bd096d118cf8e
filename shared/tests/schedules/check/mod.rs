//! The promises, checked after everything is drained.

mod answers;
mod arrived;
mod consent;
mod desk;
mod found;
mod texts;

use std::collections::BTreeSet;

use shared::conversation::step::Ending;
use shared::conversation::store::{Key, Shown};
use shared::message::{Customer, DeliveryId};

use super::anonymous;
use super::run::{Happened, Kind, Run, Table};

/// How far back an adopted ticket's comments count, in milliseconds.
const MINUTES: i64 = 8 * 60 * 1000;

/// By which Zendesk's clock may differ from the bridge's, in milliseconds.
const A_MINUTE: i64 = 60_000;

/// How long a delivery is surely remembered, in milliseconds.
pub const REMEMBERED: i64 = 47 * 60 * 60 * 1000;

impl<S: Table> Run<S> {
    /// Everything that is wrong, or nothing.
    pub fn check(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        let second = world.second_tickets.clone();
        drop(world);
        if let Some(customer) = second.first() {
            return Err(format!("{}: a second open ticket", customer.shown()));
        }
        self.items_are_idle()?;
        if let Some(wrong) = self.common.limits.wrong() {
            return Err(wrong);
        }
        self.every_text_has_its_words()?;
        for (index, event) in self.events.iter().enumerate() {
            let told = |problem: &str| format!("event {index}: {problem}");
            match &event.kind {
                Kind::Reply { token, comment, .. } => {
                    self.answer(event, token, *comment).map_err(|e| told(&e))?;
                }
                Kind::Solved { ticket, cycle } => {
                    self.closing_once(*ticket, *cycle).map_err(|e| told(&e))?;
                }
                Kind::Say { .. } => self.said(event).map_err(|e| told(&e))?,
                Kind::Text | Kind::Consent { .. } | Kind::Resend { .. } | Kind::Echo => {}
            }
        }
        for customer in self.customers() {
            let told = |problem: String| format!("{}: {problem}", customer.shown());
            self.texts_once_in_order(&customer).map_err(told)?;
            self.answers_in_order(&customer).map_err(told)?;
            self.attributes_follow(&customer).map_err(told)?;
            self.consent_kept(&customer).map_err(told)?;
        }
        self.answers_before_closing()?;
        self.closings_in_number()?;
        if let Some(compared_at) = self.compared_at {
            self.nothing_left_unfound(compared_at)?;
        }
        self.nothing_reaches_another()?;
        self.texts_stay_with_their_writer()?;
        self.nothing_after_stop()?;
        self.every_message_ends()?;
        self.said_seldom()?;
        self.events_at_most_once()?;
        self.ratings_stand()?;
        self.nothing_echoed()
    }

    /// Whatever was accepted lately is known again; asks for a few events.
    pub async fn check_markers(&mut self) -> Result<(), String> {
        let now = self.common.now();
        let recent: Vec<usize> = (0..self.events.len())
            .filter(|&index| {
                let event = &self.events[index];
                let accepted = self.common.accepted.lock().expect("log");
                accepted.iter().any(|(pk, id, at)| {
                    *pk == event.door() && id == event.delivery() && now - at < REMEMBERED
                })
            })
            .collect();
        for index in recent.into_iter().rev().take(3) {
            let before = self.fingerprint();
            self.send(index);
            let ended = self.last_answer().await?;
            if ended != Some(Ending::Duplicate) || self.fingerprint() != before {
                return Err(format!("event {index} was forgotten: {ended:?}"));
            }
        }
        Ok(())
    }

    pub fn fingerprint(&self) -> (usize, usize) {
        let world = self.common.world.lock().expect("world");
        let comments = world
            .tickets
            .values()
            .map(|ticket| ticket.comments.len())
            .sum();
        (comments, world.sms.len())
    }

    pub fn items_are_whole(&self) -> Result<(), String> {
        for Shown {
            key,
            waiting,
            lease,
            due_at,
            due_shard,
            ..
        } in self.store.shown()
        {
            let parts = [
                waiting.is_some(),
                lease.is_some(),
                due_at.is_some(),
                due_shard.is_some(),
            ];
            if parts != [true; 4] && parts != [false; 4] || waiting == Some(0) {
                return Err(format!(
                    "{}: mailbox, lease, due_at, due_shard: {parts:?}",
                    key.pk()
                ));
            }
        }
        Ok(())
    }

    fn items_are_idle(&self) -> Result<(), String> {
        self.items_are_whole()?;
        let busy = self
            .store
            .shown()
            .into_iter()
            .find(|item| item.waiting.is_some());
        busy.map_or(Ok(()), |item| Err(format!("{} still waits", item.key.pk())))
    }

    pub fn customers(&self) -> BTreeSet<Customer> {
        self.events
            .iter()
            .map(|event| event.customer.clone())
            .collect()
    }

    fn is_dead(&self, delivery: &DeliveryId) -> bool {
        self.store.dead().iter().any(|id| id == delivery.as_str())
    }

    /// Accepted events of a customer, in the order the customer's items took them: what was taken over from the
    /// number before what came under the external id. What went on from the one to the other had not been worked on
    /// before the other came, and counts once, as when it came there.
    fn accepted_of(&self, customer: &Customer) -> Vec<&Happened> {
        let mut theirs = self.accepted_by_items(customer);
        theirs.sort_by_key(|(pk, _)| !pk.starts_with("phone#"));
        let mut last_first: Vec<&Happened> =
            theirs.into_iter().map(|(_, event)| event).rev().collect();
        let mut once = BTreeSet::new();
        last_first.retain(|event| once.insert(event.delivery().as_str()));
        last_first.reverse();
        last_first
    }

    /// By item, as they came; what went on stands twice.
    fn accepted_by_items(&self, customer: &Customer) -> Vec<(String, &Happened)> {
        let conversations = anonymous::conversations_of(customer);
        let pks: Vec<String> = conversations.iter().map(Key::pk).collect();
        let accepted = self.common.accepted.lock().expect("log");
        let theirs = accepted.iter().filter(|(at, ..)| pks.contains(at));
        let by_id = |id: &DeliveryId| self.events.iter().find(|event| event.delivery() == id);
        theirs
            .filter_map(|(pk, id, _)| by_id(id).map(|event| (pk.clone(), event)))
            .collect()
    }

    /// The customer's conversation: under the external id, unless it has not met the profile there yet.
    pub fn state_of(&self, customer: &Customer) -> Option<Shown> {
        let shown = self.store.shown();
        let of = |key: &Key| shown.iter().find(|item| item.key == *key).cloned();
        let keys = anonymous::conversations_of(customer);
        let theirs: Vec<Shown> = keys.iter().filter_map(of).collect();
        let met = |item: &&Shown| item.state.profile.is_some();
        theirs.iter().rfind(met).or(theirs.last()).cloned()
    }

    /// Braze's attributes say what the bridge believes, and what is so where it was told.
    fn attributes_follow(&self, customer: &Customer) -> Result<(), String> {
        let Some(state) = self.state_of(customer).map(|item| item.state) else {
            return Ok(());
        };
        let world = self.common.world.lock().expect("world");
        let attributes = world.attributes.get(customer).copied();
        let (Some(ticket), false) = (state.ticket, self.some_are_dead(customer)) else {
            return Ok(());
        };
        let wanted = (Some(ticket), !state.is_done());
        match attributes {
            Some(set) if set == wanted => Ok(()),
            set => Err(format!(
                "attributes are {set:?}, the conversation is {wanted:?}"
            )),
        }
    }

    pub fn some_are_dead(&self, customer: &Customer) -> bool {
        let dead = self.store.dead();
        let ours = self.accepted_of(customer);
        let ids = ours.iter().flat_map(|event| {
            let id = event.delivery();
            [id.clone(), DeliveryId::derive("attributes", &[id.as_str()])]
        });
        ids.into_iter()
            .any(|id| dead.iter().any(|dead| dead == id.as_str()))
    }
}
