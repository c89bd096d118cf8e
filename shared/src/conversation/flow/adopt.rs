//! Which of a customer's tickets the conversation is on: the one an agent answered last.

use crate::message::{Reply, Solved, TicketId};

use super::super::state::Status;
use super::{Flow, No, Stop};

/// How long before its webhook a comment on an unknown ticket may have been written to count as
/// part of the conversation, in milliseconds.
const ADOPTION_WINDOW: i64 = 10 * 60 * 1000;

/// The answer leaves the conversation where it is, because its webhook is a late one: of a ticket that
/// is closed or gone, or solved while the customer's own is not.
pub(super) async fn is_elsewhere(flow: &mut Flow<'_>, reply: &Reply) -> Result<bool, Stop> {
    let (Some(named), Some(current)) = (reply.ticket, flow.state.ticket) else {
        return Ok(false);
    };
    if named == current {
        return Ok(false);
    }
    match flow.look_up_ticket(named).await? {
        Ok(Some(facts)) => Ok(match facts.status {
            Some(Status::Closed) => true,
            Some(Status::Solved) => !flow.state.is_done(),
            _ => false,
        }),
        Ok(None) | Err(No::NotFound | No::Refused(_)) => Ok(true),
        Err(no) => Err(no.into()),
    }
}

/// The conversation is on the answer's ticket from now on, with the status the answer leaves it in.
pub(super) fn by_answer(flow: &mut Flow<'_>, reply: &Reply) {
    let status = reply.status.as_deref().and_then(Status::parse);
    if let Some(ticket) = reply.ticket
        && flow.state.ticket != Some(ticket)
    {
        move_to(flow, ticket, status, reply.asked_at);
    }
    let state = &mut *flow.state;
    // Written before a solve that is known, reported after it: the solve stands.
    if state.is_done() && reply.comment.is_some() && reply.comment <= state.solved_upto {
        return;
    }
    match status {
        Some(status) if !status.is_done() => state.saw_status(status, flow.about.at),
        // The solve is left to its own event, which notifies the customer.
        Some(status) if !state.is_done() => state.status = Some(status),
        _ => {}
    }
}

/// The solved ticket, where the conversation is on it, or on none so far.
pub(super) fn by_solve(flow: &mut Flow<'_>, solved: &Solved) -> Result<TicketId, &'static str> {
    match (solved.ticket, flow.state.ticket) {
        (Some(named), Some(current)) if named != current => {
            Err("the conversation is on another ticket")
        }
        (Some(named), None) => {
            move_to(flow, named, None, solved.asked_at);
            Ok(named)
        }
        (_, Some(current)) => Ok(current),
        (None, None) => Err("no conversation"),
    }
}

/// Moves the conversation to a ticket that is only known from an event on it.
fn move_to(flow: &mut Flow<'_>, ticket: TicketId, status: Option<Status>, asked_at: Option<i64>) {
    let context = flow.context();
    let asked_at = context.asked_at(asked_at).unwrap_or(context.at);
    let since = asked_at.saturating_sub(ADOPTION_WINDOW);
    flow.state.move_to(ticket, status, since);
    flow.state.user = None;
}
