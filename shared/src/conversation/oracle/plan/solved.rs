//! The ticket was solved: answers not yet sent go first, then the closing message, once.

use crate::message::{Solved, TicketId};

use super::super::notes;
use super::super::state::{Entry, Progress, Silent, State, Status, Unsure};
use super::super::step::{
    Attributes, Ending, Failure, Next, Outcome, Refusal, Step, TicketFacts, Verdict,
};
use super::follow::ADOPTION_WINDOW;
use super::{
    Case, REFUSED_FOR, announced, attributes_entry, closing, fuse, missed, note_entry, told,
};

pub(super) fn next(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    solved: &Solved,
) -> Next {
    let ticket = match (solved.ticket, state.ticket) {
        (Some(named), Some(current)) if named != current => {
            return Next::Settled(Verdict::ignored("the conversation is on another ticket"));
        }
        (Some(named), None) => {
            let asked = case.asked_at(solved.asked_at).unwrap_or(case.at);
            state.move_to(named, None, asked.saturating_sub(ADOPTION_WINDOW));
            state.user = None;
            named
        }
        (_, Some(current)) => current,
        (None, None) => return Next::Settled(Verdict::ignored("no conversation")),
    };
    if progress.doubtful {
        return Next::Settled(unknown(case, state, progress, solved));
    }
    // What was begun is finished.
    if progress.sent == 0
        && let Some(first) = before_telling(case, state, progress, solved, ticket)
    {
        return first;
    }
    tell(case, state, progress, solved, ticket)
}

/// What comes before the customer is told, if anything does.
fn before_telling(
    case: &Case<'_>,
    state: &State,
    progress: &Progress,
    solved: &Solved,
    ticket: TicketId,
) -> Option<Next> {
    if told::is_told(case, state, solved) {
        return Some(Next::Settled(Verdict::Done(Ending::Duplicate, vec![])));
    }
    let refused = state.silent == Some(Silent::Refused);
    if state.closing_told && !refused && !progress.confirmed {
        return Some(Next::Step(Step::LookUpSolve(ticket)));
    }
    if (refused || told::is_older_than_the_last_text(case, state, solved)) && !progress.confirmed {
        return Some(Next::Step(Step::LookUpTicket(ticket)));
    }
    (!progress.fetched).then_some(Next::Step(Step::FetchComments(ticket)))
}

/// The closing message, or the attributes alone.
fn tell(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    solved: &Solved,
    ticket: TicketId,
) -> Next {
    progress.too_often = fuse::is_blown(case, state);
    let campaign =
        closing::campaign(case, solved).filter(|_| !state.opted_out && !progress.too_often);
    // Meant: what was begun is finished.
    let begun = progress.sent > 0;
    if campaign.is_some() && solved.tags.is_none() && !progress.tags_seen && !begun {
        return Next::Step(Step::LookUpTicket(ticket));
    }
    let told_of = |tags: &Vec<String>| is_quiet(case, tags);
    let quiet = progress.quiet || solved.tags.as_ref().is_some_and(told_of);
    let quiet = quiet && !begun;
    let campaign = campaign.filter(|_| !quiet);
    let messages = match campaign {
        Some(_) => closing::messages(case, solved),
        None => vec![],
    };
    if let Some(verdict) = closing::too_long(case, state, messages.len()) {
        told::close(case, state, solved);
        state.silent = Some(Silent::Other);
        return Next::Settled(verdict);
    }
    let sms =
        campaign.and_then(|campaign| closing::sms(case, progress, campaign, ticket, messages));
    Next::Step(match sms {
        Some(sms) => Step::SendSms(Box::new(sms)),
        None => Step::SetAttributes(Attributes {
            customer: case.customer.clone(),
            ticket: Some(ticket),
            open: false,
        }),
    })
}

