//! A customer who opted out writes all the same: the ticket their text comes to says so, once.

use crate::message::DeliveryId;

use super::super::notes;
use super::super::state::State;
use super::super::step::{Ending, Outcome, Verdict};
use super::aside::OPTED_OUT_TAG;
use super::{Case, note_entry};

/// Whether the conversation's ticket says that the customer opted out.
pub(super) fn is_told(state: &State) -> bool {
    state.opted_out && state.ticket.is_some() && state.opted_out_on == state.ticket
}

/// How a text ends that Braze's attributes were set for.
pub(super) fn announced(case: &Case<'_>, state: &mut State, outcome: &Outcome) -> Verdict {
    tell(
        case,
        state,
        super::announced(case, Ending::Delivered, outcome),
    )
}

/// How a text ends: where its ticket does not say yet that the customer opted out, that follows.
pub(super) fn tell(case: &Case<'_>, state: &mut State, verdict: Verdict) -> Verdict {
    let (Verdict::Done(ending, mut follow), Some(ticket)) = (verdict.clone(), state.ticket) else {
        return verdict;
    };
    if !state.opted_out || is_told(state) {
        return verdict;
    }
    state.opted_out_on = Some(ticket);
    let text = notes::customer_opted_out(case.policy.language);
    let mut note = note_entry(case, ticket, text, &[OPTED_OUT_TAG]);
    // The text may have another note.
    note.event.delivery = DeliveryId::derive("opted-out", &[case.delivery.as_str()]);
    follow.push(note);
    Verdict::Done(ending, follow)
}
