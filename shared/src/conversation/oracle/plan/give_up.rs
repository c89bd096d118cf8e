//! When an event is given up, and what the agent is told then.
//!
//! In: an event that could not be delivered now. Out: a pause, or a dead letter with a note. Pure.

use crate::message::Body;

use super::super::notes;
use super::super::policy::{Policy, millis};
use super::super::state::{Entry, Progress, State};
use super::super::step::{Ending, Refusal, Verdict};
use super::{Case, Context, attributes_entry, note_entry};

/// After so many workers vanished over an event it is taken for the cause, and given up: those
/// behind it wait for it.
pub(super) const MOST_BREAKS: u8 = 8;

/// Why such an event is given up.
pub const BROKE_OFF: &str = "the work on it broke off too often";

/// Why an event is given up that could not be delivered in time.
pub const TOO_LONG: &str = "tried for too long";

/// Tries again later, or gives up on an event that has been tried for too long.
pub(super) fn later(
    context: &Context<'_>,
    state: &mut State,
    entry: &Entry,
    not_before: Option<i64>,
) -> Verdict {
    let event = &entry.event;
    if !is_too_old(context.policy, event.received_at, context.now) {
        return Verdict::Wait(not_before);
    }
    if entry.progress.posted && matches!(event.body, Body::Text(_)) {
        // The text itself is on the ticket, and only that could be lost.
        let case = Case::new(context, &event.delivery, entry.marker(), event.received_at);
        return Verdict::Done(Ending::Delivered, vec![attributes_entry(&case)]);
    }
    may_have_opened_a_ticket(state, entry);
    let Policy {
        language,
        give_up_after,
        ..
    } = *context.policy;
    let note = match event.body {
        Body::Text(_) if entry.progress.doubtful => Some(notes::text_in_doubt(language)),
        Body::Text(_) | Body::Consent(_) => Some(notes::text_given_up(language, give_up_after)),
        Body::Reply(_) | Body::Solved(_) | Body::Resend(_) => Some(notes::answer_given_up(
            language,
            give_up_after,
            entry.progress.sent,
        )),
        Body::Note(_) | Body::Attributes | Body::Check => None,
    };
    given_up(TOO_LONG, noted(context, state, entry, note))
}

/// An event that has been tried for so long is given up.
pub fn is_too_old(policy: &Policy, received_at: i64, now: i64) -> bool {
    now.saturating_sub(received_at) >= millis(policy.give_up_after)
}

/// Workers vanished over it again and again.
pub fn is_poison(entry: &Entry) -> bool {
    entry.progress.breaks >= MOST_BREAKS
}

/// A text that is given up in doubt may have opened a ticket that nobody knows of.
fn may_have_opened_a_ticket(state: &mut State, entry: &Entry) {
    let Progress {
        doubtful,
        unfound,
        posted,
        ..
    } = entry.progress;
    if matches!(entry.event.body, Body::Text(_)) && (doubtful || unfound) && !posted {
        state.perhaps = Some(entry.marker().clone());
    }
}

/// Gives up on an event that workers vanish over.
pub(super) fn broken(context: &Context<'_>, state: &mut State, entry: &Entry) -> Verdict {
    may_have_opened_a_ticket(state, entry);
    let note = match entry.event.body {
        Body::Note(_) | Body::Attributes | Body::Check => None,
        _ => Some(notes::broke_off(context.policy.language)),
    };
    given_up(BROKE_OFF, noted(context, state, entry, note))
}

/// A dead letter of the bridge's own making.
pub fn given_up(cause: &str, follow: Vec<Entry>) -> Verdict {
    Verdict::Done(Ending::Dead(Refusal::own(cause)), follow)
}

/// A note on the conversation's ticket, where there is one.
fn noted(context: &Context<'_>, state: &State, entry: &Entry, note: Option<String>) -> Vec<Entry> {
    let event = &entry.event;
    let case = Case::new(context, &event.delivery, entry.marker(), event.received_at);
    let note = state.ticket.zip(note);
    let note = note.map(|(ticket, text)| note_entry(&case, ticket, text, &[]));
    note.into_iter().collect()
}
