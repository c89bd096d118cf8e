//! The control surface under `/_sim/`: what happens in the dashboard and on phones, over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::control::faults;
use crate::wire::{Answer, Ask};

use super::condition::Condition;
use super::inbound;
use super::model::WorkspaceState;
use super::profile::{SMS_GROUP, Subscription, User};
use super::variants::WorkspaceVariants;
use super::workspace::Workspace;

/// Answers a request of the control surface.
pub(super) async fn answer(workspace: &Arc<Workspace>, ask: &Ask) -> Answer {
    let segments = ask.segments();
    let state = |look: fn(&WorkspaceState) -> Value| Answer::json(200, &workspace.core.read(look));
    match (ask.method.as_str(), segments.as_slice()) {
        ("POST", [_, "texts"]) => texts(workspace, ask).await,
        ("GET", [_, "inbox", who]) => {
            let inbox = workspace.core.read(|state| json!(state.inbox(who)));
            Answer::json(200, &inbox)
        }
        ("GET", [_, "phones"]) => state(|s| json!(s.phones)),
        ("GET", [_, "users"]) => state(|s| json!(s.users)),
        ("POST", [_, "users"]) => user(workspace, ask),
        ("PUT", [_, "users", who, "condition"]) => condition(workspace, who, ask),
        ("GET", [_, "variants"]) => state(|s| json!(s.variants)),
        ("PUT", [_, "variants"]) => variants(workspace, ask),
        ("GET", [_, "currents"]) => state(exported),
        ("PUT", [_, "currents"]) => connector(workspace, ask),
        ("DELETE", [_, "currents"]) => {
            workspace
                .core
                .change(|state| state.currents.connector = None);
            Answer::empty(204)
        }
        ("GET", [_, "sends"]) => state(|s| json!(s.sends)),
        ("GET", [_, "texts"]) => state(|s| json!(s.inbound_log)),
        ("GET", [_, "calls"]) => state(|s| crate::calls::shown(&s.calls)),
        _ => faults(&workspace.core, ask, &segments),
    }
}

fn wrong(text: &str) -> Answer {
    Answer::json(400, &json!({"error": text}))
}

/// Adds a user, who is subscribed unless the request says otherwise.
fn user(workspace: &Workspace, ask: &Ask) -> Answer {
    let body = ask.json().unwrap_or_default();
    let mut user: User = match serde_json::from_value(body.clone()) {
        Ok(user) => user,
        Err(error) => return wrong(&error.to_string()),
    };
    if user.external_id.is_empty() && user.phone.is_empty() {
        return wrong("external_id or phone is required");
    }
    if body.get("subscriptions").is_none() {
        user.subscriptions
            .insert(SMS_GROUP.to_owned(), Subscription::Subscribed);
    }
    let shown = workspace.core.change(|state| {
        let id = state.users.put(user);
        json!(state.users.find(&id))
    });
    Answer::json(201, &shown)
}

fn condition(workspace: &Workspace, who: &str, ask: &Ask) -> Answer {
    let condition = match serde_json::from_slice::<Condition>(&ask.body) {
        Ok(condition) => condition,
        Err(error) => return wrong(&error.to_string()),
    };
    let now = workspace.core.clock.now_ms();
    let id = |state: &WorkspaceState| state.users.find(who).map(|user| user.braze_id.clone());
    match workspace.core.read(id) {
        Some(id) => {
            workspace
                .core
                .change(|state| condition.set(state, &id, now));
            Answer::empty(204)
        }
        None => Answer::json(404, &json!({"error": "there is no such user"})),
    }
}

/// The connector without its token, its requests, and how much waits.
fn exported(state: &WorkspaceState) -> Value {
    let currents = &state.currents;
    let connector = currents
        .connector
        .as_ref()
        .map(|connector| json!({"url": connector.url, "standing": connector.standing}));
    json!({"connector": connector, "posts": currents.posts, "waiting": currents.waiting()})
}

/// Sets the connector of Currents up.
fn connector(workspace: &Workspace, ask: &Ask) -> Answer {
    let body = ask.json().unwrap_or_default();
    let (Some(url), Some(token)) = (body["url"].as_str(), body["token"].as_str()) else {
        return wrong("url and token are required");
    };
    workspace
        .core
        .change(|state| state.currents.connect(url, token));
    Answer::empty(204)
}

/// Sets the switches that the request names.
fn variants(workspace: &Workspace, ask: &Ask) -> Answer {
    let body = ask.json().unwrap_or_default();
    let Some(named) = body.as_object() else {
        return wrong("an object of switches is required");
    };
    workspace.core.change(|state| {
        let mut all = json!(state.variants);
        if let Some(all) = all.as_object_mut() {
            all.extend(named.clone());
        }
        match serde_json::from_value::<WorkspaceVariants>(all) {
            Ok(variants) => {
                state.variants = variants;
                Answer::json(200, &json!(state.variants))
            }
            Err(error) => wrong(&error.to_string()),
        }
    })
}

async fn texts(workspace: &Arc<Workspace>, ask: &Ask) -> Answer {
    let body = ask.json().unwrap_or_default();
    let who = body["external_user_id"].as_str().or(body["from"].as_str());
    let Some(who) = who else {
        return wrong("external_user_id or from is required");
    };
    let text = body["text"].as_str().unwrap_or_default();
    let media = match &body["media_urls"] {
        Value::Array(list) => list
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    let delivery = inbound::text(workspace, who, text, &media).await;
    Answer::json(200, &json!(delivery))
}
