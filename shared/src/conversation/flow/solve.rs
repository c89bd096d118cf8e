//! Which solve the customer was notified of. The same solve may be reported late, twice, or not at all,
//! and is notified once.

use crate::message::{Body, DeliveryId, Event, Reply, Solved};

use super::super::state::{ClosingSkipped, Entry, State, Status};
use super::{CLOCK_SLACK, EventContext, Flow};

/// How far Zendesk's clock and ours may be apart, in milliseconds.
const CLOCKS_APART: i64 = 1_000;

/// Asked for no later than the solve the customer was notified of: the same one, or one before it. Of
/// one whose message Braze refused they were not.
pub(super) fn was_notified(context: &EventContext<'_>, state: &State, solved: &Solved) -> bool {
    let refused = is_refused(state);
    context
        .asked_at(solved.asked_at)
        .is_some_and(|asked| asked < state.notified_at || asked == state.notified_at && !refused)
}

/// Braze refused the closing message for good: its dead letter may be replayed.
pub(super) fn is_refused(state: &State) -> bool {
    state.closing_skipped == Some(ClosingSkipped::Refused)
}

/// When the customer was notified, by Zendesk's clock, in milliseconds since the epoch.
pub(super) fn notified_at(state: &State) -> i64 {
    let apart = if state.notified_at_is_approximate {
        CLOCKS_APART
    } else {
        0
    };
    state.notified_at.saturating_add(apart)
}

/// How late a solve that no webhook reported may have been for the customer to have been notified of it,
/// in milliseconds since the epoch.
pub(super) fn notified_until(state: &State) -> i64 {
    let apart = if state.notified_at_is_approximate {
        CLOCK_SLACK
    } else {
        CLOCKS_APART
    };
    state.notified_at.saturating_add(apart)
}

/// A webhook that was under way while the customer wrote again may report a solve that is no longer
/// true.
pub(super) fn is_older_than_the_last_text(
    context: &EventContext<'_>,
    state: &State,
    solved: &Solved,
) -> bool {
    context
        .asked_at(solved.asked_at)
        .is_some_and(|asked| asked + CLOCKS_APART < state.texted_at)
}

/// The customer is notified of this solve, by SMS or, for a reason, without one.
pub(super) fn notified(flow: &mut Flow<'_>, solved: &Solved, skipped: Option<ClosingSkipped>) {
    let context = flow.context();
    let asked = context.asked_at(solved.asked_at);
    // What was put off tells of every solve until now.
    let put_off = (flow.progress.put_off > 0).then_some(context.now);
    let asked = asked.filter(|_| put_off.is_none());
    let state = &mut *flow.state;
    state.notified_at = put_off.or(asked).unwrap_or(context.at);
    state.notified_at_is_approximate = asked.is_none();
    // A closed ticket stays closed.
    match state.status {
        Some(Status::Closed) => {}
        _ => state.saw_status(Status::Solved, state.notified_at),
    }
    state.closing_skipped = skipped;
    state.closing_notified = true;
}

/// The solve that an answer brought along, as an event of its own.
pub(super) fn of_answer(flow: &Flow<'_>, reply: &Reply) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("solved-with", &[flow.about.delivery.as_str()]),
        received_at: flow.now(),
        body: Body::Solved(Solved {
            ticket: reply.ticket,
            requester: reply.requester,
            tags: reply.tags.clone(),
            asked_at: reply.asked_at,
            ..Solved::default()
        }),
    })
}
