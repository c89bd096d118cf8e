//! Triggers: which of them a change fires, and what they do.

use serde_json::json;

use crate::ids;

use super::conditions::Happened;
use super::config::AccountConfig;
use super::fields::note;
use super::model::{AccountState, Role, Status, Ticket, Trigger};
use super::webhooks::PendingWebhook;
use super::{catalogue, events, mail, placeholders};

/// Actions triggers may have; the rest of Zendesk's many are not modelled.
pub(super) const ACTIONS: &[&str] = &[
    "notification_webhook",
    "notification_user",
    "remove_tags",
    "current_tags",
    "set_tags",
    "status",
    "priority",
];

/// Runs all triggers once, in their order, then the webhooks that follow event types.
pub(super) fn run(
    state: &mut AccountState,
    config: &AccountConfig,
    now: i64,
    ticket_id: u64,
    creates: bool,
) {
    let fired = fired(state, ticket_id, creates);
    let mut outbox = Vec::new();
    if let Some(ticket) = state.tickets.get(&ticket_id) {
        let by = ticket.audits.last().map_or(0, |audit| audit.author_id);
        let page = placeholders::Page {
            state,
            config,
            ticket,
            by,
            escapes: config.variants.json_escaping,
        };
        for trigger in &fired {
            outbox.extend(invocations(&page, now, trigger));
        }
    }
    for trigger in &fired {
        mail::notify(state, config, now, ticket_id, trigger);
    }
    let default = |status| catalogue::default_status(state, status);
    let wanted = actions(&fired).filter(|(field, _)| *field == "status");
    let status = wanted.filter_map(|(_, word)| Status::parse(word)).last();
    let status = status.map(|status| (status, default(status)));
    if let Some(ticket) = state.tickets.get_mut(&ticket_id) {
        let moved = act(ticket, &fired, status);
        if moved && config.variants.triggers_move_the_stamp {
            ticket.updated_at_ms += 1_000;
            ticket.generated_at_ms = ticket.updated_at_ms;
        }
    }
    for mut invocation in outbox {
        invocation.id = state.next_id();
        state.outbox.push(invocation);
    }
    events::of_last_audit(state, now, ticket_id, creates);
}

/// The triggers whose conditions hold for the ticket's last audit.
fn fired(state: &AccountState, ticket_id: u64, creates: bool) -> Vec<Trigger> {
    let Some(ticket) = state.tickets.get(&ticket_id) else {
        return Vec::new();
    };
    let Some(audit) = ticket.audits.last() else {
        return Vec::new();
    };
    let user = state.users.get(&audit.author_id);
    let happened = Happened {
        ticket,
        audit,
        creates,
        role: user.map_or(Role::EndUser, |user| user.role),
    };
    let holds = |trigger: &&Trigger| {
        trigger.active
            && trigger.all.iter().all(|c| happened.holds(c))
            && (trigger.any.is_empty() || trigger.any.iter().any(|c| happened.holds(c)))
    };
    state.triggers.iter().filter(holds).cloned().collect()
}

/// What triggers change on the ticket shows in the audit of the update that made them run. Returns
/// whether they changed anything.
fn act(ticket: &mut Ticket, fired: &[Trigger], status: Option<(Status, u64)>) -> bool {
    let mut tags = ticket.tags.clone();
    let mut priority = ticket.priority.clone();
    for (field, value) in actions(fired) {
        let words = || value.split(' ').map(str::to_owned);
        match field {
            "remove_tags" => tags.retain(|tag| !words().any(|gone| gone == *tag)),
            "current_tags" => tags.extend(words()),
            "set_tags" => tags = words().collect(),
            "priority" => priority = Some(value.to_owned()),
            _ => {}
        }
    }
    tags.sort();
    tags.dedup();
    let Some(audit) = ticket.audits.last_mut() else {
        return false;
    };
    let before = audit.events.len();
    note(&mut audit.events, "tags", &ticket.tags, &tags);
    note(&mut audit.events, "priority", &ticket.priority, &priority);
    if let Some((status, custom)) = status {
        let was = ticket.status.as_str();
        note(&mut audit.events, "status", was, status.as_str());
        (ticket.status, ticket.custom_status_id) = (status, custom);
    }
    for event in &mut audit.events[before..] {
        event["via"] = json!({"channel": "rule"});
    }
    (ticket.tags, ticket.priority) = (tags, priority);
    audit.events.len() > before
}

/// The actions whose value is one word or several.
fn actions(fired: &[Trigger]) -> impl Iterator<Item = (&str, &str)> {
    let actions = fired.iter().flat_map(|trigger| &trigger.actions);
    actions.filter_map(|action| Some((action["field"].as_str()?, action["value"].as_str()?)))
}

fn invocations(page: &placeholders::Page<'_>, now: i64, trigger: &Trigger) -> Vec<PendingWebhook> {
    let webhooks = trigger.actions.iter();
    let webhooks = webhooks.filter(|action| action["field"] == "notification_webhook");
    let mut fired = Vec::new();
    for action in webhooks {
        let value = |at: usize| action["value"][at].as_str().unwrap_or_default();
        let webhook = page.state.webhooks.get(value(0));
        let Some(webhook) = webhook.filter(|webhook| webhook.active) else {
            continue;
        };
        fired.push(PendingWebhook {
            id: 0,
            invocation_id: ids::ulid(now),
            webhook_id: webhook.id.clone(),
            trigger: trigger.title.clone(),
            ticket_id: page.ticket.id,
            endpoint: webhook.endpoint.clone(),
            payload: page.render(value(1)),
        });
    }
    fired
}
