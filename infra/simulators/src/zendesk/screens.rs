//! The handle's methods for what people do in Zendesk's screens, and for its webhooks.
//!
//! In: method calls. Out: changes, and webhooks fired, held and released. Imports the account.

use super::model::{Status, Trigger};
use super::people::{self, Comment, DeskError};
use super::webhooks::{Delivery, Mode, Outcome, PendingWebhook};
use super::{Zendesk, deliver, setup, standard, users};
use crate::ids;

impl Zendesk {
    /// An agent submits a comment, and with it perhaps a status; fires triggers. Returns the
    /// comment's id.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn agent_comments(&self, ticket: u64, comment: Comment) -> Result<u64, DeskError> {
        self.account
            .change(|work| people::agent_comments(work, ticket, comment))
    }

    /// A customer has a profile under this name; one with another name keeps it.
    pub fn knows_customer(&self, external_id: &str, name: &str) {
        self.account.change(|work| {
            let id = users::customer(work, external_id);
            let user = work.state.users.get_mut(&id);
            if let Some(user) = user.filter(|user| user.name == external_id && !name.is_empty()) {
                name.clone_into(&mut user.name);
            }
        });
    }

    /// An agent opens a ticket for a customer with a public first comment. The customer is found
    /// by the configured user field or the external id, or made. Returns the ticket's id.
    pub fn agent_opens_ticket(&self, external_id: &str, subject: &str, text: &str) -> u64 {
        self.account
            .change(|work| people::opens_ticket(work, external_id, subject, text))
    }

    /// An agent changes the status without a comment; fires triggers.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn set_status(&self, ticket: u64, status: Status) -> Result<(), DeskError> {
        self.account
            .change(|work| people::set_status(work, ticket, status))
    }

    /// The account's automation closes a ticket.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn close(&self, ticket: u64) -> Result<(), DeskError> {
        self.account.change(|work| people::close(work, ticket))
    }

    /// An agent deletes a ticket.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn delete(&self, ticket: u64) -> Result<(), DeskError> {
        self.account.change(|work| people::delete(work, ticket))
    }

    /// An agent merges one ticket into another: the source is closed and tagged
    /// `closed_by_merge`, both get an internal note.
    ///
    /// # Errors
    /// When one of them cannot be changed.
    pub fn merge(&self, source: u64, target: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::merge(work, source, target))
    }

    /// An agent adds tags.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn add_tags(&self, ticket: u64, tags: &[&str]) -> Result<(), DeskError> {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self.account
            .change(|work| people::add_tags(work, ticket, &tags))
    }

    /// The customer comments by e-mail; a pending or solved ticket opens, a closed one gets a
    /// follow-up. Returns the comment's id.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn end_user_comments(&self, ticket: u64, text: &str) -> Result<u64, DeskError> {
        self.account
            .change(|work| people::end_user_comments(work, ticket, text))
    }
}

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

    /// Adds a trigger, after the others. Returns its id (the given one is ignored).
    pub fn add_trigger(&self, trigger: Trigger) -> u64 {
        self.account.change(|work| {
            let id = work.state.next_id();
            work.state.triggers.push(Trigger { id, ..trigger });
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
