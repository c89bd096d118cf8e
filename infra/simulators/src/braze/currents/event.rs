//! The events, with the properties that Braze documents for them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::braze::campaign::Campaign;
use crate::braze::model::{InboundDelivery, Message, Send, WorkspaceState};
use crate::braze::phone::Failure;
use crate::braze::profile::{SMS_GROUP, Subscription, User};
use crate::ids;

/// Longest `message_extras`, in bytes; a longer one is left out.
const LONGEST_EXTRAS: usize = 1_024;
const APP_GROUP: &str = "simulated-workspace";

/// An event as it is exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its type, such as `users.messages.sms.Delivery`.
    pub event_type: String,
    /// UUID that names the event.
    pub id: String,
    /// When it happened, in seconds since the epoch.
    pub time: i64,
    /// Who it is about.
    pub user: Value,
    /// Properties by the type.
    pub properties: Map<String, Value>,
}

/// A message to a user, as its events tell of it.
pub(in crate::braze) struct Sent<'a> {
    pub(in crate::braze) send: &'a Send,
    pub(in crate::braze) campaign: &'a Campaign,
    pub(in crate::braze) number: &'a str,
}

/// The message was handed to the provider and the carrier, and arrived.
pub(in crate::braze) fn carried(
    state: &mut WorkspaceState,
    sent: &Sent<'_>,
    message: &Message,
    now: i64,
) {
    handed_over(state, sent, message, now);
    if !state.variants.currents.rcs {
        emit_sent(state, "CarrierSend", sent, from(state), now);
    }
    let mut delivery = from(state);
    delivery.insert("is_sms_fallback".to_owned(), json!(false));
    emit_sent(state, "Delivery", sent, delivery, now);
    if state.variants.currents.rcs {
        emit_sent(state, "Read", sent, from(state), now);
    }
}

/// The message was handed over, and failed at the carrier or was refused by it.
pub(in crate::braze) fn failed(
    state: &mut WorkspaceState,
    sent: &Sent<'_>,
    (message, failure): (&Message, &Failure),
    now: i64,
) {
    handed_over(state, sent, message, now);
    let rcs = state.variants.currents.rcs;
    if !failure.rejected && !rcs {
        emit_sent(state, "CarrierSend", sent, from(state), now);
    }
    let mut properties = from(state);
    properties.insert("error".to_owned(), json!(failure.error));
    properties.insert("provider_error_code".to_owned(), json!(failure.code));
    let kind = if failure.rejected || rcs {
        "Rejection"
    } else {
        "DeliveryFailure"
    };
    emit_sent(state, kind, sent, properties, now);
}

/// Braze could not hand the message over at once, and tries again.
pub(in crate::braze) fn retried(state: &mut WorkspaceState, sent: &Sent<'_>, now: i64) {
    if state.variants.currents.rcs {
        return;
    }
    let properties = object(json!({"retry_type": "provider_error",
        "retry_log": "The provider did not answer"}));
    emit_sent(state, "Retry", sent, properties, now);
}

/// Braze gave the message up before it was sent.
pub(in crate::braze) fn aborted(
    state: &mut WorkspaceState,
    sent: &Sent<'_>,
    (kind, log): (&str, &str),
    now: i64,
) {
    let properties = object(json!({"abort_type": kind, "abort_log": log}));
    let properties = shared(sent.campaign, properties);
    emit_user(
        state,
        &message_type(state, "Abort"),
        &sent.send.braze_id,
        properties,
        now,
    );
}

/// An automatic answer was sent; it belongs to a keyword category and to no campaign.
pub(in crate::braze) fn answered(
    state: &mut WorkspaceState,
    user: &str,
    to: &str,
    category: &str,
    now: i64,
) {
    let properties = object(json!({"category": category, "to_phone_number": to,
        "dispatch_id": ids::hex(), "subscription_group_id": SMS_GROUP,
        "app_group_id": APP_GROUP}));
    emit_user(state, &message_type(state, "Send"), user, properties, now);
}

/// A customer's text came in.
pub(in crate::braze) fn received(
    state: &mut WorkspaceState,
    text: &InboundDelivery,
    action: Option<Subscription>,
) {
    let action = action.map_or("None", Subscription::word);
    let mut properties = object(json!({"message_body": text.text, "media_urls": text.media,
        "action": action, "user_phone_number": text.from, "subscription_group_id": SMS_GROUP,
        "app_group_id": APP_GROUP}));
    let number = number(state);
    properties.insert("inbound_phone_number".to_owned(), json!(number));
    let kind = message_type(state, "InboundReceive");
    emit_user(state, &kind, &text.braze_id, properties, text.at_ms);
}

