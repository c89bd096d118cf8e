//! What goes to Zendesk and what comes from it, in the bridge's own terms.
//!
//! In: nothing. Out: plain types. Imports only the identifiers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::message::{
    CommentId, DeliveryId, ExternalUserId, Personal, Phone, TicketField, TicketId, UserId,
};

use super::external_id::{is_made_up, number_in};

/// A customer as a Zendesk user.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// External id: the Braze id itself, unless it is another user's, or there is none.
    pub external_id: &'a str,
    /// The Braze id, where there is one: value of the field `braze_external_id`.
    pub braze_id: Option<&'a ExternalUserId>,
    /// Shown to agents; must not be empty.
    pub name: &'a Personal,
    /// E.164, where known.
    pub phone: Option<&'a Personal>,
    /// A language tag such as `fr`, where known.
    pub locale: Option<&'a str>,
}

/// A user as a search by external id finds it.
#[derive(Debug, Clone)]
pub struct FoundUser {
    /// The user.
    pub id: UserId,
    /// External id, as stored.
    pub external_id: Option<Personal>,
    /// The field `braze_external_id`.
    pub braze_id: Option<Personal>,
    /// An agent or administrator.
    pub is_staff: bool,
}

impl FoundUser {
    /// Their Braze id: the user field, else, where it is `trusted`, the external id.
    pub fn customer(&self, trusted: bool) -> Option<ExternalUserId> {
        let filled = |id: &Option<Personal>| id.clone().filter(|id| id.present().is_some());
        let external_id =
            filled(&self.external_id).filter(|id| trusted && !is_made_up(id.as_str()));
        let id = filled(&self.braze_id).or(external_id);
        id.and_then(|id| id.as_str().parse().ok())
    }

    /// The number of a customer who has no Braze external id, by the external id that the bridge made of it.
    pub fn number(&self) -> Option<Phone> {
        let external_id = self.external_id.as_ref();
        external_id.and_then(|id| number_in(id.as_str()))
    }

    /// Whether it is an end user with exactly this external id.
    pub fn is_customer(&self, external_id: &str) -> bool {
        let own = self.external_id.as_ref().map(Personal::as_str);
        !self.is_staff && own == Some(external_id)
    }
}

/// A ticket to create, with the customer as requester and author.
#[derive(Debug, Clone)]
pub struct TicketToCreate<'a> {
    /// The customer.
    pub requester: UserId,
    /// The subject line.
    pub subject: &'a Personal,
    /// The first comment, plain text.
    pub comment: &'a Personal,
    /// Tokens of uploaded files that go on it.
    pub uploads: &'a [Personal],
    /// Whether the first comment is public.
    pub public: bool,
    /// The ticket's tags.
    pub tags: &'a [String],
    /// `urgent`, `high`, `normal` or `low`.
    pub priority: Option<&'a str>,
    /// `problem`, `incident`, `question` or `task`.
    pub kind: Option<&'a str>,
    /// By which the ticket is found again when the idempotency key has lapsed.
    pub external_id: &'a str,
    /// Stored on the audit.
    pub delivery: &'a DeliveryId,
    /// The closed ticket that this one continues.
    pub followup_of: Option<TicketId>,
    /// `group_id`, `brand_id` and `ticket_form_id`, where they are asked for.
    pub ids: &'a [(String, u64)],
    /// Values of ticket fields.
    pub fields: &'a [TicketField],
}

/// A comment to append.
#[derive(Debug, Clone)]
pub struct NewComment<'a> {
    /// The user shown as author; `None`: the bridge's own user.
    pub author: Option<UserId>,
    /// Plain text.
    pub body: &'a Personal,
    /// Tokens of uploaded files that go with it.
    pub uploads: &'a [Personal],
    /// Whether the requester sees it.
    pub public: bool,
    /// The ticket's status afterwards; `None`: as it is.
    pub status: Option<TicketStatus>,
    /// Ticket fields that are set with it.
    pub fields: &'a [TicketField],
    /// Stored on the audit, so that the comment can be found after a lost answer.
    pub delivery: &'a DeliveryId,
}

/// A ticket was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticketed {
    /// Its id.
    pub ticket: TicketId,
    /// Its status.
    pub status: TicketStatus,
    /// Its first comment, where the answer named it.
    pub comment: Option<CommentId>,
}

/// A comment was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The ticket's status now.
    pub status: TicketStatus,
    /// The comment, where the answer named it.
    pub comment: Option<CommentId>,
    /// The ticket's requester now, where the answer named them.
    pub requester: Option<UserId>,
    /// The ticket's tags now, where the answer named them.
    pub tags: Option<Vec<String>>,
}

