//! A message that Braze took, and what became of it.

use serde::{Deserialize, Serialize};

use crate::message::{CommentId, NotDelivered, Reached, SmsStep, TicketId};

use super::asked::{Because, NotKnown};
use super::{APART, is_false};

/// How long Braze may say nothing of a message before that is news, in milliseconds.
pub(super) const SILENCE: i64 = 10 * 60 * 1000;

/// How far the messages of one answer may be apart, in milliseconds.
const ONE_ANSWER: i64 = 5 * 60 * 1000;

/// A message that Braze took.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// The ticket it was written on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The agent's comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentId>,
    /// Which message of the answer, from 1.
    pub part: u8,
    /// Of how many.
    pub parts: u8,
    /// The campaign.
    pub campaign: String,
    /// Braze's ids of the sending: the one it answered, and one that only events name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dispatches: Vec<String>,
    /// Its events come, so that their absence is news.
    pub watched: bool,
    /// When Braze is asked what became of it, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask_at: Option<i64>,
    /// Why nothing will be known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_known: Option<NotKnown>,
    /// What became of it.
    pub fate: Fate,
    /// Why it was withheld, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// What the agent has yet to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owed: Option<Owed>,
    /// The event that said that Braze gave it up: that one names no message, and may come again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort: Option<String>,
    /// The agent read that it was withheld.
    #[serde(skip_serializing_if = "is_false")]
    pub told_withheld: bool,
}

/// What became of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Braze took it, and has said nothing since.
    #[default]
    Waiting,
    /// It is on its way.
    Handed,
    /// It is on the phone.
    Delivered,
    /// It will not arrive.
    Failed(NotDelivered),
    /// Braze said nothing of it.
    Withheld,
}

impl Fate {
    /// Both are of one kind, whatever the reason.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What the agent has to read about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owed {
    /// It did not arrive.
    Failed,
    /// Braze withheld it.
    Withheld,
    /// It was sent after all.
    AfterAll,
}

impl Owed {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Withheld => "withheld",
            Self::AfterAll => "after-all",
        }
    }
}

impl Sent {
    /// A name for it that stays the same.
    pub fn name(&self) -> String {
        match (self.dispatches.first(), self.comment) {
            (Some(dispatch), _) => dispatch.clone(),
            (None, Some(comment)) => format!("{comment}/{}", self.part),
            (None, None) => format!("{}/{}", self.at, self.part),
        }
    }

    /// Nothing is known of it yet.
    pub fn is_waiting(&self) -> bool {
        self.fate == Fate::Waiting
    }

    /// When Braze's silence is news, in milliseconds since the epoch.
    pub(super) fn silent_at(&self) -> Option<i64> {
        let awaited = self.watched && self.is_waiting();
        awaited.then(|| self.at.saturating_add(SILENCE))
    }

    /// It is time to ask Braze about it.
    pub(super) fn is_to_ask(&self, now: i64) -> bool {
        self.ask_at.is_some_and(|at| at <= now)
    }

    pub(super) fn is_silent(&self, now: i64) -> bool {
        self.silent_at().is_some_and(|at| at <= now)
    }

    /// The step's `message_extras` name it.
    pub(super) fn is_named_by(&self, step: &SmsStep) -> bool {
        self.comment == step.comment
            && (step.part == Some(self.part) || step.part.is_none() && self.parts == 1)
    }

    /// A step that names no message may be one of it, by campaign and time.
    pub(super) fn may_have(&self, step: &SmsStep) -> bool {
        let after = step.at.saturating_sub(self.at);
        let in_time = (-APART..=SILENCE).contains(&after);
        in_time && step.campaign == self.campaign && step.comment.is_none()
    }

    /// It is the same message, written down twice.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        let name = |sent: &Self| (sent.at, sent.comment, sent.part, sent.ticket);
        name(self) == name(other) && self.dispatches.first() == other.dispatches.first()
    }

    /// Both belong to one answer, or one closing message.
    pub(super) fn is_of_the_same(&self, other: &Self) -> bool {
        self.ticket == other.ticket
            && self.comment == other.comment
            && self.campaign == other.campaign
            && self.at.abs_diff(other.at) <= ONE_ANSWER.unsigned_abs()
    }

    /// Notes a step. What is on the phone stays there; a failure counts until then.
    pub(super) fn take(&mut self, step: &SmsStep) {
        match &step.dispatch {
            Some(dispatch) if !self.dispatches.contains(dispatch) => {
                self.dispatches.push(dispatch.clone());
            }
            Some(_) => {}
            None => self.abort = Some(step.id.clone()),
        }
        let next = match (&step.reached, &self.fate) {
            (_, Fate::Delivered) | (Reached::Handed, Fate::Handed | Fate::Failed(_)) => return,
            (Reached::Failed(_), Fate::Failed(_)) => return,
            (Reached::Handed, _) => Fate::Handed,
            (Reached::Delivered, _) => Fate::Delivered,
            (Reached::Failed(why), _) => Fate::Failed(why.clone()),
        };
        self.owed = match &next {
            Fate::Failed(_) => Some(Owed::Failed),
            _ => self.told_withheld.then_some(Owed::AfterAll),
        };
        self.told_withheld &= self.owed == Some(Owed::AfterAll);
        self.fate = next;
    }

    /// Notes that the agent has the note.
    pub fn told(&mut self, what: Owed) {
        if self.owed == Some(what) {
            self.owed = None;
            self.told_withheld = what == Owed::Withheld;
        }
    }
}