pub(super) fn apply(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    solved: &Solved,
    step: &Step,
    outcome: Outcome,
) -> Verdict {
    match (step, outcome) {
        (Step::LookUpTicket(_), Outcome::Ticket(facts)) => {
            looked_up(case, state, progress, solved, facts)
        }
        (Step::LookUpTicket(_), Outcome::Failed(_)) => {
            looked_up(case, state, progress, solved, None)
        }
        (Step::FetchComments(_), Outcome::Comments(comments)) => {
            progress.fetched = true;
            // As good as a comparison.
            state.checked_at = case.now;
            state.solved_upto = comments.iter().map(|comment| comment.comment).max();
            again_or_after(missed::replies(case, state, comments, Some(Status::Solved)))
        }
        (Step::FetchComments(_), Outcome::Failed(Failure::Refused(_)))
            if case.now.saturating_sub(case.at) < REFUSED_FOR =>
        {
            Verdict::Wait(None)
        }
        (Step::FetchComments(_), Outcome::Failed(Failure::NotFound | Failure::Refused(_))) => {
            progress.fetched = true;
            Verdict::Again
        }
        // An agent who reopens a ticket without a word and solves it again is seen here only.
        (Step::LookUpSolve(_), Outcome::SolvedAt(Some(at))) if at > told::at(state) => {
            progress.confirmed = true;
            state.saw_status(Status::Open, case.now);
            Verdict::Again
        }
        (Step::LookUpSolve(_), Outcome::Failed(Failure::Refused(refusal))) => {
            unclear(case, state, refusal)
        }
        (Step::LookUpSolve(_), Outcome::SolvedAt(_) | Outcome::Failed(_)) => {
            Verdict::Done(Ending::Duplicate, vec![])
        }
        (Step::SendSms(sms), Outcome::Done) => {
            progress.sent = sms.part;
            if sms.part < sms.parts {
                return Verdict::Checkpoint;
            }
            told::close(case, state, solved);
            Verdict::delivered()
        }
        (Step::SendSms(_), Outcome::Failed(Failure::Unknown)) => {
            unknown(case, state, progress, solved)
        }
        (Step::SendSms(_), Outcome::Failed(Failure::Refused(refusal))) => {
            let mut follow = vec![attributes_entry(case)];
            let note = notes::refused(case.policy.language, &refusal, progress.sent);
            follow.extend(
                state
                    .ticket
                    .map(|ticket| note_entry(case, ticket, note, &[])),
            );
            told::close(case, state, solved);
            state.silent = Some(Silent::Refused);
            Verdict::Done(Ending::Dead(refusal), follow)
        }
        (Step::SetAttributes(_), outcome) => {
            told::close(case, state, solved);
            state.silent = Some(closing::silent(
                case,
                state,
                solved,
                progress.sent,
                progress.too_often,
            ));
            announced(case, Ending::Delivered, &outcome)
        }
        _ => Verdict::Wait(None),
    }
}

/// Zendesk refuses to say whether this is another solve than the one the customer was told of: it is
/// asked for a while, and then the agent is told.
fn unclear(case: &Case<'_>, state: &State, refusal: Refusal) -> Verdict {
    if case.now.saturating_sub(case.at) < REFUSED_FOR {
        return Verdict::Wait(None);
    }
    let note = notes::solve_unclear(case.policy.language, refusal.status);
    let note = state
        .ticket
        .map(|ticket| note_entry(case, ticket, note, &[]));
    Verdict::Done(Ending::Dead(refusal), note.into_iter().collect())
}

/// Spam and merged tickets are closed without a word.
fn is_quiet(case: &Case<'_>, tags: &[String]) -> bool {
    tags.iter()
        .any(|tag| case.policy.no_closing_tags.contains(tag))
}

fn looked_up(
    case: &Case<'_>,
    state: &State,
    progress: &mut Progress,
    solved: &Solved,
    facts: Option<TicketFacts>,
) -> Verdict {
    let refused = state.silent == Some(Silent::Refused);
    let doubted = refused || told::is_older_than_the_last_text(case, state, solved);
    // Meant: looked at for its status also where the solve waited after its answers were fetched.
    let asked_for_status = doubted && !progress.confirmed && progress.sent == 0;
    progress.confirmed = true;
    progress.tags_seen = true;
    let Some(facts) = facts else {
        return Verdict::Again;
    };
    progress.quiet |= is_quiet(case, &facts.tags);
    match facts.status {
        Some(status) if !status.is_done() && asked_for_status => {
            Verdict::ignored("reopened meanwhile")
        }
        _ => Verdict::Again,
    }
}

/// A closing message whose outcome nobody knows is not sent again; the attributes are set anyway.
fn unknown(case: &Case<'_>, state: &mut State, progress: &Progress, solved: &Solved) -> Verdict {
    told::close(case, state, solved);
    if let Some(ticket) = state.ticket {
        let Solved {
            message, campaign, ..
        } = solved.clone();
        state.not_sure(Unsure {
            ticket,
            comment: None,
            message,
            campaign,
            sent: progress.sent,
        });
    }
    let mut follow = vec![attributes_entry(case)];
    let note = notes::closing_unknown(case.policy.language, case.now);
    follow.extend(
        state
            .ticket
            .map(|ticket| note_entry(case, ticket, note, &[])),
    );
    Verdict::Done(Ending::Unknown, follow)
}

fn again_or_after(replies: Vec<Entry>) -> Verdict {
    if replies.is_empty() {
        Verdict::Again
    } else {
        Verdict::After(replies)
    }
}
