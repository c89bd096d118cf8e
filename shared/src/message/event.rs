//! What can happen to a conversation, as the parsers hand it over and the mailbox keeps it.
//!
//! In: nothing. Out: [`Event`]. Imports only the identifiers.

use serde::{Deserialize, Serialize};

use super::attachment::Attachment;
use super::customer::{BrazeId, Customer};
use super::extras::Extras;
use super::ids::{Alias, CommentId, DeliveryId, TicketId, UserId};
use super::malformed::Malformed;
use super::personal::Personal;

/// One event of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Identifies the delivery over all retries.
    #[serde(rename = "id")]
    pub delivery: DeliveryId,
    /// When it was first accepted, in milliseconds since the epoch.
    #[serde(rename = "at")]
    pub received_at: i64,
    /// What happened.
    #[serde(flatten)]
    pub body: Body,
}

impl Event {
    /// The ticket that it names.
    pub fn ticket(&self) -> Option<TicketId> {
        match &self.body {
            Body::Reply(reply) => reply.ticket,
            Body::Solved(solved) => solved.ticket,
            Body::Resend(resend) => resend.ticket,
            Body::Say(say) => say.ticket,
            Body::Note(note) => Some(note.ticket),
            Body::LateFiles(files) => Some(files.ticket),
            Body::Check(check) => check.ticket,
            Body::Text(_)
            | Body::Consent(_)
            | Body::Attributes
            | Body::Unsubscribe
            | Body::Other => None,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// The customer sent a text.
    Text(Text),
    /// The customer opted out, opted in, or asked for help.
    Consent(Consent),
    /// An agent answered publicly.
    Reply(Reply),
    /// The ticket was solved.
    Solved(Solved),
    /// An agent asks for the SMS of unknown outcome to be sent once more.
    Resend(Resend),
    /// The customer is to be texted something that is no agent's answer.
    Say(Say),
    /// Braze's `zendesk_ticket` attributes are behind the conversation's state.
    Attributes,
    /// Braze has to learn that the customer asked for no more texts in words that it does not act on.
    Unsubscribe,
    /// Files of a customer's text were not there yet.
    LateFiles(LateFiles),
    /// The agent has to read something.
    Note(Note),
    /// The conversation is compared with its ticket.
    Check(Check),
    /// An event of a kind that only a newer version knows.
    #[serde(other)]
    Other,
}

impl Body {
    /// The tags that a webhook's body named; outside `None`: no webhook reports such events.
    pub fn tags(&mut self) -> Option<&mut Option<Vec<String>>> {
        match self {
            Self::Reply(reply) => Some(&mut reply.tags),
            Self::Solved(solved) => Some(&mut solved.tags),
            Self::Resend(resend) => Some(&mut resend.tags),
            Self::Say(say) => Some(&mut say.tags),
            _ => None,
        }
    }

    /// The Braze id of the customer's profile, where the body named it.
    pub fn braze_id(&self) -> Option<&BrazeId> {
        match self {
            Self::Text(text) => text.profile.braze_id.as_ref(),
            Self::Consent(consent) => consent.braze_id.as_ref(),
            _ => None,
        }
    }

    /// Its name in logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Consent(_) => "consent",
            Self::Reply(_) => "reply",
            Self::Solved(_) => "solved",
            Self::Resend(_) => "resend",
            Self::Say(_) => "say",
            Self::LateFiles(_) => "late_files",
            Self::Attributes => "attributes",
            Self::Unsubscribe => "unsubscribe",
            Self::Note(_) => "note",
            Self::Check(_) => "check",
            Self::Other => "other",
        }
    }

    /// Whose webhook reports such events; empty for the bridge's own.
    pub fn sender(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Consent(_) => "braze",
            Self::Reply(_) | Self::Solved(_) | Self::Resend(_) | Self::Say(_) => "zendesk",
            Self::Attributes
            | Self::Unsubscribe
            | Self::LateFiles(_)
            | Self::Note(_)
            | Self::Check(_)
            | Self::Other => "",
        }
    }
}

/// Who a customer is, as far as Braze says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// First and last name, one space between, possibly empty.
    #[serde(default)]
    pub name: Personal,
    /// E.164 number, possibly empty.
    #[serde(default)]
    pub phone: Personal,
    /// The profile's Braze id, where the body named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub braze_id: Option<BrazeId>,
}

/// A customer's text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// The text as typed, possibly empty where there is media.
    pub text: Personal,
    /// Links to pictures and files, as Braze rendered them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media_urls: Vec<String>,
    /// It came through the support keyword's campaign.
    #[serde(default)]
    pub support: bool,
    /// Who sent it.
    #[serde(default)]
    pub profile: Profile,
    /// What the campaign adds.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}

/// Why a picture or file did not reach the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaProblem {
    /// The link is none, names a user or another port, or is far too long.
    BadLink,
    /// The link, or one it redirects to, is not https.
    NotHttps,
    /// The link leads to an address that is not on the public internet.
    PrivateAddress,
    /// More redirects than are followed.
    TooManyRedirects,
    /// No connection, or it broke.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The source answered with this HTTP status.
    Status(u16),
    /// The content is compressed, which is not undone.
    Encoded,
    /// There is no content.
    Empty,
    /// Larger than what is taken.
    TooLarge,
    /// Of a type that is not taken.
    TypeNotAllowed,
    /// The content is not of the type it was sent as.
    NotItsType,
    /// More files than are taken with one text.
    TooMany,
    /// Zendesk could not take it; it may later.
    NotTaken,
    /// Zendesk refused it.
    Refused,
    /// Fetching it was interrupted more than once.
    Interrupted,
}

