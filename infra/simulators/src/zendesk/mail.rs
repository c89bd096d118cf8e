//! E-mails that triggers send to the people of a ticket.

use serde_json::json;

use super::config::AccountConfig;
use super::model::{AccountState, Email, Ticket, Trigger, TriggerCondition};
use super::placeholders::Page;

/// Sends the e-mails a trigger asks for: to the requester, the requester and those in copy, or one
/// user. A user without an address gets none, and nobody gets one about a change of their own.
pub(super) fn notify(
    state: &mut AccountState,
    config: &AccountConfig,
    now: i64,
    ticket_id: u64,
    trigger: &Trigger,
) {
    let mut sent = Vec::new();
    let actions = trigger.actions.iter();
    for action in actions.filter(|action| action["field"] == "notification_user") {
        let value = |at: usize| action["value"][at].as_str().unwrap_or_default();
        let Some(ticket) = state.tickets.get(&ticket_id) else {
            continue;
        };
        let by = ticket.audits.last().map_or(0, |audit| audit.author_id);
        let page = Page {
            state,
            config,
            ticket,
            by,
            escapes: false,
        };
        let users = recipients(ticket, value(0)).into_iter();
        let users = users.filter(|id| *id != by).filter_map(|id| state.user(id));
        sent.extend(users.filter_map(|user| user.email.clone()).map(|to| Email {
            to,
            ticket_id,
            trigger: trigger.title.clone(),
            subject: page.render(value(1)),
            body: page.render(value(2)),
            at_ms: now,
        }));
    }
    state.emails.extend(sent);
}

fn recipients(ticket: &Ticket, who: &str) -> Vec<u64> {
    let mut ids = vec![ticket.requester.id];
    match who {
        "requester_id" => {}
        "requester_and_ccs" => ids.extend(&ticket.email_cc_ids),
        user => ids = user.parse().into_iter().collect(),
    }
    ids
}

/// Zendesk's own trigger of new accounts that mails an agent's public comment to the requester and
/// those in copy.
pub(super) fn comment_update(id: u64) -> Trigger {
    let condition = |field: &str, operator: &str, value: &str| TriggerCondition {
        field: field.to_owned(),
        operator: operator.to_owned(),
        value: json!(value),
    };
    let body = "Your request ({{ticket.id}}) has been updated.\n\n\
        {{ticket.latest_public_comment.value}}";
    Trigger {
        id,
        title: "Notify requester and CCs of comment update".to_owned(),
        description: String::new(),
        active: true,
        category_id: None,
        all: vec![
            condition("update_type", "is", "Change"),
            condition("comment_is_public", "is", "requester_can_see_comment"),
            condition("role", "is", "agent"),
        ],
        any: Vec::new(),
        actions: vec![json!({"field": "notification_user",
            "value": ["requester_and_ccs", "[Acme] Re: {{ticket.title}}", body]})],
    }
}
