//! The conversation is compared with its ticket: answers whose webhook never came are sent, a solve
//! that nobody reported is made up for, a ticket closed, merged or deleted behind our back is noticed.

use crate::message::{Body, DeliveryId, Event, Resend, Solved, TicketId};

use super::super::state::{Entry, Status};
use super::super::step::{Ending, TicketFacts};
use super::{Done, Ended, Flow, No, Pause, Stop, owner, post, resend, solve, unreported};

pub(super) async fn compare(flow: &mut Flow<'_>) -> Ended {
    // Once is enough; the solve looks again.
    flow.state.files_unseen = 0;
    match compared(flow).await {
        // Nothing waits for a comparison: the next one comes.
        Err(Stop::No(_) | Stop::Pause(Pause::Later(..))) => Ok(over(flow)),
        ended => ended,
    }
}

async fn compared(flow: &mut Flow<'_>) -> Ended {
    let Some(ticket) = flow.state.ticket else {
        return Ok(Done::ignored("no conversation"));
    };
    if !flow.progress.fetched {
        match flow.look_up_ticket(ticket).await? {
            Ok(Some(facts)) => {
                if !owner::is_own(flow, &facts).await? {
                    return Ok(leave(flow));
                }
                flow.state.user = facts.requester.or(flow.state.user);
                owner::saw_tags(flow, Some(&facts.tags));
                let untagged = owner::note_on_missing_tag(flow);
                if flow.state.untagged {
                    return Ok(Done::ended(Ending::Ignored(owner::UNTAGGED), untagged));
                }
                looked_up(flow, &facts)?;
            }
            Ok(None) | Err(No::NotFound) => return Ok(leave(flow)),
            Err(no) => return Err(no.into()),
        }
    }
    if !flow.progress.confirmed {
        unreported_answers(flow, ticket).await?;
    }
    if flow.progress.merged {
        return continue_on_target(flow, ticket).await;
    }
    if !flow.progress.solve_seen && flow.state.status == Some(Status::Solved) {
        let solved_at = flow.look_up_solve(ticket).await??;
        flow.progress.solve_seen = true;
        first(unreported_solve(flow, solved_at))?;
    }
    Ok(over(flow))
}

/// The conversation has no ticket any more: nothing on it is read or sent.
fn leave(flow: &mut Flow<'_>) -> Done {
    owner::leave(flow);
    flow.progress.announce = true;
    over(flow)
}

fn looked_up(flow: &mut Flow<'_>, facts: &TicketFacts) -> Result<(), Stop> {
    let now = flow.now();
    let (state, progress) = (&mut *flow.state, &mut *flow.progress);
    progress.fetched = true;
    state.checked_at = now;
    let was_done = state.is_done();
    match facts.status {
        Some(Status::Closed) => {
            progress.announce = true;
            progress.merged = post::is_merged(facts);
            if !progress.merged {
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
    let asked = !progress.merged && resend::is_asked(&facts.tags);
    let ticket = Some(facts.ticket);
    first(asked.then(|| {
        unreported_event(
            flow,
            "resend-unreported",
            Body::Resend(Resend {
                ticket,
                requester: flow.state.user,
                tags: flow.about.policy.tag.clone().map(|tag| vec![tag]),
            }),
        )
    }))
}

async fn unreported_answers(flow: &mut Flow<'_>, ticket: TicketId) -> Result<(), Stop> {
    let comments = flow.fetch_comments(ticket).await??;
    // The merge itself is the last thing written on a ticket that was merged into another.
    let merged_at = comments
        .first()
        .map_or(flow.about.at, |last| last.created_at);
    let status = flow.state.status;
    let found = unreported::answers(flow, ticket, comments, status).await?;
    flow.progress.confirmed = true;
    if flow.progress.merged {
        // Zendesk's own time on both sides: no slack.
        flow.state.since = merged_at.saturating_add(unreported::CLOCK_SLACK);
    }
    first(found)
}

async fn continue_on_target(flow: &mut Flow<'_>, source: TicketId) -> Ended {
    let Some(target) = flow.find_merge_target(source).await?? else {
        flow.state.status = Some(Status::Closed);
        return Ok(over(flow));
    };
    owner::tag(flow, &target).await?;
    // What was written on the other ticket before is not part of this conversation.
    let since = flow.state.since;
    flow.state.move_to(target.ticket, target.status, since);
    let progress = &mut *flow.progress;
    progress.fetched = false;
    progress.confirmed = false;
    progress.merged = false;
    progress.solve_seen = false;
    progress.announce = true;
    Err(Stop::Pause(Pause::Checkpoint))
}

/// A solve that the customer was not notified of.
fn unreported_solve(flow: &mut Flow<'_>, solved_at: Option<i64>) -> Option<Entry> {
    match solved_at {
        Some(at) if at <= solve::notified_until(flow.state) => {
            // An answer that was reported late may have shown it as open since.
            flow.progress.announce |= !flow.state.closing_told;
            flow.state.closing_told = true;
            flow.state.saw_status(Status::Solved, at);
            None
        }
        None if flow.state.closing_told => None,
        solved_at => Some(solved(flow, solved_at)),
    }
}

fn over(flow: &Flow<'_>) -> Done {
    let (state, progress) = (&*flow.state, &*flow.progress);
    let mut follow = Vec::new();
    let unreported = state.status == Some(Status::Solved) && !state.closing_told;
    // Zendesk could not say when.
    if unreported && progress.confirmed && !progress.solve_seen {
        follow.push(solved(flow, None));
    }
    if progress.announce {
        follow.push(flow.context().attributes());
    }
    if !progress.fetched && follow.is_empty() {
        return Done::ignored("Zendesk could not be asked");
    }
    Done::ended(Ending::Delivered, follow)
}

/// These come first, if there are any.
fn first(found: impl IntoIterator<Item = Entry>) -> Result<(), Stop> {
    let found: Vec<Entry> = found.into_iter().collect();
    match found.is_empty() {
        true => Ok(()),
        false => Err(Stop::Pause(Pause::After(found))),
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
