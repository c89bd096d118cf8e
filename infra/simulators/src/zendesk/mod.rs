//! A stateful stand-in for a Zendesk account.
//!
//! In: HTTP as a client of Zendesk's API writes it, and what agents do in the web screens. Out:
//! the API's answers, and signed webhooks fired by triggers. Must not import the Braze side.

mod account;
mod auth;
mod change;
mod comments;
mod config;
mod control;
mod deliver;
mod html;
mod idempotency;
mod limits;
mod model;
mod paging;
mod people;
mod placeholders;
mod routes;
mod setup;
mod show;
mod standard;
mod tickets;
mod triggers;
mod uploads;
mod users;
mod webhooks;
mod work;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::calls::Call;
use crate::clock::Clock;
use crate::faults::Fault;
use crate::post::Poster;
use crate::server::{Running, bind};

use account::Account;

pub use config::{Config, DateStyle, Limits, Variants};
pub use model::{
    Attachment, Audit, Author, Condition, Role, State, Status, Ticket, TicketComment, Trigger, User,
};
pub use people::{Comment, DeskError};
pub use webhooks::{Attempt, Delivery, Mode, Outcome, PendingWebhook, Webhook};

/// A running account; clones share it, and the server ends with the last of them.
#[derive(Clone)]
pub struct Zendesk {
    account: Arc<Account>,
    running: Arc<Running>,
}

impl Zendesk {
    /// Starts the server.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(config: Config) -> io::Result<Self> {
        let (listener, address) = bind(config.port).await?;
        let base_url = format!("http://{address}");
        let account = Arc::new(Account::new(config, base_url, Poster::new()?));
        let running = Arc::new(Running::start(listener, Arc::clone(&account)));
        Ok(Self { account, running })
    }

    /// Stops the server and closes its connections.
    pub async fn shutdown(&self) {
        self.running.shutdown().await;
    }

    /// `http://127.0.0.1:PORT`, without `/api/v2`.
    pub fn base_url(&self) -> String {
        self.account.base_url.clone()
    }

    /// The account's clock.
    pub fn clock(&self) -> Clock {
        self.account.core.clock.clone()
    }

    /// An agent submits a comment, and with it perhaps a status; fires triggers. Returns the
    /// comment's id.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn agent_comments(&self, ticket: u64, comment: Comment) -> Result<u64, DeskError> {
        self.account
            .change(|work| people::agent_comments(work, ticket, comment))
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

    /// Switches between immediate and held webhooks.
    pub fn webhook_delivery(&self, mode: Mode) {
        self.account.set_mode(mode);
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

    /// Arms a fault.
    pub fn fault(&self, fault: Fault) {
        self.account.core.fault(fault);
    }

    /// Disarms all faults; holds are released.
    pub fn clear_faults(&self) {
        self.account.core.clear_faults();
    }

    /// Lets the calls waiting on this hold go on, and those to come.
    pub fn release_hold(&self, name: &str) {
        self.account.core.release_hold(name);
    }

    /// Makes every OAuth token invalid.
    pub fn revoke_tokens(&self) {
        self.account.change(|work| work.state.tokens.clear());
    }

    /// All tickets that are not deleted, by id.
    pub fn tickets(&self) -> Vec<Ticket> {
        let live = |ticket: &&Ticket| !ticket.deleted;
        self.account
            .core
            .read(|state| state.tickets.values().filter(live).cloned().collect())
    }

    /// One ticket, deleted or not.
    pub fn ticket(&self, id: u64) -> Option<Ticket> {
        self.account
            .core
            .read(|state| state.tickets.get(&id).cloned())
    }

    /// All users, by id.
    pub fn users(&self) -> Vec<User> {
        self.account
            .core
            .read(|state| state.users.values().cloned().collect())
    }

    /// Every request on the vendor's routes so far.
    pub fn calls(&self) -> Vec<Call> {
        self.account.core.read(|state| state.calls.clone())
    }

    /// Every finished webhook invocation.
    pub fn webhook_log(&self) -> Vec<Delivery> {
        self.account.core.read(|state| state.deliveries.clone())
    }

    /// Waits until the condition holds, looking at every change; false when the time is over.
    pub async fn wait_until(&self, timeout: Duration, cond: impl Fn(&State) -> bool) -> bool {
        self.account.core.wait_until(timeout, cond).await
    }

    /// The whole account as JSON, without the call log, faults and configuration.
    pub fn snapshot(&self) -> Value {
        self.account
            .core
            .read(|state| serde_json::to_value(state).unwrap_or_default())
    }

    /// Replaces the account by a snapshot.
    ///
    /// # Errors
    /// When it is none of this version.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let restored: State = serde_json::from_value(snapshot)?;
        self.account.change(|work| *work.state = restored);
        Ok(())
    }

    /// A counter that grows with every change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.account.core.subscribe()
    }
}
