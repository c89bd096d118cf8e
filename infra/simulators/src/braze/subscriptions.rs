//! How a state in a subscription group changes.

use super::currents;
use super::model::WorkspaceState;
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

impl Source {
    /// As events name it.
    fn word(self) -> &'static str {
        match self {
            Self::Inbound => "Inbound Message",
            Self::Api => "REST API",
            Self::Dashboard => "Dashboard",
        }
    }
}

/// Sets a profile's state in a group.
pub(super) fn set(
    state: &mut WorkspaceState,
    braze_id: &str,
    group: &str,
    to: Subscription,
    source: Source,
    now: i64,
) {
    let Some(user) = state.users.find_mut(braze_id) else {
        return;
    };
    let before = match to {
        Subscription::Unknown => user.subscriptions.remove(group),
        known => user.subscriptions.insert(group.to_owned(), known),
    };
    if to != Subscription::Unknown && before != Some(to) {
        let user = user.clone();
        currents::state_changed(state, &user, (group, to, source.word()), now);
    }
}
