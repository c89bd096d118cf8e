//! What is watched of one customer while Braze exports events: the messages sent to them, until it is known what
//! became of each, and their texts, until their webhook came.
//!
//! In: messages, steps, the time. Out: what has to be done about it. Pure; stored as JSON in an item of its
//! own, beside the conversation's, so that no step of a message waits for the conversation or holds it up.
//! Events come at least once, in any order and late: a step counts wherever it belongs.

mod asked;
mod sent;
#[cfg(test)]
mod tests;
mod texts;

use serde::{Deserialize, Serialize};

use crate::message::{Customer, Phone, SmsStep};

use super::shard;

pub use asked::{Because, NoRecord, NotKnown, Received, ReceivedLast};
pub use sent::{Fate, Owed, Sent};
pub use texts::{Heard, Unreported};

/// Messages remembered of a customer, the newest.
const SENT_KEPT: usize = 60;

/// Steps that belong to no message yet, the newest.
const EARLY_KEPT: usize = 20;

/// How long a message is remembered, in milliseconds: Braze repeats events for five days.
const KEPT: i64 = 10 * DAY;

/// How far Braze's clock may be from ours, with its whole seconds, in milliseconds.
const APART: i64 = 60 * 1000;

/// How long the worker that wrote down what is owed has to report it, in milliseconds.
const TELLING: i64 = 60 * 1000;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What is watched of one customer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watch {
    /// Messages sent, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
    /// Steps that came before their message was written down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    early: Vec<SmsStep>,
    /// Texts that the export reported.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    texts: Vec<Unreported>,
    /// Texts that webhooks brought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    heard: Vec<Heard>,
    /// When Braze was asked last what the customer received, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "is_zero")]
    asked_at: i64,
    /// It is being asked.
    #[serde(skip_serializing_if = "is_false")]
    asking: bool,
    /// The SMS subscription group of the messages, as Braze named it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What became of messages, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// On the phone.
    pub delivered: u64,
    /// Failed, refused or given up.
    pub failed: u64,
    /// Braze said nothing of them.
    pub withheld: u64,
    /// 1: none of the customer's messages of a day had failed or been withheld before.
    pub unreached: u64,
}

impl Watch {
    /// The item's partition key.
    pub fn pk(customer: &Customer) -> String {
        match customer {
            Customer::Id(id) => format!("sent#{}", id.as_str()),
            Customer::Phone(phone) => format!("sent-phone#{}", phone.digits()),
        }
    }

    /// Whose item it is; other items' keys are `None`.
    pub fn parse(pk: &str) -> Option<Customer> {
        match pk.split_once('#')? {
            ("sent", id) => id.parse().ok().map(Customer::Id),
            ("sent-phone", digits) => Phone::of_digits(digits).map(Customer::Phone),
            _ => None,
        }
    }

    /// The shard of the `due` index it waits in.
    pub fn shard(customer: &Customer) -> u8 {
        shard::of(&Self::pk(customer))
    }

    /// Notes that Braze took a message, once: the write may be repeated.
    pub fn remember(&mut self, sent: Sent) {
        if !self.sent.iter().any(|known| known.is_same_as(&sent)) {
            self.sent.push(sent);
            self.replay();
        }
    }

    /// What became of messages since it was as before.
    pub fn ends_since(&self, before: &Self) -> Ends {
        let mut ends = Ends::default();
        for sent in &self.sent {
            let known = before.sent.iter().find(|known| known.is_same_as(sent));
            if known.is_some_and(|known| known.fate.is_like(&sent.fate)) {
                continue;
            }
            match sent.fate {
                Fate::Waiting | Fate::Handed => continue,
                Fate::Delivered => ends.delivered += 1,
                Fate::Failed(_) => ends.failed += 1,
                Fate::Withheld => ends.withheld += 1,
            }
            let is_bad = |sent: &Sent| matches!(sent.fate, Fate::Failed(_) | Fate::Withheld);
            let lately = |other: &&Sent| other.at.abs_diff(sent.at) < DAY.unsigned_abs();
            if is_bad(sent) && !before.sent.iter().filter(lately).any(is_bad) {
                ends.unreached = 1;
            }
        }
        ends
    }

    /// Takes over what was watched of the customer under another key, once: the write may be repeated.
    pub fn take_over(&mut self, other: &Self) {
        for sent in &other.sent {
            if !self.sent.iter().any(|known| known.is_same_as(sent)) {
                self.sent.push(sent.clone());
            }
        }
        self.sent.sort_by_key(|sent| sent.at);
        for step in &other.early {
            if !self.early.contains(step) {
                self.early.push(step.clone());
            }
        }
        self.take_over_texts(other);
        self.asked_at = self.asked_at.max(other.asked_at);
        self.group = self.group.take().or_else(|| other.group.clone());
        self.replay();
    }

    /// Forgets what another key has taken over.
    pub fn leave(&mut self, taken: &Self) {
        let known = |sent: &Sent| taken.sent.iter().any(|other| other.is_same_as(sent));
        self.sent.retain(|sent| !known(sent));
        self.early.retain(|step| !taken.early.contains(step));
        self.leave_texts(taken);
    }

