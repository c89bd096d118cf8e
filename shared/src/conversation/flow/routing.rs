//! What a campaign asks for a new ticket: the customer's context as one note for the agent, and a group, a
//! brand, a form, fields. What Zendesk refuses of it does not lose the text, and the agent reads so.

use crate::message::{DeliveryId, Personal, Routing, Text};

use super::super::notes;
use super::super::state::Entry;
use super::super::step::Refusal;
use super::Flow;

/// What ticket fields are called as a whole, in a refusal and in the note.
const FIELDS: &str = "custom_fields";

/// Zendesk's status for values it does not take.
const UNPROCESSABLE: u16 = 422;

/// What the new ticket is to be, without what was refused.
pub(super) fn of_new_ticket(flow: &Flow<'_>, text: &Text) -> Routing {
    let mut routing = text.extras.routing.as_deref().cloned().unwrap_or_default();
    let refused = &flow.progress.refused;
    routing.ids.retain(|(name, _)| !refused.contains(name));
    if refused.iter().any(|name| name == FIELDS) {
        routing.fields.clear();
    }
    routing
}

/// Zendesk names what it does not take: the ticket is created without, under a new key.
pub(super) fn leave_out_named(flow: &mut Flow<'_>, text: &Text, refusal: &Refusal) -> bool {
    let said = refusal.detail.as_str();
    let named = names(&of_new_ticket(flow, text));
    let named: Vec<String> = named
        .into_iter()
        .filter(|name| said.contains(name.as_str()))
        .collect();
    refusal.status == UNPROCESSABLE && leave_out(flow, named)
}

/// Zendesk does not say what it does not take: nothing of the campaign's ids is asked for.
pub(super) fn leave_out_all(flow: &mut Flow<'_>, text: &Text) -> bool {
    let all = names(&of_new_ticket(flow, text));
    leave_out(flow, all)
}

fn leave_out(flow: &mut Flow<'_>, names: Vec<String>) -> bool {
    let some = !names.is_empty();
    if some {
        flow.progress.refused.extend(names);
        flow.progress.key = flow.progress.key.saturating_add(1);
    }
    some
}

fn names(routing: &Routing) -> Vec<String> {
    let ids = routing.ids.iter().map(|(name, _)| name.clone());
    let fields = (!routing.fields.is_empty()).then(|| FIELDS.to_owned());
    ids.chain(fields).collect()
}

/// The agent reads the customer's context when a ticket opens, and what of the campaign's wishes it lacks.
pub(super) fn note(flow: &Flow<'_>, text: &Text) -> Option<Entry> {
    let ticket = flow.state.ticket.filter(|_| flow.progress.opened)?;
    let mut lines = Vec::new();
    if !text.extras.context.is_empty() {
        lines.push(notes::context(flow.language(), &text.extras.context));
    }
    let unusable = text.extras.unusable.iter().map(Personal::as_str);
    let refused = flow.progress.refused.iter().map(String::as_str);
    let left_out: Vec<&str> = unusable.chain(refused).collect();
    if !left_out.is_empty() {
        lines.push(notes::left_out(flow.language(), &left_out));
    }
    if lines.is_empty() {
        return None;
    }
    let mut note = flow.note(ticket, lines.join("\n\n"), &[]);
    // The text may have another note.
    note.event.delivery = DeliveryId::derive("context", &[flow.about.delivery.as_str()]);
    Some(note)
}
