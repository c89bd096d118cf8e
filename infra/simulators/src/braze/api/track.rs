//! `POST /users/track`, and how attributes are set.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

use crate::braze::model::WorkspaceState;
use crate::braze::profile::CustomEvent;
use crate::braze::subscriptions::{self, Source};
use crate::wire::Answer;

use super::recipient::Named;
use super::refused;

const MOST: usize = 75;
const LONGEST_NAME: usize = 255;
const PARTS: [&str; 3] = ["attributes", "events", "purchases"];

/// Takes one entry.
type Take = fn(&mut WorkspaceState, &Value, i64) -> Result<(), String>;

/// Sets attributes and logs events; makes users that are not there, unless told to update existing
/// ones only. Each attribute and each event is a data point.
pub(super) fn track(state: &mut WorkspaceState, body: &Value, now: i64) -> Result<Answer, Answer> {
    if !PARTS.iter().any(|part| body[part].is_array()) {
        let text =
            "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields";
        return Err(refused(400, text));
    }
    let too_many = |part: &&str| body[part].as_array().is_some_and(|list| list.len() > MOST);
    if PARTS.iter().any(too_many) {
        return Err(refused(400, "At most 75 objects are allowed in each field"));
    }
    let mut answer = json!({"message": "success"});
    let mut errors = Vec::new();
    for (part, take) in [("attributes", attributes as Take), ("events", event)] {
        let Some(list) = body[part].as_array() else {
            continue;
        };
        let mut processed = 0;
        for (index, sent) in list.iter().enumerate() {
            match take(state, sent, now) {
                Ok(()) => processed += 1,
                Err(wrong) => {
                    errors.push(json!({"type": wrong, "input_array": part, "index": index}));
                }
            }
        }
        answer[format!("{part}_processed")] = json!(processed);
    }
    if !errors.is_empty() {
        answer["errors"] = json!(errors);
    }
    Ok(Answer::json(201, &answer))
}

/// The profile that an entry names; it is made where it may be.
fn profile(state: &mut WorkspaceState, sent: &Value) -> Result<Option<String>, String> {
    let named = Named::of(sent, "external_id")
        .ok_or("'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required")?;
    Ok(if sent["_update_existing_only"] == true {
        named.find(state).map(|user| user.braze_id.clone())
    } else {
        named.find_or_make(state)
    })
}

fn attributes(state: &mut WorkspaceState, sent: &Value, now: i64) -> Result<(), String> {
    let Some(attributes) = sent.as_object() else {
        return Err("an object is required".to_owned());
    };
    if let Some(id) = profile(state, sent)? {
        set(state, &id, attributes, now);
    }
    Ok(())
}

fn event(state: &mut WorkspaceState, sent: &Value, _now: i64) -> Result<(), String> {
    let name = sent["name"].as_str().unwrap_or_default();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err("'name' must be a string of 1 to 255 characters".to_owned());
    }
    let time = sent["time"].as_str().unwrap_or_default();
    if OffsetDateTime::parse(time, &Iso8601::PARSING).is_err() {
        return Err("'time' must be an ISO 8601 time".to_owned());
    }
    if !matches!(sent["properties"], Value::Null | Value::Object(_)) {
        return Err("'properties' must be an object".to_owned());
    }
    let id = profile(state, sent)?.unwrap_or_default();
    if let Some(user) = state.users.find_mut(&id) {
        user.events.push(CustomEvent {
            name: name.to_owned(),
            time: time.to_owned(),
            properties: sent["properties"].clone(),
        });
        state.data_points += 1;
    }
    Ok(())
}

/// Sets standard and custom attributes, types kept; null removes. Custom ones are data points.
pub(super) fn set(state: &mut WorkspaceState, braze_id: &str, sent: &Map<String, Value>, now: i64) {
    subscribe(state, braze_id, sent.get("subscription_groups"), now);
    let Some(user) = state.users.find_mut(braze_id) else {
        return;
    };
    for (name, value) in sent {
        let word = || value.as_str().unwrap_or_default().to_owned();
        match name.as_str() {
            "external_id"
            | "braze_id"
            | "user_alias"
            | "subscription_groups"
            | "_update_existing_only" => {}
            "first_name" => user.first_name = word(),
            "last_name" => user.last_name = word(),
            "phone" => user.phone = word(),
            "language" => user.language = word(),
            _ if value.is_null() => {
                user.attributes.remove(name);
            }
            _ => {
                user.attributes.insert(name.clone(), value.clone());
                state.data_points += 1;
            }
        }
    }
}

fn subscribe(state: &mut WorkspaceState, braze_id: &str, groups: Option<&Value>, now: i64) {
    for group in groups.and_then(Value::as_array).into_iter().flatten() {
        let to = serde_json::from_value(group["subscription_state"].clone());
        if let (Some(id), Ok(to)) = (group["subscription_group_id"].as_str(), to) {
            subscriptions::set(state, braze_id, id, to, Source::Api, now);
        }
    }
}
