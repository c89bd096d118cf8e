//! What the simulated Zendesk remembers: the typed view that tests look at and a snapshot stores.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::calls::Call;

use super::webhooks::{Delivery, PendingWebhook, Webhook};

mod kinds;
mod setup;
mod ticket;
mod user;

pub use kinds::{Role, Status};
pub use setup::{CustomStatus, Email, Macro, Named, TicketField, Trigger, TriggerCondition};
pub use ticket::{Attachment, Audit, Author, Ticket, TicketComment};
pub use user::AccountUser;

pub(super) use ticket::Upload;

/// Everything the account holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AccountState {
    /// Tickets by id, deleted ones included.
    pub tickets: BTreeMap<u64, Ticket>,
    /// A ticket that nobody opened is this customer's as soon as it is asked for, with these tags. `{ticket}`
    /// stands for its id.
    #[serde(default)]
    pub every_ticket_is_of: Option<(String, Vec<String>)>,
    /// What `GET /users/me` shows besides of whoever made the OAuth client, such as `ticket_restriction`.
    #[serde(default)]
    pub api_user: BTreeMap<String, Value>,
    /// Custom roles of agents.
    #[serde(default)]
    pub custom_roles: Vec<Value>,
    /// Users by id, those merged into others included.
    pub users: BTreeMap<u64, AccountUser>,
    /// Webhooks by id.
    pub webhooks: BTreeMap<String, Webhook>,
    /// Triggers, in the order they run.
    pub triggers: Vec<Trigger>,
    /// Trigger categories.
    pub categories: Vec<Value>,
    /// User fields.
    pub user_fields: Vec<Value>,
    /// Groups of agents, the default one first.
    #[serde(default)]
    pub groups: Vec<Named>,
    /// Brands, the default one first.
    #[serde(default)]
    pub brands: Vec<Named>,
    /// Ticket forms, the default one first.
    #[serde(default)]
    pub ticket_forms: Vec<Named>,
    /// Custom ticket fields.
    #[serde(default)]
    pub ticket_fields: Vec<TicketField>,
    /// Custom statuses: the default of each category, then those that were added.
    #[serde(default)]
    pub custom_statuses: Vec<CustomStatus>,
    /// Macros.
    #[serde(default)]
    pub macros: Vec<Macro>,
    /// E-mails that triggers sent, oldest first.
    #[serde(default)]
    pub emails: Vec<Email>,
    /// Finished webhook invocations, in the order they finished.
    pub deliveries: Vec<Delivery>,
    /// Invocations waiting for a test to release them.
    pub held: Vec<PendingWebhook>,
    /// Every request on the vendor's routes; not part of a snapshot.
    #[serde(skip)]
    pub calls: Vec<Call>,
    pub(super) last_ticket: u64,
    pub(super) last_id: u64,
    pub(super) tokens: BTreeMap<String, super::auth::Token>,
    /// The OAuth clients (id, secret) that exist in place of the configured one, once they were
    /// changed.
    #[serde(default)]
    pub(super) oauth_clients: Option<Vec<(String, String)>>,
    /// Scopes the OAuth clients may ask for, where an administrator limited them.
    #[serde(default)]
    pub(super) allowed_scopes: Option<Vec<String>>,
    pub(super) uploads: BTreeMap<String, Upload>,
    pub(super) keyed: BTreeMap<String, super::idempotency::Keyed>,
    #[serde(default)]
    pub(super) rates: super::limits::Rates,
    /// Invocations fired by the change under way.
    #[serde(skip)]
    pub(super) outbox: Vec<PendingWebhook>,
}

impl AccountState {
    /// A new id for anything but a ticket: larger than 32 bits, as real ones are.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        21_000_000_000_000 + self.last_id * 17
    }

    /// Gives an id back that was the last one.
    pub(super) fn take_back(&mut self, id: u64) {
        self.last_id -= 1;
        if self.next_id() == id {
            self.last_id -= 1;
        }
    }

    /// A ticket the API and agents can see.
    pub fn ticket(&self, id: u64) -> Option<&Ticket> {
        self.tickets.get(&id).filter(|ticket| !ticket.deleted)
    }

    /// A user who was not merged into another.
    pub fn user(&self, id: u64) -> Option<&AccountUser> {
        self.users.get(&id).filter(|user| user.active)
    }

    /// The first user for whom this is true, those merged into others left out.
    pub(super) fn find_user(&self, is: impl Fn(&AccountUser) -> bool) -> Option<&AccountUser> {
        self.active_users().find(|user| is(user))
    }

    /// All users who were not merged into others.
    pub(super) fn active_users(&self) -> impl Iterator<Item = &AccountUser> {
        self.users.values().filter(|user| user.active)
    }
}
