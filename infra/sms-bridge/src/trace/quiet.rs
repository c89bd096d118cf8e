//! What happened without a comment of its own: the last solve, and the customer's consent.
//!
//! In: what is known. Out: its hops. Pure.

use shared::conversation::notes;
use shared::conversation::policy::Language;
use shared::conversation::state::ClosingSkipped;
use shared::message::Body;
use shared::zendesk::CommentView;

use super::path::Hop;
use super::{Known, fate};
use crate::dead::Letter;

/// The last solve and the last consent.
pub(super) fn hops(known: &Known, undone: &[Hop]) -> impl Iterator<Item = Hop> {
    solve(known, undone).into_iter().chain(consent(known))
}

/// What a note is about, where it is about the customer's consent.
pub(super) fn consent_told(note: &CommentView) -> Option<&'static str> {
    let text = note.plain_body.as_str().trim();
    [Language::English, Language::French]
        .into_iter()
        .find_map(|language| match text {
            _ if text == notes::customer_opted_out(language) => Some("opt-out"),
            _ if text == notes::customer_opted_in(language) => Some("opt-in"),
            _ if text == notes::customer_asked_for_help(language) => Some("help"),
            _ if text == notes::customer_asked_to_opt_out(language) => Some("wish to opt out"),
            _ => None,
        })
}

fn solve(known: &Known, undone: &[Hop]) -> Option<Hop> {
    let state = &known.held.state;
    let solved_at = known.solved_at.unwrap_or_default();
    if known
        .ticket
        .as_ref()
        .is_some_and(|shown| Some(shown.id) != state.ticket)
    {
        let elsewhere = "the conversation is on another ticket: not known (any more)";
        return (solved_at > 0).then(|| hop(solved_at, "solved", elsewhere));
    }
    if solved_at > state.notified_at {
        let known_of = undone.iter().any(|hop| hop.kind == "solved");
        let untold = "NOT ACCEPTED: the bridge knows nothing of this solve";
        return (!known_of).then(|| hop(solved_at, "solved", untold));
    }
    if state.notified_at == 0
        || known
            .letters
            .iter()
            .any(|letter| is_of(letter, state.notified_at))
    {
        return None;
    }
    let unconfirmed = state.unconfirmed.iter();
    let unconfirmed =
        unconfirmed.filter(|one| Some(one.ticket) == state.ticket && one.comment.is_none());
    let unconfirmed = unconfirmed.count() > 0;
    if let (false, None, Some(fate)) = (
        unconfirmed,
        state.closing_skipped,
        fate::of_closing(&known.watch, state.ticket, state.notified_at),
    ) {
        let standing = format!("accepted; closing SMS {fate}");
        return Some(hop(state.notified_at, "solved", &standing));
    }
    let standing = match state.closing_skipped {
        _ if unconfirmed => "Braze's answer is not known: sms_resend sends the closing SMS again",
        None => "accepted and closing SMS sent to Braze",
        Some(ClosingSkipped::OptOutAsked) => {
            "accepted; no closing SMS: the customer had asked for no more texts"
        }
        Some(ClosingSkipped::OptedOut) => "accepted; no closing SMS: the customer had opted out",
        Some(ClosingSkipped::NotSubscribed) => {
            "accepted; no closing SMS: the customer is not subscribed"
        }
        Some(ClosingSkipped::NoCampaign) => "accepted; no closing SMS: no campaign is set for it",
        Some(ClosingSkipped::Tag) => "accepted; no closing SMS: a tag of the ticket forbids it",
        Some(ClosingSkipped::Empty) => "accepted; no closing SMS: the message has no text",
        Some(ClosingSkipped::Loop) => "accepted; no closing SMS: the same text came too often",
        Some(ClosingSkipped::Limit) => "accepted; no closing SMS: beyond the limit of SMS parts",
        Some(ClosingSkipped::Refused) => "accepted; no closing SMS: Braze refused it",
        Some(ClosingSkipped::Other) => "accepted; no closing SMS",
    };
    Some(hop(state.notified_at, "solved", standing))
}

/// Whether it is the closing message of the solve asked for at this time.
fn is_of(letter: &Letter, notified_at: i64) -> bool {
    let Some(entry) = letter.entry() else {
        return false;
    };
    match &entry.event.body {
        Body::Solved(solved) => {
            solved.asked_at == Some(notified_at) || entry.event.received_at == notified_at
        }
        _ => false,
    }
}

/// The last consent, where no note on the ticket tells of it.
fn consent(known: &Known) -> Option<Hop> {
    let state = &known.held.state;
    let (kind, standing) = match state.opted_out {
        true => ("opt-out", "known: no SMS is sent"),
        false => ("opt-in", "known: SMS are sent again"),
    };
    let at = state.consent_at;
    let since = at.div_euclid(1000) * 1000;
    let mut notes = known.comments.iter().filter(|note| note.delivery.is_some());
    let noted = notes.any(|note| {
        note.created_at.is_some_and(|at| at >= since) && consent_told(note) == Some(kind)
    });
    (at > 0 && !noted).then(|| hop(at, kind, standing))
}

fn hop(at: i64, kind: &'static str, standing: &str) -> Hop {
    Hop {
        at,
        kind,
        standing: standing.to_owned(),
        delivery: None,
        comment: None,
        arrival: None,
        text: None,
    }
}