    /// Notes a step of a message. `ours`: its campaign is one of the bridge's, so the message may be written down
    /// in a moment.
    pub fn step(&mut self, step: &SmsStep, ours: bool) {
        if self.belongs(step) {
            self.replay();
        } else if ours && !self.early.contains(step) {
            self.early.push(step.clone());
        }
    }

    /// What is due by now comes to pass: messages of which Braze said nothing are withheld.
    pub fn judge(&mut self, now: i64) {
        while let Some(index) = self.sent.iter().position(|sent| sent.is_silent(now)) {
            if !self.adopts(index) {
                self.withhold(index);
            }
        }
        self.stand_in(now);
    }

    /// Drops what is too old to matter.
    pub fn tidy(&mut self, now: i64) {
        let fresh = |at: i64| now.saturating_sub(at) < KEPT;
        self.sent.retain(|sent| fresh(sent.at));
        let surplus = self.sent.len().saturating_sub(SENT_KEPT);
        self.sent.drain(..surplus);
        self.early.retain(|step| now.saturating_sub(step.at) < DAY);
        let surplus = self.early.len().saturating_sub(EARLY_KEPT);
        self.early.drain(..surplus);
        self.tidy_texts(now);
    }

    /// When something is due, in milliseconds since the epoch. What is owed is reported by the worker that wrote it
    /// down; should it vanish, a minute later by another.
    pub fn due_at(&self, now: i64) -> Option<i64> {
        let silent = self.sent.iter().filter_map(Sent::silent_at);
        let asks = self.sent.iter().filter_map(|sent| sent.ask_at);
        let owed = self.sent.iter().any(|sent| sent.owed.is_some());
        let owed = (owed || self.owes_text()).then(|| now.saturating_add(TELLING));
        silent
            .chain(asks)
            .chain(owed)
            .chain(self.texts_due_at())
            .min()
    }

    /// Every message of the answer was withheld, and not this one alone.
    pub fn is_all_withheld(&self, sent: &Sent) -> bool {
        let withheld = |other: &&Sent| other.fate == Fate::Withheld && other.is_of_the_same(sent);
        let withheld = self.sent.iter().filter(withheld).count();
        withheld >= usize::from(sent.parts)
    }

    /// A step that names no message is this silent message's, where campaign and time fit.
    fn adopts(&mut self, index: usize) -> bool {
        let sent = &mut self.sent[index];
        let fits = |step: &&SmsStep| step.dispatch.is_some() && sent.may_have(step);
        let Some(dispatch) = self.early.iter().find(fits) else {
            return false;
        };
        sent.dispatches.extend(dispatch.dispatch.clone());
        self.replay();
        !self.sent[index].is_waiting()
    }

    /// The messages of one answer are withheld together, and reported once.
    fn withhold(&mut self, index: usize) {
        let first = self.sent[index].clone();
        for sent in &mut self.sent {
            if sent.is_waiting() && sent.is_of_the_same(&first) {
                sent.fate = Fate::Withheld;
            }
        }
        self.sent[index].fate = Fate::Withheld;
        self.sent[index].owed = Some(Owed::Withheld);
    }

    /// Whether the step is one of a message that is known; it is noted there.
    fn belongs(&mut self, step: &SmsStep) -> bool {
        let abort = Some(&step.id);
        if self.sent.iter().any(|sent| sent.abort.as_ref() == abort) {
            return true;
        }
        let Some(index) = self.sent_of(step) else {
            return false;
        };
        self.sent[index].take(step);
        true
    }

    fn sent_of(&self, step: &SmsStep) -> Option<usize> {
        let by = |is: &dyn Fn(&Sent) -> bool| self.sent.iter().rposition(is);
        if let Some(dispatch) = &step.dispatch {
            let same = |sent: &Sent| sent.dispatches.contains(dispatch);
            if let Some(index) = by(&same) {
                return Some(index);
            }
        }
        if step.comment.is_some() {
            return by(&|sent| sent.is_named_by(step));
        }
        if step.dispatch.is_some() {
            return None;
        }
        // An abort names neither: it is of the message nearest to it of which nothing is known.
        let waiting = self.sent.iter().enumerate();
        let waiting = waiting.filter(|(_, sent)| sent.is_waiting() && sent.may_have(step));
        let nearest = waiting.min_by_key(|(_, sent)| sent.at.abs_diff(step.at));
        nearest.map(|(index, _)| index)
    }

    /// Steps that had no message find theirs; one may name the sending of another.
    fn replay(&mut self) {
        loop {
            let early = std::mem::take(&mut self.early);
            let before = early.len();
            for step in early {
                if !self.belongs(&step) {
                    self.early.push(step);
                }
            }
            if self.early.len() == before {
                return;
            }
        }
    }
}

fn is_zero(value: &i64) -> bool {
    *value == 0
}

fn is_false(value: &bool) -> bool {
    !*value
}
