//! What an API call works on, and Zendesk's ways to refuse.
//!
//! In: a request. Out: bodies, warnings and error answers in Zendesk's shapes. Imports the state,
//! the settings and the wire.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::config::AccountConfig;
use super::model::{AccountState, AccountUser, Ticket};

/// The account, for the time of one call.
pub(super) struct Work<'a> {
    pub(super) state: &'a mut AccountState,
    pub(super) config: &'a AccountConfig,
    pub(super) base_url: &'a str,
    pub(super) now: i64,
}

/// An answer, or a refusal.
pub(super) type Outcome = Result<Answer, Answer>;

impl Work<'_> {
    /// The ticket of this id, unless deleted.
    pub(super) fn ticket(&self, id: &str) -> Result<&Ticket, Answer> {
        id.parse()
            .ok()
            .and_then(|id| self.state.ticket(id))
            .ok_or_else(not_found)
    }

    /// The user of this id, unless merged into another.
    pub(super) fn user(&self, id: u64) -> Option<&AccountUser> {
        self.state.user(id)
    }
}

/// The object under `key` of a JSON body.
pub(super) fn object(ask: &Ask, key: &str) -> Result<Map<String, Value>, Answer> {
    let json_sent = ask
        .header("content-type")
        .is_some_and(|t| t.starts_with("application/json"));
    if !json_sent {
        return Err(parameter_missing(key));
    }
    let body = ask.json().ok_or_else(|| {
        let error = json!({"error": "Unprocessable Entity",
            "message": "Server could not parse JSON"});
        Answer::json(422, &error)
    })?;
    match body.get(key) {
        Some(Value::Object(object)) => Ok(object.clone()),
        Some(_) => Err(Answer::json(
            400,
            &json!({"error": {"title": "Invalid attribute", "message": format!(
                "You passed an invalid value for the {key} attribute. Invalid parameter: {key} \
                 must be an object")}}),
        )),
        None => Err(parameter_missing(key)),
    }
}

fn parameter_missing(key: &str) -> Answer {
    let body = json!({"error": "ParameterMissing",
        "description": format!("Parameter {key} is required")});
    Answer::json(400, &body)
}

/// Takes the unknown keys out of an object and returns their names.
pub(super) fn drop_unknown(object: &mut Map<String, Value>, known: &[&str]) -> Vec<String> {
    let unknown: Vec<String> = object
        .keys()
        .filter(|key| !known.contains(&key.as_str()))
        .cloned()
        .collect();
    for key in &unknown {
        object.remove(key);
    }
    unknown
}

/// Tells of dropped keys, only in a header.
pub(super) fn warned(answer: Answer, dropped: &[String]) -> Answer {
    if dropped.is_empty() {
        return answer;
    }
    let names = json!(dropped);
    let warning = format!("Removed restricted keys {names} from parameters according to whitelist");
    answer.with("x-zendesk-api-warn", &warning)
}

pub(super) fn not_found() -> Answer {
    Answer::json(
        404,
        &json!({"error": "RecordNotFound", "description": "Not found"}),
    )
}

/// A 422 about one field.
pub(super) fn invalid(field: &str, description: &str, error: &str) -> Answer {
    let details = json!({field: [{"description": description, "error": error}]});
    let body = json!({"error": "RecordInvalid", "description": "Record validation errors",
        "details": details});
    Answer::json(422, &body)
}

/// A text field: absent and null are nothing, numbers count as text.
pub(super) fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An id, as a number or a string of digits.
pub(super) fn id(object: &Map<String, Value>, key: &str) -> Option<u64> {
    match object.get(key)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A switch; the words Zendesk takes as well.
pub(super) fn flag(object: &Map<String, Value>, key: &str) -> Option<bool> {
    match object.get(key)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => Some(text == "true"),
        _ => None,
    }
}

/// Tags, from a list or from words.
pub(super) fn tags(value: &Value) -> Vec<String> {
    let words: Vec<String> = match value {
        Value::Array(list) => list
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Value::String(text) => text.split([' ', ',']).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let mut tags: Vec<String> = words
        .iter()
        .map(|tag| tag.trim().to_lowercase())
        .filter(|tag| !tag.is_empty())
        .collect();
    tags.sort();
    tags.dedup();
    tags
}
