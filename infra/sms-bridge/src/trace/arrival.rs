//! Whether an agent's answer arrived, as every answer ends: delivered, not delivered, or not known, with the reason why
//! it cannot be known.
//!
//! In: what is known. Out: the end of an answer. Pure.

use shared::conversation::state::Entry;
use shared::conversation::watch::{Fate, NotKnown, Sent};
use shared::zendesk::CommentView;

use super::answers::{self, Stands};
use super::{Known, fate};

/// How long Braze's silence and a carrier's are no news, in milliseconds.
const SOON: i64 = 10 * 60 * 1000;
/// How long Braze repeats events that could not be handed over, in milliseconds.
const REPEATED: i64 = 5 * 24 * 60 * 60 * 1000;
/// How long messages are remembered, in milliseconds.
const KEPT: i64 = 10 * 24 * 60 * 60 * 1000;

/// How an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It is on the phone.
    Delivered,
    /// It is not, and where that is told.
    NotDelivered(String),
    /// Nobody knows, and why.
    Unknown(String),
}

impl Arrival {
    /// In one word, or two.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::NotDelivered(_) => "not delivered",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Why.
    pub(super) fn why(&self) -> Option<&str> {
        match self {
            Self::Delivered => None,
            Self::NotDelivered(why) | Self::Unknown(why) => Some(why),
        }
    }
}

/// Of an answer that neither waits nor is a dead letter.
pub(super) fn of(known: &Known, comment: &CommentView) -> Arrival {
    let unknown = |why: &str| Arrival::Unknown(why.to_owned());
    let stands = answers::stands(known, comment);
    if stands == Stands::Unconfirmed {
        return unknown("Braze did not confirm that it took it, and its note says so");
    }
    let messages = fate::messages(&known.watch, comment.id);
    if !messages.is_empty() {
        return of_messages(known, &messages);
    }
    match stands {
        Stands::NotSent => Arrival::NotDelivered("the bridge's note says why".to_owned()),
        Stands::Older => unknown("older than what the table remembers (two days)"),
        Stands::NotAccepted => {
            Arrival::NotDelivered("no webhook has reported it, so nothing was sent".to_owned())
        }
        Stands::NotLookedFor => unknown("dead letters were not looked for"),
        Stands::MayBeUnnamed => {
            unknown("answers came in without their comment's id, and this may be one of them")
        }
        Stands::Unconfirmed | Stands::Sent => Arrival::Unknown(untold(known, comment).to_owned()),
    }
}

/// Of an answer that is a dead letter.
pub(super) fn of_letter(entry: Option<&Entry>) -> Arrival {
    match entry.map(|entry| &entry.progress) {
        Some(progress) if progress.doubtful => Arrival::Unknown(
            "Braze did not confirm the last attempt, and its note says so".to_owned(),
        ),
        Some(progress) if progress.sent > 0 => {
            let sent = progress.sent;
            Arrival::NotDelivered(format!(
                "only {sent} of its messages went out, and its note says so"
            ))
        }
        _ => Arrival::NotDelivered("it is a dead letter, and was not sent".to_owned()),
    }
}

/// Of a message that Braze took, and of which nothing is written down.
fn untold(known: &Known, comment: &CommentView) -> &'static str {
    let age = known.now - comment.created_at.unwrap_or(known.now);
    match known.exports {
        None => "the secret could not be read, so it is not known whether Braze exports events",
        Some(false) => {
            "Braze exports no events (Currents) to the bridge, and was not asked about it"
        }
        Some(true) if age > KEPT => {
            "older than what is remembered of messages (ten days, the newest sixty)"
        }
        Some(true) => {
            "nothing of it is written down: it was sent before Braze exported its events, sixty messages ago, or the \
             table did not answer then"
        }
    }
}

fn of_messages(known: &Known, messages: &[&Sent]) -> Arrival {
    let is_bad = |sent: &&&Sent| matches!(sent.fate, Fate::Failed(_) | Fate::Withheld);
    if messages.iter().any(|sent| is_bad(&sent)) {
        return Arrival::NotDelivered("the bridge's note says why".to_owned());
    }
    let mut open = messages.iter().filter(|sent| sent.fate != Fate::Delivered);
    match open.next() {
        None => Arrival::Delivered,
        Some(sent) => Arrival::Unknown(open_still(sent, known.now).to_owned()),
    }
}

/// Why it is not known what became of a message.
fn open_still(sent: &Sent, now: i64) -> &'static str {
    let age = now - sent.at;
    match (sent.not_known, &sent.fate) {
        (Some(NotKnown::AskedToday), _) => {
            "Braze exports no events (Currents), and was asked about another answer within the day: once is the most"
        }
        (Some(NotKnown::NotPermitted), _) => {
            "Braze exports no events (Currents), and the key may not ask (permission users.export.ids)"
        }
        (Some(NotKnown::NoAnswer | NotKnown::Other), _) => {
            "Braze exports no events (Currents), and did not answer when it was asked"
        }
        (Some(NotKnown::NoExport), _) => {
            "sent, as Braze's record of the customer says; whether it is on the phone only events would tell (Currents)"
        }
        (None, _) if sent.ask_at.is_some() => {
            "Braze is asked about it ten minutes after it was sent"
        }
        (None, Fate::Handed) if age < SOON => "its carrier has not reported yet",
        (None, Fate::Handed) if age < REPEATED => {
            "its carrier has reported nothing; Braze's events may be five days late"
        }
        (None, Fate::Handed) => "its carrier has reported nothing, or Braze's events were lost",
        (None, _) if !sent.watched => {
            "no setting names its campaign, so that Braze says nothing of it tells nothing"
        }
        (None, _) => "no event of it has come yet: it is ten minutes at most until that is news",
    }
}
