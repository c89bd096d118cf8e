//! A stateful stand-in for a Zendesk account: its API, what agents do in the web screens, and signed
//! webhooks fired by triggers and event types. Must not import the Braze side.

mod account;
mod auth;
mod catalogue;
mod change;
mod channel;
mod comments;
mod conditions;
mod config;
mod control;
mod deliver;
mod events;
mod export;
mod fields;
mod history;
mod html;
mod idempotency;
mod limits;
mod macros;
mod mail;
mod model;
mod paging;
mod people;
mod placeholders;
mod routes;
mod screens;
mod search;
mod setup;
mod show;
mod standard;
mod tickets;
mod triggers;
mod uploads;
mod users;
mod variants;
mod webhooks;
mod work;

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

use account::Account;

pub use channel::Channel;
pub use config::{AccountConfig, AccountLimits, Breaker};
pub use model::{
    AccountState, AccountUser, Attachment, Audit, Author, CustomStatus, Email, Macro, Named, Role,
    Status, Ticket, TicketComment, TicketField, Trigger, TriggerCondition,
};
pub use people::{Comment, DeskError, NewTicket, Person};
pub use variants::{AccountVariants, DateStyle, Language, LimitHeaders, MergedUser};
pub use webhooks::{Attempt, Delivery, Mode, Outcome, PendingWebhook, Webhook};

/// A running account; clones share it, and the server ends with the last of them.
#[derive(Clone)]
pub struct Zendesk {
    account: Arc<Account>,
    running: Arc<Server>,
}

impl Zendesk {
    /// Starts the server.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(config: AccountConfig) -> io::Result<Self> {
        let listener = serve::bind(config.port).await?;
        let address = listener.local_addr()?;
        let base_url = format!("http://{address}");
        let account = Arc::new(Account::new(config, base_url, Poster::new()?));
        let running = Arc::new(server::start(listener, Arc::clone(&account))?);
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

    /// Arms a fault.
    pub fn fault(&self, fault: Fault) {
        self.account.core.faults.add(fault);
    }

    /// Disarms all faults; holds are released.
    pub fn clear_faults(&self) {
        self.account.core.faults.clear();
    }

    /// Lets the calls waiting on this hold go on, and those to come.
    pub fn release_hold(&self, name: &str) {
        self.account.core.faults.release(name);
    }

    /// Makes every OAuth token invalid.
    pub fn revoke_tokens(&self) {
        self.account.change(|work| work.state.tokens.clear());
    }

    /// Changes how many requests a minute the account allows; `None`: as configured.
    pub fn limit_requests(&self, a_minute: Option<u32>) {
        self.account.change(|work| work.state.rates.most = a_minute);
    }

    /// Makes these (id, secret) the account's OAuth clients from now on, the configured one only if
    /// it is named; tokens of clients that are gone end.
    pub fn set_oauth_clients(&self, clients: &[(&str, &str)]) {
        self.account
            .change(|work| auth::set_clients(work.state, clients));
    }

    /// Limits the scopes that the OAuth clients may ask for; `None`: any.
    pub fn allow_scopes(&self, scopes: Option<&[&str]>) {
        let scopes = scopes.map(|scopes| scopes.iter().map(|s| (*s).to_owned()).collect());
        self.account
            .change(|work| work.state.allowed_scopes = scopes);
    }

    /// Gives the person behind the OAuth client and the API token another role.
    pub fn set_api_role(&self, role: Role) {
        self.account.change(|work| {
            let id = auth::api_user(work.state);
            if let Some(user) = work.state.users.get_mut(&id) {
                user.role = role;
            }
        });
    }

    /// What `GET /users/me` shows besides of the person behind the OAuth client, such as `ticket_restriction`; no call
    /// is refused for it.
    pub fn describe_api_user(&self, shown: &[(&str, Value)]) {
        self.account.change(|work| {
            let owned = shown
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()));
            work.state.api_user = owned.collect();
        });
    }

    /// Adds a custom role of agents, with this configuration. Returns its id.
    pub fn add_custom_role(&self, name: &str, configuration: &Value) -> u64 {
        self.account.change(|work| {
            let id = work.state.next_id();
            let role = serde_json::json!({"id": id, "name": name, "configuration": configuration});
            work.state.custom_roles.push(role);
            id
        })
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

    /// All users who were not merged into others, by id.
    pub fn users(&self) -> Vec<AccountUser> {
        self.account
            .core
            .read(|state| state.active_users().cloned().collect())
    }

    /// The requests on the vendor's routes but for the first so many, for those who follow them.
    pub fn calls_from(&self, first: usize) -> Vec<Call> {
        self.account
            .core
            .read(|state| state.calls.get(first..).unwrap_or_default().to_vec())
    }

    /// Every request on the vendor's routes so far.
    pub fn calls(&self) -> Vec<Call> {
        self.account.core.read(|state| state.calls.clone())
    }

    /// Every finished webhook invocation.
    pub fn webhook_log(&self) -> Vec<Delivery> {
        self.account.core.read(|state| state.deliveries.clone())
    }

    /// Follows how many webhooks set off by changes are still being delivered, retries included.
    pub fn webhooks_in_flight(&self) -> watch::Receiver<usize> {
        self.account.in_flight()
    }

    /// Waits until the condition holds, looking at every change; false when the time is over.
    pub async fn wait_until(
        &self,
        timeout: Duration,
        cond: impl Fn(&AccountState) -> bool,
    ) -> bool {
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
        let restored: AccountState = serde_json::from_value(snapshot)?;
        self.account.change(|work| {
            *work.state = restored;
            uploads::fetched_here(work);
        });
        Ok(())
    }

    /// Makes everything the account holds older, as if that much time had passed: the way to let
    /// time pass for programs that go by the machine's clock.
    ///
    /// # Errors
    /// When the state cannot be written down; nothing is changed then.
    pub fn age(&self, by: Duration) -> Result<(), serde_json::Error> {
        self.account.change(|work| {
            let mut aged: AccountState = aged(work.state, by)?;
            aged.calls = std::mem::take(&mut work.state.calls);
            *work.state = aged;
            Ok(())
        })
    }

    /// A counter that grows with every change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.account.core.subscribe()
    }
}
