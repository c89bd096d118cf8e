//! A stateful stand-in for a Braze workspace.
//!
//! In: HTTP as a client of Braze's REST API writes it, and texts customers send. Out: the API's
//! answers, SMS in inboxes, and the webhook campaigns' requests. Must not import the Zendesk side.

mod api;
mod campaigns;
mod config;
mod inbound;
mod liquid;
mod model;
mod segments;
mod track;
mod workspace;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::calls::Call;
use crate::clock::{Clock, aged};
use crate::faults::Fault;
use crate::post::Poster;
use crate::server::{Running, bind};

use workspace::Workspace;

pub use config::{BodyFormat, Config, Inbound, MediaStyle};
pub use model::{Campaign, Category, InboundDelivery, Send, Sms, State, Suppressed, User};

/// A running workspace; clones share it, and the server ends with the last of them.
#[derive(Clone)]
pub struct Braze {
    workspace: Arc<Workspace>,
    running: Arc<Running>,
}

impl Braze {
    /// Starts the server.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(config: Config) -> io::Result<Self> {
        let (listener, address) = bind(config.port).await?;
        let base_url = format!("http://{address}");
        let workspace = Arc::new(Workspace::new(config, base_url, Poster::new()?));
        let running = Arc::new(Running::start(listener, Arc::clone(&workspace)));
        Ok(Self { workspace, running })
    }

    /// Stops the server and closes its connections.
    pub async fn shutdown(&self) {
        self.running.shutdown().await;
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        self.workspace.base_url.clone()
    }

    /// The workspace's clock.
    pub fn clock(&self) -> Clock {
        self.workspace.core.clock.clone()
    }

    /// Makes these the REST keys that are valid from now on, the configured one only if it is named.
    pub fn set_keys(&self, keys: &[&str]) {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        self.workspace.core.change(|state| state.keys = Some(keys));
    }

    /// Limits what the REST keys may call, by the vendor's names of permissions; `None`: all.
    pub fn set_permissions(&self, permissions: Option<&[&str]>) {
        let named = permissions.map(|names| names.iter().map(|n| (*n).to_owned()).collect());
        self.workspace
            .core
            .change(|state| state.permissions = named);
    }

    /// Adds or replaces a user.
    pub fn add_user(&self, user: User) {
        self.workspace
            .core
            .change(|state| state.users.insert(user.external_id.clone(), user));
    }

    /// A user, by external id.
    pub fn user(&self, external_id: &str) -> Option<User> {
        self.workspace
            .core
            .read(|state| state.users.get(external_id).cloned())
    }

    /// Adds or replaces a campaign.
    pub fn add_campaign(&self, campaign: Campaign) {
        self.workspace
            .core
            .change(|state| state.campaigns.insert(campaign.id.clone(), campaign));
    }

    /// Sets up the webhook campaigns that hand inbound texts on.
    pub fn set_inbound(&self, inbound: Inbound) {
        self.workspace
            .core
            .change(|state| state.inbound = Some(inbound));
    }

    /// A customer sends a text, with all of Braze's retries of the webhook.
    pub async fn customer_texts(
        &self,
        external_id: &str,
        text: &str,
        media: &[String],
    ) -> InboundDelivery {
        inbound::text(&self.workspace, external_id, text, media).await
    }

    /// Posts the webhook of an earlier text again, with the same dispatch id, as a retry whose
    /// first answer was lost.
    pub async fn repeat(&self, earlier: &InboundDelivery) -> InboundDelivery {
        inbound::post(&self.workspace, earlier.clone()).await
    }

    /// What became of customers' texts: the finished ones, then those still being tried.
    pub fn texts(&self) -> Vec<InboundDelivery> {
        self.workspace.core.read(|state| {
            let all = state.inbound_log.iter().chain(&state.texting);
            all.cloned().collect()
        })
    }

    /// All users, by external id.
    pub fn users(&self) -> Vec<User> {
        self.workspace
            .core
            .read(|state| state.users.values().cloned().collect())
    }

    /// What reached the phone, oldest first.
    pub fn inbox(&self, external_id: &str) -> Vec<Sms> {
        self.workspace
            .core
            .read(|state| state.inboxes.get(external_id).cloned().unwrap_or_default())
    }

    /// Every accepted trigger send.
    pub fn sends(&self) -> Vec<Send> {
        self.workspace.core.read(|state| state.sends.clone())
    }

    /// Arms a fault.
    pub fn fault(&self, fault: Fault) {
        self.workspace.core.fault(fault);
    }

    /// Disarms all faults; holds are released.
    pub fn clear_faults(&self) {
        self.workspace.core.clear_faults();
    }

    /// Lets the calls waiting on this hold go on, and those to come.
    pub fn release_hold(&self, name: &str) {
        self.workspace.core.release_hold(name);
    }

    /// The requests on the vendor's routes but for the first so many, for those who follow them.
    pub fn calls_from(&self, first: usize) -> Vec<Call> {
        self.workspace
            .core
            .read(|state| state.calls.get(first..).unwrap_or_default().to_vec())
    }

    /// Every request on the vendor's routes so far.
    pub fn calls(&self) -> Vec<Call> {
        self.workspace.core.read(|state| state.calls.clone())
    }

    /// Waits until the condition holds, looking at every change; false when the time is over.
    pub async fn wait_until(&self, timeout: Duration, cond: impl Fn(&State) -> bool) -> bool {
        self.workspace.core.wait_until(timeout, cond).await
    }

    /// The whole workspace as JSON, without the call log, faults and configuration.
    pub fn snapshot(&self) -> Value {
        self.workspace
            .core
            .read(|state| serde_json::to_value(state).unwrap_or_default())
    }

    /// Replaces the workspace by a snapshot.
    ///
    /// # Errors
    /// When it is none of this version.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let restored: State = serde_json::from_value(snapshot)?;
        self.workspace.core.change(|state| *state = restored);
        Ok(())
    }

    /// Makes everything the workspace holds older, as if that much time had passed: the way to let
    /// time pass for programs that go by the machine's clock.
    ///
    /// # Errors
    /// When the state cannot be written down; nothing is changed then.
    pub fn age(&self, by: Duration) -> Result<(), serde_json::Error> {
        self.workspace.core.change(|state| {
            let mut aged: State = aged(state, by)?;
            aged.calls = std::mem::take(&mut state.calls);
            aged.texting = std::mem::take(&mut state.texting);
            *state = aged;
            Ok(())
        })
    }

    /// A counter that grows with every change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.workspace.core.subscribe()
    }
}
