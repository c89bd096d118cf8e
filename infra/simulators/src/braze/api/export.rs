//! `POST /users/export/ids`.

use serde_json::{Map, Value, json};

use crate::braze::model::WorkspaceState;
use crate::braze::profile::{Alias, Received, User};
use crate::clock::rfc3339;
use crate::wire::Answer;

use super::recipient::Named;
use super::{refused, words};

const MOST: usize = 50;

/// Profiles by external id, alias, Braze id or number, with the fields that were asked for.
pub(super) fn ids(state: &WorkspaceState, body: &Value) -> Result<Answer, Answer> {
    let wrong = |name: &str| refused(400, &format!("'{name}' must be an array of strings"));
    let fields = words(&body["fields_to_export"]).ok_or_else(|| wrong("fields_to_export"))?;
    if fields.is_empty() && state.variants.export_needs_fields {
        return Err(refused(400, "'fields_to_export' is required"));
    }
    let ids = words(&body["external_ids"]).ok_or_else(|| wrong("external_ids"))?;
    let aliases = match &body["user_aliases"] {
        Value::Null => Vec::new(),
        aliases => serde_json::from_value::<Vec<Alias>>(aliases.clone())
            .map_err(|_| refused(400, "'user_aliases' must be an array of aliases"))?,
    };
    if ids.len() + aliases.len() > MOST {
        let text = "The max number of external_ids and aliases per request was exceeded";
        return Err(refused(400, text));
    }
    let mut named: Vec<Named> = Vec::new();
    named.extend(ids.iter().map(|id| Named::ExternalId((*id).to_owned())));
    named.extend(aliases.into_iter().map(Named::Alias));
    let word = |name: &str| body[name].as_str().map(str::to_owned);
    named.extend(word("braze_id").map(Named::BrazeId));
    named.extend(word("phone").map(Named::Phone));
    if named.is_empty() {
        return Err(refused(400, "No user identifiers were provided"));
    }
    let invalid: Vec<&&str> = ids
        .iter()
        .filter(|id| state.users.by_external_id(id).is_none())
        .collect();
    let users = named.iter().filter_map(|named| named.find(state));
    let users: Vec<Value> = users.map(|user| exported(state, user, &fields)).collect();
    let mut answer = json!({"message": "success", "users": users});
    if !invalid.is_empty() {
        answer["invalid_user_ids"] = json!(invalid);
    }
    Ok(Answer::json(201, &answer))
}

/// A profile's fields that are asked for, as far as they have a value.
fn exported(state: &WorkspaceState, user: &User, fields: &[&str]) -> Value {
    let text = |text: &str| match text {
        "" => Value::Null,
        text => json!(text),
    };
    let all = [
        ("external_id", text(&user.external_id)),
        ("braze_id", json!(user.braze_id)),
        ("user_aliases", json!(user.aliases)),
        ("first_name", text(&user.first_name)),
        ("last_name", text(&user.last_name)),
        ("phone", text(&user.phone)),
        ("language", text(&user.language)),
        ("custom_attributes", json!(user.attributes)),
        ("custom_events", events(user)),
        ("campaigns_received", received(state, user)),
    ];
    let wanted = all
        .into_iter()
        .filter(|(name, value)| (fields.is_empty() || fields.contains(name)) && !value.is_null());
    let wanted = wanted.map(|(name, value)| (name.to_owned(), value));
    Value::Object(wanted.collect::<Map<String, Value>>())
}

fn events(user: &User) -> Value {
    let mut names: Vec<&str> = user
        .events
        .iter()
        .map(|event| event.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let shown = names.into_iter().map(|name| {
        let times = user
            .events
            .iter()
            .filter(|e| e.name == name)
            .map(|e| &e.time);
        let times: Vec<&String> = times.collect();
        json!({"name": name, "first": times.iter().min(), "last": times.iter().max(),
            "count": times.len()})
    });
    shown.collect()
}

fn received(state: &WorkspaceState, user: &User) -> Value {
    let mut last: Vec<&Received> = Vec::new();
    for one in &user.received {
        last.retain(|known| known.campaign_id != one.campaign_id);
        last.push(one);
    }
    let shown = last.into_iter().map(|one| {
        let campaign = state.campaigns.get(&one.campaign_id);
        json!({
            "name": campaign.map(|campaign| &campaign.name),
            "api_campaign_id": one.campaign_id,
            "last_received": rfc3339(one.at_ms),
            "engaged": {},
            "converted": false,
            "in_control": one.in_control,
            "variation_name": "Variant 1",
            "variation_api_id": campaign.map(|campaign| campaign.variation_id()),
        })
    });
    shown.collect()
}
