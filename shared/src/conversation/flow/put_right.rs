//! What an agent read as not sent, not added or not known is reported once more when it is done after all.

use crate::message::{DeliveryId, TicketId};

use super::super::state::Entry;
use super::Flow;

/// A note that corrects an earlier one, where the event was replayed or asked for again. `about`: the
/// delivery the earlier note was about.
pub(super) fn note(
    flow: &Flow<'_>,
    ticket: Option<TicketId>,
    about: &DeliveryId,
    text: String,
) -> Option<Entry> {
    let ticket = ticket.filter(|_| flow.progress.again)?;
    let mut note = flow.note(ticket, text, &[]);
    note.event.delivery = id(about);
    Some(note)
}

/// The delivery of the note that corrects what was said of another delivery.
pub fn id(about: &DeliveryId) -> DeliveryId {
    DeliveryId::derive("put-right", &[about.as_str()])
}
