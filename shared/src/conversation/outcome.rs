//! How a step went.
//!
//! In: nothing. Out: [`Outcome`]. Pure; knows no client and no wire type.

use crate::message::{
    Attachment, CommentId, Customer, ExternalUserId, Personal, Phone, TicketId, UserId,
};

use super::seen::Seen;
use super::state::{Attached, Entry, State, Status, Trouble};
use super::subscription::Subscription;

/// How a step went.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The customer's Zendesk id.
    User(UserId),
    /// A ticket, where there is one.
    Ticket(Option<TicketFacts>),
    /// A comment is on the ticket.
    Posted(Written),
    /// The marker is not on the ticket.
    Absent,
    /// The marker is on the ticket, with this comment where Zendesk named it.
    Present(Option<CommentId>),
    /// When the ticket was solved last, in milliseconds since the epoch, where Zendesk says.
    SolvedAt(Option<i64>),
    /// What became of each file, in order.
    Attached(Vec<Attached>),
    /// Comments, newest first.
    Comments(Vec<FetchedComment>),
    /// A customer's state in a subscription group.
    Subscription(Subscription),
    /// Whether parts were counted: they were not where they go beyond the limit.
    Counted(bool),
    /// Braze took a message, under this id of the sending where it named one.
    Sent(Option<String>),
    /// What a user is.
    Person(PersonFacts),
    /// Since when a ticket is what it is.
    History(History),
    /// The conversation's ticket is written down, or is another conversation's.
    Claimed(Option<Owner>),
    /// Whose conversation the profile's is, where it is another one.
    Profile(Option<Customer>),
    /// What was taken over; nothing where the number's conversation is not that profile's.
    TakenOver(Option<Box<HandedOver>>),
    /// It worked.
    Done,
    /// It did not.
    Failed(Failure),
}

/// A user of Zendesk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PersonFacts {
    /// They are deleted, or merged into another.
    pub gone: bool,
    /// Their Braze id, where they have one.
    pub customer: Option<ExternalUserId>,
    /// The number by which the bridge made the user, of a customer without one.
    pub number: Option<Phone>,
}

/// A comment that was written, and what the answer said of its ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The ticket.
    pub ticket: TicketId,
    /// Its status now, where the answer said so.
    pub status: Option<Status>,
    /// The comment, where the answer named it.
    pub comment: Option<CommentId>,
    /// Its requester now, where the answer said so.
    pub requester: Option<UserId>,
    /// Its tags now, where the answer said so.
    pub tags: Option<Vec<String>>,
}

/// The conversation that is on a ticket, as the ticket's item has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner {
    /// Whose conversation it is.
    pub customer: Customer,
    /// The ticket's requester when that was written down.
    pub user: Option<UserId>,
}

/// A conversation on its way to another key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HandedOver {
    /// What it remembers.
    pub state: State,
    /// Events not done yet, in the order they were accepted.
    pub mailbox: Vec<Entry>,
    /// Deliveries it accepted lately.
    pub seen: Seen,
}

/// Since when a ticket is what it is, in milliseconds since the epoch; `None`: from its beginning, as far as
/// Zendesk tells.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct History {
    /// Since when it is its requester's.
    pub requester_since: Option<i64>,
    /// Since when it carries the tag asked for.
    pub tagged_since: Option<i64>,
}

/// What is known of a ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketFacts {
    /// The ticket.
    pub ticket: TicketId,
    /// Its status.
    pub status: Option<Status>,
    /// Its requester.
    pub requester: Option<UserId>,
    /// The requester's Braze external id.
    pub customer: Option<ExternalUserId>,
    /// The number by which the bridge made the requester's user: it finds the conversation of a customer without
    /// a Braze external id.
    pub number: Option<Phone>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// A comment as Zendesk has it.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchedComment {
    /// The comment.
    pub comment: CommentId,
    /// Written by an agent or admin, in Zendesk itself.
    pub by_agent: bool,
    /// Written by a customer, or by the bridge in a customer's name.
    pub by_end_user: bool,
    /// Visible to the customer.
    pub public: bool,
    /// Its text.
    pub text: Personal,
    /// Its files.
    pub files: Vec<Attachment>,
    /// The author's name, possibly empty.
    pub author: Personal,
    /// Milliseconds since the epoch.
    pub created_at: i64,
}

/// Why a step did not work, by what can be done about it.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// Nothing happened; try again, not before the time given (milliseconds since the epoch).
    Later(Option<i64>, Trouble),
    /// It may or may not have happened.
    Unknown,
    /// There is no such ticket.
    NotFound,
    /// The ticket is closed.
    Closed,
    /// Agents suspended the customer in Zendesk.
    Suspended,
    /// The idempotency key was used for something else.
    KeyConflict,
    /// Repeating it will not help.
    Refused(Refusal),
}

/// A refusal for good.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status, zero where there was no call.
    pub status: u16,
    /// What it is called, fit for logs, possibly empty.
    pub code: String,
    /// The vendor's own words, for a person's eyes, possibly empty.
    pub detail: Personal,
}

impl Refusal {
    /// A refusal of the bridge's own.
    pub fn own(code: &str) -> Self {
        Self {
            status: 0,
            code: code.to_owned(),
            detail: Personal::default(),
        }
    }
}
