//! A stateful stand-in for a Zendesk account.
//!
//! In: HTTP as a client of Zendesk's API writes it, and what agents do in the web screens. Out:
//! the API's answers, and signed webhooks fired by triggers. Must not import the Braze side.

mod auth;
mod config;
mod idempotency;
mod limits;
mod model;
mod people;
mod webhooks;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::calls::Call;
use crate::clock::Clock;
use crate::faults::Fault;

pub use config::{Config, DateStyle, Limits, Variants};
pub use model::{
    Attachment, Audit, Author, Condition, Role, State, Status, Ticket, TicketComment, Trigger, User,
};
pub use people::{Comment, DeskError};
pub use webhooks::{Attempt, Delivery, Mode, Outcome, PendingWebhook, Webhook};

/// A running account; clones share it, and the server ends with the last of them.
#[derive(Clone)]
pub struct Zendesk {
    _inner: Arc<()>,
}

impl Zendesk {
    /// Starts the server.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(_config: Config) -> io::Result<Self> {
        unimplemented!()
    }

    /// Stops the server and closes its connections.
    pub async fn shutdown(&self) {
        unimplemented!()
    }

    /// `http://127.0.0.1:PORT`, without `/api/v2`.
    pub fn base_url(&self) -> String {
        unimplemented!()
    }

    /// The account's clock.
    pub fn clock(&self) -> Clock {
        unimplemented!()
    }

    /// An agent submits a comment, and with it perhaps a status; fires triggers. Returns the
    /// comment's id.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn agent_comments(&self, _ticket: u64, _comment: Comment) -> Result<u64, DeskError> {
        unimplemented!()
    }

    /// An agent opens a ticket for a customer with a public first comment. The customer is found
    /// by the configured user field or the external id, or made. Returns the ticket's id.
    pub fn agent_opens_ticket(&self, _external_id: &str, _subject: &str, _text: &str) -> u64 {
        unimplemented!()
    }

    /// An agent changes the status without a comment; fires triggers.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn set_status(&self, _ticket: u64, _status: Status) -> Result<(), DeskError> {
        unimplemented!()
    }

    /// The account's automation closes a ticket.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn close(&self, _ticket: u64) -> Result<(), DeskError> {
        unimplemented!()
    }

    /// An agent deletes a ticket.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn delete(&self, _ticket: u64) -> Result<(), DeskError> {
        unimplemented!()
    }

    /// An agent merges one ticket into another: the source is closed and tagged
    /// `closed_by_merge`, both get an internal note.
    ///
    /// # Errors
    /// When one of them cannot be changed.
    pub fn merge(&self, _source: u64, _target: u64) -> Result<(), DeskError> {
        unimplemented!()
    }

    /// An agent adds tags.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn add_tags(&self, _ticket: u64, _tags: &[&str]) -> Result<(), DeskError> {
        unimplemented!()
    }

    /// The customer comments by e-mail; a pending or solved ticket opens, a closed one gets a
    /// follow-up. Returns the comment's id.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn end_user_comments(&self, _ticket: u64, _text: &str) -> Result<u64, DeskError> {
        unimplemented!()
    }

    /// Sets up the contract's two webhooks and triggers, with the given signing secrets. Doing it
    /// again replaces them.
    pub fn install_default_triggers(
        &self,
        _reply_endpoint: &str,
        _reply_secret: &str,
        _solved_endpoint: &str,
        _solved_secret: &str,
    ) {
        unimplemented!()
    }

    /// Adds a trigger, after the others. Returns its id (the given one is ignored).
    pub fn add_trigger(&self, _trigger: Trigger) -> u64 {
        unimplemented!()
    }

    /// Adds a webhook with this signing secret. Returns its id.
    pub fn add_webhook(&self, _name: &str, _endpoint: &str, _secret: &str) -> String {
        unimplemented!()
    }

    /// Switches between immediate and held webhooks.
    pub fn webhook_delivery(&self, _mode: Mode) {
        unimplemented!()
    }

    /// The invocations waiting for release, oldest first.
    pub fn held_webhooks(&self) -> Vec<PendingWebhook> {
        unimplemented!()
    }

    /// Makes a held invocation, with all its retries.
    ///
    /// # Errors
    /// When no such invocation is held.
    pub async fn release(&self, _id: u64) -> Result<Delivery, DeskError> {
        unimplemented!()
    }

    /// Makes all held invocations, oldest first, one after the other.
    pub async fn release_all(&self) -> Vec<Delivery> {
        unimplemented!()
    }

    /// Puts a copy of a held invocation into the queue, under the same invocation id. Returns the
    /// copy's number.
    ///
    /// # Errors
    /// When no such invocation is held.
    pub fn duplicate(&self, _id: u64) -> Result<u64, DeskError> {
        unimplemented!()
    }

    /// Loses a held invocation, as Zendesk may.
    ///
    /// # Errors
    /// When no such invocation is held.
    pub fn discard(&self, _id: u64) -> Result<(), DeskError> {
        unimplemented!()
    }

    /// Arms a fault.
    pub fn fault(&self, _fault: Fault) {
        unimplemented!()
    }

    /// Disarms all faults; holds are released.
    pub fn clear_faults(&self) {
        unimplemented!()
    }

    /// Lets the calls waiting on this hold go on, and those to come.
    pub fn release_hold(&self, _name: &str) {
        unimplemented!()
    }

    /// Makes every OAuth token invalid.
    pub fn revoke_tokens(&self) {
        unimplemented!()
    }

    /// All tickets that are not deleted, by id.
    pub fn tickets(&self) -> Vec<Ticket> {
        unimplemented!()
    }

    /// One ticket, deleted or not.
    pub fn ticket(&self, _id: u64) -> Option<Ticket> {
        unimplemented!()
    }

    /// All users, by id.
    pub fn users(&self) -> Vec<User> {
        unimplemented!()
    }

    /// Every request on the vendor's routes so far.
    pub fn calls(&self) -> Vec<Call> {
        unimplemented!()
    }

    /// Every finished webhook invocation.
    pub fn webhook_log(&self) -> Vec<Delivery> {
        unimplemented!()
    }

    /// Waits until the condition holds, looking at every change; false when the time is over.
    pub async fn wait_until(&self, _timeout: Duration, _cond: impl Fn(&State) -> bool) -> bool {
        unimplemented!()
    }

    /// The whole account as JSON, without the call log, faults and configuration.
    pub fn snapshot(&self) -> Value {
        unimplemented!()
    }

    /// Replaces the account by a snapshot.
    ///
    /// # Errors
    /// When it is none of this version.
    pub fn restore(&self, _snapshot: Value) -> Result<(), serde_json::Error> {
        unimplemented!()
    }

    /// A counter that grows with every change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        unimplemented!()
    }
}
