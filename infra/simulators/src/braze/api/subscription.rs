//! `GET /subscription/status/get` and `POST /subscription/status/set`, for SMS groups.

use serde_json::{Map, Value, json};

use crate::braze::model::WorkspaceState;
use crate::braze::profile::{Subscription, User};
use crate::braze::subscriptions::{self, Source};
use crate::wire::{Answer, Ask};

use super::recipient::Named;
use super::{refused, words};

const MOST: usize = 50;
const BOTH: &str = "Either an email address or a phone number should be provided, but not both.";
const NEITHER: &str = "'external_id', 'email' or 'phone' is required";

/// The states of users in a group, by external id, or by number where there is none.
pub(super) fn get(state: &WorkspaceState, ask: &Ask) -> Result<Answer, Answer> {
    let group = group(state, ask.param("subscription_group_id"))?;
    let (ids, numbers) = (ask.params("external_id"), ask.params("phone"));
    if ids.is_empty() && !numbers.is_empty() && !ask.params("email").is_empty() {
        return Err(refused(400, BOTH));
    }
    if ids.is_empty() && numbers.is_empty() {
        return Err(refused(400, NEITHER));
    }
    few(ids.len().max(numbers.len()))?;
    let mut found = Map::new();
    for id in &ids {
        let user = state.users.by_external_id(id);
        let known = user
            .map(|user| user.subscription(group))
            .unwrap_or_default();
        found.insert((*id).to_owned(), json!(known.word()));
    }
    let asked_by_number = numbers.iter().filter(|_| ids.is_empty());
    for number in asked_by_number {
        // A plus that was not encoded arrives as a space.
        let number = number.trim();
        let users: Vec<&User> = state.users.with_number(number).collect();
        if users.is_empty() {
            found.insert(number.to_owned(), json!(Subscription::Unknown.word()));
        }
        for user in users {
            let by_number = user.external_id.is_empty() || state.variants.status_names_phone;
            let name = if by_number {
                &user.phone
            } else {
                &user.external_id
            };
            found.insert(name.clone(), json!(user.subscription(group).word()));
        }
    }
    let answer = json!({"status": found, "message": "success"});
    Ok(Answer::json(200, &answer))
}

/// Sets the state of users in a group: by external id, making those that are not there, or of
/// everyone with a number.
pub(super) fn set(state: &mut WorkspaceState, body: &Value, now: i64) -> Result<Answer, Answer> {
    let group = group(state, body["subscription_group_id"].as_str())?.to_owned();
    let to = match body["subscription_state"].as_str() {
        Some("subscribed") => Subscription::Subscribed,
        Some("unsubscribed") => Subscription::Unsubscribed,
        _ => {
            let text = "'subscription_state' must be 'subscribed' or 'unsubscribed'";
            return Err(refused(400, text));
        }
    };
    if !body["email"].is_null() && !body["phone"].is_null() {
        return Err(refused(400, BOTH));
    }
    let wrong = |name| move || refused(400, &format!("'{name}' must be an array of strings"));
    let ids = words(&body["external_id"]).ok_or_else(wrong("external_id"))?;
    let numbers = words(&body["phone"]).ok_or_else(wrong("phone"))?;
    if ids.is_empty() && numbers.is_empty() {
        return Err(refused(400, NEITHER));
    }
    few(ids.len().max(numbers.len()))?;
    let mut users = Vec::new();
    for id in &ids {
        users.extend(Named::ExternalId((*id).to_owned()).find_or_make(state));
    }
    if let ([id], [number]) = (&users[..], &numbers[..]) {
        if let Some(user) = state.users.find_mut(id) {
            (*number).clone_into(&mut user.phone);
        }
    } else if ids.is_empty() {
        for number in &numbers {
            Named::Phone((*number).to_owned()).find_or_make(state);
            let found = state.users.with_number(number);
            users.extend(found.map(|user| user.braze_id.clone()));
        }
    }
    for user in users {
        subscriptions::set(state, &user, &group, to, Source::Api, now);
    }
    Ok(Answer::json(201, &json!({"message": "success"})))
}

fn group<'a>(state: &WorkspaceState, id: Option<&'a str>) -> Result<&'a str, Answer> {
    let known = id.filter(|id| state.groups.contains_key(*id));
    known.ok_or_else(|| refused(400, "Invalid subscription_group_id"))
}

fn few(number: usize) -> Result<(), Answer> {
    if number > MOST {
        let text = "The max number of ids per request was exceeded";
        return Err(refused(400, text));
    }
    Ok(())
}
