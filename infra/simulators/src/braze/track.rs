//! `POST /users/track`, and how attributes are set.
//!
//! In: a parsed body. Out: users made or changed. Imports the model.

use serde_json::{Map, Value, json};

use crate::wire::Answer;

use super::model::{State, User};
use super::workspace::refused;

const MOST: usize = 75;

/// Sets attributes; makes users that are not there, unless told to update existing ones only.
pub(super) fn track(state: &mut State, body: &Value) -> Result<Answer, Answer> {
    let parts = ["attributes", "events", "purchases"];
    if !parts.iter().any(|part| body[part].is_array()) {
        let text =
            "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields";
        return Err(refused(400, text));
    }
    if parts
        .iter()
        .any(|part| body[part].as_array().is_some_and(|list| list.len() > MOST))
    {
        return Err(refused(400, "At most 75 objects are allowed in each field"));
    }
    let mut processed = 0;
    let mut errors = Vec::new();
    for (index, sent) in body["attributes"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let id = sent["external_id"].as_str().filter(|id| !id.is_empty());
        let (Some(id), Some(sent)) = (id, sent.as_object()) else {
            errors.push(
                json!({"type": "'external_id', 'braze_id', 'user_alias', 'email' or \
                'phone' is required", "input_array": "attributes", "index": index}),
            );
            continue;
        };
        processed += 1;
        if sent.get("_update_existing_only") != Some(&Value::Bool(true)) {
            state
                .users
                .entry(id.to_owned())
                .or_insert_with(|| User::new(id, "", "", ""));
        }
        if let Some(user) = state.users.get_mut(id) {
            set(user, sent);
        }
    }
    let mut answer = json!({"message": "success"});
    if body["attributes"].is_array() {
        answer["attributes_processed"] = json!(processed);
    }
    if !errors.is_empty() {
        answer["errors"] = json!(errors);
    }
    Ok(Answer::json(201, &answer))
}

/// Sets standard and custom attributes, types kept; null removes.
pub(super) fn set(user: &mut User, sent: &Map<String, Value>) {
    for (name, value) in sent {
        let word = || value.as_str().unwrap_or_default().to_owned();
        match name.as_str() {
            "external_id" | "_update_existing_only" => {}
            "first_name" => user.first_name = word(),
            "last_name" => user.last_name = word(),
            "phone" => user.phone = word(),
            _ if value.is_null() => {
                user.attributes.remove(name);
            }
            _ => {
                user.attributes.insert(name.clone(), value.clone());
            }
        }
    }
}
