//! A customer's text: onto the open ticket, or a new one.

use crate::message::{Personal, Text, TicketId};
use crate::text::courtesy;

use super::super::policy::{OpenOn, millis};
use super::super::state::{Progress, State, Status};
use super::super::step::{
    Attributes, Comment, Ending, Failure, NewTicket, Next, Outcome, Person, Step, TicketFacts,
    Verdict,
};
use super::{Case, announced, media};

/// Reason given when the policy keeps strangers' texts out.
const NO_CONVERSATION: &str = "no conversation, and the text did not use the support keyword";

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
    if let Some(ticket) = progress.closed {
        return Next::Step(match progress.merged {
            true => Step::FindMergeTarget(ticket),
            false => Step::LookUpTicket(ticket),
        });
    }
    if past_window(case, state) {
        state.ticket = None;
    }
    let Some(ticket) = state.ticket else {
        return onto_new_ticket(case, state, progress, text);
    };
    if progress.doubtful {
        let marker = case.delivery.clone();
        return Next::Step(Step::FindDelivery { ticket, marker });
    }
    if progress.unfound {
        return Next::Step(Step::FindTicket(case.delivery.clone()));
    }
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
        marker: case.delivery.clone(),
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
        (Step::SetAttributes(_), outcome) => announced(case, Ending::Delivered, &outcome),
        (Step::SetStatus(..), Outcome::Failed(Failure::Unknown)) => Verdict::Wait(None),
        (Step::SetStatus(_, status), outcome) => {
            progress.reopen = false;
            if outcome == Outcome::Done {
                state.saw_status(*status, case.now);
            }
            Verdict::Again
        }
        (Step::AttachMedia(_), Outcome::Attached(files)) => media::fetched(case, progress, files),
        (Step::CreateTicket(_), outcome) => created(case, state, progress, outcome),
        (Step::Append(_), outcome) => appended(case, state, progress, text, outcome),
        (_, Outcome::User(user)) => {
            state.user = Some(user);
            Verdict::Again
        }
        (Step::FindDelivery { .. }, Outcome::Marked(found)) => {
            progress.doubtful = false;
            progress.unfound = !found;
            progress.posted = found;
            if found && state.is_done() && !is_thanks(case, state, text) {
                progress.announce = true;
                progress.reopen = true;
            }
            media::looked_for(progress, text)
        }
        (Step::FindTicket(_), Outcome::Ticket(found)) => {
            adopt_created(case, state, progress, found);
            media::looked_for(progress, text)
        }
        (Step::LookUpTicket(_), Outcome::Ticket(facts)) => looked_up(state, progress, facts),
        (Step::FindMergeTarget(source), Outcome::Ticket(target)) => {
            continue_on(case, state, progress, *source, target)
        }
        (Step::LookUpTicket(_) | Step::FindDelivery { .. }, Outcome::Failed(Failure::NotFound)) => {
            progress.unfound |= progress.doubtful;
            start_over(state, progress);
            Verdict::Again
        }
        (_, Outcome::Failed(Failure::Refused(refusal))) => {
            Verdict::Done(Ending::Dead(refusal), vec![])
        }
        _ => Verdict::Wait(None),
    }
}

fn after_posting(case: &Case<'_>, state: &State, progress: &Progress) -> Next {
    match state.ticket {
        Some(ticket) if progress.reopen => Next::Step(Step::SetStatus(ticket, Status::Open)),
        ticket if progress.announce => Next::Step(Step::SetAttributes(Attributes {
            customer: case.customer.clone(),
            ticket,
            open: !state.is_done(),
        })),
        _ => Next::Settled(Verdict::delivered()),
    }
}

fn onto_new_ticket(case: &Case<'_>, state: &State, progress: &mut Progress, text: &Text) -> Next {
    let stranger = case.policy.open_on == OpenOn::Keyword && !text.support;
    if stranger && !progress.create {
        return Next::Settled(Verdict::ignored(NO_CONVERSATION));
    }
    let Some(requester) = state.user else {
        return Next::Step(Step::UpsertUser(Person {
            customer: case.customer.clone(),
            name: Personal(shown_name(case, text)),
            phone: text.profile.phone.present().map(Personal::from),
        }));
    };
    if progress.doubtful || progress.unfound {
        return Next::Step(Step::FindTicket(case.delivery.clone()));
    }
    if let Some(fetch) = media::wanted(case, progress, text) {
        return Next::Step(fetch);
    }
    Next::Step(Step::CreateTicket(Box::new(NewTicket {
        requester,
        subject: Personal(
            case.policy
                .subject
                .replace("{name}", &shown_name(case, text)),
        ),
        body: Personal(media::comment_body(case, progress, text)),
        uploads: media::uploads(progress),
        key: format!("{}-{}", case.delivery, progress.key),
        delivery: case.delivery.clone(),
        follows: progress.follows,
    })))
}

