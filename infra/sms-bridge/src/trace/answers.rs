//! What became of an agent's answer, as far as ticket and table tell.
//!
//! In: what is known. Out: where an answer stands, and which comment an event is about. An answer that
//! came in without its comment's id is known by its text alone, and only the last few are. Pure.

use serde_json::Value;
use shared::conversation::fingerprint::fingerprint;
use shared::conversation::flow::put_right;
use shared::conversation::notes::says_nothing_was_sent;
use shared::conversation::state::Entry;
use shared::message::{Body, CommentId, DeliveryId, Personal};
use shared::zendesk::{CommentView, Role};

use super::{Known, fate, quiet};
use crate::dead::Letter;

/// How long the table remembers what it accepted, at least; in milliseconds.
const REMEMBERED: i64 = 48 * 60 * 60 * 1000;

/// Zendesk's clock is not ours; in milliseconds.
const CLOCK_SLACK: i64 = 60 * 1000;

/// Whether an agent wrote it to the customer.
pub(super) fn is_one(comment: &CommentView) -> bool {
    let by_agent = matches!(comment.role, Some(Role::Agent | Role::Admin));
    comment.delivery.is_none() && by_agent && comment.public
}

/// Its delivery, unless its webhook came without the comment's id, or may have.
pub(super) fn known_delivery(known: &Known, comment: &CommentView) -> Option<String> {
    let named = is_accepted(known, comment)
        || !is_known_by_text(known, comment) && !some_came_without_comment(known);
    named.then(|| delivery(comment.id).to_string())
}

/// As the bridge derives it of a webhook that names the comment.
fn delivery(comment: CommentId) -> DeliveryId {
    DeliveryId::derive("reply", &[&comment.to_string()])
}

/// How an answer stands that neither waits nor is a dead letter, whatever Braze's events say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// Braze's answer is not known.
    Unconfirmed,
    /// Braze took it.
    Sent,
    /// It was not sent: its note says so.
    NotSent,
    /// The table has forgotten it.
    Older,
    /// Dead letters would tell.
    NotLookedFor,
    /// Its webhook may have come without its comment's id.
    MayBeUnnamed,
    /// Nothing has reported it.
    NotAccepted,
}

/// How it stands.
pub(super) fn stands(known: &Known, comment: &CommentView) -> Stands {
    let unconfirmed = &known.held.state.unconfirmed;
    if unconfirmed
        .iter()
        .any(|one| one.comment == Some(comment.id))
    {
        return Stands::Unconfirmed;
    }
    if is_accepted(known, comment) {
        let right = put_right::id(&delivery(comment.id));
        let is_right = notes(known).any(|(about, _)| about == right.as_str());
        return match says_not_sent(known, &note_of(comment)) && !is_right {
            true => Stands::NotSent,
            false => Stands::Sent,
        };
    }
    if is_known_by_text(known, comment) {
        return Stands::Sent;
    }
    if known.now - comment.created_at.unwrap_or(known.now) > REMEMBERED {
        Stands::Older
    } else if known.without_letters {
        Stands::NotLookedFor
    } else if some_came_without_comment(known) {
        Stands::MayBeUnnamed
    } else {
        Stands::NotAccepted
    }
}

/// Where an answer stands that neither waits nor is a dead letter, in words.
pub(super) fn standing(known: &Known, comment: &CommentView) -> String {
    let stands = stands(known, comment);
    if stands != Stands::Unconfirmed
        && let Some(fate) = fate::of_answer(&known.watch, comment.id)
    {
        return fate;
    }
    let told = match stands {
        Stands::Unconfirmed => "Braze's answer is not known: sms_resend sends it again",
        Stands::Sent | Stands::NotSent if is_accepted(known, comment) => {
            let right = put_right::id(&delivery(comment.id));
            let written = |id: &DeliveryId| notes(known).any(|(about, _)| about == id.as_str());
            match written(&note_of(comment)) {
                _ if written(&right) => {
                    "sent to Braze after all: it was replayed, or asked for again"
                }
                true => "accepted and done; an internal note says more",
                false => "accepted and sent to Braze, no note against it",
            }
        }
        Stands::Sent | Stands::NotSent => {
            match has_unknown_note(known, comment.created_at.unwrap_or_default()) {
                true => "accepted, by its text; an internal note after it may say more",
                false => "accepted, by its text, and sent to Braze; no note against it",
            }
        }
        Stands::Older => "older than what the table remembers (two days)",
        Stands::NotLookedFor => "not known without the dead letters: leave out --quick",
        Stands::MayBeUnnamed => "not known: answers came in without their comment's id",
        Stands::NotAccepted => "NOT ACCEPTED: no webhook has reported it",
    };
    told.to_owned()
}

/// The note about an answer.
fn note_of(comment: &CommentView) -> DeliveryId {
    DeliveryId::derive("note", &[delivery(comment.id).as_str()])
}

