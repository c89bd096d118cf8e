//! What a conversation remembers between events.
//!
//! In: identifiers. Out: [`State`]. Pure; stored as JSON inside the item, so
//! every field has a default and an older item still reads.

use serde::{Deserialize, Serialize};

use crate::message::{BrazeId, CommentId, Customer, DeliveryId, Phone, TicketId, UserId};

pub use super::closing_skipped::ClosingSkipped;
pub use super::entry::{Attached, Comparison, Entry, Lane, Media, Progress, Trouble};
pub use super::status::Status;
pub use super::stood::Stood;
use super::subscription::LookedUp;
pub use super::ticket_event::{Rating, TicketEvent, What};
pub use super::unconfirmed::Unconfirmed;
use super::unknown::{Stored, Unknown};

/// Comments of the bridge's own that are remembered, so that a trigger that reports one back to us
/// does not text it to the customer.
const OWN_COMMENTS_KEPT: usize = 6;

/// Replies without a comment id whose text is remembered, to know them again among fetched comments.
const TEXTS_KEPT: usize = 6;

/// Automatic texts that are remembered; each is some forty bytes.
const SAID_KEPT: usize = 16;

/// Messages of unknown outcome that can be asked for again; each is some sixty bytes.
const UNCONFIRMED_KEPT: usize = 20;

/// The state of one conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The customer in Zendesk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The ticket the conversation is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The ticket it left last because that is another person's, and when, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<(TicketId, i64)>,
    /// The ticket's last known status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Since when the conversation is on this ticket, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "is_zero")]
    pub since: i64,
    /// When it was last solved, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solved_at: Option<i64>,
    /// The customer was notified of this solve.
    #[serde(skip_serializing_if = "is_false")]
    pub closing_notified: bool,
    /// When the solve was asked for that the customer was notified of last, in milliseconds since the
    /// epoch.
    #[serde(skip_serializing_if = "is_zero")]
    pub notified_at: i64,
    /// That time is the bridge's own: Zendesk's was not known.
    #[serde(skip_serializing_if = "is_false")]
    pub notified_at_is_approximate: bool,
    /// Why this solve went without an SMS, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closing_skipped: Option<ClosingSkipped>,
    /// Of a ticket it moved away from after the customer was notified of its solve: which, when that was asked for, and
    /// whether that time is approximate. The same solve is known if the conversation comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notified_before: Option<(TicketId, i64, bool)>,
    /// The newest comment looked at when it was solved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solved_upto: Option<CommentId>,
    /// The newest public comment before which no answer is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_upto: Option<CommentId>,
    /// When the customer's last text came, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "is_zero")]
    pub texted_at: i64,
    /// The ticket no longer carries the tag of tickets that are texted about, and a note says so.
    #[serde(skip_serializing_if = "is_false")]
    pub untagged: bool,
    /// The customer opted out of SMS.
    #[serde(skip_serializing_if = "is_false")]
    pub opted_out: bool,
    /// The ticket that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opted_out_on: Option<TicketId>,
    /// What Braze said of the customer's subscription; forgotten with every opt-out and opt-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<LookedUp>,
    /// The customer asked for no more texts in words that Braze does not act on: no automatic SMS goes out.
    #[serde(skip_serializing_if = "is_false")]
    pub opt_out_asked: bool,
    /// The ticket that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_out_asked_on: Option<TicketId>,
    /// The customer opted out in words that Braze does not act on, and it does not know yet: what it says of the
    /// subscription is old.
    #[serde(skip_serializing_if = "is_false")]
    pub braze_not_informed: bool,
    /// When they opted out, or in again, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "is_zero")]
    pub consent_at: i64,
    /// Newest comments the bridge wrote itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_comments: Vec<CommentId>,
    /// Fingerprints of replies sent without knowing their comment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent_texts: Vec<u32>,
    /// Fingerprints of comments fetched and sent before their webhook came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fetched_texts: Vec<u32>,
    /// The rating of the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// When the bridge opened the ticket, in milliseconds since the epoch, where Braze is to know.
    #[serde(skip_serializing_if = "is_zero")]
    pub opened_at: i64,
    /// A person answered on the ticket, where Braze is to know.
    #[serde(skip_serializing_if = "is_false")]
    pub answered: bool,
    /// What happened to the ticket and is not reported to Braze yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<TicketEvent>,
    /// The customer's language, as Braze named it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When it was last compared with its ticket, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "is_zero")]
    pub checked_at: i64,
    /// A text that was given up may have opened a ticket, under this external id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_by_given_up: Option<DeliveryId>,
    /// Messages whose outcome is not known, which the agent may ask to send again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unconfirmed: Vec<Unconfirmed>,
    /// The newest comment whose files are known to have been sent, or named in a note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_upto: Option<CommentId>,
    /// Since when there are answers of which it is not known whether they had files, in milliseconds
    /// since the epoch.
    #[serde(skip_serializing_if = "is_zero")]
    pub files_unseen: i64,
    /// The text the customer sent last, and how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated_text: Option<RepeatedText>,
    /// A time in which all outgoing SMS were stopped, as far as this conversation met it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stood: Option<Stood>,
    /// What the customer was texted automatically.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Said>,
    /// SMS parts that went to the customer about the ticket, where a field takes them.
    #[serde(skip_serializing_if = "is_zero_u32")]
    pub parts: u32,
    /// SMS parts that went to the customer lately, where they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
    /// Until when the way to Zendesk waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zendesk_wait: Option<Wait>,
    /// Until when the way to Braze waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub braze_wait: Option<Wait>,
    /// Until when automatic texts to the customer wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_wait: Option<Wait>,
    /// Until when files that were not there are not asked for again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_wait: Option<Wait>,
    /// Until when Braze's attributes wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes_wait: Option<Wait>,
    /// Until when what needs no vendor waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_wait: Option<Wait>,
    /// Until when looks at tickets wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look_wait: Option<Wait>,
    /// Until when events of a newer version wait to be looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_wait: Option<Wait>,
    /// The customer's profile in Braze, where it was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<BrazeId>,
    /// Of a number: which of the people who had it after another has it now, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<DeliveryId>,
    /// Of a number: where the conversation of the person who had it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// The conversation that was taken over, until everything that names it knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    /// What a newer version remembers.
    #[serde(skip)]
    pub unknown: Unknown,
}

