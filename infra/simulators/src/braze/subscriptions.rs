//! How a state in a subscription group changes.

use super::model::State;
use super::profile::Subscription;

/// What changed a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A keyword.
    Inbound,
    /// The API.
    Api,
    /// A person in the dashboard, or an import.
    Dashboard,
}

/// Sets a profile's state in a group.
pub(super) fn set(
    state: &mut State,
    braze_id: &str,
    group: &str,
    to: Subscription,
    _source: Source,
    _now: i64,
) {
    if let Some(user) = state.users.find_mut(braze_id) {
        match to {
            Subscription::Unknown => user.subscriptions.remove(group),
            known => user.subscriptions.insert(group.to_owned(), known),
        };
    }
}