fn created(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    outcome: Outcome,
) -> Verdict {
    match outcome {
        Outcome::Posted {
            ticket,
            status,
            comment,
        } => {
            state.move_to(ticket, status.or(Some(Status::New)), case.at.min(case.now));
            if let Some(comment) = comment {
                state.wrote(comment);
            }
            progress.posted = true;
            progress.doubtful = false;
            progress.announce = true;
            Verdict::Again
        }
        Outcome::Failed(Failure::Unknown) => {
            progress.doubtful = true;
            media::used(progress);
            Verdict::Wait(None)
        }
        // The key was used with another body: that creation may have worked.
        Outcome::Failed(Failure::KeyConflict) => {
            progress.doubtful = true;
            progress.key = progress.key.saturating_add(1);
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(_)) if media::left_out(progress) => {
            progress.key = progress.key.saturating_add(1);
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(_)) if progress.follows.take().is_some() => Verdict::Again,
        Outcome::Failed(Failure::Refused(_) | Failure::NotFound) if !progress.renewed => {
            progress.renewed = true;
            state.user = None;
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(refusal)) => Verdict::Done(Ending::Dead(refusal), vec![]),
        _ => Verdict::Wait(None),
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
            Verdict::Wait(None)
        }
        Outcome::Failed(Failure::Closed) => {
            progress.closed = state.ticket;
            Verdict::Again
        }
        Outcome::Failed(Failure::NotFound) => {
            start_over(state, progress);
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(_)) if media::left_out(progress) => Verdict::Again,
        Outcome::Failed(Failure::Refused(_)) if !progress.renewed => {
            progress.renewed = true;
            state.user = None;
            Verdict::Again
        }
        Outcome::Failed(Failure::Refused(refusal)) => Verdict::Done(Ending::Dead(refusal), vec![]),
        _ => Verdict::Wait(None),
    }
}

/// The ticket is gone: the text opens another one, whatever the policy for strangers says.
fn start_over(state: &mut State, progress: &mut Progress) {
    state.ticket = None;
    progress.closed = None;
    progress.merged = false;
    progress.doubtful = false;
    progress.create = true;
    media::renew(progress);
}

fn adopt_created(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    found: Option<TicketFacts>,
) {
    progress.doubtful = false;
    progress.unfound = false;
    if let Some(facts) = found {
        state.move_to(facts.ticket, facts.status, case.at);
        progress.posted = true;
        progress.announce = true;
    }
}

fn looked_up(state: &mut State, progress: &mut Progress, facts: Option<TicketFacts>) -> Verdict {
    let Some(facts) = facts else {
        start_over(state, progress);
        return Verdict::Again;
    };
    state.user = state.user.or(facts.requester);
    if progress.closed.is_none() {
        if let Some(status) = facts.status {
            state.status = Some(status);
        }
        if facts.requester.is_none() {
            start_over(state, progress);
        }
        return Verdict::Again;
    }
    progress.merged = facts.tags.iter().any(|tag| tag == MERGED);
    if !progress.merged {
        follow_up(state, progress, facts.ticket);
    }
    Verdict::Again
}

/// The tag Zendesk puts on a ticket that was merged into another (third-party source).
const MERGED: &str = "closed_by_merge";

fn continue_on(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    source: TicketId,
    target: Option<TicketFacts>,
) -> Verdict {
    match target {
        Some(target) => {
            progress.closed = None;
            progress.merged = false;
            progress.announce = true;
            media::renew(progress);
            state.move_to(target.ticket, target.status, case.at);
        }
        None => follow_up(state, progress, source),
    }
    Verdict::Again
}

fn follow_up(state: &mut State, progress: &mut Progress, closed: TicketId) {
    start_over(state, progress);
    progress.follows = Some(closed);
}

fn past_window(case: &Case<'_>, state: &State) -> bool {
    state.is_done()
        && state.solved_at.is_some_and(|solved| {
            case.at.saturating_sub(solved) > millis(case.policy.reopen_window)
        })
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

fn is_thanks(case: &Case<'_>, state: &State, text: &Text) -> bool {
    let soon = state
        .solved_at
        .is_some_and(|at| case.at.saturating_sub(at) <= millis(case.policy.thanks_window));
    state.is_done()
        && soon
        && text.media_urls.is_empty()
        && courtesy::is_bare_thanks(text.text.as_str())
}

fn shown_name(case: &Case<'_>, text: &Text) -> String {
    let named = [&text.profile.name, &text.profile.phone]
        .into_iter()
        .find_map(Personal::present);
    named.unwrap_or(case.customer.as_str()).to_owned()
}
