//! What Zendesk made of a text, and the text that begins anew.

use super::{Flow, No, media};

/// What Zendesk made of a text.
pub(super) enum Taken {
    /// It is on a ticket.
    Yes,
    /// Not like this: with what was learnt, it goes elsewhere or in other words.
    NotYet,
    /// Refused, perhaps because the customer's user is gone.
    NotFromUser(No),
}

/// The ticket is gone or closed: the text opens another one, whatever the policy for strangers says.
pub(super) fn start_over(flow: &mut Flow<'_>) {
    flow.state.ticket = None;
    flow.progress.create = true;
    media::renew(flow.progress);
}
