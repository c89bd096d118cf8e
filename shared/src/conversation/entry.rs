//! An event in the mailbox, and how far the work on it got.
//!
//! Pure; stored as JSON inside the item, so every field of the progress has a default.

use serde::{Deserialize, Serialize};

use crate::message::{Body, ConsentKind, DeliveryId, Event, MediaProblem, Personal, TicketId};

use super::unknown::{self, Stored, Unknown};

/// What an event waits with. Order is kept within a lane, and no lane holds up another: not one
/// vendor's outage the other's messages, and nothing a STOP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Towards the ticket.
    Zendesk,
    /// Towards the customer.
    Braze,
    /// Towards the customer, and no person's words: no answer waits behind them.
    Automatic,
    /// A host that does not have a customer's file yet.
    Files,
    /// Braze's attributes, what is true when they are set, whenever that is; and its subscriptions.
    Attributes,
    /// Looks at tickets, for which nothing waits.
    Look,
    /// Needs no vendor: the customer's consent, which counts from the moment it is known.
    Own,
    /// Waits for the newer version that stored it.
    Newer,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 8] = [
        Self::Zendesk,
        Self::Braze,
        Self::Automatic,
        Self::Files,
        Self::Attributes,
        Self::Look,
        Self::Own,
        Self::Newer,
    ];
}

/// An accepted event that is not done yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// How far it got.
    #[serde(default, rename = "p", skip_serializing_if = "Progress::is_fresh")]
    pub progress: Progress,
    /// What a newer version stored with it.
    #[serde(skip)]
    pub unknown: Unknown,
}

impl Stored for Entry {
    fn unknown(&mut self) -> &mut Unknown {
        &mut self.unknown
    }
}

impl Entry {
    /// The name its writes carry.
    pub fn marker(&self) -> &DeliveryId {
        self.progress
            .written_as
            .as_ref()
            .unwrap_or(&self.event.delivery)
    }

    /// An event that was not worked on yet.
    pub fn fresh(event: Event) -> Self {
        Self {
            event,
            progress: Progress::default(),
            unknown: Unknown::default(),
        }
    }

    /// The event as it came in, for another conversation.
    pub fn anew(&self) -> Self {
        Self {
            unknown: self.unknown.clone(),
            ..Self::fresh(self.event.clone())
        }
    }

    /// As it is stored: this version's members, and those that only a newer one knows.
    pub fn stored(&self) -> String {
        unknown::write(self, &self.unknown)
    }

    /// Reads an event as it is stored.
    ///
    /// # Errors
    ///
    /// What serde says of what is no event.
    pub fn read(json: &str) -> Result<Self, serde_json::Error> {
        unknown::read(json)
    }

    /// Where it goes.
    pub fn lane(&self) -> Lane {
        match &self.event.body {
            Body::Text(_) | Body::Note(_) => Lane::Zendesk,
            // Nothing but a note on the ticket, which a text before it may have to open.
            Body::Consent(consent) if consent.what == ConsentKind::Help => Lane::Zendesk,
            // Put off until the quiet hours end.
            Body::Solved(_) if self.progress.put_off > 0 => Lane::Automatic,
            Body::Reply(_) | Body::Solved(_) | Body::Resend(_) => Lane::Braze,
            Body::Say(_) => Lane::Automatic,
            Body::LateFiles(_) => Lane::Files,
            Body::Attributes | Body::Unsubscribe => Lane::Attributes,
            Body::Check(_) => Lane::Look,
            Body::Consent(_) => Lane::Own,
            Body::Other => Lane::Newer,
        }
    }
}

/// What became of a picture or file of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Attached {
    /// Uploaded under this token.
    #[serde(rename = "t")]
    Token(Personal),
    /// Plain words, which stand in the comment.
    #[serde(rename = "w")]
    Words(Personal),
    /// It will not be attached.
    #[serde(rename = "e")]
    Not(MediaProblem),
}

/// The pictures and files of a text, fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// What became of each, in order.
    pub files: Vec<Attached>,
    /// A ticket may have been created with them: they stay as they are, so that the same request
    /// can be made under the same key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub used: bool,
}

/// Why the last attempt has to be repeated, for people who look at what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The vendor allows no more requests for now.
    Limited,
    /// The credentials are refused, or lack a right.
    Credentials,
    /// The vendor could not be reached, or did not answer properly.
    Unavailable,
    /// The request went out, and no answer came.
    NoAnswer,
    /// The update met another one.
    Conflict,
    /// The vendor failed several times in a row and was not asked.
    Spared,
    /// A person has stopped all outgoing SMS.
    Stopped,
    /// No automatic SMS goes out in the quiet hours.
    Quiet,
    /// The table did not say whether the SMS may go out.
    TableUnread,
    /// A word this version does not know.
    #[serde(other)]
    Other,
}

