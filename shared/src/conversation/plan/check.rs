//! The conversation is compared with its ticket: answers whose webhook never came are sent, a solve
//! that nobody reported is made up for, a ticket closed or deleted behind our back is noticed.

use crate::message::{Body, DeliveryId, Event, Solved};

use super::super::state::{Entry, Progress, State, Status};
use super::super::step::{Ending, Failure, Next, Outcome, Step, TicketFacts, Verdict};
use super::{Case, attributes_entry, missed};

pub(super) fn next(case: &Case<'_>, state: &mut State, progress: &Progress) -> Next {
    state.checked_at = case.now;
    // Once is enough; the solve looks again.
    state.files_unseen = 0;
    match state.ticket {
        None => Next::Settled(Verdict::ignored("no conversation")),
        Some(ticket) if progress.fetched => Next::Step(Step::FetchComments(ticket)),
        Some(ticket) => Next::Step(Step::LookUpTicket(ticket)),
    }
}

pub(super) fn apply(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    outcome: Outcome,
) -> Verdict {
    match outcome {
        Outcome::Ticket(Some(facts)) => {
            progress.fetched = true;
            compared(case, state, &facts)
        }
        Outcome::Ticket(None) | Outcome::Failed(Failure::NotFound) => {
            state.ticket = None;
            state.status = None;
            Verdict::Done(Ending::Delivered, vec![attributes_entry(case)])
        }
        Outcome::Comments(comments) => {
            let mut first = missed::replies(case, state, comments, state.status);
            first.extend(unreported_solve(case, state));
            Verdict::Done(Ending::Delivered, first)
        }
        // Nothing waits for a comparison: the next one comes.
        _ => Verdict::ignored("Zendesk could not be asked"),
    }
}

fn compared(case: &Case<'_>, state: &mut State, facts: &TicketFacts) -> Verdict {
    match facts.status {
        Some(Status::Closed) => {
            state.status = Some(Status::Closed);
            Verdict::Done(Ending::Delivered, vec![attributes_entry(case)])
        }
        // Whether the customer was told of the solve decides what follows.
        Some(Status::Solved) => {
            state.status = Some(Status::Solved);
            Verdict::Again
        }
        Some(status) => {
            state.saw_status(status, case.now);
            Verdict::Again
        }
        None => Verdict::Again,
    }
}

fn unreported_solve(case: &Case<'_>, state: &State) -> Option<Entry> {
    let unreported = state.status == Some(Status::Solved) && !state.closing_told;
    let delivery = DeliveryId::derive("solved-unreported", &[case.delivery.as_str()]);
    let body = Body::Solved(Solved {
        ticket: state.ticket,
        ..Solved::default()
    });
    unreported.then(|| {
        Entry::fresh(Event {
            delivery,
            received_at: case.now,
            body,
        })
    })
}
