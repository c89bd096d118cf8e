//! The conversation is compared with its ticket: answers whose webhook never came are sent, a solve
//! that no webhook reported is made up for, a ticket closed, merged or deleted behind our back is noticed.

use crate::message::{Body, Check, DeliveryId, Event, Resend, Solved, TicketId};

use super::super::policy::millis;
use super::super::state::{Comparison, Entry, Status};
use super::super::step::{Anyway, Ending, TicketFacts};
use super::owner::Whose;
use super::unreported::{self, Where};
use super::{CLOCK_SLACK, Done, Ended, Exit, Flow, No, Pause, adopt, owner, post, resend, solve};

/// The reason of a look that costs no call.
pub const COMPARED: &str = "compared since";

/// How long ago something may have happened on a ticket that the conversation is not on to count as lost, in
/// milliseconds: longer ago, an answer may be from before there was a bridge.
const NEWS: i64 = 30 * 60 * 1000;

pub(super) async fn compare(flow: &mut Flow<'_>, check: &mut Check) -> Ended {
    let patience = millis(flow.about.policy.give_up_after) / 2;
    match compared(flow, check).await {
        Err(Exit::No(_)) => Ok(finished(flow)),
        // The ticket's next change leads to the next look.
        Err(Exit::Pause(Pause::Later(..))) if flow.age() >= patience => Ok(finished(flow)),
        ended => ended,
    }
}

async fn compared(flow: &mut Flow<'_>, check: &mut Check) -> Ended {
    let Some(ticket) = check.ticket.or(flow.state.ticket) else {
        return Ok(Done::ignored("no conversation"));
    };
    if flow.state.ticket != Some(ticket) {
        let is_new = |at: &i64| flow.about.at.saturating_sub(*at) < NEWS;
        return match check.at.filter(is_new) {
            Some(at) => on_another(flow, ticket, at).await,
            None => Ok(Done::ignored("the conversation is on another ticket")),
        };
    }
    let compared_at = flow.state.checked_at;
    let since = |at: i64| compared_at >= at.saturating_add(CLOCK_SLACK);
    if !flow.progress.compared.ticket && check.at.is_some_and(since) {
        return Ok(Done::ignored(COMPARED));
    }
    // Once is enough; the solve looks again.
    flow.state.files_unseen = 0;
    if !flow.progress.compared.ticket {
        look_at_ticket(flow, ticket).await?;
    }
    if !flow.progress.compared.answers {
        unreported_answers(flow, ticket).await?;
    }
    if flow.progress.compared.merged {
        return continue_on_target(flow, ticket, check).await;
    }
    if !flow.progress.compared.solve && flow.state.status == Some(Status::Solved) {
        let solved_at = flow.look_up_solve(ticket).await??;
        flow.progress.compared.solve = true;
        first(unreported_solve(flow, solved_at))?;
    }
    Ok(finished(flow))
}

/// Ends the flow where the ticket is gone, another person's, or no longer carries the tag; else its status counts.
async fn look_at_ticket(flow: &mut Flow<'_>, ticket: TicketId) -> Result<(), Exit> {
    let facts = match flow.look_up_ticket(ticket).await? {
        Ok(Some(facts)) => facts,
        Ok(None) | Err(No::NotFound) => return Err(leave(flow).into()),
        Err(no) => return Err(no.into()),
    };
    if !owner::is_own(flow, &facts).await? {
        return Err(leave(flow).into());
    }
    let known = flow.state.user;
    if let Some(user) = facts.requester.filter(|user| known != Some(*user)) {
        flow.claim_ticket(ticket, user, Anyway::Yes).await?;
        flow.state.user = Some(user);
    }
    owner::saw_tags(flow, Some(&facts.tags));
    let untagged = owner::note_on_missing_tag(flow);
    if flow.state.untagged {
        return Err(Done::ended(Ending::Ignored(owner::UNTAGGED), untagged).into());
    }
    saw_ticket(flow, &facts);
    first(unreported_resend(flow, &facts))
}

/// The conversation is not on this ticket: an answer there would have taken it along.
async fn on_another(flow: &mut Flow<'_>, ticket: TicketId, at: i64) -> Ended {
    if flow.progress.compared.answers {
        return Ok(Done::delivered());
    }
    let nothing_said = owner::Said::by(None, None);
    let facts = match owner::ask(flow, ticket, nothing_said).await? {
        Whose::Own(Some(facts)) if facts.status != Some(Status::Closed) => facts,
        Whose::Own(_) => return Ok(Done::ignored("the ticket is closed")),
        Whose::Conversation(customer) => return Ok(Done::Forward { customer }),
        Whose::Untagged => return Ok(Done::ignored(owner::UNTAGGED)),
        Whose::Another | Whose::Earlier => return Ok(Done::ignored(owner::ANOTHERS)),
        Whose::Gone => return Ok(Done::ignored(owner::GONE)),
    };
    let comments = flow.fetch_comments(ticket).await??;
    let on = Where {
        ticket,
        user: facts.requester,
        since: adopt::since(flow, ticket, at),
        by_merge: false,
    };
    let found = unreported::answers(flow, on, comments, facts.status).await?;
    flow.progress.compared.answers = true;
    first(found)?;
    Ok(Done::delivered())
}

