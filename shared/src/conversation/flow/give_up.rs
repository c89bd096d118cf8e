//! When an event is given up, and what the agent reads then.

use crate::message::Body;

use super::super::notes;
use super::super::policy::millis;
use super::super::state::{Entry, Lane, State};
use super::super::step::{Ending, Refusal};
use super::{Done, EventContext, Pause, reply};

/// After so many workers vanished over an event it is taken for the cause, and given up: those
/// behind it wait for it.
pub(super) const MOST_BREAKS: u8 = 8;

/// Why such an event is given up.
pub(super) const BROKE_OFF: &str = "the work on it broke off too often";

/// Why an event is given up that could not be delivered in time.
pub(super) const TOO_LONG: &str = "tried for too long";

/// Workers vanished over it again and again.
pub(super) fn is_poison(entry: &Entry) -> bool {
    entry.progress.breaks >= MOST_BREAKS
}

/// Gives up on an event that workers vanish over.
pub(super) fn broke_off(context: EventContext<'_>, state: &mut State, entry: &Entry) -> Done {
    let note = match entry.event.body {
        Body::Note(_) | Body::LateFiles(_) | Body::Attributes | Body::Check(_) | Body::Other => {
            None
        }
        Body::Unsubscribe => Some(notes::braze_not_informed(context.policy.language)),
        _ => Some(notes::broke_off(context.policy.language)),
    };
    given_up(context, state, entry, BROKE_OFF, note)
}

/// Tries again later, or gives up on an event that has been tried for too long.
pub(super) fn later(
    context: EventContext<'_>,
    state: &mut State,
    entry: &Entry,
    not_before: Option<i64>,
) -> Result<Done, Pause> {
    let stood = match entry.lane() {
        Lane::Braze | Lane::Automatic => state.stood_still(context.at, context.now),
        Lane::Zendesk | Lane::Files | Lane::Attributes | Lane::Look | Lane::Own | Lane::Newer => 0,
    };
    let since = context.at.max(entry.progress.put_off);
    let age = context.now.saturating_sub(since) - stood;
    // A keyword waits for nothing but the number's conversation, which a worker holds: it has to count.
    let is_keyword = matches!(entry.event.body, Body::Consent(_));
    if age < millis(context.policy.give_up_after) || is_keyword {
        return Err(Pause::Later(not_before, None));
    }
    let progress = &entry.progress;
    if progress.posted && matches!(entry.event.body, Body::Text(_)) {
        // The text itself is on the ticket, and only that could be lost.
        return Ok(Done::ended(Ending::Delivered, [context.attributes()]));
    }
    let (language, hours) = (context.policy.language, context.policy.give_up_after);
    let note = match entry.event.body {
        Body::Text(_) if progress.doubtful => Some(notes::text_in_doubt(language)),
        Body::Text(_) => Some(notes::text_given_up(language, hours)),
        Body::Reply(_) if progress.doubtful => {
            Some(notes::unknown(language, context.now, progress.sent, false))
        }
        Body::Reply(_) | Body::Solved(_) | Body::Resend(_) | Body::Say(_) => {
            Some(notes::answer_given_up(language, hours, progress.sent))
        }
        Body::Unsubscribe => Some(notes::braze_not_informed(language)),
        Body::Consent(_)
        | Body::Note(_)
        | Body::LateFiles(_)
        | Body::Attributes
        | Body::Check(_)
        | Body::Other => None,
    };
    Ok(given_up(context, state, entry, TOO_LONG, note))
}

/// A dead letter of the bridge's own making, with a note on the conversation's ticket.
fn given_up(
    context: EventContext<'_>,
    state: &mut State,
    entry: &Entry,
    cause: &str,
    note: Option<String>,
) -> Done {
    let before = Box::new(state.clone());
    let progress = &entry.progress;
    // A text in doubt may have opened a ticket that the conversation does not know.
    let in_doubt = (progress.doubtful || progress.unfound) && !progress.posted;
    if in_doubt && matches!(entry.event.body, Body::Text(_)) {
        state.opened_by_given_up = Some(context.marker.clone());
    }
    // Found among the ticket's comments later, it is known as one the agent read about.
    if let Body::Reply(answer) = &entry.event.body {
        reply::remember(state, context.delivery, answer);
    }
    let note = state.ticket.zip(note);
    let note = note.map(|(ticket, text)| context.note(ticket, text, &[]));
    Done::Dead {
        refusal: Refusal::own(cause),
        follow: note.into_iter().collect(),
        before,
    }
}