impl Stored for State {
    fn unknown(&mut self) -> &mut Unknown {
        &mut self.unknown
    }
}

/// A profile got an external id, or another number: its conversation goes on there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where.
    pub to: Customer,
    /// Which profile's it is.
    pub profile: BrazeId,
}

/// A conversation that was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The number it was under.
    pub from: Phone,
    /// Its user in Zendesk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Its ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
}

/// A text that may come again: its fingerprint, how often it came, and when it came first or, once
/// that was too often, last, in milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedText(pub u32, pub u8, pub i64);

/// An automatic text that went out: its ticket, the fingerprints of its text and of its words without figures,
/// and when, in milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said(pub TicketId, pub u32, pub u32, pub i64);

/// SMS parts that went to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// When the first one was counted, in milliseconds since the epoch.
    pub since: i64,
    /// How many since then.
    pub parts: u32,
}

/// A pause after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Milliseconds since the epoch.
    pub until: i64,
    /// Failed attempts in a row.
    pub attempts: u32,
}

impl State {
    /// The ticket is solved or closed as far as known.
    pub fn is_done(&self) -> bool {
        self.status.is_some_and(Status::is_done)
    }

    /// Moves the conversation to a ticket, forgetting what belonged to the last one.
    pub fn move_to(&mut self, ticket: TicketId, status: Option<Status>, since: i64) {
        let known = self.notified_before.filter(|(on, ..)| *on == ticket);
        if let Some(left) = self.ticket.filter(|_| self.closing_notified) {
            let (at, approximate) = (self.notified_at, self.notified_at_is_approximate);
            self.notified_before = Some((left, at, approximate));
        }
        self.ticket = Some(ticket);
        self.status = status;
        self.since = since;
        self.solved_at = None;
        self.solved_upto = None;
        self.heard_upto = None;
        self.checked_at = 0;
        let known = known.map(|(_, at, approximate)| (at, approximate));
        self.closing_notified = known.is_some();
        (self.notified_at, self.notified_at_is_approximate) = known.unwrap_or_default();
        self.closing_skipped = None;
        self.rating = None;
        self.opened_at = 0;
        self.answered = false;
        self.untagged = false;
        self.parts = 0;
    }

    /// Records the ticket's status; leaving "solved" ends the solve cycle.
    pub fn saw_status(&mut self, status: Status, now: i64) {
        self.status = Some(status);
        if status.is_done() {
            self.solved_at.get_or_insert(now);
        } else {
            self.solved_at = None;
            self.solved_upto = None;
            self.closing_notified = false;
        }
    }

    /// The conversation's ticket says that the customer opted out.
    pub fn ticket_says_opted_out(&self) -> bool {
        self.opted_out && self.ticket.is_some() && self.opted_out_on == self.ticket
    }

    /// The customer wants texts again.
    pub fn take_back_wish(&mut self) {
        self.opt_out_asked = false;
        self.opt_out_asked_on = None;
    }

    /// Remembers a comment the bridge wrote.
    pub fn wrote(&mut self, comment: CommentId) {
        push_bounded(&mut self.own_comments, comment, OWN_COMMENTS_KEPT);
    }

