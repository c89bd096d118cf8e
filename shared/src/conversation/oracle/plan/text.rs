//! A customer's text: onto the open ticket, or a new one.

use crate::message::{Personal, Text};
use crate::text::courtesy;

use super::super::notes;
use super::super::policy::millis;
use super::super::state::{Progress, State, Status};
use super::super::step::{
    Attributes, Comment, Ending, Failure, Next, Outcome, Refusal, Step, Verdict,
};
use super::{Case, LATE_WRITE, lost, media, moved, new_ticket, note_entry, opted_out};

pub(super) fn next(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    text: &Text,
) -> Next {
    state.texted_at = state.texted_at.max(case.at);
    if progress.posted {
        return after_posting(case, state, progress);
    }
    // Meant: what is in doubt is looked for before anything else.
    let tried = progress.tried.or(state.ticket);
    if let (true, Some(ticket)) = (progress.doubtful, tried) {
        let marker = case.marker.clone();
        return Next::Step(Step::FindDelivery { ticket, marker });
    }
    // Meant: a text that is tried again after it was given up may have opened a ticket.
    let given_up = state.perhaps.as_ref() == Some(case.marker);
    if progress.doubtful || progress.unfound || given_up {
        return Next::Step(Step::FindTicket(case.marker.clone()));
    }
    if moved::past_window(case, state) {
        state.ticket = None;
    }
    // Meant: a text that waits goes where the conversation is by then.
    progress.closed = state.ticket.filter(|_| progress.follows == state.ticket);
    progress.merged &= progress.closed.is_some();
    if let Some(ticket) = progress.closed {
        return Next::Step(match progress.merged {
            true => Step::FindMergeTarget(ticket),
            false => Step::LookUpTicket(ticket),
        });
    }
    let Some(ticket) = state.ticket else {
        return new_ticket::next(case, state, progress, text);
    };
    if state.user.is_none() {
        return Next::Step(Step::LookUpTicket(ticket));
    }
    if let Some(fetch) = media::wanted(case, progress, text) {
        return Next::Step(fetch);
    }
    Next::Step(Step::Append(Comment {
        ticket,
        author: state.user,
        body: Personal(media::comment_body(case, progress, text)),
        uploads: media::uploads(progress),
        public: true,
        status: status_to_set(case, state, text),
        marker: case.marker.clone(),
    }))
}

pub(super) fn apply(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    text: &Text,
    step: &Step,
    outcome: Outcome,
) -> Verdict {
    match (step, outcome) {
        (Step::SetAttributes(_), outcome) => opted_out::announced(case, state, &outcome),
        (Step::SetStatus(..), Outcome::Failed(Failure::Unknown)) => Verdict::Wait(None),
        (Step::SetStatus(_, status), outcome) => {
            progress.reopen = false;
            if outcome == Outcome::Done {
                progress.announce |= state.is_done();
                state.saw_status(*status, case.now);
            }
            Verdict::Again
        }
        (Step::AttachMedia(_), Outcome::Attached(files)) => media::fetched(case, progress, files),
        (Step::CreateTicket(_), outcome) => new_ticket::created(case, state, progress, outcome),
        (Step::Append(_), outcome) => appended(case, state, progress, text, outcome),
        (_, Outcome::User(user)) => {
            state.user = Some(user);
            Verdict::Again
        }
        (Step::FindDelivery { ticket, .. }, outcome) => {
            lost::looked_for(case, state, progress, text, *ticket, outcome)
        }
        (Step::FindTicket(id), outcome) => {
            lost::ticket_looked_for(case, state, progress, text, id, outcome)
        }
        (Step::LookUpTicket(_), Outcome::Ticket(facts)) => moved::looked_up(state, progress, facts),
        (Step::FindMergeTarget(source), Outcome::Ticket(target)) => {
            moved::continue_on(case, state, progress, *source, target)
        }
        (Step::LookUpTicket(_), Outcome::Failed(Failure::NotFound)) => {
            if progress.closed.is_some() {
                progress.follows = None;
            }
            progress.unfound |= progress.doubtful;
            moved::start_over(state, progress);
            Verdict::Again
        }
        (_, Outcome::Failed(Failure::Refused(refusal))) => refused(case, state, refusal),
        _ => Verdict::Wait(None),
    }
}

/// Zendesk does not take the text: it is kept, and the agent of an open ticket is told.
fn refused(case: &Case<'_>, state: &State, refusal: Refusal) -> Verdict {
    let note = notes::text_refused(case.policy.language, refusal.status);
    let follow = state
        .ticket
        .map(|ticket| note_entry(case, ticket, note, &[]));
    Verdict::Done(Ending::Dead(refusal), follow.into_iter().collect())
}

fn after_posting(case: &Case<'_>, state: &mut State, progress: &Progress) -> Next {
    match state.ticket {
        Some(ticket) if progress.reopen => Next::Step(Step::SetStatus(ticket, Status::Open)),
        ticket if progress.announce => Next::Step(Step::SetAttributes(Attributes {
            customer: case.customer.clone(),
            ticket,
            open: !state.is_done(),
        })),
        _ => Next::Settled(opted_out::tell(case, state, Verdict::delivered())),
    }
}

fn appended(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    text: &Text,
    outcome: Outcome,
) -> Verdict {
    match outcome {
        Outcome::Posted {
            status, comment, ..
        } => {
            let was_done = state.is_done();
            let thanks = is_thanks(case, state, text);
            if let Some(comment) = comment {
                state.wrote(comment);
            }
            let status = status.or(state.status);
            if let Some(status) = status {
                state.saw_status(status, case.now);
            }
            progress.posted = true;
            let resting = status.is_some_and(|s| !matches!(s, Status::New | Status::Open));
            progress.reopen = resting && !thanks;
            let reopened = was_done && !(thanks && state.is_done());
            progress.announce |= reopened || (progress.reopen && state.is_done());
            Verdict::Again
        }
        Outcome::Failed(Failure::Unknown) => {
            progress.doubtful = true;
            progress.tried = state.ticket;
            Verdict::Wait(Some(case.now.saturating_add(LATE_WRITE)))
        }
        Outcome::Failed(Failure::Closed) => {
            progress.closed = state.ticket;
            progress.follows = state.ticket;
            Verdict::Again
        }
        Outcome::Failed(Failure::NotFound) => {
            moved::start_over(state, progress);
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(_)) if media::left_out(progress) => Verdict::Again,
        Outcome::Failed(Failure::Refused(_)) if !progress.renewed => {
            progress.renewed = true;
            state.user = None;
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(refusal)) => refused(case, state, refusal),
        _ => Verdict::Wait(None),
    }
}

/// The status to set with the text: open, unless the ticket is new (or nothing is known of it, then
/// the answer tells) or the customer only says thanks.
fn status_to_set(case: &Case<'_>, state: &State, text: &Text) -> Option<Status> {
    match state.status {
        None | Some(Status::New) => None,
        Some(_) if is_thanks(case, state, text) => None,
        Some(_) => Some(Status::Open),
    }
}

pub(super) fn is_thanks(case: &Case<'_>, state: &State, text: &Text) -> bool {
    let soon = state
        .solved_at
        .is_some_and(|at| case.at.saturating_sub(at) <= millis(case.policy.thanks_window));
    state.is_done()
        && soon
        && text.media_urls.is_empty()
        && courtesy::is_bare_thanks(text.text.as_str())
}