/// How far the work on an event got.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Why the last attempt has to be repeated.
    #[serde(rename = "why", skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// An attempt was made whose outcome is not known.
    #[serde(skip_serializing_if = "is_false")]
    pub doubtful: bool,
    /// Another name than its delivery for what it writes. Of a dead letter: the one under which it was attempted
    /// before. Of a text that left a ticket: a new one, so that it is not taken for what stands there.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub written_as: Option<DeliveryId>,
    /// It was replayed or asked for again: the agent read that it had not been done, or may not have been.
    #[serde(skip_serializing_if = "is_false")]
    pub again: bool,
    /// Counts the workers that vanished over it.
    #[serde(skip_serializing_if = "is_zero_u8")]
    pub breaks: u8,
    /// The ticket that an append in doubt was meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried: Option<TicketId>,
    /// An attempt in doubt may have been the creation of a ticket: that is looked for by its
    /// external id before anything is written.
    #[serde(skip_serializing_if = "is_false")]
    pub unfound: bool,
    /// The text is on the ticket.
    #[serde(skip_serializing_if = "is_false")]
    pub posted: bool,
    /// The ticket has to be set to open still.
    #[serde(skip_serializing_if = "is_false")]
    pub reopen: bool,
    /// Braze's attributes have to follow.
    #[serde(skip_serializing_if = "is_false")]
    pub announce: bool,
    /// The closed ticket the new one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<TicketId>,
    /// The ticket that takes no more comments, which the new one continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<TicketId>,
    /// Counts the idempotency keys used up by conflicts.
    #[serde(skip_serializing_if = "is_zero_u8")]
    pub key: u8,
    /// The text is this rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// The text opened a ticket.
    #[serde(skip_serializing_if = "is_false")]
    pub opened: bool,
    /// Names of what Zendesk refused of the new ticket, which is created without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// Counts its messages that were sent.
    #[serde(skip_serializing_if = "is_zero_u8")]
    pub sent: u8,
    /// Quiet hours put it off until then, in milliseconds since the epoch: the time to give it up begins there.
    #[serde(rename = "off", skip_serializing_if = "is_zero")]
    pub put_off: i64,
    /// Its SMS parts were counted by the spend guard.
    #[serde(skip_serializing_if = "is_false")]
    pub counted: bool,
    /// Whose the ticket is was asked: an answer or a solve belongs to the person whose it was then.
    #[serde(skip_serializing_if = "is_false")]
    pub confirmed: bool,
    /// It named only its ticket, by which this conversation was found.
    #[serde(skip_serializing_if = "is_false")]
    pub by_ticket: bool,
    /// The text came to this ticket, which is another person's now, and was made private there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<TicketId>,
    /// The answer brought the conversation from another ticket to one that it solves.
    #[serde(skip_serializing_if = "is_false")]
    pub solves: bool,
    /// The agent has to read that the ticket no longer carries the tag.
    #[serde(skip_serializing_if = "is_false")]
    pub untagged: bool,
    /// Answers that no webhook reported were looked for on the ticket, and go first.
    #[serde(skip_serializing_if = "is_false")]
    pub fetched: bool,
    /// Of a comparison: how far it got.
    #[serde(skip_serializing_if = "Comparison::is_fresh")]
    pub compared: Comparison,
    /// What came with the text, once it was fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// The text was counted among its like.
    #[serde(skip_serializing_if = "is_false")]
    pub heard: bool,
    /// The agent has to read that it came too often.
    #[serde(skip_serializing_if = "is_false")]
    pub too_often: bool,
    /// A ticket has to be created, whatever the policy for strangers says.
    #[serde(skip_serializing_if = "is_false")]
    pub create: bool,
}

/// How far the comparison of a conversation with its ticket got. Each of its looks is made once, also where what
/// was found has to be sent before the next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comparison {
    /// The ticket was looked at.
    #[serde(skip_serializing_if = "is_false")]
    pub ticket: bool,
    /// It was merged into another, on which the conversation goes on.
    #[serde(skip_serializing_if = "is_false")]
    pub merged: bool,
    /// Answers that no webhook reported were looked for.
    #[serde(skip_serializing_if = "is_false")]
    pub answers: bool,
    /// When the ticket was solved last was looked up.
    #[serde(skip_serializing_if = "is_false")]
    pub solve: bool,
    /// The conversation came to this ticket from one that was merged into it.
    #[serde(skip_serializing_if = "is_false")]
    pub by_merge: bool,
}

impl Comparison {
    fn is_fresh(&self) -> bool {
        *self == Self::default()
    }
}

impl Progress {
    fn is_fresh(&self) -> bool {
        *self == Self::default()
    }
}

fn is_false(value: &bool) -> bool {
    !*value
}

fn is_zero(value: &i64) -> bool {
    *value == 0
}

fn is_zero_u8(value: &u8) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Check, UserId};

    #[test]
    fn a_look_at_a_ticket_reads_as_it_was_stored() {
        let check = Check {
            ticket: TicketId::new(7),
            user: UserId::new(8),
            at: Some(1_790_000_000_000),
        };
        for check in [check, Check::default()] {
            let entry = Entry::fresh(Event {
                delivery: DeliveryId::derive("t", &["1"]),
                received_at: 1_790_000_060_000,
                body: Body::Check(check),
            });
            assert_eq!(Entry::read(&entry.stored()).expect("reads"), entry);
        }
    }
}
