//! How tickets end: closed, deleted, merged into others.

use serde_json::json;

use super::super::auth::api_user;
use super::super::change::{Change, Words, apply};
use super::super::channel::Channel;
use super::super::model::Status;
use super::super::work::Work;
use super::super::{events, users};
use super::{DEFAULT_AGENT, DeskError, changeable, spoken};

/// An automation closes a ticket.
pub(in super::super) fn close(work: &mut Work<'_>, ticket: u64) -> Result<(), DeskError> {
    work.state
        .ticket(ticket)
        .ok_or(DeskError::NoTicket(ticket))?;
    let mut change = Change::new(api_user(work.state), Channel::Rule);
    change.status = Some(Status::Closed);
    apply(work.state, work.config, work.now, ticket, change);
    Ok(())
}

/// An agent deletes a ticket.
pub(in super::super) fn delete(work: &mut Work<'_>, ticket: u64) -> Result<(), DeskError> {
    let agent = users::agent(work, DEFAULT_AGENT);
    delete_as(work, ticket, agent)
}

/// Somebody deletes a ticket.
pub(in super::super) fn delete_as(
    work: &mut Work<'_>,
    ticket: u64,
    agent: u64,
) -> Result<(), DeskError> {
    let found = work.state.tickets.get_mut(&ticket);
    let found = found.filter(|ticket| !ticket.deleted);
    let found = found.ok_or(DeskError::NoTicket(ticket))?;
    found.deleted = true;
    found.generated_at_ms = work.now;
    let kind = "ticket.soft_deleted";
    events::of_ticket(work.state, work.now, ticket, agent, kind, json!({}));
    Ok(())
}

/// An agent merges a ticket into another.
pub(in super::super) fn merge(
    work: &mut Work<'_>,
    source: u64,
    target: u64,
) -> Result<(), DeskError> {
    changeable(work, target)?;
    let mut tags = changeable(work, source)?.tags.clone();
    tags.push("closed_by_merge".to_owned());
    tags.sort();
    let agent = users::agent(work, DEFAULT_AGENT);
    let note = |text: String| Words {
        public: false,
        ..spoken(agent, &text)
    };
    let mut closing = Change::new(agent, Channel::Rule);
    closing.comment = Some(note(format!(
        "This request was closed and merged into request #{target}."
    )));
    closing.status = Some(Status::Closed);
    closing.tags = Some(tags);
    apply(work.state, work.config, work.now, source, closing);
    let mut telling = Change::new(agent, Channel::Rule);
    telling.comment = Some(note(format!(
        "Request #{source} was closed and merged into this request."
    )));
    apply(work.state, work.config, work.now, target, telling);
    let event = json!({"target_ticket_id": target.to_string()});
    events::of_ticket(work.state, work.now, source, agent, "ticket.merged", event);
    Ok(())
}
