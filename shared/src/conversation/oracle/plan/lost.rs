//! A text whose write got no answer: whether it is on its ticket, before it is written again.
//!
//! In: what Zendesk says of the marker. Out: the text on the ticket, to be written, or in doubt still.

use crate::message::{DeliveryId, Text, TicketId};

use super::super::notes;
use super::super::state::{Progress, State};
use super::super::step::{Ending, Failure, Outcome, Refusal, Verdict};
use super::{Case, REFUSED_FOR, media, moved, new_ticket, note_entry, text};

/// The append was looked for on a ticket.
pub(super) fn looked_for(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    text: &Text,
    ticket: TicketId,
    outcome: Outcome,
) -> Verdict {
    let here = state.ticket == Some(ticket);
    match outcome {
        Outcome::Present(comment) => {
            comment.into_iter().for_each(|comment| state.wrote(comment));
            progress.doubtful = false;
            progress.unfound = false;
            progress.posted = true;
            // On a ticket that was only known from an answer on it, the conversation began with this text.
            if here && state.user.is_none() {
                state.since = state.since.min(case.at);
            }
            if here && state.is_done() {
                // Whoever vanished may have told Braze of a status that was then not written down.
                progress.announce = true;
                progress.reopen = !text::is_thanks(case, state, text);
            }
            media::looked_for(progress, text)
        }
        Outcome::Absent => {
            not_there(progress);
            media::looked_for(progress, text)
        }
        Outcome::Failed(Failure::NotFound) if here => {
            progress.unfound |= progress.doubtful;
            moved::start_over(state, progress);
            Verdict::Again
        }
        Outcome::Failed(Failure::NotFound) => {
            not_there(progress);
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(refusal)) => in_doubt(case, state, refusal),
        _ => Verdict::Wait(None),
    }
}

/// The ticket was looked for that the text, or one that was given up, may have opened.
pub(super) fn ticket_looked_for(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    text: &Text,
    id: &DeliveryId,
    outcome: Outcome,
) -> Verdict {
    match outcome {
        Outcome::Ticket(found) if id != case.marker => {
            new_ticket::adopt_given_up(case, state, progress, found)
        }
        Outcome::Ticket(found) => {
            state.perhaps.take_if(|perhaps| perhaps == id);
            new_ticket::adopt_created(case, state, progress, found);
            media::looked_for(progress, text)
        }
        Outcome::Failed(Failure::Refused(refusal)) => {
            let verdict = in_doubt(case, state, refusal);
            if matches!(verdict, Verdict::Done(..)) {
                state.perhaps = Some(id.clone());
            }
            verdict
        }
        _ => Verdict::Wait(None),
    }
}

/// The append in doubt is not on the ticket it was meant for; it may have been a creation.
fn not_there(progress: &mut Progress) {
    progress.doubtful = false;
    progress.tried = None;
    progress.unfound = true;
}

/// Zendesk refuses to say whether it took the text: it is asked for a while, and then the text is
/// kept, still in doubt, and the agent told.
fn in_doubt(case: &Case<'_>, state: &State, refusal: Refusal) -> Verdict {
    if case.now.saturating_sub(case.at) < REFUSED_FOR {
        return Verdict::Wait(None);
    }
    let note = notes::text_in_doubt(case.policy.language);
    let note = state
        .ticket
        .map(|ticket| note_entry(case, ticket, note, &[]));
    Verdict::Done(Ending::Dead(refusal), note.into_iter().collect())
}
