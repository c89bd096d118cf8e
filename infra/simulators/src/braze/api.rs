//! `POST /campaigns/trigger/send`.
//!
//! In: a parsed body. Out: Braze's answer, and SMS in the inboxes of those who may get them.
//! Imports the model and the Liquid renderer.

use serde_json::{Map, Value, json};

use crate::ids;
use crate::wire::Answer;

use super::liquid::{self, Scope};
use super::model::{Campaign, Send, Sms, State, Suppressed, User};
use super::workspace::refused;
use super::{segments, track};

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
pub(super) fn send(state: &mut State, body: &Value, now: i64) -> Result<Answer, Answer> {
    let campaign = body["campaign_id"]
        .as_str()
        .and_then(|id| state.campaigns.get(id));
    let campaign = campaign.cloned().ok_or_else(|| {
        refused(
            400,
            "'campaign_id' invalid: no API-triggered campaign of specified ID exists",
        )
    })?;
    if body["broadcast"] == true {
        return Err(refused(400, "'broadcast' is not allowed with 'recipients'"));
    }
    properties(&body["trigger_properties"])?;
    let recipients = recipients(body)?;
    let mut errors = unknown(body, KEYS);
    for recipient in recipients {
        errors.extend(unknown(recipient, RECIPIENT_KEYS));
    }
    let dispatch_id = ids::hex();
    for recipient in recipients {
        reach(state, &campaign, body, recipient, &dispatch_id, now);
    }
    let mut answer = json!({"dispatch_id": dispatch_id, "message": "success"});
    if !errors.is_empty() {
        answer["errors"] = json!(errors);
    }
    Ok(Answer::json(201, &answer))
}

fn recipients(body: &Value) -> Result<&Vec<Value>, Answer> {
    let Value::Array(recipients) = &body["recipients"] else {
        return Err(refused(400, "'recipients' must be an array"));
    };
    if recipients.is_empty() || recipients.len() > MOST_RECIPIENTS {
        return Err(refused(400, "'recipients' must have 1 to 50 entries"));
    }
    for recipient in recipients {
        if recipient["external_user_id"]
            .as_str()
            .is_none_or(str::is_empty)
        {
            return Err(refused(
                400,
                "'external_user_id' is required for each recipient",
            ));
        }
        properties(&recipient["trigger_properties"])?;
        if !matches!(recipient["attributes"], Value::Null | Value::Object(_)) {
            return Err(refused(400, "'attributes' must be an object"));
        }
    }
    Ok(recipients)
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

/// Sends to one recipient: attributes first, then the message, if the user may get it.
fn reach(
    state: &mut State,
    campaign: &Campaign,
    body: &Value,
    recipient: &Value,
    dispatch_id: &str,
    now: i64,
) {
    let id = recipient["external_user_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut properties = body["trigger_properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    properties.extend(
        recipient["trigger_properties"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
    );
    if recipient["send_to_existing_only"] == false {
        state
            .users
            .entry(id.clone())
            .or_insert_with(|| User::new(&id, "", "", ""));
    }
    if let (Some(user), Some(sent)) = (
        state.users.get_mut(&id),
        recipient["attributes"].as_object(),
    ) {
        track::set(user, sent);
    }
    let suppressed = suppressed(state, campaign, &id);
    if let (None, Some(user)) = (suppressed, state.users.get(&id)) {
        let scope = Scope {
            user,
            properties: &properties,
            sms: &[],
            dispatch_id,
        };
        let text = liquid::render(&campaign.template, &scope);
        let sms = Sms {
            campaign_id: campaign.id.clone(),
            segments: segments::count(&text),
            body: text,
            trigger_properties: Value::Object(properties.clone()),
            dispatch_id: dispatch_id.to_owned(),
            at_ms: now,
            attributes_at_send: user.attributes.clone(),
        };
        state.inboxes.entry(id.clone()).or_default().push(sms);
    }
    state.sends.push(Send {
        campaign_id: campaign.id.clone(),
        external_user_id: id,
        trigger_properties: Value::Object(properties),
        attributes: recipient["attributes"].clone(),
        dispatch_id: dispatch_id.to_owned(),
        at_ms: now,
        suppressed,
    });
}

fn suppressed(state: &State, campaign: &Campaign, id: &str) -> Option<Suppressed> {
    let Some(user) = state.users.get(id) else {
        return Some(Suppressed::UnknownUser);
    };
    let had = state
        .inboxes
        .get(id)
        .into_iter()
        .flatten()
        .any(|s| s.campaign_id == campaign.id);
    if user.phone.is_empty() {
        Some(Suppressed::NoPhone)
    } else if user.opted_out {
        Some(Suppressed::OptedOut)
    } else if had && !campaign.re_eligible {
        Some(Suppressed::NotReEligible)
    } else {
        None
    }
}