    /// Remembers an automatic text.
    pub fn was_said(&mut self, said: Said) {
        push_bounded(&mut self.said, said, SAID_KEPT);
    }

    /// Remembers a message whose outcome is not known.
    pub fn remember_unconfirmed(&mut self, message: Unconfirmed) {
        push_bounded(&mut self.unconfirmed, message, UNCONFIRMED_KEPT);
    }

    /// Remembers the text of a reply that came without its comment's id.
    pub fn sent_text(&mut self, fingerprint: u32) {
        push_bounded(&mut self.sent_texts, fingerprint, TEXTS_KEPT);
    }

    /// Whether texts of replies were forgotten, or the next one will be.
    pub fn forgets_texts(&self) -> bool {
        self.sent_texts.len() >= TEXTS_KEPT
    }

    /// Remembers the text of a comment that was fetched rather than reported.
    pub fn fetched_text(&mut self, fingerprint: u32) {
        push_bounded(&mut self.fetched_texts, fingerprint, TEXTS_KEPT);
    }

    /// The pause of a lane.
    pub fn wait(&mut self, lane: Lane) -> &mut Option<Wait> {
        match lane {
            Lane::Zendesk => &mut self.zendesk_wait,
            Lane::Braze => &mut self.braze_wait,
            Lane::Automatic => &mut self.automatic_wait,
            Lane::Files => &mut self.files_wait,
            Lane::Attributes => &mut self.attributes_wait,
            Lane::Look => &mut self.look_wait,
            Lane::Own => &mut self.own_wait,
            Lane::Newer => &mut self.newer_wait,
        }
    }

    /// Ends every pause.
    pub fn wake(&mut self) {
        for lane in Lane::ALL {
            *self.wait(lane) = None;
        }
    }

    /// The pause of a lane, to look at.
    pub fn pause(&self, lane: Lane) -> Option<Wait> {
        match lane {
            Lane::Zendesk => self.zendesk_wait,
            Lane::Braze => self.braze_wait,
            Lane::Automatic => self.automatic_wait,
            Lane::Files => self.files_wait,
            Lane::Attributes => self.attributes_wait,
            Lane::Look => self.look_wait,
            Lane::Own => self.own_wait,
            Lane::Newer => self.newer_wait,
        }
    }

    /// Until when a lane waits, in milliseconds since the epoch; zero where it does not.
    pub fn waits_until(&self, lane: Lane) -> i64 {
        self.pause(lane).map_or(0, |wait| wait.until)
    }
}

fn push_bounded<T>(list: &mut Vec<T>, value: T, kept: usize) {
    list.push(value);
    let surplus = list.len().saturating_sub(kept);
    list.drain(..surplus);
}

fn is_false(value: &bool) -> bool {
    !*value
}

fn is_zero_u32(value: &u32) -> bool {
    *value == 0
}

fn is_zero(value: &i64) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solve_that_the_customer_was_notified_of_is_known_when_the_conversation_comes_back() {
        let ticket = |id| TicketId::new(id).expect("positive");
        let mut state = State::default();
        state.move_to(ticket(1), Some(Status::Solved), 0);
        state.closing_notified = true;
        state.notified_at = 7;
        state.move_to(ticket(2), Some(Status::Open), 8);
        assert!(!state.closing_notified && state.notified_at == 0);
        state.move_to(ticket(1), Some(Status::Solved), 9);
        assert!(state.closing_notified && state.notified_at == 7);
    }

    #[test]
    fn an_idle_conversation_stays_small() {
        let mut state = State {
            user: UserId::new(36_000_000_000_001),
            ..State::default()
        };
        if let Some(ticket) = TicketId::new(123_456) {
            state.move_to(ticket, Some(Status::Open), 1_780_000_000_000);
        }
        for id in 1..20 {
            state
                .own_comments
                .extend(CommentId::new(36_000_000_000_000 + id));
            state
                .own_comments
                .drain(..state.own_comments.len().saturating_sub(OWN_COMMENTS_KEPT));
        }
        let json = serde_json::to_string(&state).expect("serialises");
        assert!(json.len() < 300, "{} bytes: {json}", json.len());
    }

    #[test]
    fn an_item_of_an_older_version_reads() {
        let state: State = serde_json::from_str(r#"{"ticket":35,"gone":1}"#).expect("reads");
        assert_eq!(state.ticket.map(TicketId::get), Some(35));
    }

    #[test]
    fn leaving_solved_ends_the_cycle() {
        let mut state = State {
            closing_notified: true,
            ..State::default()
        };
        state.saw_status(Status::Solved, 5);
        assert!(state.closing_notified && state.solved_at == Some(5));
        state.saw_status(Status::Open, 9);
        assert!(!state.closing_notified && state.solved_at.is_none());
    }
}
