//! Which of a customer's tickets the conversation is on.
//!
//! In: an agent's answer, what Zendesk says of its ticket. Out: the state on that ticket, or as it was.

use crate::message::Reply;

use super::super::state::{Progress, State, Status};
use super::super::step::TicketFacts;
use super::Case;

/// How long before its webhook a comment on an unknown ticket may have been written to count as
/// part of the conversation, in milliseconds.
pub(super) const ADOPTION_WINDOW: i64 = 10 * 60 * 1000;

/// An answer on another ticket takes the conversation there, unless its webhook is a late one: of a
/// ticket that is closed or gone, or solved while the customer's own is not. It is sent all the same.
pub(super) fn follow(state: &State, progress: &mut Progress, facts: Option<TicketFacts>) {
    progress.confirmed = true;
    progress.elsewhere = match facts {
        None => true,
        Some(facts) => match facts.status {
            Some(Status::Closed) => true,
            Some(Status::Solved) => !state.is_done(),
            _ => false,
        },
    };
}

/// The conversation follows the ticket an agent answered last.
pub(super) fn adopt(case: &Case<'_>, state: &mut State, reply: &Reply) {
    let status = reply.status.as_deref().and_then(Status::parse);
    match reply.ticket {
        Some(ticket) if state.ticket != Some(ticket) => {
            let asked = case.asked_at(reply.asked_at).unwrap_or(case.at);
            state.move_to(ticket, status, asked.saturating_sub(ADOPTION_WINDOW));
            state.user = None;
        }
        _ => {}
    }
    // Written before a solve that is known, reported after it: the solve stands.
    if state.is_done() && reply.comment.is_some() && reply.comment <= state.solved_upto {
        return;
    }
    // "solved" is left to its own event, which tells the customer.
    match status {
        Some(status) if !status.is_done() => state.saw_status(status, case.at),
        Some(status) if !state.is_done() => state.status = Some(status),
        _ => {}
    }
}
