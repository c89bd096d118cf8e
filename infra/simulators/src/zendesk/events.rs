//! Webhooks that follow event types instead of triggers: `zen:event-type:ticket.status_changed` and
//! others, in Zendesk's own JSON.
//!
//! The form is that of the vendor's reference pages "Ticket events" and "User events". What
//! `user.merged` and `ticket.merged` carry in `event` is not verified.

use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::ids;

use super::model::{AccountState, AccountUser, Ticket, TicketComment};
use super::webhooks::PendingWebhook;

mod types;

pub(super) use types::{CONDITIONAL, PREFIX, is_type};

/// The audit fields whose change has an event type of its own.
const FIELDS: &[(&str, &str)] = &[
    ("status", "ticket.status_changed"),
    ("custom_status_id", "ticket.custom_status_changed"),
    ("requester_id", "ticket.requester_changed"),
    ("subject", "ticket.subject_changed"),
    ("priority", "ticket.priority_changed"),
    ("type", "ticket.type_changed"),
    ("external_id", "ticket.external_id_changed"),
    ("assignee_id", "ticket.agent_assignment_changed"),
    ("group_id", "ticket.group_assignment_changed"),
    ("brand_id", "ticket.brand_changed"),
    ("ticket_form_id", "ticket.form_changed"),
];

/// Fires the event types of a ticket's last audit.
pub(super) fn of_last_audit(state: &mut AccountState, now: i64, ticket_id: u64, creates: bool) {
    if !followed(state) {
        return;
    }
    let Some(audit) = state.tickets.get(&ticket_id).and_then(|t| t.audits.last()) else {
        return;
    };
    let mut happened = Vec::new();
    if creates {
        happened.push(("ticket.created", json!({})));
    }
    happened.extend(audit.events.iter().filter_map(of_event));
    let by = audit.author_id;
    for (kind, event) in happened {
        of_ticket(state, now, ticket_id, by, kind, event);
    }
}

/// The event type of one audit event, and what it says.
fn of_event(event: &Value) -> Option<(&'static str, Value)> {
    if event["type"] == "Comment" {
        let comment = json!({"id": event["id"].to_string(), "body": event["plain_body"],
            "is_public": event["public"], "author": {"id": event["author_id"].to_string()}});
        return Some(("ticket.comment_added", json!({"comment": comment})));
    }
    let (before, after) = (&event["previous_value"], &event["value"]);
    let field = event["field_name"].as_str()?;
    if field == "tags" {
        let only = |these: &Value, those: &Value| -> Value {
            let those = those.as_array().cloned().unwrap_or_default();
            let these = these.as_array().into_iter().flatten();
            these.filter(|tag| !those.contains(tag)).cloned().collect()
        };
        let tags = json!({"tags_added": only(after, before), "tags_removed": only(before, after)});
        return Some(("ticket.tags_changed", tags));
    }
    let shown = |value: &Value| match value {
        Value::String(word) if matches!(field, "status" | "priority" | "type") => {
            json!(word.to_uppercase())
        }
        Value::Number(id) => json!(id.to_string()),
        other => other.clone(),
    };
    let change = json!({"previous": shown(before), "current": shown(after)});
    let known = FIELDS.iter().find(|(name, _)| *name == field);
    match known {
        Some((_, kind)) => Some((kind, change)),
        None => field
            .parse::<u64>()
            .is_ok()
            .then_some(("ticket.custom_field_changed", change)),
    }
}

/// Fires an event type about a ticket.
pub(super) fn of_ticket(
    state: &mut AccountState,
    now: i64,
    ticket_id: u64,
    by: u64,
    kind: &str,
    event: Value,
) {
    if let Some(ticket) = state.tickets.get(&ticket_id) {
        let detail = ticket_detail(ticket, by);
        let subject = format!("zen:ticket:{ticket_id}");
        fire(state, now, ticket_id, kind, &subject, detail, event);
    }
}

/// Fires an event type about a user.
pub(super) fn of_user(
    state: &mut AccountState,
    now: i64,
    user: &AccountUser,
    kind: &str,
    event: Value,
) {
    let detail = user_detail(user);
    let subject = format!("zen:user:{}", user.id);
    fire(state, now, 0, kind, &subject, detail, event);
}

/// Whether any webhook follows event types.
fn followed(state: &AccountState) -> bool {
    let follows = |kinds: &Vec<String>| kinds.iter().any(|kind| kind.starts_with(PREFIX));
    let mut webhooks = state.webhooks.values();
    webhooks.any(|webhook| webhook.active && follows(&webhook.subscriptions))
}

fn fire(
    state: &mut AccountState,
    now: i64,
    ticket_id: u64,
    kind: &str,
    subject: &str,
    detail: Value,
    event: Value,
) {
    let kind = format!("{PREFIX}{kind}");
    let payload = json!({"account_id": 7_654_321, "id": ids::uuid(), "time": rfc3339(now),
        "type": kind, "zendesk_event_version": "2022-11-06", "subject": subject,
        "detail": detail, "event": event})
    .to_string();
    let follows = |subscriptions: &[String]| subscriptions.contains(&kind);
    let webhooks = state.webhooks.values();
    let webhooks = webhooks.filter(|webhook| webhook.active && follows(&webhook.subscriptions));
    let mut fired: Vec<PendingWebhook> = webhooks
        .map(|webhook| PendingWebhook {
            id: 0,
            invocation_id: ids::ulid(now),
            webhook_id: webhook.id.clone(),
            trigger: kind.clone(),
            ticket_id,
            endpoint: webhook.endpoint.clone(),
            payload: payload.clone(),
        })
        .collect();
    for invocation in &mut fired {
        invocation.id = state.next_id();
    }
    state.outbox.extend(fired);
}

fn ticket_detail(ticket: &Ticket, by: u64) -> Value {
    let id = |id: Option<u64>| id.map(|id| id.to_string());
    let upper = |word: &Option<String>| word.as_ref().map(|word| word.to_uppercase());
    json!({
        "id": ticket.id.to_string(), "actor_id": by.to_string(), "subject": ticket.subject,
        "description": ticket.comments.first().map(|first| first.plain_body.clone()),
        "status": ticket.status.as_str().to_uppercase(),
        "custom_status": ticket.custom_status_id.to_string(),
        "priority": upper(&ticket.priority), "type": upper(&ticket.kind), "tags": ticket.tags,
        "requester_id": ticket.requester.id.to_string(),
        "submitter_id": ticket.submitter_id.to_string(), "assignee_id": id(ticket.assignee_id),
        "group_id": id(ticket.group_id), "brand_id": ticket.brand_id.to_string(),
        "form_id": ticket.ticket_form_id.to_string(), "organization_id": null,
        "external_id": ticket.external_id, "via": {"channel": via(&ticket.via)},
        "is_public": ticket.comments.iter().any(|comment: &TicketComment| comment.public),
        "created_at": rfc3339(ticket.created_at_ms), "updated_at": rfc3339(ticket.updated_at_ms),
    })
}

/// Event types have words of their own for channels.
fn via(channel: &str) -> &str {
    match channel {
        "api" => "web_service",
        "email" => "mail",
        "web" => "web_form",
        other => other,
    }
}

fn user_detail(user: &AccountUser) -> Value {
    json!({
        "id": user.id.to_string(), "email": user.email, "external_id": user.external_id,
        "role": user.role.as_str(), "default_group_id": "0", "organization_id": "0",
        "created_at": rfc3339(user.created_at_ms), "updated_at": rfc3339(user.updated_at_ms),
    })
}