/// A user was subscribed or unsubscribed.
pub(in crate::braze) fn state_changed(
    state: &mut WorkspaceState,
    user: &User,
    (group, to, source): (&str, Subscription, &str),
    now: i64,
) {
    let properties = object(json!({"subscription_group_id": group,
        "subscription_status": to.word(), "state_change_source": source, "channel": "sms",
        "phone_number": user.phone, "app_group_id": APP_GROUP}));
    let kind = "users.behaviors.subscriptiongroup.StateChange";
    emit_user(state, kind, &user.braze_id, properties, now);
}

/// An attempt at a webhook failed.
pub(in crate::braze) fn webhook_failed(
    state: &mut WorkspaceState,
    text: &InboundDelivery,
    terminal: bool,
    now: i64,
) {
    let Some(campaign) = state.campaigns.get(&text.campaign_id).cloned() else {
        return;
    };
    let url = campaign.webhook.as_ref().map(|webhook| &webhook.url);
    let properties = object(json!({"http_status_code": text.status, "endpoint_url": url,
        "is_terminal": terminal, "retry_count": text.attempts.len() - 1,
        "dispatch_id": text.dispatch_id}));
    let properties = shared(&campaign, properties);
    emit_user(
        state,
        "users.messages.webhook.Failure",
        &text.braze_id,
        properties,
        now,
    );
}

fn handed_over(state: &mut WorkspaceState, sent: &Sent<'_>, message: &Message, now: i64) {
    let mut properties = Map::new();
    let extras = json!(message.extras).to_string();
    if !message.extras.is_empty() && extras.len() <= LONGEST_EXTRAS {
        properties.insert("message_extras".to_owned(), json!(extras));
    }
    emit_sent(state, "Send", sent, properties, now);
}

/// An event of a message: what all of them share, and what only this one has.
fn emit_sent(
    state: &mut WorkspaceState,
    kind: &str,
    sent: &Sent<'_>,
    mut properties: Map<String, Value>,
    now: i64,
) {
    let send = sent.send;
    let dispatch_id = match state.variants.currents.own_dispatch_ids {
        true => ids::hex_of(&format!("{}/{}", send.dispatch_id, send.braze_id)),
        false => send.dispatch_id.clone(),
    };
    properties.insert("dispatch_id".to_owned(), json!(dispatch_id));
    properties.insert("to_phone_number".to_owned(), json!(sent.number));
    let properties = shared(sent.campaign, properties);
    emit_user(
        state,
        &message_type(state, kind),
        &send.braze_id,
        properties,
        now,
    );
}

fn emit_user(
    state: &mut WorkspaceState,
    kind: &str,
    braze_id: &str,
    properties: Map<String, Value>,
    now: i64,
) {
    let known = state.users.find(braze_id);
    let external_id = known.map(|user| user.external_id.as_str());
    let mut user = json!({"user_id": braze_id});
    if let Some(id) = external_id.filter(|id| !id.is_empty()) {
        user["external_user_id"] = json!(id);
    }
    let event = Event {
        event_type: kind.to_owned(),
        id: ids::uuid(),
        time: now.div_euclid(1_000),
        user,
        properties,
    };
    let lost = state.variants.currents.lost.contains(&event.event_type);
    let delay_ms = i64::from(state.variants.currents.delay_seconds) * 1_000;
    if !lost {
        state.currents.export(event, now + delay_ms);
    }
}

fn message_type(state: &WorkspaceState, kind: &str) -> String {
    let channel = if state.variants.currents.rcs {
        "rcs"
    } else {
        "sms"
    };
    format!("users.messages.{channel}.{kind}")
}

/// The properties that every event of a campaign has.
fn shared(campaign: &Campaign, mut properties: Map<String, Value>) -> Map<String, Value> {
    properties.extend(object(json!({
        "app_group_id": APP_GROUP,
        "campaign_id": campaign.id,
        "campaign_name": campaign.name,
        "message_variation_id": campaign.variation_id(),
    })));
    if campaign.webhook.is_none() {
        let group = json!(campaign.subscription_group_id);
        properties.insert("subscription_group_id".to_owned(), group);
    }
    properties
}

fn from(state: &WorkspaceState) -> Map<String, Value> {
    object(json!({"from_phone_number": number(state)}))
}

fn number(state: &WorkspaceState) -> Option<&str> {
    state
        .groups
        .get(SMS_GROUP)
        .map(|group| group.number.as_str())
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
