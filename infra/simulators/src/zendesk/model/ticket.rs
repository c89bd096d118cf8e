//! Tickets, their comments, audits and files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Role, Status};

/// A ticket with all its comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Id.
    pub id: u64,
    /// Subject.
    pub subject: String,
    /// Status.
    pub status: Status,
    /// Custom status, of the category that `status` names.
    pub custom_status_id: u64,
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
    /// Agent it is assigned to.
    pub assignee_id: Option<u64>,
    /// Group it is assigned to.
    pub group_id: Option<u64>,
    /// Brand.
    pub brand_id: u64,
    /// Form.
    pub ticket_form_id: u64,
    /// Users in copy.
    pub email_cc_ids: Vec<u64>,
    /// Id in another system.
    pub external_id: Option<String>,
    /// Closed ticket this one follows.
    pub via_followup_source_id: Option<u64>,
    /// Channel it came by: `api`, `web`, `email`, `chat`.
    pub via: String,
    /// Values of custom fields by the field's id.
    pub custom_fields: BTreeMap<u64, Value>,
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
    /// Last change of any kind, a merge of users or a deletion included: what an incremental
    /// export goes by. Milliseconds since the epoch.
    pub generated_at_ms: i64,
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
    /// Channel: `api`, `web`, `email`, `chat`.
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

/// A file uploaded and not yet, or already, attached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in super::super) struct Upload {
    pub(in super::super) attachment: Attachment,
    pub(in super::super) at_ms: i64,
    pub(in super::super) used: bool,
    pub(in super::super) bytes: Vec<u8>,
}

impl Ticket {
    /// The newest comment the customer may see.
    pub fn latest_public_comment(&self) -> Option<&TicketComment> {
        self.comments.iter().rev().find(|comment| comment.public)
    }
}

impl Audit {
    /// The change of this field, if it was changed.
    pub(in super::super) fn change_of(&self, field: &str) -> Option<&Value> {
        let changes = |event: &&Value| event["type"] == "Change" && event["field_name"] == field;
        self.events.iter().find(changes)
    }
}
