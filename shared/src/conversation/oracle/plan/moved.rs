//! The ticket a text was meant for is closed, merged, deleted or too old: where it goes instead.

use crate::message::TicketId;

use super::super::policy::millis;
use super::super::state::{Progress, State};
use super::super::step::{TicketFacts, Verdict};
use super::{Case, media};

/// The tag Zendesk puts on a ticket that was merged into another (third-party source).
const MERGED: &str = "closed_by_merge";

pub(super) fn looked_up(
    state: &mut State,
    progress: &mut Progress,
    facts: Option<TicketFacts>,
) -> Verdict {
    let Some(facts) = facts else {
        start_over(state, progress);
        progress.follows = None;
        return Verdict::Again;
    };
    state.user = state.user.or(facts.requester);
    if progress.closed.is_none() {
        if let Some(status) = facts.status {
            progress.announce |= state.is_done() && !status.is_done();
            state.status = Some(status);
        }
        if facts.requester.is_none() {
            start_over(state, progress);
        }
        return Verdict::Again;
    }
    progress.merged = is_merged(&facts);
    if !progress.merged {
        follow_up(state, progress, facts.ticket);
    }
    Verdict::Again
}

pub(super) fn continue_on(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    source: TicketId,
    target: Option<TicketFacts>,
) -> Verdict {
    match target {
        Some(target) => {
            progress.closed = None;
            progress.follows = None;
            progress.merged = false;
            progress.announce = true;
            media::renew(progress);
            state.move_to(target.ticket, target.status, case.at);
            // Written down before the text is: what is in doubt is looked for on this ticket.
            Verdict::Checkpoint
        }
        None => {
            follow_up(state, progress, source);
            Verdict::Again
        }
    }
}

/// The ticket was closed by merging it into another.
pub(super) fn is_merged(facts: &TicketFacts) -> bool {
    facts.tags.iter().any(|tag| tag == MERGED)
}

fn follow_up(state: &mut State, progress: &mut Progress, closed: TicketId) {
    start_over(state, progress);
    progress.follows = Some(closed);
}

/// The ticket is gone: the text opens another one, whatever the policy for strangers says.
pub(super) fn start_over(state: &mut State, progress: &mut Progress) {
    state.ticket = None;
    progress.closed = None;
    progress.merged = false;
    progress.doubtful = false;
    progress.tried = None;
    progress.create = true;
    media::renew(progress);
}

pub(super) fn past_window(case: &Case<'_>, state: &State) -> bool {
    state.is_done()
        && state.solved_at.is_some_and(|solved| {
            case.at.saturating_sub(solved) > millis(case.policy.reopen_window)
        })
}
