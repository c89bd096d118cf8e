//! Triggers: which of them a change fires, and the webhooks they ask for.
//!
//! In: what happened to a ticket. Out: invocations in the state's outbox. Imports the model and
//! the placeholders.

use serde_json::{Value, json};

use crate::ids;

use super::config::Config;
use super::model::{Condition, Role, State, Status, Ticket, Trigger};
use super::placeholders;
use super::webhooks::PendingWebhook;

/// A change, as conditions look at it.
pub(super) struct Happened {
    pub(super) ticket_id: u64,
    /// Status before the change; `None`: the ticket was just made.
    pub(super) before: Option<Status>,
    /// Whether the change brought a comment, and a public one.
    pub(super) spoke_publicly: Option<bool>,
    pub(super) via_id: u64,
    pub(super) by: u64,
}

/// Fields and operators conditions may use.
pub(super) const CONDITIONS: &[(&str, &[&str])] = &[
    ("comment_is_public", &["is", "is_not"]),
    ("current_via_id", &["is", "is_not"]),
    ("via_id", &["is", "is_not"]),
    ("role", &["is", "is_not"]),
    (
        "status",
        &[
            "is",
            "is_not",
            "value",
            "value_previous",
            "changed",
            "not_changed",
            "less_than",
            "greater_than",
        ],
    ),
    ("update_type", &["is", "is_not"]),
    ("current_tags", &["includes", "not_includes"]),
];

/// Fields actions may set; the rest of Zendesk's many are not modelled.
pub(super) const ACTIONS: &[&str] = &[
    "notification_webhook",
    "remove_tags",
    "current_tags",
    "set_tags",
    "status",
    "priority",
];

/// Runs all triggers once, in their order.
pub(super) fn run(state: &mut State, config: &Config, now: i64, happened: &Happened) {
    let mut fired = Vec::new();
    let (mut unwanted, mut wanted) = (Vec::new(), Vec::new());
    if let Some(ticket) = state.tickets.get(&happened.ticket_id) {
        let role = state
            .users
            .get(&happened.by)
            .map_or(Role::EndUser, |user| user.role);
        let holds = |condition: &Condition| holds(condition, ticket, happened, role);
        for trigger in state.triggers.iter().filter(|trigger| trigger.active) {
            if trigger.all.iter().all(holds)
                && (trigger.any.is_empty() || trigger.any.iter().any(holds))
            {
                fired.extend(invocations(
                    state,
                    config,
                    now,
                    trigger,
                    ticket,
                    happened.by,
                ));
                unwanted.extend(tags_of(trigger, "remove_tags"));
                wanted.extend(tags_of(trigger, "current_tags"));
            }
        }
    }
    if let Some(ticket) = state.tickets.get_mut(&happened.ticket_id) {
        retag(ticket, &unwanted, wanted);
    }
    for mut invocation in fired {
        invocation.id = state.next_id();
        state.outbox.push(invocation);
    }
}

/// What triggers change is told in the audit of the update that made them run.
fn retag(ticket: &mut Ticket, unwanted: &[String], wanted: Vec<String>) {
    let before = ticket.tags.clone();
    ticket.tags.retain(|tag| !unwanted.contains(tag));
    ticket.tags.extend(wanted);
    ticket.tags.sort();
    ticket.tags.dedup();
    let audit = ticket.audits.last_mut();
    if let Some(audit) = audit.filter(|_| before != ticket.tags) {
        let id = audit.events.len() + 1;
        audit.events.push(json!({
            "id": id, "type": "Change", "field_name": "tags", "via": {"channel": "rule"},
            "previous_value": before, "value": ticket.tags,
        }));
    }
}

/// The tags of a trigger's actions; of the actions on a ticket itself only these are acted out.
fn tags_of(trigger: &Trigger, action: &str) -> Vec<String> {
    let actions = trigger.actions.iter().filter(|a| a["field"] == action);
    actions
        .filter_map(|action| action["value"].as_str())
        .flat_map(|tags| tags.split(' ').map(str::to_owned))
        .collect()
}

fn invocations(
    state: &State,
    config: &Config,
    now: i64,
    trigger: &Trigger,
    ticket: &Ticket,
    by: u64,
) -> Vec<PendingWebhook> {
    let mut fired = Vec::new();
    for action in trigger
        .actions
        .iter()
        .filter(|a| a["field"] == "notification_webhook")
    {
        let value = |at: usize| action["value"][at].as_str().unwrap_or_default();
        let Some(webhook) = state
            .webhooks
            .get(value(0))
            .filter(|webhook| webhook.active)
        else {
            continue;
        };
        let page = placeholders::Page {
            state,
            config,
            ticket,
            by,
        };
        fired.push(PendingWebhook {
            id: 0,
            invocation_id: ids::ulid(now),
            webhook_id: webhook.id.clone(),
            trigger: trigger.title.clone(),
            ticket_id: ticket.id,
            endpoint: webhook.endpoint.clone(),
            payload: page.render(value(1)),
        });
    }
    fired
}

fn holds(condition: &Condition, ticket: &Ticket, happened: &Happened, by: Role) -> bool {
    let value = match &condition.value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let positive = match condition.field.as_str() {
        "comment_is_public" => match value.as_str() {
            "true" | "requester_can_see_comment" => happened.spoke_publicly == Some(true),
            "false" => happened.spoke_publicly == Some(false),
            "not_relevant" => happened.spoke_publicly.is_some(),
            _ => false,
        },
        "current_via_id" => happened.via_id.to_string() == value,
        "via_id" => via_id(&ticket.via) == value,
        "role" => match value.as_str() {
            "end_user" => by == Role::EndUser,
            "agent" => by != Role::EndUser,
            id => happened.by.to_string() == id,
        },
        "update_type" => match happened.before {
            None => value == "Create",
            Some(_) => value == "Change",
        },
        "current_tags" => value
            .split(' ')
            .any(|tag| ticket.tags.iter().any(|have| have == tag)),
        "status" => return status_holds(&condition.operator, &value, ticket, happened),
        _ => return false,
    };
    positive != matches!(condition.operator.as_str(), "is_not" | "not_includes")
}

fn via_id(channel: &str) -> String {
    match channel {
        "api" => "5",
        "email" => "4",
        _ => "0",
    }
    .to_owned()
}

fn status_holds(operator: &str, value: &str, ticket: &Ticket, happened: &Happened) -> bool {
    let wanted = Status::parse(value);
    let changed = happened.before != Some(ticket.status);
    match operator {
        "is" => Some(ticket.status) == wanted,
        "is_not" => Some(ticket.status) != wanted,
        "value" => changed && Some(ticket.status) == wanted,
        "value_previous" => changed && happened.before.is_some() && happened.before == wanted,
        "changed" => changed,
        "not_changed" => !changed,
        "less_than" => wanted.is_some_and(|wanted| ticket.status < wanted),
        "greater_than" => wanted.is_some_and(|wanted| ticket.status > wanted),
        _ => false,
    }
}
