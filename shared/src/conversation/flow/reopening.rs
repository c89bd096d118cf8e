//! Whether a text reopens a solved ticket: within the reopening window it does, unless it asks for nothing; after it a
//! new ticket is opened.

use crate::message::Text;
use crate::text::incoming::{self, TextKind};

use super::super::policy::millis;
use super::super::state::Status;
use super::{Flow, rating};

/// The solve is too long ago for its ticket to be reopened.
pub(super) fn is_past_window(flow: &Flow<'_>) -> bool {
    let window = millis(flow.about.policy.reopen_window);
    let age = |solved| flow.about.at.saturating_sub(solved);
    flow.state.is_done()
        && flow
            .state
            .solved_at
            .is_some_and(|solved| age(solved) > window)
}

/// The ticket waits for something, or is done.
pub(super) fn rests(status: Option<Status>) -> bool {
    status.is_some_and(|status| !matches!(status, Status::New | Status::Open))
}

/// What a phone wrote by itself asks for nothing, and no more does a courtesy soon after the solve or with
/// no ticket it could be about. It is shown on the ticket it belongs to; it opens none.
pub(super) fn asks_nothing(flow: &Flow<'_>, text: &Text) -> bool {
    if rating::is_part_of_one(flow, text) {
        return true;
    }
    if text.support || !text.media_urls.is_empty() {
        return false;
    }
    match incoming::classify(text.text.as_str()) {
        TextKind::Reaction(_) | TextKind::AutomaticReply => true,
        TextKind::ThankYou => flow.state.ticket.is_none() || was_solved_lately(flow),
        TextKind::Blank | TextKind::OptOutWish | TextKind::Ordinary => false,
    }
}

fn was_solved_lately(flow: &Flow<'_>) -> bool {
    let window = millis(flow.about.policy.thanks_window);
    let age = |solved| flow.about.at.saturating_sub(solved);
    let solved = flow.state.solved_at.filter(|_| flow.state.is_done());
    solved.is_some_and(|solved| age(solved) <= window)
}