/// Whether there is such a note, and it says that nothing was sent.
fn says_not_sent(known: &Known, note: &DeliveryId) -> bool {
    let written = known.comments.iter().filter(|comment| !comment.public);
    let written = written.filter(|comment| comment.delivery.as_deref() == Some(note.as_str()));
    let under_way = entries(known).filter(|entry| entry.event.delivery == *note);
    let under_way: Vec<String> = under_way
        .filter_map(|entry| match entry.event.body {
            Body::Note(note) => Some(note.text.0),
            _ => None,
        })
        .collect();
    let mut texts = written.map(|comment| comment.plain_body.as_str());
    texts.any(says_nothing_was_sent) || under_way.iter().any(|text| says_nothing_was_sent(text))
}

/// The comment of an answer that waits or is a dead letter.
pub(super) fn comment_of(known: &Known, entry: &Entry) -> Option<CommentId> {
    let Body::Reply(reply) = &entry.event.body else {
        return None;
    };
    let written = |comment: &CommentView| {
        comment.created_at.unwrap_or_default() <= entry.event.received_at + CLOCK_SLACK
    };
    let by_text = |text: &Personal| {
        let mut newest_first = known.comments.iter().filter(|comment| is_one(comment));
        let found = newest_first.find(|comment| {
            written(comment) && is_text_of(text, comment) && !is_accepted(known, comment)
        });
        Some(found?.id)
    };
    reply.comment.or_else(|| by_text(reply.text.as_ref()?))
}

/// The comment that a request names which could not be understood.
pub(super) fn comment_in(letter: &Letter) -> Option<CommentId> {
    let body: Value = serde_json::from_slice(&letter.content).ok()?;
    match &body["comment_id"] {
        Value::String(id) => id.parse().ok(),
        id => id.as_u64().and_then(CommentId::new),
    }
}

fn is_accepted(known: &Known, comment: &CommentView) -> bool {
    known.held.seen.contains(&delivery(comment.id))
}

fn is_text_of(text: &Personal, comment: &CommentView) -> bool {
    fingerprint(text.as_str()) == fingerprint(comment.plain_body.as_str())
}

/// As many answers of this text came in as there are comments of it.
fn is_known_by_text(known: &Known, comment: &CommentView) -> bool {
    let print = fingerprint(comment.plain_body.as_str());
    let came = known.held.state.sent_texts.iter();
    let came = came.filter(|&&text| text == print).count();
    let mut written = known.comments.iter().filter(|comment| is_one(comment));
    let alike =
        |other: &&CommentView| !is_accepted(known, other) && is_text_of(&other.plain_body, comment);
    came > 0 && written.by_ref().filter(alike).count() <= came
}

fn entries(known: &Known) -> impl Iterator<Item = Entry> {
    let waiting = known.held.mailbox.iter().chain(&known.unaddressed).cloned();
    waiting.chain(known.letters.iter().filter_map(Letter::entry))
}

/// Whether webhooks bring answers without their comment's id: then one that is not known may have
/// come in.
fn some_came_without_comment(known: &Known) -> bool {
    let bare =
        |entry: Entry| matches!(&entry.event.body, Body::Reply(reply) if reply.comment.is_none());
    let request =
        |letter: &Letter| letter.source == "zendesk-reply" && comment_in(letter).is_none();
    // What was sent again or replayed is remembered by its text as well.
    let again = |print: u32| {
        let mut accepted = known.comments.iter().filter(|one| is_accepted(known, one));
        accepted.any(|one| fingerprint(one.plain_body.as_str()) == print)
    };
    entries(known).any(bare)
        || known.letters.iter().any(request)
        || known
            .held
            .state
            .sent_texts
            .iter()
            .any(|&print| !again(print))
}

/// The bridge's notes on the ticket and on their way there, but those about the customer's consent:
/// delivery and time.
fn notes(known: &Known) -> impl Iterator<Item = (String, i64)> {
    let about_consent = |note: &&CommentView| quiet::consent_told(note).is_some();
    let written = known.comments.iter().filter(|comment| !comment.public);
    let written = written.filter(move |note| !about_consent(note));
    let written = written
        .filter_map(|note| Some((note.delivery.clone()?, note.created_at.unwrap_or_default())));
    let under_way = entries(known).filter(|entry| matches!(entry.event.body, Body::Note(_)));
    written
        .chain(under_way.map(|entry| (entry.event.delivery.to_string(), entry.event.received_at)))
}

/// Whether there is a note from this time on of which it is not known what it is about.
fn has_unknown_note(known: &Known, from: i64) -> bool {
    let answers = known
        .comments
        .iter()
        .map(|comment| delivery(comment.id).to_string());
    let texts = known
        .comments
        .iter()
        .filter_map(|comment| comment.delivery.clone());
    let others = entries(known).map(|entry| entry.event.delivery.to_string());
    let told: Vec<String> = answers
        .chain(texts)
        .chain(others)
        .map(|about| DeliveryId::derive("note", &[&about]).to_string())
        .collect();
    notes(known).any(|(note, at)| at >= from && !told.contains(&note))
}
