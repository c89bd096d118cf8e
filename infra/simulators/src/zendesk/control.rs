//! The control surface under `/_sim/`: what people do in Zendesk's screens, over HTTP.
//!
//! In: JSON requests of a page or a script. Out: the state, and the actions done. Imports the
//! account and what people do.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::control::faults;
use crate::wire::{Answer, Ask, matches};

use super::account::Account;
use super::model::Status;
use super::people::{self, Comment, DeskError};

/// Answers a request of the control surface.
pub(super) fn answer(account: &Arc<Account>, ask: &Ask) -> Answer {
    let segments = ask.segments();
    let body = ask.json().unwrap_or_default();
    let ticket = |pattern: &str| matches(pattern, &segments).and_then(|ids| ids[0].parse().ok());
    let state = |look: fn(&super::State) -> Value| Answer::json(200, &account.core.read(look));
    match (
        ask.method.as_str(),
        segments.get(1).copied(),
        segments.len(),
    ) {
        ("GET", Some("tickets"), 2) => state(|s| {
            json!(
                s.tickets
                    .values()
                    .filter(|t| !t.deleted)
                    .collect::<Vec<_>>()
            )
        }),
        ("GET", Some("tickets"), 3) => {
            let found = ticket("_sim/tickets/{}").and_then(|id| {
                account
                    .core
                    .read(|state| state.tickets.get(&id).map(|t| json!(t)))
            });
            found.map_or_else(|| Answer::empty(404), |found| Answer::json(200, &found))
        }
        ("POST", Some("tickets"), 2) => opens(account, &body),
        ("POST", Some("tickets"), 4) => match segments[2].parse() {
            Ok(id) => act(account, id, segments[3], &body),
            Err(_) => Answer::empty(404),
        },
        ("GET", Some("users"), 2) => state(|s| json!(s.users.values().collect::<Vec<_>>())),
        ("GET", Some("webhooks"), 2) => {
            state(|s| json!({"deliveries": s.deliveries, "held": s.held}))
        }
        ("GET", Some("calls"), 2) => state(|s| crate::calls::shown(&s.calls)),
        _ => faults(&account.core, ask, &segments),
    }
}

fn opens(account: &Arc<Account>, body: &Value) -> Answer {
    let word = |key: &str| body[key].as_str().unwrap_or_default();
    let (user, subject, text) = (word("external_id"), word("subject"), word("text"));
    if user.is_empty() || text.is_empty() {
        return Answer::json(400, &json!({"error": "external_id and text are required"}));
    }
    let id = account.change(|work| people::opens_ticket(work, user, subject, text));
    Answer::json(201, &json!({"id": id}))
}

fn act(account: &Arc<Account>, ticket: u64, action: &str, body: &Value) -> Answer {
    let done = match action {
        "comments" => comment(account, ticket, body),
        "status" => match body["status"].as_str().and_then(Status::parse) {
            Some(status) => account.change(|work| people::set_status(work, ticket, status)),
            None => return Answer::json(400, &json!({"error": "status is required"})),
        }
        .map(|()| json!({})),
        "close" => account
            .change(|work| people::close(work, ticket))
            .map(|()| json!({})),
        "delete" => account
            .change(|work| people::delete(work, ticket))
            .map(|()| json!({})),
        "merge" => match body["target"].as_u64() {
            Some(target) => account
                .change(|work| people::merge(work, ticket, target))
                .map(|()| json!({})),
            None => return Answer::json(400, &json!({"error": "target is required"})),
        },
        "tags" => {
            let tags = super::work::tags(&body["tags"]);
            account
                .change(|work| people::add_tags(work, ticket, &tags))
                .map(|()| json!({}))
        }
        _ => return Answer::json(404, &json!({"error": "no such action"})),
    };
    match done {
        Ok(done) => Answer::json(201, &done),
        Err(error @ DeskError::Closed(_)) => {
            Answer::json(409, &json!({"error": error.to_string()}))
        }
        Err(error) => Answer::json(404, &json!({"error": error.to_string()})),
    }
}

fn comment(account: &Arc<Account>, ticket: u64, body: &Value) -> Result<Value, DeskError> {
    let text = body["text"].as_str().unwrap_or_default();
    if body["role"] == "end-user" {
        let id = account.change(|work| people::end_user_comments(work, ticket, text))?;
        return Ok(json!({"id": id}));
    }
    let mut comment = Comment::public(text);
    comment.public = body["public"].as_bool().unwrap_or(true);
    comment.status = body["status"].as_str().and_then(Status::parse);
    if let Some(agent) = body["agent"].as_str() {
        comment.agent = agent.to_owned();
    }
    let id = account.change(|work| people::agent_comments(work, ticket, comment))?;
    Ok(json!({"id": id}))
}
