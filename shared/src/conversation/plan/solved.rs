//! The ticket was solved: answers not yet sent go first, then the closing message, once.

use crate::message::{Personal, Solved};

use super::super::notes;
use super::super::state::{Entry, Progress, State, Status, Unsure};
use super::super::step::{
    Attributes, Ending, Failure, Next, Outcome, Sms, Step, TicketFacts, Verdict,
};
use super::follow::ADOPTION_WINDOW;
use super::{Case, announced, attributes_entry, fuse, missed, note_entry};

/// How far Zendesk's clock and ours may be apart, in milliseconds.
const CLOCKS_APART: i64 = 1_000;

/// How long a refused look at the comments is repeated before the closing message goes without it,
/// in milliseconds.
const REFUSED_FOR: i64 = 10 * 60 * 1000;

pub(super) fn next(
    case: &Case<'_>,
    state: &mut State,
    progress: &Progress,
    solved: &Solved,
) -> Next {
    let ticket = match (solved.ticket, state.ticket) {
        (Some(named), Some(current)) if named != current => {
            return Next::Settled(Verdict::ignored("the conversation is on another ticket"));
        }
        (Some(named), None) => {
            let asked = case.asked_at(solved.asked_at).unwrap_or(case.at);
            state.move_to(named, None, asked.saturating_sub(ADOPTION_WINDOW));
            named
        }
        (_, Some(current)) => current,
        (None, None) => return Next::Settled(Verdict::ignored("no conversation")),
    };
    if progress.doubtful {
        return Next::Settled(unknown(case, state, solved));
    }
    if is_told(case, state, solved) {
        return Next::Settled(Verdict::Done(Ending::Duplicate, vec![]));
    }
    if state.closing_told && !progress.confirmed {
        return Next::Step(Step::LookUpSolve(ticket));
    }
    if is_older_than_the_last_text(case, state, solved) && !progress.confirmed {
        return Next::Step(Step::LookUpTicket(ticket));
    }
    if !progress.fetched {
        return Next::Step(Step::FetchComments(ticket));
    }
    let campaign = solved
        .campaign
        .clone()
        .or_else(|| case.policy.solved_campaign.clone())
        .filter(|_| !state.opted_out && !fuse::is_blown(case, state));
    if campaign.is_some() && solved.tags.is_none() && !progress.tags_seen {
        return Next::Step(Step::LookUpTicket(ticket));
    }
    let quiet = progress.quiet
        || solved
            .tags
            .as_ref()
            .is_some_and(|tags| is_quiet(case, tags));
    match campaign.filter(|_| !quiet) {
        Some(campaign) => Next::Step(Step::SendSms(Box::new(Sms {
            campaign,
            customer: case.customer.clone(),
            message: Personal(message(case, solved)),
            media: None,
            agent: Personal::default(),
            part: 1,
            parts: 1,
            ticket: Some(ticket),
            open: false,
        }))),
        None => Next::Step(Step::SetAttributes(Attributes {
            customer: case.customer.clone(),
            ticket: Some(ticket),
            open: false,
        })),
    }
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
        (Step::LookUpTicket(_), Outcome::Ticket(facts)) => looked_up(case, progress, facts),
        (Step::LookUpTicket(_), Outcome::Failed(_)) => looked_up(case, progress, None),
        (Step::FetchComments(_), Outcome::Comments(comments)) => {
            progress.fetched = true;
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
        (Step::LookUpSolve(_), Outcome::SolvedAt(Some(at))) if at > state.told_at => {
            progress.confirmed = true;
            state.saw_status(Status::Open, case.now);
            Verdict::Again
        }
        (Step::LookUpSolve(_), Outcome::SolvedAt(_) | Outcome::Failed(_)) => {
            Verdict::Done(Ending::Duplicate, vec![])
        }
        (Step::SendSms(_), Outcome::Done) => {
            close(case, state, solved);
            Verdict::delivered()
        }
        (Step::SendSms(_), Outcome::Failed(Failure::Unknown)) => unknown(case, state, solved),
        (Step::SendSms(_), Outcome::Failed(Failure::Refused(refusal))) => {
            let mut follow = vec![attributes_entry(case)];
            let note = notes::refused(case.policy.language, &refusal, 0);
            follow.extend(
                state
                    .ticket
                    .map(|ticket| note_entry(case, ticket, note, &[])),
            );
            close(case, state, solved);
            Verdict::Done(Ending::Dead(refusal), follow)
        }
        (Step::SetAttributes(_), outcome) => {
            close(case, state, solved);
            announced(case, Ending::Delivered, &outcome)
        }
        _ => Verdict::Wait(None),
    }
}

/// Spam and merged tickets are closed without a word.
fn is_quiet(case: &Case<'_>, tags: &[String]) -> bool {
    tags.iter()
        .any(|tag| case.policy.no_closing_tags.contains(tag))
}

fn looked_up(case: &Case<'_>, progress: &mut Progress, facts: Option<TicketFacts>) -> Verdict {
    progress.confirmed = true;
    progress.tags_seen = true;
    let Some(facts) = facts else {
        return Verdict::Again;
    };
    progress.quiet = is_quiet(case, &facts.tags);
    match facts.status {
        // Looked at for its status, before anything else.
        Some(status) if !status.is_done() && !progress.fetched => {
            Verdict::ignored("reopened meanwhile")
        }
        _ => Verdict::Again,
    }
}

/// Asked for no later than the solve the customer was told of: the same one, or one before it.
fn is_told(case: &Case<'_>, state: &State, solved: &Solved) -> bool {
    case.asked_at(solved.asked_at)
        .is_some_and(|asked| asked <= state.told_at)
}

/// A webhook that was under way while the customer wrote again may tell of a solve that is no
/// longer true.
fn is_older_than_the_last_text(case: &Case<'_>, state: &State, solved: &Solved) -> bool {
    case.asked_at(solved.asked_at)
        .is_some_and(|asked| asked + CLOCKS_APART < state.texted_at)
}

fn message(case: &Case<'_>, solved: &Solved) -> String {
    let own = solved.message.as_ref().and_then(Personal::present);
    own.unwrap_or(&case.policy.solved_message).to_owned()
}

fn close(case: &Case<'_>, state: &mut State, solved: &Solved) {
    let asked = case.asked_at(solved.asked_at).unwrap_or(case.at);
    state.saw_status(Status::Solved, asked);
    state.told_at = asked;
    state.closing_told = true;
}

/// A closing message whose outcome nobody knows is not sent again; the attributes are set anyway.
fn unknown(case: &Case<'_>, state: &mut State, solved: &Solved) -> Verdict {
    close(case, state, solved);
    if let Some(ticket) = state.ticket {
        let Solved {
            message, campaign, ..
        } = solved.clone();
        state.not_sure(Unsure {
            ticket,
            comment: None,
            message,
            campaign,
            sent: 0,
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
