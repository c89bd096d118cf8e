//! The hops of one conversation, put together from ticket, mailbox and dead letters.
//!
//! In: what is known. Out: one hop per text, answer, note, solve or consent, in the order of time, with
//! where it stands. Pure.

use shared::conversation::state::Entry;
use shared::message::CommentId;
use shared::zendesk::CommentView;

use super::arrival::{self, Arrival};
use super::{Known, answers, quiet};
use crate::dead::Letter;
use crate::events::{kind, moment, text, times, trouble, vendor};

/// One text, answer, note, solve or consent, and how far it came.
pub(super) struct Hop {
    /// When it happened, in milliseconds since the epoch.
    pub at: i64,
    /// What it is, in one word.
    pub kind: &'static str,
    /// Where it stands, in words.
    pub standing: String,
    /// Its delivery, where there is one.
    pub delivery: Option<String>,
    /// Its comment, where it has one.
    pub comment: Option<CommentId>,
    /// Whether it arrived, of an answer that has ended.
    pub arrival: Option<Arrival>,
    /// Its text; for people who asked for it.
    pub text: Option<String>,
}

pub(super) fn of(known: &Known) -> Vec<Hop> {
    let waiting = known.held.mailbox.iter().map(|entry| waits(known, entry));
    let unaddressed = known.unaddressed.iter();
    let unaddressed = unaddressed.map(|entry| looked_up(known, entry));
    let letters = known.letters.iter().map(|letter| dead(known, letter));
    let undone: Vec<Hop> = waiting.chain(unaddressed).chain(letters).collect();
    // What waits or is dead is shown once, though its comment is on the ticket.
    let told: Vec<CommentId> = undone.iter().filter_map(|hop| hop.comment).collect();
    let comments = known.comments.iter().rev();
    let comments = comments.filter(|comment| !told.contains(&comment.id));
    let done = comments.filter_map(|comment| on_ticket(known, comment));
    let mut hops: Vec<Hop> = done.chain(quiet::hops(known, &undone)).collect();
    hops.extend(undone);
    // Zendesk tells whole seconds; within one the comments' ids tell, and what has none comes last.
    let order = |hop: &Hop| hop.comment.map_or(u64::MAX, CommentId::get);
    hops.sort_by_key(|hop| (hop.at.div_euclid(1000), order(hop)));
    hops
}

fn waits(known: &Known, entry: &Entry) -> Hop {
    let lane = entry.lane();
    let wait = known.waiting.as_ref().and_then(|waiting| {
        let mut ways = waiting.ways().into_iter();
        ways.find(|way| way.lane == lane)?.wait
    });
    let progress = &entry.progress;
    let mut standing = format!("waits for {}", vendor(lane));
    if let Some(why) = progress.trouble {
        standing.push_str(&format!(", which {}", trouble(why)));
    }
    if let Some(wait) = wait {
        let (failed, next) = (times(wait.attempts), moment(wait.until));
        standing.push_str(&format!("; failed {failed}, next {next}"));
    }
    if progress.sent > 0 {
        standing.push_str(&format!(", {} messages of it sent", progress.sent));
    }
    if progress.posted {
        standing.push_str(", is on the ticket already");
    }
    if progress.doubtful {
        standing.push_str(", the last attempt's outcome is not known");
    }
    Hop {
        at: entry.event.received_at,
        kind: kind(entry),
        standing,
        delivery: Some(entry.event.delivery.to_string()),
        comment: answers::comment_of(known, entry),
        arrival: None,
        text: text(entry),
    }
}

fn looked_up(known: &Known, entry: &Entry) -> Hop {
    Hop {
        at: entry.event.received_at,
        kind: kind(entry),
        standing: "waits for Zendesk to say whose ticket it is".to_owned(),
        delivery: Some(entry.event.delivery.to_string()),
        comment: answers::comment_of(known, entry),
        arrival: None,
        text: text(entry),
    }
}

fn dead(known: &Known, letter: &Letter) -> Hop {
    let entry = letter.entry();
    let content = || String::from_utf8_lossy(&letter.content).into_owned();
    Hop {
        at: letter.received_at(),
        kind: letter.kind(),
        standing: format!(
            "dead letter since {}: {}",
            moment(letter.buried_at),
            letter.cause
        ),
        delivery: Some(letter.id.clone()),
        comment: match &entry {
            Some(entry) => answers::comment_of(known, entry),
            None => answers::comment_in(letter),
        },
        arrival: (letter.kind() == "reply").then(|| arrival::of_letter(entry.as_ref())),
        text: match &entry {
            Some(entry) => text(entry),
            None => Some(content()),
        },
    }
}

fn on_ticket(known: &Known, comment: &CommentView) -> Option<Hop> {
    let requester = known.ticket.as_ref().and_then(|ticket| ticket.requester);
    let by_customer = comment.author.is_some() && comment.author == requester;
    let (kind, standing) = match &comment.delivery {
        Some(_) if by_customer => ("text", "is on the ticket".to_owned()),
        Some(_) if !comment.public => match quiet::consent_told(comment) {
            Some(kind) => (kind, "known; an internal note informs the agent".to_owned()),
            None => ("note", "the bridge's internal note".to_owned()),
        },
        Some(_) => ("text", "is on the ticket".to_owned()),
        None if answers::is_one(comment) => ("reply", answers::standing(known, comment)),
        None if comment.public => ("comment", "not by SMS, not the bridge's".to_owned()),
        // Agents among themselves.
        None => return None,
    };
    let delivery = match kind {
        "reply" => answers::known_delivery(known, comment),
        _ => comment.delivery.clone(),
    };
    Some(Hop {
        at: comment.created_at.unwrap_or_default(),
        kind,
        standing,
        delivery,
        comment: Some(comment.id),
        arrival: (kind == "reply").then(|| arrival::of(known, comment)),
        text: comment.plain_body.present().map(str::to_owned),
    })
}
