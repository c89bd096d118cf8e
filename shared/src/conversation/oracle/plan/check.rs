//! The conversation is compared with its ticket: answers whose webhook never came are sent, a solve
//! that nobody reported is made up for, a ticket closed, merged or deleted behind our back is noticed.

use crate::message::{Body, DeliveryId, Event, Resend, Solved, TicketId};

use super::super::state::{Entry, Progress, State, Status};
use super::super::step::{
    Ending, Failure, FetchedComment, Next, Outcome, Step, TicketFacts, Verdict,
};
use super::{Case, attributes_entry, missed, moved, resend, told};

pub(super) fn next(case: &Case<'_>, state: &mut State, progress: &Progress) -> Next {
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
        Progress { merged: true, .. } => Step::FindMergeTarget(ticket),
        Progress {
            solve_seen: false, ..
        } if state.status == Some(Status::Solved) => Step::LookUpSolve(ticket),
        _ => return Next::Settled(over(case, state, progress)),
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
            over(case, state, progress)
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
            over(case, state, progress)
        }
        (_, Outcome::Comments(comments)) => read(case, state, progress, comments),
        (_, Outcome::SolvedAt(solved_at)) => {
            progress.solve_seen = true;
            again_or_after(untold(case, state, progress, solved_at))
        }
        _ => over(case, state, progress),
    }
}

fn compared(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    facts: &TicketFacts,
) -> Verdict {
    let was_done = state.is_done();
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
    // Reopened without a word.
    progress.announce |= was_done && !state.is_done();
    let asked = !progress.merged && resend::is_asked(&facts.tags);
    again_or_after(asked.then(|| resend_entry(case, facts.ticket)))
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
    let found = missed::replies(case, state, comments, state.status);
    if progress.merged {
        // Zendesk's own time on both sides: no slack.
        state.since = merged_at.saturating_add(missed::CLOCK_SLACK);
    }
    again_or_after(found)
}

/// A solve that the customer was not told of.
fn untold(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    solved_at: Option<i64>,
) -> Option<Entry> {
    match solved_at {
        Some(at) if at <= told::until(state) => {
            // An answer that was reported late may have shown it as open since.
            progress.announce |= !state.closing_told;
            state.closing_told = true;
            state.saw_status(Status::Solved, at);
            None
        }
        None if state.closing_told => None,
        solved_at => Some(solved(case, state, solved_at)),
    }
}

fn again_or_after(found: impl IntoIterator<Item = Entry>) -> Verdict {
    let found: Vec<Entry> = found.into_iter().collect();
    match found.is_empty() {
        true => Verdict::Again,
        false => Verdict::After(found),
    }
}

fn over(case: &Case<'_>, state: &State, progress: &Progress) -> Verdict {
    let mut follow = Vec::new();
    let unreported = state.status == Some(Status::Solved) && !state.closing_told;
    // Zendesk could not say when.
    if unreported && progress.confirmed && !progress.solve_seen {
        follow.push(solved(case, state, None));
    }
    if progress.announce {
        follow.push(attributes_entry(case));
    }
    if !progress.fetched && follow.is_empty() {
        return Verdict::ignored("Zendesk could not be asked");
    }
    Verdict::Done(Ending::Delivered, follow)
}

/// A solve that no webhook reported.
fn solved(case: &Case<'_>, state: &State, asked_at: Option<i64>) -> Entry {
    let body = Body::Solved(Solved {
        ticket: state.ticket,
        asked_at,
        ..Solved::default()
    });
    unreported(case, "solved-unreported", body)
}

/// A tag that no webhook reported.
fn resend_entry(case: &Case<'_>, ticket: TicketId) -> Entry {
    let ticket = Some(ticket);
    unreported(case, "resend-unreported", Body::Resend(Resend { ticket }))
}

fn unreported(case: &Case<'_>, kind: &str, body: Body) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive(kind, &[case.delivery.as_str()]),
        received_at: case.now,
        body,
    })
}