/// Since when a ticket is what it is, in milliseconds since the epoch; `None`: from its beginning, as far as
/// Zendesk tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TicketHistory {
    /// Since when it is its requester's. A merge of users is no change: it leaves no audit.
    pub requester_since: Option<i64>,
    /// Since when it carries the tag asked for.
    pub tagged_since: Option<i64>,
}

/// A delivery was found on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundDelivery {
    /// Its comment, where the audit names one.
    pub comment: Option<CommentId>,
}

/// A ticket's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// No agent has answered yet.
    New,
    /// An agent is to act.
    Open,
    /// The customer is to act.
    Pending,
    /// A third party is to act.
    Hold,
    /// Done, can be reopened.
    Solved,
    /// Done for good: only a follow-up ticket is possible.
    Closed,
    /// Gone.
    Deleted,
    /// A word this version does not know.
    #[serde(other)]
    Other,
}

impl TicketStatus {
    /// The status of that name, in any case.
    pub fn from_name(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "new" => Self::New,
            "open" => Self::Open,
            "pending" => Self::Pending,
            "hold" => Self::Hold,
            "solved" => Self::Solved,
            "closed" => Self::Closed,
            "deleted" => Self::Deleted,
            _ => Self::Other,
        }
    }

    /// Zendesk's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Hold => "hold",
            Self::Solved => "solved",
            Self::Closed => "closed",
            Self::Deleted => "deleted",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for TicketStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A ticket as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketView {
    /// Its id.
    pub id: TicketId,
    /// Its status.
    pub status: TicketStatus,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its own external id, as given at creation.
    pub external_id: Option<String>,
    /// Tickets that continue this closed one.
    pub followups: Vec<TicketId>,
    /// The customer.
    pub requester: Option<UserId>,
    /// The customer's external id, where the requester was looked up.
    pub requester_external_id: Option<Personal>,
    /// The customer's field `braze_external_id`, where the requester was looked up.
    pub braze_external_id: Option<Personal>,
    /// It follows a closed ticket, and it was not made by an API client: its tags are that ticket's.
    pub inherits_tags: bool,
    /// When it changed last, in milliseconds since the epoch.
    pub updated_at: Option<i64>,
}

impl TicketView {
    /// The customer's Braze id: the user field. Where it is empty, and only where external ids are
    /// `trusted` to be Braze's, the user's external id; another system may have given it.
    pub fn customer(&self, trusted: bool) -> Option<ExternalUserId> {
        let external_id = self.requester_external_id.as_ref();
        let external_id = external_id.filter(|id| trusted && !is_made_up(id.as_str()));
        self.braze_external_id
            .as_ref()
            .or(external_id)
            .and_then(|id| id.as_str().parse().ok())
    }

    /// The number of a customer who has no Braze external id, by the external id that the bridge made of it.
    pub fn number(&self) -> Option<Phone> {
        let external_id = self.requester_external_id.as_ref();
        external_id.and_then(|id| number_in(id.as_str()))
    }
}

/// What a comment's author may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A customer.
    EndUser,
    /// An agent.
    Agent,
    /// An administrator, who is an agent too.
    Admin,
}

/// A comment on a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// Who wrote it; `None` for Zendesk itself.
    pub author: Option<UserId>,
    /// The author's role, where known.
    pub role: Option<Role>,
    /// The author's name, possibly empty.
    pub author_name: Personal,
    /// Whether the requester sees it.
    pub public: bool,
    /// Its text without any formatting.
    pub plain_body: Personal,
    /// How it came in, e.g. `web`, `api`, `email`; possibly empty.
    pub channel: String,
    /// When it was written, in milliseconds since the epoch.
    pub created_at: Option<i64>,
    /// The delivery that wrote it, where the bridge did.
    pub delivery: Option<String>,
    /// Whether Zendesk showed the comment's metadata, in which the delivery would be.
    pub has_metadata: bool,
    /// Its attachments.
    pub attachments: Vec<AttachmentView>,
}

/// A file on a comment.
#[derive(Clone, PartialEq, Eq)]
pub struct AttachmentView {
    /// The file's name.
    pub file_name: Personal,
    /// Where it is; may be another host, so no credentials go there.
    pub content_url: String,
    /// Its media type, possibly empty.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
}

impl fmt::Debug for AttachmentView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({}, {} bytes)", self.content_type, self.size)
    }
}
