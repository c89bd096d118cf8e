//! Braze's REST API: which routes there are, who may call them, and how often.

mod blocks;
mod campaigns;
mod export;
mod identify;
mod keys;
mod limits;
mod numbers;
mod recipient;
mod send;
mod subscription;
mod track;

use serde_json::{Value, json};

use crate::wire::{Answer, Ask};

use super::model::WorkspaceState;
use super::workspace::Workspace;

pub(super) use keys::Keys;
pub(super) use limits::Windows;

/// The operations by method and path; an operation is named like the permission it needs.
const ROUTES: &[(&str, &str, &str)] = &[
    ("POST", "/campaigns/trigger/send", "campaigns.trigger.send"),
    ("POST", "/users/track", "users.track"),
    ("POST", "/users/identify", "users.identify"),
    ("POST", "/users/export/ids", "users.export.ids"),
    ("GET", "/campaigns/details", "campaigns.details"),
    ("GET", "/campaigns/list", "campaigns.list"),
    ("POST", "/content_blocks/create", "content_blocks.create"),
    ("POST", "/content_blocks/update", "content_blocks.update"),
    ("GET", "/content_blocks/list", "content_blocks.list"),
    ("GET", "/subscription/status/get", "subscription.status.get"),
    (
        "POST",
        "/subscription/status/set",
        "subscription.status.set",
    ),
    (
        "GET",
        "/sms/invalid_phone_numbers",
        "sms.invalid_phone_numbers",
    ),
];

/// The operation of a request; `unknown` for a route that Braze does not have.
pub(super) fn operation(ask: &Ask) -> &'static str {
    let wanted = (ask.method.as_str(), ask.path.as_str());
    let found = ROUTES
        .iter()
        .find(|(method, path, _)| (*method, *path) == wanted);
    found.map_or("unknown", |(_, _, operation)| operation)
}

/// Answers a request.
pub(super) fn act(workspace: &Workspace, ask: &Ask) -> Answer {
    let operation = operation(ask);
    if operation == "unknown" {
        return Answer::json(404, &json!({"message": "Not Found"}));
    }
    let now = workspace.core.clock.now_ms();
    workspace.core.change(|state| {
        if let Err(refused) = keys::permit(state, ask, operation) {
            return refused;
        }
        let window = match limits::count(state, &workspace.config.limits, operation, now) {
            Ok(window) => window,
            Err(refused) => return refused,
        };
        let answer = perform(workspace, state, ask, operation, now);
        window.tell(answer.unwrap_or_else(|refused| refused))
    })
}

fn perform(
    workspace: &Workspace,
    state: &mut WorkspaceState,
    ask: &Ask,
    operation: &str,
    now: i64,
) -> Result<Answer, Answer> {
    match operation {
        "campaigns.details" => {
            let id = ask.param("campaign_id").unwrap_or_default();
            return campaigns::details(state, id);
        }
        "campaigns.list" => return campaigns::list(state, ask),
        "content_blocks.list" => return Ok(blocks::list(state)),
        "subscription.status.get" => return subscription::get(state, ask),
        "sms.invalid_phone_numbers" => return numbers::invalid(state, ask),
        _ => {}
    }
    let body = body(workspace, ask)?;
    match operation {
        "content_blocks.create" => blocks::create(state, &body),
        "content_blocks.update" => blocks::update(state, &body),
        "users.track" => track::track(state, &body, now),
        "users.identify" => identify::identify(state, &body),
        "users.export.ids" => export::ids(state, &body),
        "subscription.status.set" => subscription::set(state, &body, now),
        _ => send::send(state, &body, now),
    }
}

/// Size and form of a request's body, in the order Braze looks.
fn body(workspace: &Workspace, ask: &Ask) -> Result<Value, Answer> {
    if ask.body.len() > workspace.config.max_body {
        return Err(refused(413, "Request entity too large"));
    }
    let json_sent = ask
        .header("content-type")
        .is_some_and(|t| t.starts_with("application/json"));
    if !json_sent {
        return Err(refused(415, "Content-Type must be application/json"));
    }
    let body = ask.json().filter(Value::is_object);
    body.ok_or_else(|| refused(400, "The request body is not valid JSON"))
}

/// Strings that may be given alone or as a list; `None`: something else.
fn words(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(word) => Some(vec![word]),
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// A refusal with Braze's one-line message.
fn refused(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}
