//! The bundle's own two webhooks and triggers, as an administrator sets them up.
//!
//! In: endpoints and signing secrets. Out: webhooks and triggers with the contract's bodies and
//! conditions. Imports work and setup.

use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{Trigger, TriggerCondition};
use super::setup::add_webhook;
use super::work::Work;

/// The set-up that `sms-bridge setup zendesk` makes, in the words of the API.
const TRIGGERS: &str = include_str!("../../../zendesk/triggers.json");

const BODIES: [(&str, &str); 3] = [
    ("reply", include_str!("../../../zendesk/reply.json")),
    ("solved", include_str!("../../../zendesk/solved.json")),
    ("resend", include_str!("../../../zendesk/resend.json")),
];

/// Before the name of each of the bundle's webhooks and triggers.
const PREFIX: &str = "Bridge: ";

const WEBHOOKS: [(&str, &str); 2] = [("reply", "public reply"), ("solved", "solved")];

#[derive(Deserialize)]
struct Wanted {
    name: String,
    webhook: String,
    body: String,
    all: Vec<TriggerCondition>,
    actions: Vec<Value>,
}

/// Puts both webhooks and all triggers in place of earlier ones.
pub(super) fn install(work: &mut Work<'_>, endpoints: [(&str, &str); 2]) {
    let ours = |name: &str| name.starts_with(PREFIX);
    work.state.triggers.retain(|trigger| !ours(&trigger.title));
    work.state
        .webhooks
        .retain(|_, webhook| !ours(&webhook.name));
    let webhooks = [0, 1].map(|n| {
        let ((role, name), (endpoint, secret)) = (WEBHOOKS[n], endpoints[n]);
        let name = format!("{PREFIX}{name}");
        (
            role,
            add_webhook(work.state, work.now, &name, endpoint, secret),
        )
    });
    // A file of this repository, read by tests before anybody else.
    let wanted: Vec<Wanted> = serde_json::from_str(TRIGGERS).unwrap_or_default();
    for wanted in wanted {
        let webhook = webhooks.iter().find(|(role, _)| *role == wanted.webhook);
        let body = BODIES.iter().find(|(name, _)| *name == wanted.body);
        let (webhook, body) = (
            webhook.map(|found| &found.1),
            body.map(|found| found.1.trim_end()),
        );
        let mut actions = vec![json!({"field": "notification_webhook", "value": [webhook, body]})];
        actions.extend(wanted.actions);
        let trigger = Trigger {
            id: work.state.next_id(),
            title: format!("{PREFIX}{}", wanted.name),
            description: String::new(),
            active: true,
            category_id: None,
            all: wanted.all,
            any: Vec::new(),
            actions,
        };
        work.state.triggers.push(trigger);
    }
}

/// The name of the webhook for event types.
pub(super) fn events_name() -> String {
    format!("{PREFIX}events")
}

/// The bundle's triggers run for tickets with this tag only.
pub(super) fn limit(work: &mut Work<'_>, tag: &str) {
    let triggers = work.state.triggers.iter_mut();
    for trigger in triggers.filter(|trigger| trigger.title.starts_with(PREFIX)) {
        trigger.all.push(TriggerCondition {
            field: "current_tags".to_owned(),
            operator: "includes".to_owned(),
            value: tag.into(),
        });
    }
}

/// The tag that the bundle's triggers are limited to.
pub(super) fn tag(work: &Work<'_>) -> Option<String> {
    let ours = |title: &str| title.starts_with(PREFIX);
    let triggers = work.state.triggers.iter();
    let mut conditions = triggers
        .filter(|trigger| ours(&trigger.title))
        .flat_map(|trigger| &trigger.all);
    let limit = conditions.find(|one| one.field == "current_tags" && one.value != "sms_resend")?;
    limit.value.as_str().map(str::to_owned)
}
