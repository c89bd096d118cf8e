//! `POST /campaigns/trigger/send`.

use serde_json::{Map, Value, json};

use crate::braze::model::WorkspaceState;
use crate::braze::outbound::{self, Accepted};
use crate::ids;
use crate::wire::Answer;

use super::recipient::Named;
use super::{refused, track};

const KEYS: &[&str] = &[
    "campaign_id",
    "send_id",
    "trigger_properties",
    "broadcast",
    "audience",
    "recipients",
];
const RECIPIENT_KEYS: &[&str] = &[
    "external_user_id",
    "user_alias",
    "braze_id",
    "email",
    "prioritization",
    "trigger_properties",
    "attributes",
    "send_to_existing_only",
];
const MOST_RECIPIENTS: usize = 50;

/// Accepts a send, or refuses it before anything happened.
pub(super) fn send(state: &mut WorkspaceState, body: &Value, now: i64) -> Result<Answer, Answer> {
    let campaign = body["campaign_id"]
        .as_str()
        .and_then(|id| state.campaigns.get(id))
        .filter(|campaign| campaign.webhook.is_none());
    let campaign = campaign.cloned().ok_or_else(|| {
        refused(
            400,
            "'campaign_id' invalid: no API-triggered campaign of specified ID exists",
        )
    })?;
    if state.variants.stopped_campaigns_refuse && !campaign.is_live() {
        return Err(refused(400, "The campaign is not active"));
    }
    if body["broadcast"] == true {
        return Err(refused(400, "'broadcast' is not allowed with 'recipients'"));
    }
    properties(&body["trigger_properties"])?;
    let recipients = recipients(body)?;
    let mut errors = unknown(body, KEYS);
    for (recipient, _) in &recipients {
        errors.extend(unknown(recipient, RECIPIENT_KEYS));
    }
    let dispatch_id = ids::hex();
    for (recipient, named) in recipients {
        let properties = [
            &body["trigger_properties"],
            &recipient["trigger_properties"],
        ];
        let properties = properties.into_iter().filter_map(Value::as_object);
        let accepted = Accepted {
            campaign: &campaign,
            external_user_id: recipient["external_user_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            braze_id: profile(state, recipient, &named, now),
            properties: properties.flat_map(Map::clone).collect(),
            attributes: recipient["attributes"].clone(),
            dispatch_id: &dispatch_id,
            now,
        };
        outbound::send(state, accepted);
    }
    let mut answer = json!({"dispatch_id": dispatch_id, "message": "success"});
    if !errors.is_empty() {
        answer["errors"] = json!(errors);
    }
    Ok(Answer::json(201, &answer))
}

/// The recipients, each with its name.
fn recipients(body: &Value) -> Result<Vec<(&Value, Named)>, Answer> {
    let Value::Array(recipients) = &body["recipients"] else {
        return Err(refused(400, "'recipients' must be an array"));
    };
    if recipients.is_empty() || recipients.len() > MOST_RECIPIENTS {
        return Err(refused(400, "'recipients' must have 1 to 50 entries"));
    }
    recipients.iter().map(checked).collect()
}

fn checked(recipient: &Value) -> Result<(&Value, Named), Answer> {
    let Some(named) = Named::of(recipient, "external_user_id") else {
        let text = "either 'external_user_id' or 'user_alias' is required for each recipient";
        return Err(refused(400, text));
    };
    properties(&recipient["trigger_properties"])?;
    let new_users = recipient["send_to_existing_only"] == false;
    if matches!(named, Named::Alias(_)) && !new_users {
        let text = "'send_to_existing_only' can't be used with user aliases";
        return Err(refused(400, text));
    }
    match &recipient["attributes"] {
        Value::Null if new_users => {
            let text = "'attributes' is required where 'send_to_existing_only' is false";
            Err(refused(400, text))
        }
        Value::Null | Value::Object(_) => Ok((recipient, named)),
        _ => Err(refused(400, "'attributes' must be an object")),
    }
}

fn properties(value: &Value) -> Result<(), Answer> {
    match value {
        Value::Null | Value::Object(_) => Ok(()),
        _ => Err(refused(400, "'trigger_properties' must be an object")),
    }
}

fn unknown(object: &Value, known: &[&str]) -> Vec<String> {
    let names = object.as_object().map(Map::keys).into_iter().flatten();
    let unknown = names.filter(|name| !known.contains(&name.as_str()));
    unknown
        .map(|name| format!("'{name}' is not a valid parameter"))
        .collect()
}

/// The recipient's profile, its attributes set before the message is rendered.
fn profile(
    state: &mut WorkspaceState,
    recipient: &Value,
    named: &Named,
    now: i64,
) -> Option<String> {
    let id = if recipient["send_to_existing_only"] == false {
        named.find_or_make(state)
    } else {
        named.find(state).map(|user| user.braze_id.clone())
    }?;
    if let Some(sent) = recipient["attributes"].as_object() {
        track::set(state, &id, sent, now);
    }
    Some(id)
}