/// The conversation has no ticket any more: nothing on it is read or sent.
fn leave(flow: &mut Flow<'_>) -> Done {
    owner::leave(flow);
    flow.progress.announce = true;
    finished(flow)
}

/// What the ticket says of itself.
fn saw_ticket(flow: &mut Flow<'_>, facts: &TicketFacts) {
    let now = flow.now();
    let (state, progress) = (&mut *flow.state, &mut *flow.progress);
    progress.compared.ticket = true;
    let was_done = state.is_done();
    match facts.status {
        Some(Status::Closed) => {
            progress.announce = true;
            progress.compared.merged = post::is_merged(facts);
            if !progress.compared.merged {
                state.status = Some(Status::Closed);
            }
        }
        // Whether the customer was notified of the solve decides what follows.
        Some(Status::Solved) => state.status = Some(Status::Solved),
        Some(status) => state.saw_status(status, now),
        None => {}
    }
    // Reopened without a word.
    progress.announce |= was_done && !state.is_done();
}

/// The agent asked for a message once more, and no webhook reported it.
fn unreported_resend(flow: &Flow<'_>, facts: &TicketFacts) -> Option<Entry> {
    let asked = !flow.progress.compared.merged && resend::is_asked(&facts.tags);
    let body = Body::Resend(Resend {
        ticket: Some(facts.ticket),
        requester: flow.state.user,
        tags: flow.about.policy.tag.clone().map(|tag| vec![tag]),
    });
    asked.then(|| unreported_event(flow, "resend-unreported", body))
}

async fn unreported_answers(flow: &mut Flow<'_>, ticket: TicketId) -> Result<(), Exit> {
    let comments = flow.fetch_comments(ticket).await??;
    // The merge itself is the last thing written on a ticket that was merged into another.
    let merged_at = comments
        .first()
        .map_or(flow.about.at, |last| last.created_at);
    let status = flow.state.status;
    let on = Where::own(flow, ticket);
    let found = unreported::answers(flow, on, comments, status).await?;
    flow.progress.compared.answers = true;
    flow.state.checked_at = flow.now();
    if flow.progress.compared.merged {
        // Zendesk's own time on both sides: what the search takes off for clocks that differ is added before.
        flow.state.since = merged_at.saturating_add(CLOCK_SLACK);
    }
    first(found)
}

async fn continue_on_target(flow: &mut Flow<'_>, source: TicketId, check: &mut Check) -> Ended {
    let Some(target) = flow.find_merge_target(source).await?? else {
        flow.state.status = Some(Status::Closed);
        return Ok(finished(flow));
    };
    if !owner::is_own(flow, &target).await? {
        return Ok(leave(flow));
    }
    owner::tag(flow, &target).await?;
    owner::lead_here(flow, &target).await?;
    // What was written on the other ticket before is not part of this conversation.
    let since = flow.state.since;
    flow.state.move_to(target.ticket, target.status, since);
    check.ticket = Some(target.ticket);
    check.at = None;
    flow.progress.compared = Comparison {
        by_merge: true,
        ..Comparison::default()
    };
    flow.progress.announce = true;
    Err(Exit::Pause(Pause::Checkpoint))
}

/// A solve that the customer was not notified of.
fn unreported_solve(flow: &mut Flow<'_>, solved_at: Option<i64>) -> Option<Entry> {
    match solved_at {
        Some(at) if at <= solve::notified_until(flow.state) => {
            // An answer that was reported late may have shown it as open since.
            flow.progress.announce |= !flow.state.closing_notified;
            flow.state.closing_notified = true;
            flow.state.saw_status(Status::Solved, at);
            None
        }
        None if flow.state.closing_notified => None,
        solved_at => Some(solved(flow, solved_at)),
    }
}

fn finished(flow: &Flow<'_>) -> Done {
    let (state, progress) = (&*flow.state, &*flow.progress);
    let mut follow = Vec::new();
    let unreported = state.status == Some(Status::Solved) && !state.closing_notified;
    // Zendesk could not say when.
    if unreported && progress.compared.answers && !progress.compared.solve {
        follow.push(solved(flow, None));
    }
    if progress.announce {
        follow.push(flow.context().attributes());
    }
    if !progress.compared.ticket && follow.is_empty() {
        return Done::ignored("Zendesk could not be asked");
    }
    Done::ended(Ending::Delivered, follow)
}

/// These come first, if there are any.
fn first(found: impl IntoIterator<Item = Entry>) -> Result<(), Exit> {
    let found: Vec<Entry> = found.into_iter().collect();
    match found.is_empty() {
        true => Ok(()),
        false => Err(Exit::Pause(Pause::After(found))),
    }
}

fn solved(flow: &Flow<'_>, asked_at: Option<i64>) -> Entry {
    let body = Body::Solved(Solved {
        ticket: flow.state.ticket,
        requester: flow.state.user,
        asked_at,
        ..Solved::default()
    });
    unreported_event(flow, "solved-unreported", body)
}

fn unreported_event(flow: &Flow<'_>, kind: &str, body: Body) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive(kind, &[flow.about.delivery.as_str()]),
        received_at: flow.now(),
        body,
    })
}
