//! Webhooks through the API: made and changed, and their secrets.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use crate::ids;
use crate::wire::{Answer, Ask};

use super::super::events::{CONDITIONAL, is_type};
use super::super::model::AccountState;
use super::super::webhooks::Webhook;
use super::super::work::{Outcome, Work, drop_unknown, invalid, not_found, object, text, warned};
use super::{deliveries, list};

const KEYS: &[&str] = &[
    "name",
    "endpoint",
    "http_method",
    "request_format",
    "status",
    "subscriptions",
    "authentication",
    "description",
    "custom_headers",
    "signing_secret",
    "external_source",
];

/// Words a field may hold.
const CHOICES: &[(&str, &[&str])] = &[
    ("http_method", &["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ("request_format", &["json", "xml", "form_encoded"]),
    ("status", &["active", "inactive"]),
];

/// Answers a webhook call; `None` for an operation that is none.
pub(super) fn answer(
    work: &mut Work<'_>,
    ask: &Ask,
    operation: &str,
    ids: &[String],
) -> Option<Outcome> {
    let first = ids.first().map_or("", String::as_str);
    let outcome = match operation {
        "webhooks.create" => create(work, ask),
        "webhooks.list" => Ok(all(work, ask)),
        "webhooks.show" => webhook(work, first)
            .map(|webhook| Answer::json(200, &json!({"webhook": show(webhook)}))),
        "webhooks.update" => update(work, ask, first),
        "webhooks.delete" => delete(work, first),
        "webhooks.signing_secret" => webhook(work, first).map(|webhook| secret(200, webhook)),
        "webhooks.reset_signing_secret" => reset(work, first),
        "webhooks.invocations" => deliveries::invocations(work, ask, first),
        "webhooks.attempts" => deliveries::attempts(work, ask, ids),
        _ => return None,
    };
    Some(outcome)
}

fn webhook<'a>(work: &'a Work<'_>, id: &str) -> Result<&'a Webhook, Answer> {
    work.state.webhooks.get(id).ok_or_else(not_found)
}

fn create(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let mut sent = object(ask, "webhook")?;
    let dropped = drop_unknown(&mut sent, KEYS);
    check(
        &sent,
        &[
            "name",
            "endpoint",
            "http_method",
            "request_format",
            "status",
        ],
    )?;
    let wanted = |key: &str| text(&sent, key).unwrap_or_default();
    let secret = ids::secret();
    let id = add(
        work.state,
        work.now,
        &wanted("name"),
        &wanted("endpoint"),
        &secret,
    );
    if let Some(webhook) = work.state.webhooks.get_mut(&id) {
        fill(webhook, &sent);
    }
    let shown = json!({"webhook": show(webhook(work, &id)?)});
    Ok(warned(Answer::json(201, &shown), &dropped))
}

/// Adds a webhook and returns its id.
pub(in super::super) fn add(
    state: &mut AccountState,
    now: i64,
    name: &str,
    endpoint: &str,
    secret: &str,
) -> String {
    let id = ids::ulid(now);
    let webhook = Webhook {
        id: id.clone(),
        name: name.to_owned(),
        description: String::new(),
        endpoint: endpoint.to_owned(),
        http_method: "POST".to_owned(),
        request_format: "json".to_owned(),
        active: true,
        secret: secret.to_owned(),
        subscriptions: vec![CONDITIONAL.to_owned()],
        ends: VecDeque::new(),
        open_until_ms: 0,
    };
    state.webhooks.insert(id.clone(), webhook);
    id
}

fn update(work: &mut Work<'_>, ask: &Ask, id: &str) -> Outcome {
    let mut sent = object(ask, "webhook")?;
    let dropped = drop_unknown(&mut sent, KEYS);
    check(&sent, &[])?;
    fill(
        work.state.webhooks.get_mut(id).ok_or_else(not_found)?,
        &sent,
    );
    Ok(warned(Answer::empty(204), &dropped))
}

/// One that a trigger posts to stays.
fn delete(work: &mut Work<'_>, id: &str) -> Outcome {
    webhook(work, id)?;
    let posts = |action: &Value| {
        action["field"] == "notification_webhook" && action["value"][0].as_str() == Some(id)
    };
    let mut triggers = work.state.triggers.iter();
    if triggers.any(|trigger| trigger.actions.iter().any(posts)) {
        return Err(invalid("base", "Webhook: is used by a trigger", "InUse"));
    }
    work.state.webhooks.remove(id);
    Ok(Answer::empty(204))
}

fn check(sent: &Map<String, Value>, required: &[&str]) -> Result<(), Answer> {
    for key in required {
        if text(sent, key).is_none_or(|value| value.is_empty()) {
            return Err(invalid(key, "cannot be blank", "BlankValue"));
        }
    }
    for (key, allowed) in CHOICES {
        let given = text(sent, key);
        if given.is_some_and(|given| !allowed.contains(&given.as_str())) {
            return Err(invalid(key, "is not included in the list", "InvalidValue"));
        }
    }
    subscriptions(sent)?;
    let Some(endpoint) = text(sent, "endpoint") else {
        return Ok(());
    };
    let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if endpoint.starts_with("https://") || here.iter().any(|host| endpoint.starts_with(host)) {
        return Ok(());
    }
    Err(invalid(
        "endpoint",
        "Endpoint: must be an https address",
        "InvalidValue",
    ))
}

/// Either triggers, or event types that exist.
fn subscriptions(sent: &Map<String, Value>) -> Result<(), Answer> {
    let Some(Value::Array(list)) = sent.get("subscriptions") else {
        return Ok(());
    };
    let follows = |kind: &Value| kind.as_str().is_some_and(is_type);
    if *list == [json!(CONDITIONAL)] || list.iter().all(follows) {
        return Ok(());
    }
    let text = "Subscriptions: must be conditional_ticket_events alone, or event types";
    Err(invalid("subscriptions", text, "InvalidValue"))
}

fn fill(webhook: &mut Webhook, sent: &Map<String, Value>) {
    for (key, field) in [
        ("name", &mut webhook.name),
        ("description", &mut webhook.description),
        ("endpoint", &mut webhook.endpoint),
        ("http_method", &mut webhook.http_method),
        ("request_format", &mut webhook.request_format),
    ] {
        if let Some(given) = text(sent, key) {
            *field = given;
        }
    }
    webhook.active = text(sent, "status").map_or(webhook.active, |status| status == "active");
    if let Some(Value::Array(list)) = sent.get("subscriptions") {
        let names = list.iter().filter_map(Value::as_str);
        webhook.subscriptions = names.map(str::to_owned).collect();
    }
}

fn show(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id, "name": webhook.name, "description": webhook.description,
        "endpoint": webhook.endpoint, "http_method": webhook.http_method,
        "status": if webhook.active { "active" } else { "inactive" },
        "request_format": webhook.request_format, "subscriptions": webhook.subscriptions,
    })
}

fn all(work: &Work<'_>, ask: &Ask) -> Answer {
    let wanted = ask.param("filter[name_contains]").unwrap_or_default();
    let found = work
        .state
        .webhooks
        .values()
        .filter(|webhook| webhook.name.contains(wanted));
    let rows = found
        .enumerate()
        .map(|(at, webhook)| (at as u64, show(webhook)));
    list(work, ask, "webhooks", rows)
}

fn secret(status: u16, webhook: &Webhook) -> Answer {
    let secret = json!({"secret": webhook.secret, "algorithm": "SHA256"});
    Answer::json(status, &json!({"signing_secret": secret}))
}

fn reset(work: &mut Work<'_>, id: &str) -> Outcome {
    work.state
        .webhooks
        .get_mut(id)
        .ok_or_else(not_found)?
        .secret = ids::secret();
    Ok(secret(201, webhook(work, id)?))
}
