//! Which solve the customer was told of.
//!
//! In: when a solve was asked for or made, by Zendesk's clock. Out: whether it is another one. The same
//! solve may be reported late, twice, or not at all, and is told once.

use crate::message::Solved;

use super::super::state::{Silent, State, Status};
use super::Case;
use super::missed::CLOCK_SLACK;

/// How far Zendesk's clock and ours may be apart, in milliseconds.
const CLOCKS_APART: i64 = 1_000;

/// Asked for no later than the solve the customer was told of: the same one, or one before it. One
/// whose message Braze refused was not told.
pub(super) fn is_told(case: &Case<'_>, state: &State, solved: &Solved) -> bool {
    let refused = state.silent == Some(Silent::Refused);
    case.asked_at(solved.asked_at)
        .is_some_and(|asked| asked < state.told_at || asked == state.told_at && !refused)
}

/// When the customer was told, by Zendesk's clock, in milliseconds since the epoch.
pub(super) fn at(state: &State) -> i64 {
    let apart = if state.told_roughly { CLOCKS_APART } else { 0 };
    state.told_at.saturating_add(apart)
}

/// How late a solve that nobody reported may have been for the customer to have been told of it, in
/// milliseconds since the epoch.
pub(super) fn until(state: &State) -> i64 {
    let apart = if state.told_roughly {
        CLOCK_SLACK
    } else {
        CLOCKS_APART
    };
    state.told_at.saturating_add(apart)
}

/// A webhook that was under way while the customer wrote again may tell of a solve that is no
/// longer true.
pub(super) fn is_older_than_the_last_text(case: &Case<'_>, state: &State, solved: &Solved) -> bool {
    case.asked_at(solved.asked_at)
        .is_some_and(|asked| asked + CLOCKS_APART < state.texted_at)
}

/// The customer is told of a solve.
pub(super) fn close(case: &Case<'_>, state: &mut State, solved: &Solved) {
    let asked = case.asked_at(solved.asked_at);
    state.told_at = asked.unwrap_or(case.at);
    state.told_roughly = asked.is_none();
    state.saw_status(Status::Solved, state.told_at);
    state.silent = None;
    state.closing_told = true;
}
