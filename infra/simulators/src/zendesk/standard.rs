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

const RESEND_BODY: &str = r#"{"ticket_id":"{{ticket.id}}","resend":"true",
 "external_user_id":"{{ticket.requester.custom_fields.braze_external_id}}"}"#;

const TITLES: [&str; 2] = ["Bridge: public reply", "Bridge: solved"];

/// Title of the trigger that asks for a message to be sent again; it uses the reply webhook.
const RESEND_TITLE: &str = "Bridge: send again";

/// Puts both webhooks and triggers in place of earlier ones.
pub(super) fn install(work: &mut Work<'_>, endpoints: [(&str, &str); 2]) {
    work.state.triggers.retain(|trigger| {
        !TITLES.contains(&trigger.title.as_str()) && trigger.title != RESEND_TITLE
    });
    work.state
        .webhooks
        .retain(|_, webhook| !TITLES.contains(&webhook.name.as_str()));
    let reply = vec![
        condition("comment_is_public", "is", "requester_can_see_comment"),
        condition("current_via_id", "is_not", "5"),
        condition("role", "is_not", "end_user"),
    ];
    let solved = vec![condition("status", "value", "solved")];
    let resend = vec![
        condition("current_tags", "includes", "sms_resend"),
        condition("current_via_id", "is_not", "5"),
    ];
    let [reply_webhook, solved_webhook] = [0, 1].map(|n| {
        let (endpoint, secret) = endpoints[n];
        add_webhook(work.state, work.now, TITLES[n], endpoint, secret)
    });
    add_trigger(work, TITLES[0], &reply_webhook, REPLY_BODY, reply);
    add_trigger(work, TITLES[1], &solved_webhook, SOLVED_BODY, solved);
    add_trigger(work, RESEND_TITLE, &reply_webhook, RESEND_BODY, resend);
}

fn add_trigger(work: &mut Work<'_>, title: &str, webhook: &str, body: &str, all: Vec<Condition>) {
    let trigger = Trigger {
        id: work.state.next_id(),
        title: title.to_owned(),
        active: true,
        category_id: None,
        all,
        any: Vec::new(),
        actions: vec![json!({"field": "notification_webhook", "value": [webhook, body]})],
    };
    work.state.triggers.push(trigger);
}

fn condition(field: &str, operator: &str, value: &str) -> Condition {
    let value = Value::String(value.to_owned());
    Condition {
        field: field.to_owned(),
        operator: operator.to_owned(),
        value,
    }
}
