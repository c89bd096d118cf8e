//! A customer's text opens a ticket.

use crate::message::{Personal, Text};

use super::super::policy::OpenOn;
use super::super::state::{Progress, State, Status};
use super::super::step::{
    Ending, Failure, NewTicket, Next, Outcome, Person, Step, TicketFacts, Verdict,
};
use super::{Case, media};

/// Reason given when the policy keeps strangers' texts out.
const NO_CONVERSATION: &str = "no conversation, and the text did not use the support keyword";

/// Idempotency keys that are tried without a pause.
const MOST_KEYS: u8 = 2;

pub(super) fn next(case: &Case<'_>, state: &State, progress: &mut Progress, text: &Text) -> Next {
    if let Some(given_up) = state.perhaps.clone() {
        return Next::Step(Step::FindTicket(given_up));
    }
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
        key: format!("{}-{}", case.marker, progress.key),
        delivery: case.marker.clone(),
        follows: progress.follows,
    })))
}

pub(super) fn created(
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
        // Another key does not help either.
        Outcome::Failed(Failure::KeyConflict) if progress.key >= MOST_KEYS => {
            progress.doubtful = true;
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

/// What a text that was given up may have opened, if it did, is where the conversation goes on.
pub(super) fn adopt_given_up(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    found: Option<TicketFacts>,
) -> Verdict {
    state.perhaps = None;
    let usable = |facts: &TicketFacts| facts.status != Some(Status::Closed);
    if let Some(facts) = found.filter(usable) {
        state.user = state.user.or(facts.requester);
        state.move_to(facts.ticket, facts.status, case.at);
        progress.announce = true;
        // Written down before the text is: what is in doubt is looked for on this ticket.
        return Verdict::Checkpoint;
    }
    Verdict::Again
}

pub(super) fn adopt_created(
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

fn shown_name(case: &Case<'_>, text: &Text) -> String {
    let named = [&text.profile.name, &text.profile.phone]
        .into_iter()
        .find_map(Personal::present);
    named.unwrap_or(case.customer.as_str()).to_owned()
}
