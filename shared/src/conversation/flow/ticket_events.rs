//! What happened to the ticket, for Braze's custom events: each is sent once at most. What may have been sent
//! is not sent again, and the loss is logged.

use super::super::outcome::Failure;
use super::super::state::{Entry, TicketEvent, What};
use super::super::step::{Attributes, Step};
use super::{Exit, Flow};

/// Events that wait, at most: Braze does not get the whole story of an outage.
const KEPT: usize = 8;

const MINUTE: i64 = 60 * 1000;

/// Records that something happened to the ticket; the attributes carry it to Braze.
pub(super) fn record(flow: &mut Flow<'_>, what: What) {
    let Some(ticket) = flow.state.ticket.filter(|_| flow.about.policy.braze_events) else {
        return;
    };
    if may_be_reported(flow) {
        return lost(&[what]);
    }
    let at = flow.now();
    let opened_at = Some(flow.state.opened_at).filter(|at| *at > 0);
    let of_solve = matches!(what, What::Solved | What::Rated(_));
    flow.state.happened.push(TicketEvent {
        what,
        ticket,
        at,
        minutes_open: opened_at
            .filter(|_| of_solve)
            .map(|opened| at.saturating_sub(opened).max(0) / MINUTE),
        answered: of_solve.then_some(flow.state.answered),
    });
    let surplus = flow.state.happened.len().saturating_sub(KEPT);
    flow.state.happened.drain(..surplus);
}

/// A worker that vanished may have reported what this event does, also where it turned out that the rest was not done.
fn may_be_reported(flow: &Flow<'_>) -> bool {
    flow.progress.doubtful || flow.progress.breaks > 0
}

/// The same where the flow may have begun again since.
pub(super) fn record_once(flow: &mut Flow<'_>, what: What) {
    let ticket = flow.state.ticket;
    let same = |event: &TicketEvent| event.what == what && Some(event.ticket) == ticket;
    if !flow.state.happened.iter().any(same) {
        record(flow, what);
    }
}

/// A text opened the ticket.
pub(super) fn opened(flow: &mut Flow<'_>) {
    if flow.about.policy.braze_events {
        flow.state.opened_at = flow.state.since;
        record(flow, What::Opened);
    }
}

/// A person's answer went out.
pub(super) fn answered(flow: &mut Flow<'_>) {
    flow.state.answered |= flow.about.policy.braze_events;
}

/// What goes with the attributes now.
pub(super) fn take(flow: &mut Flow<'_>) -> Vec<TicketEvent> {
    let events = std::mem::take(&mut flow.state.happened);
    if may_be_reported(flow) && !events.is_empty() {
        let lost_ones: Vec<What> = events.iter().map(|event| event.what).collect();
        lost(&lost_ones);
        return Vec::new();
    }
    events
}

/// What surely did not reach Braze waits for the next attributes.
pub(super) fn reported(flow: &mut Flow<'_>, set: Step, made: &Result<Result<(), Failure>, Exit>) {
    let Step::SetAttributes(Attributes { events, .. }) = set else {
        return;
    };
    match made {
        Ok(Ok(())) => {}
        Err(_) | Ok(Err(Failure::Later(..))) => flow.state.happened = events,
        Ok(Err(_)) if events.is_empty() => {}
        Ok(Err(_)) => {
            let lost_ones: Vec<What> = events.iter().map(|event| event.what).collect();
            lost(&lost_ones);
        }
    }
}

/// What waits gets attributes to go with, unless there are some already.
pub(super) fn follow(flow: &Flow<'_>, follow: &mut Vec<Entry>) {
    let attributes = flow.context().attributes();
    let there = |entry: &Entry| entry.event.delivery == attributes.event.delivery;
    if !flow.state.happened.is_empty() && !follow.iter().any(there) {
        follow.push(attributes);
    }
}

fn lost(events: &[What]) {
    for what in events {
        tracing::warn!(
            braze.event = what.name(),
            "Braze did not confirm an event; not sent again"
        );
    }
}
