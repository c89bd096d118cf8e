//! A stateful stand-in for a Braze workspace.
//!
//! In: HTTP as a client of Braze's REST API writes it, and texts customers send. Out: the API's
//! answers, SMS in inboxes, and the webhook campaigns' requests. Must not import the Zendesk side.

mod config;
mod model;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::calls::Call;
use crate::clock::Clock;
use crate::faults::Fault;

pub use config::{BodyFormat, Config, Inbound};
pub use model::{Campaign, Category, InboundDelivery, Send, Sms, State, Suppressed, User};

/// A running workspace; clones share it, and the server ends with the last of them.
#[derive(Clone)]
pub struct Braze {
    _inner: Arc<()>,
}

impl Braze {
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

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        unimplemented!()
    }

    /// The workspace's clock.
    pub fn clock(&self) -> Clock {
        unimplemented!()
    }

    /// Adds or replaces a user.
    pub fn add_user(&self, _user: User) {
        unimplemented!()
    }

    /// A user, by external id.
    pub fn user(&self, _external_id: &str) -> Option<User> {
        unimplemented!()
    }

    /// Adds or replaces a campaign.
    pub fn add_campaign(&self, _campaign: Campaign) {
        unimplemented!()
    }

    /// Sets up the webhook campaigns that hand inbound texts on.
    pub fn set_inbound(&self, _inbound: Inbound) {
        unimplemented!()
    }

    /// A customer sends a text, with all of Braze's retries of the webhook.
    pub async fn customer_texts(
        &self,
        _external_id: &str,
        _text: &str,
        _media: &[String],
    ) -> InboundDelivery {
        unimplemented!()
    }

    /// Posts the webhook of an earlier text again, with the same dispatch id, as a retry whose
    /// first answer was lost.
    pub async fn repeat(&self, _earlier: &InboundDelivery) -> InboundDelivery {
        unimplemented!()
    }

    /// What reached the phone, oldest first.
    pub fn inbox(&self, _external_id: &str) -> Vec<Sms> {
        unimplemented!()
    }

    /// Every accepted trigger send.
    pub fn sends(&self) -> Vec<Send> {
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

    /// Every request on the vendor's routes so far.
    pub fn calls(&self) -> Vec<Call> {
        unimplemented!()
    }

    /// Waits until the condition holds, looking at every change; false when the time is over.
    pub async fn wait_until(&self, _timeout: Duration, _cond: impl Fn(&State) -> bool) -> bool {
        unimplemented!()
    }

    /// The whole workspace as JSON, without the call log, faults and configuration.
    pub fn snapshot(&self) -> Value {
        unimplemented!()
    }

    /// Replaces the workspace by a snapshot.
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
