//! The workspace behind the server: routes, key, limits, control surface.
//!
//! In: requests. Out: answers. Imports every part of the API.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::calls::Call;
use crate::control::faults;
use crate::core::Core;
use crate::post::Poster;
use crate::server::Vendor;
use crate::wire::{Answer, Ask, matches};

use super::config::Config;
use super::model::{State, User};
use super::{api, campaigns, inbound, track};

/// A simulated workspace.
pub(super) struct Workspace {
    pub(super) core: Core<State>,
    pub(super) config: Config,
    pub(super) poster: Poster,
    pub(super) base_url: String,
}

impl Workspace {
    pub(super) fn new(config: Config, base_url: String, poster: Poster) -> Self {
        let core = Core::new(config.clock.clone(), State::default());
        Self {
            core,
            config,
            poster,
            base_url,
        }
    }
}

impl Vendor for Workspace {
    type State = State;

    fn core(&self) -> &Core<State> {
        &self.core
    }

    fn calls(state: &mut State) -> &mut Vec<Call> {
        &mut state.calls
    }

    fn operation(&self, ask: &Ask) -> &'static str {
        match (ask.method.as_str(), ask.path.as_str()) {
            ("POST", "/campaigns/trigger/send") => "campaigns.trigger.send",
            ("POST", "/users/track") => "users.track",
            ("GET", "/campaigns/details") => "campaigns.details",
            _ => "unknown",
        }
    }

    fn act(self: &Arc<Self>, ask: &Ask) -> Answer {
        let operation = self.operation(ask);
        if operation == "unknown" {
            return Answer::json(404, &json!({"message": "Not Found"}));
        }
        let now = self.core.clock.now_ms();
        let answer = self.core.change(|state| {
            permit(self, state, ask, operation)?;
            if operation == "campaigns.details" {
                return campaigns::details(state, ask.param("campaign_id").unwrap_or_default());
            }
            let body = checked(self, state, ask, now)?;
            match operation {
                "users.track" => track::track(state, &body),
                _ => api::send(state, &body, now),
            }
        });
        answer.unwrap_or_else(|refused| refused)
    }

    async fn control(self: Arc<Self>, ask: Ask) -> Answer {
        control(&self, &ask).await
    }
}

/// A refusal with Braze's one-line message.
pub(super) fn refused(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}

/// Refuses a key that is unknown, or lacks the permission of this call.
fn permit(workspace: &Workspace, state: &State, ask: &Ask, call: &str) -> Result<(), Answer> {
    let sent = ask.header("authorization");
    let key = sent.and_then(|sent| sent.strip_prefix("Bearer "));
    let known = |key: &str| match &state.keys {
        None => key == workspace.config.api_key,
        Some(keys) => keys.iter().any(|own| own == key),
    };
    if !key.is_some_and(known) {
        return Err(refused(401, "Invalid API key"));
    }
    let permitted = |names: &Vec<String>| names.iter().any(|name| name == call);
    if !state.permissions.as_ref().is_none_or(permitted) {
        return Err(refused(401, "Error authenticating credentials"));
    }
    Ok(())
}

/// Rate limit, size and form of a request, in the order Braze looks.
fn checked(workspace: &Workspace, state: &mut State, ask: &Ask, now: i64) -> Result<Value, Answer> {
    limit(state, workspace.config.sends_per_hour, now)?;
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

/// Counts a request of the running hour.
fn limit(state: &mut State, most: u32, now: i64) -> Result<(), Answer> {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    let hour = now.div_euclid(HOUR_MS);
    if state.hour.0 != hour {
        state.hour = (hour, 0);
    }
    if state.hour.1 >= most {
        let reset = (hour + 1) * HOUR_MS / 1000;
        return Err(refused(429, "Rate limit exceeded")
            .with("x-ratelimit-limit", &most.to_string())
            .with("x-ratelimit-remaining", "0")
            .with("x-ratelimit-reset", &reset.to_string()));
    }
    state.hour.1 += 1;
    Ok(())
}

async fn control(workspace: &Arc<Workspace>, ask: &Ask) -> Answer {
    let segments = ask.segments();
    let state = |look: fn(&State) -> Value| Answer::json(200, &workspace.core.read(look));
    match (ask.method.as_str(), segments.as_slice()) {
        ("POST", [_, "texts"]) => texts(workspace, ask).await,
        ("GET", [_, "inbox", _]) => {
            let user = matches("_sim/inbox/{}", &segments).map_or("", |ids| ids[0]);
            let inbox = workspace.core.read(|state| json!(state.inboxes.get(user)));
            Answer::json(200, &if inbox.is_null() { json!([]) } else { inbox })
        }
        ("GET", [_, "users"]) => state(|s| json!(s.users.values().collect::<Vec<_>>())),
        ("POST", [_, "users"]) => match serde_json::from_slice::<User>(&ask.body) {
            Ok(user) if !user.external_id.is_empty() => {
                let shown = json!(user);
                workspace
                    .core
                    .change(|state| state.users.insert(user.external_id.clone(), user));
                Answer::json(201, &shown)
            }
            _ => Answer::json(400, &json!({"error": "external_id is required"})),
        },
        ("GET", [_, "sends"]) => state(|s| json!(s.sends)),
        ("GET", [_, "texts"]) => state(|s| json!(s.inbound_log)),
        ("GET", [_, "calls"]) => state(|s| crate::calls::shown(&s.calls)),
        _ => faults(&workspace.core, ask, &segments),
    }
}

async fn texts(workspace: &Arc<Workspace>, ask: &Ask) -> Answer {
    let body = ask.json().unwrap_or_default();
    let Some(user) = body["external_user_id"].as_str() else {
        return Answer::json(400, &json!({"error": "external_user_id is required"}));
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
    let delivery = inbound::text(workspace, user, text, &media).await;
    Answer::json(200, &json!(delivery))
}
