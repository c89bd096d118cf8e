//! What became of an agent's answer, as far as ticket and table tell.
//!
//! In: what is known. Out: where an answer stands, and which comment an event is about. An answer that
//! came in without its comment's id is known by its text alone, and only the last few are. Pure.

use serde_json::Value;
use shared::conversation::fingerprint::fingerprint;
use shared::conversation::flow::put_right;
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

/// Where an answer stands that neither waits nor is a dead letter.
pub(super) fn standing(known: &Known, comment: &CommentView) -> String {
    let state = &known.held.state;
    if state
        .unconfirmed
        .iter()
        .any(|one| one.comment == Some(comment.id))
    {
        return "Braze's answer is not known: sms_resend sends it again".to_owned();
    }
    if let Some(fate) = fate::of_answer(&known.watch, comment.id) {
        return fate;
    }
    let told = if is_accepted(known, comment) {
        let note = DeliveryId::derive("note", &[delivery(comment.id).as_str()]);
        let right = put_right::id(&delivery(comment.id));
        let written = |id: &DeliveryId| notes(known).any(|(about, _)| about == id.as_str());
        match written(&note) {
            _ if written(&right) => "sent to Braze after all: it was replayed, or asked for again",
            true => "accepted and done; an internal note says more",
            false => "accepted and sent to Braze, no note against it",
        }
    } else if is_known_by_text(known, comment) {
        match has_unknown_note(known, comment.created_at.unwrap_or_default()) {
            true => "accepted, by its text; an internal note after it may say more",
            false => "accepted, by its text, and sent to Braze; no note against it",
        }
    } else if known.now - comment.created_at.unwrap_or(known.now) > REMEMBERED {
        "older than what the table remembers (two days)"
    } else if known.without_letters {
        "not known without the dead letters: leave out --quick"
    } else if some_came_without_comment(known) {
        "not known: answers came in without their comment's id"
    } else {
        "NOT ACCEPTED: no webhook has reported it"
    };
    told.to_owned()
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
