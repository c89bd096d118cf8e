//! The vocabulary between a decision and its execution.
//!
//! [`Step`] is one call, complete in itself, [`Outcome`] how it went. Knows no client and no wire type.

use crate::message::{
    BrazeId, CommentId, Customer, DeliveryId, ExternalUserId, Personal, Phone, Routing, TicketId,
    UserId,
};

pub use super::outcome::{
    Failure, FetchedComment, HandedOver, History, Outcome, Owner, PersonFacts, Refusal,
    TicketFacts, Written,
};
use super::state::{Status, TicketEvent};

/// One call: to a vendor, or to the table for what another item holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Create or find the customer in Zendesk. Safe to repeat.
    UpsertUser(Person),
    /// Read a ticket: status, tags, requester.
    LookUpTicket(TicketId),
    /// Find the ticket another one was merged into.
    FindMergeTarget(TicketId),
    /// Find a ticket by the external id the bridge gave it.
    FindTicket(DeliveryId),
    /// Fetch these pictures and files and upload them to Zendesk. Safe to repeat, bounded, and
    /// never fails as a whole.
    AttachMedia(Vec<Personal>),
    /// Create a ticket under an idempotency key.
    CreateTicket(Box<NewTicket>),
    /// Add a comment. Not safe to repeat without [`Step::FindDelivery`].
    Append(Comment),
    /// Look for a comment by its marker.
    FindDelivery {
        /// Where to look.
        ticket: TicketId,
        /// The marker on the audit.
        marker: DeliveryId,
    },
    /// Look when the ticket was solved last.
    LookUpSolve(TicketId),
    /// Make a comment private. There is no way back; safe to repeat.
    MakePrivate(TicketId, CommentId),
    /// Look whose Braze id a user of Zendesk has, and whether they are gone, as one that was merged into another is.
    LookUpUser(UserId),
    /// Look since when the ticket is its requester's and carries a tag.
    LookUpHistory(TicketId, Option<String>),
    /// Write down that the conversation is on this ticket; say which other one is.
    ClaimTicket {
        /// Which ticket.
        ticket: TicketId,
        /// Its requester.
        user: UserId,
        /// Also while another conversation is on it.
        anyway: Anyway,
    },
    /// Write down that a profile's conversation is this one; say which other one it is.
    FindProfile(BrazeId, Anyway),
    /// Take over the conversation that this profile has under a number.
    TakeOver(Phone, BrazeId),
    /// Remove what was kept of a conversation that was taken over.
    EndTakeOver(Phone),
    /// Write the external id on the Zendesk user of a customer who had none. Safe to repeat.
    NameUser(UserId, ExternalUserId),
    /// Set the ticket's status.
    SetStatus(TicketId, Status),
    /// Set ticket fields to numbers. Safe to repeat.
    SetFields(TicketId, Vec<(u64, i64)>),
    /// Add tags to the ticket.
    AddTags(TicketId, Vec<String>),
    /// Take tags off the ticket. Safe to repeat.
    RemoveTags(TicketId, Vec<String>),
    /// Read the newest comments.
    FetchComments(TicketId),
    /// Send one SMS through a campaign. Never repeated when its outcome is unknown.
    SendSms(Box<Sms>),
    /// Count SMS parts of the whole stack, unless they go beyond the limit of an hour.
    CountParts {
        /// How many.
        parts: u32,
        /// Most within an hour.
        limit: u32,
    },
    /// Set Braze's attributes. Safe to repeat.
    SetAttributes(Attributes),
    /// Ask Braze for a customer's state in a subscription group.
    LookUpSubscription {
        /// Whose.
        customer: Customer,
        /// In which group.
        group: String,
    },
    /// Tell Braze that a customer wants no more SMS of a subscription group. Safe to repeat.
    Unsubscribe {
        /// Who.
        customer: Customer,
        /// Of which group.
        group: String,
    },
}

