//! The conversation is compared with its ticket: answers whose webhook never came are sent, a solve
//! that nobody reported is made up for, a ticket closed, merged or deleted behind our back is noticed.

use crate::message::{Body, DeliveryId, Event, Solved};

use super::super::state::{Entry, Progress, State, Status};
use super::super::step::{
    Ending, Failure, FetchedComment, Next, Outcome, Step, TicketFacts, Verdict,
};
use super::{Case, attributes_entry, missed, moved};

pub(super) fn next(state: &mut State, progress: &Progress) -> Next {
    // Once is enough; the solve looks again.
    state.files_unseen = 0;
    let Some(ticket) = state.ticket else {
        return Next::Settled(Verdict::ignored("no conversation"));
    };
    Next::Step(match progress {
        Progress { fetched: false, .. } => Step::LookUpTicket(ticket),
        Progress {
            confirmed: false, ..
        } => Step::FetchComments(ticket),
        _ => Step::FindMergeTarget(ticket),
    })
}

pub(super) fn apply(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    step: &Step,
    outcome: Outcome,
) -> Verdict {
    match (step, outcome) {
        (Step::FindMergeTarget(_), Outcome::Ticket(Some(target))) => {
            // What was written on the other ticket before is not part of this conversation.
            state.move_to(target.ticket, target.status, state.since);
            *progress = Progress {
                announce: true,
                ..Progress::default()
            };
            Verdict::Checkpoint
        }
        (Step::FindMergeTarget(_), Outcome::Ticket(None)) => {
            state.status = Some(Status::Closed);
            over(case, progress, vec![])
        }
        (_, Outcome::Ticket(Some(facts))) => {
            progress.fetched = true;
            state.checked_at = case.now;
            compared(case, state, progress, &facts)
        }
        (Step::LookUpTicket(_), Outcome::Ticket(None) | Outcome::Failed(Failure::NotFound)) => {
            state.ticket = None;
            state.status = None;
            progress.announce = true;
            over(case, progress, vec![])
        }
        (_, Outcome::Comments(comments)) => read(case, state, progress, comments),
        _ => over(case, progress, vec![]),
    }
}

fn compared(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    facts: &TicketFacts,
) -> Verdict {
    match facts.status {
        Some(Status::Closed) => {
            progress.announce = true;
            progress.merged = moved::is_merged(facts);
            if !progress.merged {
                state.status = Some(Status::Closed);
            }
        }
        // Whether the customer was told of the solve decides what follows.
        Some(Status::Solved) => state.status = Some(Status::Solved),
        Some(status) => state.saw_status(status, case.now),
        None => {}
    }
    Verdict::Again
}

fn read(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    comments: Vec<FetchedComment>,
) -> Verdict {
    progress.confirmed = true;
    // The merge itself is the last thing written on a ticket that was merged into another.
    let merged_at = comments.first().map_or(case.at, |last| last.created_at);
    let mut first = missed::replies(case, state, comments, state.status);
    if !progress.merged {
        first.extend(unreported_solve(case, state));
        return over(case, progress, first);
    }
    // Zendesk's own time on both sides: no slack.
    state.since = merged_at.saturating_add(missed::CLOCK_SLACK);
    match first.is_empty() {
        true => Verdict::Again,
        false => Verdict::After(first),
    }
}

fn over(case: &Case<'_>, progress: &Progress, mut first: Vec<Entry>) -> Verdict {
    if progress.announce {
        first.push(attributes_entry(case));
    }
    if !progress.fetched && first.is_empty() {
        return Verdict::ignored("Zendesk could not be asked");
    }
    Verdict::Done(Ending::Delivered, first)
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
