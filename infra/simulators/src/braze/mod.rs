//! A stateful stand-in for a Braze workspace.
//!
//! It answers HTTP as Braze's REST API does, takes the texts that customers send, delivers SMS to
//! phones and posts webhook campaigns. Must not import the Zendesk side.

mod api;
mod campaign;
mod condition;
mod config;
mod control;
mod currents;
mod dashboard;
mod inbound;
mod keywords;
mod liquid;
mod model;
mod outbound;
mod phone;
mod profile;
mod pump;
mod rules;
mod segments;
mod subscriptions;
mod variants;
mod withhold;
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
use crate::serve::{self, Server};
use crate::server;

use workspace::Workspace;

pub use campaign::{BodyFormat, Campaign, Inbound, WebhookMessage};
pub use condition::Condition;
pub use config::{WorkspaceConfig, WorkspaceLimits};
pub use currents::{Connector, Currents, CurrentsVariants, Event, Post, Standing};
pub use keywords::{Category, KeywordCategory, Keywords};
pub use model::{Group, Held, InboundDelivery, Message, Send, Sms, Suppressed, WorkspaceState};
pub use phone::{Failure, InvalidNumber, InvalidReason, Line};
pub use profile::{Alias, CustomEvent, Profiles, Received, SMS_GROUP, Subscription, User};
pub use rules::{FrequencyCap, QuietHours, Rules};
pub use variants::{FuzzyOptOut, MediaStyle, OverTenParts, SharedNumber, WorkspaceVariants};

/// A running workspace; clones share it, and the server ends with the last of them.
#[derive(Clone)]
pub struct Braze {
    workspace: Arc<Workspace>,
    running: Arc<Server>,
}

impl Braze {
    /// Starts the server.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(config: WorkspaceConfig) -> io::Result<Self> {
        let listener = serve::bind(config.port).await?;
        let address = listener.local_addr()?;
        let base_url = format!("http://{address}");
        let workspace = Arc::new(Workspace::new(config, base_url, Poster::new()?));
        let running = Arc::new(server::start(listener, Arc::clone(&workspace))?);
        tokio::spawn(pump::run(Arc::downgrade(&workspace)));
        tokio::spawn(currents::run(Arc::downgrade(&workspace)));
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

    /// A customer sends a text, with all of Braze's retries of the webhook. `who` is an external
    /// id, a Braze id, or the number of someone Braze may not know.
    pub async fn customer_texts(&self, who: &str, text: &str, media: &[String]) -> InboundDelivery {
        inbound::text(&self.workspace, who, text, media).await
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

    /// A user, by external id, Braze id or number.
    pub fn user(&self, who: &str) -> Option<User> {
        self.workspace
            .core
            .read(|state| state.users.find(who).cloned())
    }

    /// All users, by external id.
    pub fn users(&self) -> Vec<User> {
        let all = |state: &WorkspaceState| state.users.all().cloned().collect();
        let mut users: Vec<User> = self.workspace.core.read(all);
        users.sort_by(|a, b| a.external_id.cmp(&b.external_id));
        users
    }

    /// What reached a user's phone from campaigns, oldest first; `who` as in [`Braze::user`].
    pub fn inbox(&self, who: &str) -> Vec<Sms> {
        self.workspace.core.read(|state| state.inbox(who))
    }

    /// Everything that reached a number, Braze's automatic answers included, oldest first.
    pub fn phone(&self, number: &str) -> Vec<Sms> {
        let to = |sms: &&Sms| phone::same_number(&sms.to, number);
        let phones = |state: &WorkspaceState| state.phones.iter().filter(to).cloned().collect();
        self.workspace.core.read(phones)
    }

    /// Every accepted trigger send.
    pub fn sends(&self) -> Vec<Send> {
        self.workspace.core.read(|state| state.sends.clone())
    }

    /// Arms a fault.
    pub fn fault(&self, fault: Fault) {
        self.workspace.core.faults.add(fault);
    }

    /// Disarms all faults; holds are released.
    pub fn clear_faults(&self) {
        self.workspace.core.faults.clear();
    }

    /// Lets the calls waiting on this hold go on, and those to come.
    pub fn release_hold(&self, name: &str) {
        self.workspace.core.faults.release(name);
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
    pub async fn wait_until(
        &self,
        timeout: Duration,
        cond: impl Fn(&WorkspaceState) -> bool,
    ) -> bool {
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
        let restored: WorkspaceState = serde_json::from_value(snapshot)?;
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
            let mut aged: WorkspaceState = aged(state, by)?;
            aged.calls = std::mem::take(&mut state.calls);
            aged.texting = std::mem::take(&mut state.texting);
            let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            aged.currents.age(by / 1_000);
            for text in &mut aged.texting {
                text.held_until_ms = text.held_until_ms.map(|at| at.saturating_sub(by));
            }
            *state = aged;
            Ok(())
        })
    }

    /// A counter that grows with every change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.workspace.core.subscribe()
    }
}