impl Step {
    /// A stable name for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UpsertUser(_) => "upsert_user",
            Self::LookUpTicket(_) => "look_up_ticket",
            Self::FindMergeTarget(_) => "find_merge_target",
            Self::FindTicket(_) => "find_ticket",
            Self::AttachMedia(_) => "attach_media",
            Self::CreateTicket(_) => "create_ticket",
            Self::Append(_) => "append",
            Self::FindDelivery { .. } => "find_delivery",
            Self::LookUpSolve(_) => "look_up_solve",
            Self::MakePrivate(..) => "make_private",
            Self::LookUpUser(_) => "look_up_user",
            Self::LookUpHistory(..) => "look_up_history",
            Self::ClaimTicket { .. } => "claim_ticket",
            Self::FindProfile(..) => "find_profile",
            Self::TakeOver(..) => "take_over",
            Self::EndTakeOver(_) => "end_take_over",
            Self::NameUser(..) => "name_user",
            Self::SetStatus(..) => "set_status",
            Self::SetFields(..) => "set_fields",
            Self::AddTags(..) => "add_tags",
            Self::RemoveTags(..) => "remove_tags",
            Self::FetchComments(_) => "fetch_comments",
            Self::SendSms(_) => "send_sms",
            Self::CountParts { .. } => "count_parts",
            Self::SetAttributes(_) => "set_attributes",
            Self::LookUpSubscription { .. } => "look_up_subscription",
            Self::Unsubscribe { .. } => "unsubscribe",
        }
    }
}

/// Whether something is written down also where the place is another conversation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anyway {
    /// It stands in the place of what was there.
    Yes,
    /// What was there stays.
    No,
}

/// The customer as named to Zendesk.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who they are in Braze.
    pub customer: Customer,
    /// Of a customer who has only a number: which of the people who had it, where that is known.
    pub mark: Option<DeliveryId>,
    /// Shown name, never empty.
    pub name: Personal,
    /// E.164 number.
    pub phone: Option<Personal>,
    /// Their language.
    pub locale: Option<String>,
}

/// A ticket to create.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTicket {
    /// Requester and author of the first comment.
    pub requester: UserId,
    /// Subject line.
    pub subject: Personal,
    /// First comment.
    pub body: Personal,
    /// Tokens of uploaded files that go on it.
    pub uploads: Vec<Personal>,
    /// `Idempotency-Key`.
    pub key: String,
    /// The ticket's external id, and the marker of its audit.
    pub delivery: DeliveryId,
    /// The closed ticket it follows.
    pub follows: Option<TicketId>,
    /// What the campaign asked for, before the settings.
    pub routing: Routing,
}

/// A comment to add.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// On which ticket.
    pub ticket: TicketId,
    /// Shown author; `None` is the bridge's own account.
    pub author: Option<UserId>,
    /// The text, exact.
    pub body: Personal,
    /// Tokens of uploaded files that go with it.
    pub uploads: Vec<Personal>,
    /// Visible to the customer in Zendesk.
    pub public: bool,
    /// Status to set with it.
    pub status: Option<Status>,
    /// Ticket fields to set to numbers with it.
    pub fields: Vec<(u64, i64)>,
    /// Marker on the audit.
    pub marker: DeliveryId,
}

/// One SMS to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Sms {
    /// Campaign.
    pub campaign: String,
    /// To whom.
    pub customer: Customer,
    /// `msg_body`.
    pub message: Personal,
    /// `media_url`: a picture that goes with it.
    pub media: Option<Personal>,
    /// `agent_name`, possibly empty.
    pub agent: Personal,
    /// Number of this message, from 1.
    pub part: u8,
    /// Of how many.
    pub parts: u8,
    /// `comment_id`: the agent's comment; `None`: it is no answer, or its comment is not known.
    pub comment: Option<CommentId>,
    /// The ticket it was written on, whose agent reads what became of it.
    pub written_on: Option<TicketId>,
    /// `zendesk_ticket`.
    pub ticket: Option<TicketId>,
    /// `zendesk_ticket_open`.
    pub open: bool,
}

/// The attributes Braze's audience filters use.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    /// Of whom.
    pub customer: Customer,
    /// `zendesk_ticket`.
    pub ticket: Option<TicketId>,
    /// `zendesk_ticket_open`.
    pub open: bool,
    /// `zendesk_ticket_opened_at`, in milliseconds since the epoch.
    pub opened_at: Option<i64>,
    /// Custom events that go with them: these are not repeated when the outcome is unknown.
    pub events: Vec<TicketEvent>,
}

/// How an event ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// What it asked for was done.
    Delivered,
    /// Not for us, with the reason.
    Ignored(&'static str),
    /// It was done before.
    Duplicate,
    /// Handed on to its customer's conversation, to be delivered there.
    Queued,
    /// It is not known; a note tells the agent.
    Unknown,
    /// It can never be delivered: a dead letter.
    Dead(Refusal),
}
