//! Which of a customer's tickets the conversation is on: the one an agent answered last.

use crate::message::{Reply, Solved, TicketId};

use super::super::state::{State, Status};
use super::super::step::TicketFacts;
use super::{CLOCK_SLACK, Flow};

/// How long before its webhook a comment on an unknown ticket may have been written to count as
/// part of the conversation, in milliseconds.
const ADOPTION_WINDOW: i64 = 10 * 60 * 1000;

/// How long after it was asked for an answer may solve its ticket too, in milliseconds: later, the ticket was
/// solved after it.
const SAME_MOMENT: i64 = 60 * 1000;

/// The conversation is on the answer's ticket from now on, with the status the answer leaves it in. It stays
/// where it is where the webhook is a late one. `facts`: what was looked up of the ticket, which is the customer's.
pub(super) fn by_answer(flow: &mut Flow<'_>, reply: &Reply, facts: Option<&TicketFacts>) {
    let status = reply.status.as_deref().and_then(Status::parse);
    if let Some(facts) = facts.filter(|facts| flow.state.ticket != Some(facts.ticket)) {
        if is_late(flow, reply, facts) {
            return;
        }
        flow.progress.solves = flow.state.ticket.is_some() && brings_solve(status, facts);
        move_to(flow, facts, status, reply.asked_at);
    }
    if predates_solve(flow.state, reply) {
        return;
    }
    let state = &mut *flow.state;
    match status {
        Some(status) if !status.is_done() => state.saw_status(status, flow.about.at),
        // The solve is left to its own event, which notifies the customer.
        Some(status) if !state.is_done() => state.status = Some(status),
        _ => {}
    }
}

/// The answer solved its ticket, which may have been reopened since.
fn brings_solve(status: Option<Status>, facts: &TicketFacts) -> bool {
    status.is_some_and(Status::is_done) && facts.status.is_none_or(Status::is_done)
}

/// Written before a solve that is known, reported after it: the solve stands.
fn predates_solve(state: &State, reply: &Reply) -> bool {
    state.is_done() && reply.comment.is_some() && reply.comment <= state.solved_upto
}

/// Of a ticket that is closed, or solved since while the customer's own is not.
fn is_late(flow: &Flow<'_>, reply: &Reply, facts: &TicketFacts) -> bool {
    let asked = flow.context().asked_at(reply.asked_at);
    let just_now =
        asked.is_some_and(|asked| flow.now().abs_diff(asked) < SAME_MOMENT.unsigned_abs());
    flow.state.ticket.is_some()
        && match facts.status {
            Some(Status::Closed) => true,
            Some(Status::Solved) => !flow.state.is_done() && !just_now,
            _ => false,
        }
}

/// The solved ticket, where the conversation is on it, or on none so far.
pub(super) fn solved_ticket(flow: &Flow<'_>, solved: &Solved) -> Result<TicketId, &'static str> {
    match (solved.ticket, flow.state.ticket) {
        (Some(named), Some(current)) if named != current => {
            Err("the conversation is on another ticket")
        }
        (Some(ticket), _) | (None, Some(ticket)) => Ok(ticket),
        (None, None) => Err("no conversation"),
    }
}

/// The conversation is on the solved ticket from now on, where it was on none.
pub(super) fn by_solve(flow: &mut Flow<'_>, solved: &Solved, facts: &TicketFacts) {
    if flow.state.ticket.is_none() {
        move_to(flow, facts, None, solved.asked_at);
    }
}

/// From when on comments on a ticket that the conversation is not on are part of it, in milliseconds since the
/// epoch. `changed_at`: when something happened there.
pub(super) fn since(flow: &Flow<'_>, ticket: TicketId, changed_at: i64) -> i64 {
    after_leaving(flow, ticket, changed_at.saturating_sub(ADOPTION_WINDOW))
}

/// Moves the conversation to a ticket that is only known from an event on it.
fn move_to(
    flow: &mut Flow<'_>,
    facts: &TicketFacts,
    status: Option<Status>,
    asked_at: Option<i64>,
) {
    let context = flow.context();
    let asked_at = context.asked_at(asked_at).unwrap_or(context.at);
    let since = match flow.about.policy.tag {
        // What was written before the tag was set is not for the phone.
        Some(_) => asked_at.saturating_add(CLOCK_SLACK),
        None => asked_at.saturating_sub(ADOPTION_WINDOW),
    };
    let since = after_leaving(flow, facts.ticket, since);
    flow.state.move_to(facts.ticket, status, since);
    flow.state.user = facts.requester;
}

/// What was written after the conversation left the ticket was not for the customer.
fn after_leaving(flow: &Flow<'_>, ticket: TicketId, since: i64) -> i64 {
    let left = flow.state.left.filter(|(left, _)| *left == ticket);
    left.map_or(since, |(_, at)| since.max(at.saturating_add(CLOCK_SLACK)))
}
