//! The handle's methods for triggers and webhooks.

use super::super::model::Trigger;
use super::super::people::DeskError;
use super::super::webhooks::{Delivery, Mode, Outcome, PendingWebhook};
use super::super::{Zendesk, deliver, mail, setup, standard};
use crate::ids;

impl Zendesk {
    /// Sets up the contract's two webhooks and triggers, with the given signing secrets. Doing it
    /// again replaces them.
    pub fn install_default_triggers(
        &self,
        reply_endpoint: &str,
        reply_secret: &str,
        solved_endpoint: &str,
        solved_secret: &str,
    ) {
        self.account.change(|work| {
            standard::install(
                work,
                [
                    (reply_endpoint, reply_secret),
                    (solved_endpoint, solved_secret),
                ],
            );
        });
    }

    /// Limits the contract's triggers to tickets that carry a tag, as the set-up does unless every ticket is
    /// texted about.
    pub fn limit_default_triggers(&self, tag: &str) {
        self.account.change(|work| standard::limit(work, tag));
    }

    /// Adds a trigger, after the others. Returns its id (the given one is ignored).
    pub fn add_trigger(&self, trigger: Trigger) -> u64 {
        self.account.change(|work| {
            let id = work.state.next_id();
            work.state.triggers.push(Trigger { id, ..trigger });
            id
        })
    }

    /// Removes the triggers of this title.
    pub fn remove_triggers(&self, title: &str) {
        self.account.change(|work| {
            let triggers = &mut work.state.triggers;
            triggers.retain(|trigger| trigger.title != title);
        });
    }

    /// Adds Zendesk's own trigger that mails agents' public comments to a requester who has an
    /// address, and to those in copy. Returns its id.
    pub fn install_notify_trigger(&self) -> u64 {
        self.add_trigger(mail::comment_update(0))
    }

    /// Sets up the bundle's webhook that follows event types, with this signing secret. Setting up the default
    /// triggers again takes it away.
    pub fn install_event_webhook(&self, endpoint: &str, secret: &str, kinds: &[&str]) {
        let id = self.add_event_webhook(endpoint, secret, kinds);
        self.account.change(|work| {
            if let Some(webhook) = work.state.webhooks.get_mut(&id) {
                webhook.name = standard::events_name();
            }
        });
    }

    /// Adds a webhook that follows these event types (`zen:event-type:…`), with this signing secret.
    /// Returns its id.
    pub fn add_event_webhook(&self, endpoint: &str, secret: &str, kinds: &[&str]) -> String {
        self.account.change(|work| {
            let (state, now) = (&mut *work.state, work.now);
            let id = setup::add_webhook(state, now, "events", endpoint, secret);
            if let Some(webhook) = state.webhooks.get_mut(&id) {
                webhook.subscriptions = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            }
            id
        })
    }

    /// Adds a webhook with this signing secret. Returns its id.
    pub fn add_webhook(&self, name: &str, endpoint: &str, secret: &str) -> String {
        self.account
            .change(|work| setup::add_webhook(work.state, work.now, name, endpoint, secret))
    }

    /// An administrator presses "test webhook" before saving: signed with the public test secret.
    pub async fn press_test_button(&self, endpoint: &str, payload: &str) -> Delivery {
        let invocation = PendingWebhook {
            id: 0,
            invocation_id: ids::ulid(self.clock().now_ms()),
            webhook_id: ids::ulid(self.clock().now_ms()),
            trigger: String::new(),
            ticket_id: 0,
            endpoint: endpoint.to_owned(),
            payload: payload.to_owned(),
        };
        deliver::deliver(&self.account, invocation).await
    }

    /// Switches between immediate and held webhooks.
    pub fn webhook_delivery(&self, mode: Mode) {
        self.account.set_mode(mode);
    }

    /// Whether webhooks are kept until they are released.
    pub fn webhooks_are_held(&self) -> bool {
        self.account.mode() == Mode::Held
    }

    /// The invocations waiting for release, oldest first.
    pub fn held_webhooks(&self) -> Vec<PendingWebhook> {
        self.account.core.read(|state| state.held.clone())
    }

    /// Makes a held invocation, with all its retries.
    ///
    /// # Errors
    /// When no such invocation is held.
    pub async fn release(&self, id: u64) -> Result<Delivery, DeskError> {
        let held = self
            .account
            .change(|work| deliver::take_held(work.state, id))?;
        Ok(deliver::deliver(&self.account, held).await)
    }

    /// Makes all held invocations, oldest first, one after the other.
    pub async fn release_all(&self) -> Vec<Delivery> {
        let mut made = Vec::new();
        while let Some(next) = self.held_webhooks().first() {
            match self.release(next.id).await {
                Ok(delivery) => made.push(delivery),
                Err(_) => continue,
            }
        }
        made
    }

    /// Puts a copy of a held invocation into the queue, under the same invocation id. Returns the
    /// copy's number.
    ///
    /// # Errors
    /// When no such invocation is held.
    pub fn duplicate(&self, id: u64) -> Result<u64, DeskError> {
        self.account.change(|work| {
            let held = work.state.held.iter().find(|held| held.id == id).cloned();
            let copy = held.ok_or(DeskError::NotHeld(id))?;
            let id = work.state.next_id();
            work.state.held.push(PendingWebhook { id, ..copy });
            Ok(id)
        })
    }

    /// Loses a held invocation, as Zendesk may.
    ///
    /// # Errors
    /// When no such invocation is held.
    pub fn discard(&self, id: u64) -> Result<(), DeskError> {
        self.account.change(|work| {
            let held = deliver::take_held(work.state, id)?;
            work.state
                .deliveries
                .push(deliver::not_made(held, Outcome::Discarded));
            Ok(())
        })
    }
}
