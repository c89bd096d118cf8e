//! The page's routes: its files, its stream, and what people do on it.
//!
//! In: requests the guard let through. Out: steps done, in the order they came, or one sentence
//! why not. Everything done is recorded.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use simulators::braze::User;

use super::presets::{self, Ids};
use super::{Room, assets, live};
use crate::steps::Step;

/// Longest body: a few pictures.
const LONGEST: usize = 32 << 20;
/// A request waits this long for what it set off; the rest shows on the page.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Recordings wait this long for the bridge to come to rest.
const REST: Duration = Duration::from_secs(10);

/// All routes.
pub(super) fn routes(room: Arc<Room>) -> Router {
    Router::new()
        .route("/events", get(events))
        .route("/pictures/{name}", get(picture))
        .route("/recording.toml", get(recording))
        .route("/act", post(act))
        .route("/estimate", post(estimate))
        .route("/customers", post(customer))
        .route("/presets/{name}", post(preset))
        .route("/over", post(over))
        .fallback(get(file))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(room)
}

async fn file(uri: Uri) -> Response {
    match assets::file(uri.path()) {
        Some((kind, text)) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn events(State(room): State<Arc<Room>>) -> impl IntoResponse {
    live::stream(room)
}

/// A customer's picture, as the phone shows it.
async fn picture(State(room): State<Arc<Room>>, Path(name): Path<String>) -> Response {
    let host = room.stack.pictures.as_ref();
    match host.and_then(|host| host.get(&name)) {
        Some((kind, bytes)) if kind.starts_with("image/") && !kind.contains("svg") => {
            ([(header::CONTENT_TYPE, kind)], bytes).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A step, done.
async fn act(State(room): State<Arc<Room>>, body: Bytes) -> Response {
    let step: Step = match serde_json::from_slice(&body) {
        Ok(step) => step,
        Err(error) => return told(Err(format!("this is no step: {error}"))),
    };
    told(perform(&room, step).await)
}

/// Records a step whose customers and tickets are ids, and does it.
pub(super) async fn perform(room: &Arc<Room>, step: Step) -> Result<(), String> {
    if let Some((field, why)) = step.wrong() {
        return Err(format!("{field} {why}"));
    }
    if step.expect.is_some() {
        return Err("an expectation is nothing that a person does".to_owned());
    }
    let turn = room.turn.lock().await;
    let written = room.recorder().step(&room.stack, &step);
    room.live.poke();
    let doing = Arc::clone(room);
    let mut task = tokio::spawn(async move {
        let done = doing.acts.perform(&step, &Ids).await;
        if done.is_err() {
            doing.recorder().take_back(written);
        }
        doing.live.poke();
        done
    });
    let done = tokio::select! {
        done = &mut task => done.unwrap_or_else(|error| Err(error.to_string())),
        // A vendor's retries go on for minutes: they show on the page.
        () = tokio::time::sleep(PATIENCE) => Ok(()),
    };
    drop(turn);
    done
}

/// What an answer will cost.
async fn estimate(State(room): State<Arc<Room>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let ticket = asked["ticket"].as_u64().unwrap_or_default();
    let text = asked["text"].as_str().unwrap_or_default();
    Json(json!({"line": super::estimate::line(&room, ticket, text)})).into_response()
}

async fn customer(State(room): State<Arc<Room>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let word = |name: &str| {
        let text = asked[name].as_str().unwrap_or_default().trim();
        text.chars().take(100).collect::<String>()
    };
    let (first, last) = (word("first_name"), word("last_name"));
    if first.is_empty() {
        return told(Err("a customer needs a first name".to_owned()));
    }
    let added = room.add_customer(&first, &last);
    Json(json!({"id": added.external_id})).into_response()
}

impl Room {
    /// A new customer with an id and a number of its own.
    pub(super) fn add_customer(&self, first: &str, last: &str) -> User {
        let known = self.stack.braze.users();
        let plain: String = first
            .to_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let base = if plain.is_empty() {
            "customer".to_owned()
        } else {
            plain
        };
        let is_free = |id: &String| known.iter().all(|user| user.external_id != *id);
        let numbered = (1..).map(|number| match number {
            1 => base.clone(),
            _ => format!("{base}-{number}"),
        });
        let id = numbered.into_iter().find(is_free).unwrap_or(base);
        // No area code 555 is in use.
        let phone = format!(
            "+1555{:03}01{:02}",
            known.len() / 100 + 100,
            known.len() % 100
        );
        let user = User::new(&id, first, last, &phone);
        self.stack.braze.add_user(user.clone());
        user
    }
}

async fn preset(State(room): State<Arc<Room>>, Path(name): Path<String>) -> Response {
    told(presets::start(&room, &name).await)
}

/// Everything is forgotten, faults end, the recording begins anew.
async fn over(State(room): State<Arc<Room>>) -> Response {
    let _turn = room.turn.lock().await;
    room.playing.stop();
    room.acts.sky.clear(&room.stack);
    room.stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Immediate);
    room.acts.put_back().await;
    room.stack.quiesce(Duration::from_secs(5)).await;
    let done = room.stack.start_over().await;
    room.clock.reset();
    crate::sandbox::first_customers(&room.stack);
    *room.recorder() = super::record::Recorder::new(&room.stack);
    room.live.poke();
    told(done)
}

/// The recording so far, as a conversation file.
async fn recording(State(room): State<Arc<Room>>) -> Response {
    let rested = room.stack.quiesce(REST).await;
    let text = room.recorder().text(&room.stack, rested);
    match text {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "application/toml; charset=utf-8"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"conversation.toml\"",
                ),
            ];
            (headers, text).into_response()
        }
        Err(why) => told(Err(why)),
    }
}

fn told(done: Result<(), String>) -> Response {
    match done {
        Ok(()) => Json(json!({"done": true})).into_response(),
        Err(why) => (StatusCode::CONFLICT, Json(json!({"error": why}))).into_response(),
    }
}