impl MediaProblem {
    /// The file may be there a moment later: its host does not have it yet, is busy, or did not answer.
    pub fn may_pass(self) -> bool {
        match self {
            Self::Unreachable | Self::TimedOut => true,
            Self::Status(status) => {
                matches!(status, 401 | 403 | 404 | 408 | 409 | 425 | 429) || status >= 500
            }
            Self::BadLink
            | Self::NotHttps
            | Self::PrivateAddress
            | Self::TooManyRedirects
            | Self::Encoded
            | Self::Empty
            | Self::TooLarge
            | Self::TypeNotAllowed
            | Self::NotItsType
            | Self::TooMany
            | Self::NotTaken
            | Self::Refused
            | Self::Interrupted => false,
        }
    }
}

/// Which of Braze's consent keywords the customer used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// STOP and its like: no SMS may be sent.
    OptedOut,
    /// START and its like.
    OptedIn,
    /// HELP or INFO.
    Help,
}

/// A consent keyword.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consent {
    /// Which one.
    pub what: ConsentKind,
    /// The word the customer sent, possibly empty.
    #[serde(default)]
    pub text: Personal,
    /// The profile's Braze id, where the body named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub braze_id: Option<BrazeId>,
    /// Braze's event export reported it; `None`: a webhook did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<SubscriptionChange>,
}

/// A change of a subscription, as Braze's event export tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionChange {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// By a keyword of the customer's, not by a person or an import in Braze.
    #[serde(default)]
    pub by_keyword: bool,
}

/// An agent's public answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The ticket, where the body named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The ticket's requester when the trigger ran, where the body names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<UserId>,
    /// The ticket's tags when the trigger ran, where the body names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// The comment, where the body named it (the guide's body does not).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentId>,
    /// Whether an agent wrote it is to be looked up: the body names the author's role in a word that is
    /// not known, or not at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub role_unknown: bool,
    /// What the agent wrote, header cut. `None`: the body was damaged, ask Zendesk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal>,
    /// Its files. `None`: the body did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<Attachment>>,
    /// The ticket's newest public comments, newest first. `None`: the body did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recent: Option<Vec<CommentId>>,
    /// The agent's name, possibly empty.
    #[serde(default)]
    pub author: Personal,
    /// The ticket's status when the trigger ran, lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When Zendesk made the invocation, in milliseconds since the epoch, where its id tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<i64>,
    /// A campaign for this event alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
}

/// The ticket was solved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Solved {
    /// The ticket, where the body named it (the guide's body does not).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// When Zendesk made the invocation, in milliseconds since the epoch, where its id tells: a late
    /// webhook is older than it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<i64>,
    /// The ticket's requester when the trigger ran, where the body names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<UserId>,
    /// The ticket's tags when the trigger ran, where the body names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// The closing message, where the body brought one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Personal>,
    /// A campaign for this event alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
}

/// An agent's request to send again what may not have arrived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resend {
    /// The ticket, where the body named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The ticket's requester when the trigger ran, where the body names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<UserId>,
    /// The ticket's tags when the trigger ran, where the body names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

/// A look at a ticket: what no webhook reported is made up for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The ticket that something happened on. `None`: the conversation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The Zendesk user whose conversation is meant, where the ticket does not say it or may be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// When it happened by Zendesk's clock, in milliseconds since the epoch, where known.
    #[serde(
        default,
        rename = "happened_at",
        skip_serializing_if = "Option::is_none"
    )]
    pub at: Option<i64>,
}

/// Something to text to the customer that is no agent's answer: an automatic first answer, a notice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Say {
    /// The ticket, where the body named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The ticket's tags when the trigger ran, where the body names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// The words, not blank.
    pub text: Personal,
    /// For how many hours the same words are not said to the customer again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once_hours: Option<u32>,
    /// A campaign for this event alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
}

/// Files of a customer's text that were not there when it went to its ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LateFiles {
    /// The ticket the text is on.
    pub ticket: TicketId,
    /// Links of those that are asked for, or have come.
    pub links: Vec<String>,
    /// Links of those that are to be asked for once more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How often they were asked for again.
    #[serde(default)]
    pub asked: u8,
}

/// An internal note for the agent, of the bridge's own making.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The ticket it goes on.
    pub ticket: TicketId,
    /// Fixed sentences, and names of files.
    pub text: Personal,
    /// Tags to add to the ticket with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Tags to take off the ticket with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untag: Vec<String>,
}

/// An event with its address, as a parser hands it over.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The customer. `None`: Zendesk knows only the ticket, look it up.
    pub customer: Option<Customer>,
    /// The event.
    pub event: Event,
    /// Further ids of the same event. The store remembers the delivery and all aliases of one it
    /// accepts.
    pub aliases: Vec<Alias>,
}

/// What a parser makes of an authentic body.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// Something to do.
    Event(Box<Incoming>),
    /// Nothing to do, with the reason, and the ticket where the body named one: answered 200, or
    /// the sender would retry.
    NotForUs(&'static str, Option<TicketId>),
    /// Cannot be understood: answered 400, kept as a dead letter.
    Malformed(Malformed),
}
