//! The bundle's own two webhooks and triggers, as an administrator sets them up.
//!
//! In: endpoints and signing secrets. Out: webhooks and triggers with the contract's bodies and
//! conditions. Imports work and setup.

use serde_json::{Value, json};

use super::model::{Condition, Trigger};
use super::setup::add_webhook;
use super::work::Work;

const REPLY_BODY: &str = r#"{"ticket_id":"{{ticket.id}}","status":"{{ticket.status}}",
 "external_user_id":"{{ticket.requester.custom_fields.braze_external_id}}",
 "comment_id":"{{ticket.latest_public_comment.id}}","author_name":"{{ticket.latest_public_comment.author.name}}",
 "author_role":"{{current_user.role}}","text":"{{ticket.latest_public_comment.value}}"}"#;

const SOLVED_BODY: &str = r#"{"ticket_id":"{{ticket.id}}","status":"{{ticket.status}}",
 "external_user_id":"{{ticket.requester.custom_fields.braze_external_id}}","message":"Your ticket has been closed"}"#;

const TITLES: [&str; 2] = ["Bridge: public reply", "Bridge: solved"];

/// Puts both webhooks and triggers in place of earlier ones.
pub(super) fn install(work: &mut Work<'_>, endpoints: [(&str, &str); 2]) {
    work.state
        .triggers
        .retain(|trigger| !TITLES.contains(&trigger.title.as_str()));
    work.state
        .webhooks
        .retain(|_, webhook| !TITLES.contains(&webhook.name.as_str()));
    let reply = vec![
        condition("comment_is_public", "is", "requester_can_see_comment"),
        condition("current_via_id", "is_not", "5"),
        condition("role", "is_not", "end_user"),
    ];
    let solved = vec![condition("status", "value", "solved")];
    let parts = [(REPLY_BODY, reply), (SOLVED_BODY, solved)];
    for ((title, (endpoint, secret)), (body, all)) in TITLES.into_iter().zip(endpoints).zip(parts) {
        let webhook = add_webhook(work.state, work.now, title, endpoint, secret);
        let action = json!({"field": "notification_webhook", "value": [webhook, body]});
        let trigger = Trigger {
            id: work.state.next_id(),
            title: title.to_owned(),
            active: true,
            category_id: None,
            all,
            any: Vec::new(),
            actions: vec![action],
        };
        work.state.triggers.push(trigger);
    }
}

fn condition(field: &str, operator: &str, value: &str) -> Condition {
    let value = Value::String(value.to_owned());
    Condition {
        field: field.to_owned(),
        operator: operator.to_owned(),
        value,
    }
}
