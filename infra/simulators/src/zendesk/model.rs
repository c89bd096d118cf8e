//! What the simulated Zendesk remembers.
//!
//! In: changes made by the API and by agents. Out: the typed view tests look at, which is also
//! what a snapshot stores. Imports only the call log's type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::calls::Call;

use super::webhooks::{Delivery, PendingWebhook, Webhook};

mod kinds;

pub use kinds::{Condition, Role, Status, Trigger};

/// Everything the account holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// Tickets by id, deleted ones included.
    pub tickets: BTreeMap<u64, Ticket>,
    /// Users by id.
    pub users: BTreeMap<u64, User>,
    /// Webhooks by id.
    pub webhooks: BTreeMap<String, Webhook>,
    /// Triggers, in the order they run.
    pub triggers: Vec<Trigger>,
    /// Trigger categories.
    pub categories: Vec<Value>,
    /// User fields.
    pub user_fields: Vec<Value>,
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
    #[serde(skip)]
    pub(super) rates: super::limits::Rates,
    /// Invocations fired by the change under way.
    #[serde(skip)]
    pub(super) outbox: Vec<PendingWebhook>,
}

/// A ticket with all its comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Id.
    pub id: u64,
    /// Subject.
    pub subject: String,
    /// Status.
    pub status: Status,
    /// Priority, if set.
    pub priority: Option<String>,
    /// Type, if set.
    pub kind: Option<String>,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// Customer.
    pub requester: Author,
    /// Who made it.
    pub submitter_id: u64,
    /// Id in another system.
    pub external_id: Option<String>,
    /// Closed ticket this one follows.
    pub via_followup_source_id: Option<u64>,
    /// Channel it came by: `api`, `web`, `email`.
    pub via: String,
    /// Values of custom fields, as sent.
    pub custom_fields: Value,
    /// Comments, oldest first.
    pub comments: Vec<TicketComment>,
    /// Audits, oldest first.
    pub audits: Vec<Audit>,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Milliseconds since the epoch.
    pub created_at_ms: i64,
    /// Milliseconds since the epoch.
    pub updated_at_ms: i64,
}

/// Who a ticket or comment belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Author {
    /// User id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Id in another system.
    pub external_id: Option<String>,
}

/// A comment as it lies on the ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketComment {
    /// Id.
    pub id: u64,
    /// Who wrote it.
    pub author: Author,
    /// As sent (`body`), or the text of `html_body`.
    pub body: String,
    /// What the agent's screen shows, as HTML.
    pub html_body: String,
    /// What the agent reads, as text.
    pub plain_body: String,
    /// Whether the customer may see it.
    pub public: bool,
    /// Channel: `api`, `web`, `email`.
    pub via: String,
    /// Custom metadata of its audit.
    pub metadata: Value,
    /// Attachments.
    pub attachments: Vec<Attachment>,
    /// Its audit.
    pub audit_id: u64,
    /// Milliseconds since the epoch.
    pub created_at_ms: i64,
}

/// A file on a comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Id.
    pub id: u64,
    /// File name.
    pub file_name: String,
    /// Media type.
    pub content_type: String,
    /// Where it can be fetched.
    pub content_url: String,
    /// Bytes.
    pub size: usize,
}

/// One recorded change of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Id.
    pub id: u64,
    /// User who made the change.
    pub author_id: u64,
    /// Channel.
    pub via: String,
    /// What the caller sent as `metadata`.
    pub custom: Value,
    /// Events as the API shows them.
    pub events: Vec<Value>,
    /// Milliseconds since the epoch.
    pub created_at_ms: i64,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Id in another system, in the case last written.
    pub external_id: Option<String>,
    /// Role.
    pub role: Role,
    /// Values of the account's user fields.
    pub user_fields: BTreeMap<String, Value>,
    /// Milliseconds since the epoch.
    pub created_at_ms: i64,
    /// Milliseconds since the epoch.
    pub updated_at_ms: i64,
}

impl State {
    /// A new id for anything but a ticket: larger than 32 bits, as real ones are.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        21_000_000_000_000 + self.last_id * 17
    }

    /// A ticket the API and agents can see.
    pub fn ticket(&self, id: u64) -> Option<&Ticket> {
        self.tickets.get(&id).filter(|ticket| !ticket.deleted)
    }
}

impl Ticket {
    /// The newest comment the customer may see.
    pub fn latest_public_comment(&self) -> Option<&TicketComment> {
        self.comments.iter().rev().find(|comment| comment.public)
    }
}

impl User {
    /// The user as shown on tickets and comments.
    pub fn as_author(&self) -> Author {
        Author {
            id: self.id,
            name: self.name.clone(),
            role: self.role,
            external_id: self.external_id.clone(),
        }
    }
}

/// A file uploaded and not yet, or already, attached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Upload {
    pub(super) attachment: Attachment,
    pub(super) at_ms: i64,
    pub(super) used: bool,
    pub(super) bytes: Vec<u8>,
}
