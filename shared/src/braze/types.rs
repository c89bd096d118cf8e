//! What goes to Braze and what comes from it.
//!
//! In: nothing. Out: plain types and their JSON. Imports only the identifiers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::message::{CommentId, Customer, ExternalUserId, Personal, Phone, TicketId};

/// A message to one customer, through an API-triggered campaign.
#[derive(Debug, Clone)]
pub struct TriggerSend<'a> {
    /// The campaign.
    pub campaign_id: &'a str,
    /// The customer.
    pub customer: &'a Customer,
    /// What the campaign's template can use.
    pub trigger_properties: TriggerProperties<'a>,
    /// Set before the message is rendered.
    pub attributes: UserAttributes,
}

/// What the campaign's template can use.
#[derive(Debug, Clone, Serialize)]
pub struct TriggerProperties<'a> {
    /// The text.
    pub msg_body: &'a Personal,
    /// The ticket, as a string; empty where it is not known.
    #[serde(serialize_with = "string_or_empty")]
    pub ticket_id: Option<TicketId>,
    /// The agent's comment, as a string; empty where the message is no answer. The campaign's text hands it back
    /// with the events of the message (`message_extras`).
    #[serde(serialize_with = "string_or_empty")]
    pub comment_id: Option<CommentId>,
    /// The agent's name, possibly empty.
    pub agent_name: &'a Personal,
    /// Which part of a long text this is, from 1.
    pub part: u32,
    /// How many parts there are.
    pub parts: u32,
    /// A picture to send with it; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_url: Option<&'a Personal>,
}

/// The customer's attributes, by which audience filters and campaigns work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserAttributes {
    /// The ticket, as a string; left as it is where not known.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "string_or_empty"
    )]
    pub zendesk_ticket: Option<TicketId>,
    /// Whether it is open; a boolean, because a boolean filter does not match a string.
    pub zendesk_ticket_open: bool,
    /// When the bridge opened it, RFC 3339; left as it is where not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zendesk_ticket_opened_at: Option<String>,
}

/// A custom event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomEvent {
    /// Its name.
    pub name: &'static str,
    /// RFC 3339.
    pub time: String,
    /// What it says.
    pub properties: EventProperties,
}

/// What a custom event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventProperties {
    /// The ticket, as a string.
    #[serde(serialize_with = "string")]
    pub ticket_id: TicketId,
    /// By which channel the customer writes.
    pub channel: &'static str,
    /// Minutes since it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_open: Option<i64>,
    /// Whether a person answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<bool>,
    /// From 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
}

/// Braze accepted the message: no proof that it reaches the customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Braze's id of the sending, where the answer could be read.
    pub dispatch_id: Option<String>,
    /// How many minor errors Braze reported beside.
    pub warnings: usize,
}

#[derive(Serialize)]
pub(super) struct SendBody<'a> {
    campaign_id: &'a str,
    recipients: [Recipient<'a>; 1],
}

#[derive(Serialize)]
struct Recipient<'a> {
    #[serde(flatten)]
    to: Addressee<'a>,
    trigger_properties: &'a TriggerProperties<'a>,
    attributes: UserAttributes,
    /// An unknown id must not become a new, empty profile. With an alias Braze takes `false` only (documented).
    send_to_existing_only: bool,
}

/// Whom a message goes to.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Addressee<'a> {
    ExternalUserId(&'a ExternalUserId),
    UserAlias(UserAlias<'a>),
}

/// Whose attributes and events they are.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Whose<'a> {
    ExternalId(&'a ExternalUserId),
    UserAlias(UserAlias<'a>),
}

/// How Braze calls a profile that a keyword from an unknown number made (documented).
#[derive(Clone, Copy, Serialize)]
struct UserAlias<'a> {
    alias_name: &'a str,
    alias_label: &'static str,
}

impl<'a> UserAlias<'a> {
    fn of(phone: &'a Phone) -> Self {
        Self {
            alias_name: phone.as_e164(),
            alias_label: "phone",
        }
    }
}

impl<'a> SendBody<'a> {
    pub(super) fn of(send: &'a TriggerSend<'a>) -> Self {
        Self {
            campaign_id: send.campaign_id,
            recipients: [Recipient {
                to: match send.customer {
                    Customer::Id(id) => Addressee::ExternalUserId(id),
                    Customer::Phone(phone) => Addressee::UserAlias(UserAlias::of(phone)),
                },
                trigger_properties: &send.trigger_properties,
                attributes: send.attributes.clone(),
                send_to_existing_only: send.customer.id().is_some(),
            }],
        }
    }
}

#[derive(Serialize)]
pub(super) struct TrackBody<'a> {
    attributes: [TrackRow<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventRow<'a>>,
}

#[derive(Serialize)]
struct EventRow<'a> {
    #[serde(flatten)]
    whose: Whose<'a>,
    #[serde(rename = "_update_existing_only")]
    update_existing_only: bool,
    #[serde(flatten)]
    event: &'a CustomEvent,
}

#[derive(Serialize)]
struct TrackRow<'a> {
    #[serde(flatten)]
    whose: Whose<'a>,
    #[serde(rename = "_update_existing_only")]
    update_existing_only: bool,
    #[serde(flatten)]
    attributes: UserAttributes,
}

impl<'a> TrackBody<'a> {
    pub(super) fn of(
        customer: &'a Customer,
        attributes: UserAttributes,
        events: &'a [CustomEvent],
    ) -> Self {
        let whose = match customer {
            Customer::Id(id) => Whose::ExternalId(id),
            Customer::Phone(phone) => Whose::UserAlias(UserAlias::of(phone)),
        };
        Self {
            attributes: [TrackRow {
                whose,
                update_existing_only: true,
                attributes,
            }],
            events: events
                .iter()
                .map(|event| EventRow {
                    whose,
                    update_existing_only: true,
                    event,
                })
                .collect(),
        }
    }
}

#[derive(Deserialize, Default)]
pub(super) struct SentAnswer {
    dispatch_id: Option<String>,
    #[serde(default)]
    errors: Option<serde_json::Value>,
}

impl From<SentAnswer> for Dispatched {
    fn from(answer: SentAnswer) -> Self {
        let warnings = match answer.errors {
            None | Some(serde_json::Value::Null) => 0,
            Some(serde_json::Value::Array(errors)) => errors.len(),
            Some(_) => 1,
        };
        Self {
            dispatch_id: answer.dispatch_id.filter(|id| !id.is_empty()),
            warnings,
        }
    }
}

#[derive(Serialize)]
pub(super) struct UnsubscribeBody<'a> {
    subscription_group_id: &'a str,
    subscription_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<[&'a ExternalUserId; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<[&'a str; 1]>,
}

impl<'a> UnsubscribeBody<'a> {
    pub(super) fn of(customer: &'a Customer, group: &'a str) -> Self {
        let (external_id, phone) = match customer {
            Customer::Id(id) => (Some([id]), None),
            Customer::Phone(phone) => (None, Some([phone.as_e164()])),
        };
        Self {
            subscription_group_id: group,
            subscription_state: "unsubscribed",
            external_id,
            phone,
        }
    }
}

/// A customer's state in a subscription group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum SubscriptionState {
    /// Messages are sent.
    Subscribed,
    /// None are.
    Unsubscribed,
    /// Neither was ever said.
    Unknown,
    /// A word that is not documented, or none for this customer.
    #[default]
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Default)]
pub(super) struct StatusAnswer {
    #[serde(default)]
    status: BTreeMap<String, SubscriptionState>,
}

impl StatusAnswer {
    /// The only customer's state: one was asked for, and the documentation names them by what was asked
    /// with or by their number.
    pub(super) fn only(self) -> SubscriptionState {
        let mut states = self.status.into_values();
        match (states.next(), states.next()) {
            (Some(only), None) => only,
            _ => SubscriptionState::Other,
        }
    }
}

/// What `POST /users/export/ids` is asked for: few fields, since a profile is personal data.
#[derive(Serialize)]
pub(super) struct ExportBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    external_ids: Option<[&'a ExternalUserId; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_aliases: Option<[UserAlias<'a>; 1]>,
    fields_to_export: [&'static str; 2],
}

impl<'a> ExportBody<'a> {
    pub(super) fn of(customer: &'a Customer) -> Self {
        let (external_ids, user_aliases) = match customer {
            Customer::Id(id) => (Some([id]), None),
            Customer::Phone(phone) => (None, Some([UserAlias::of(phone)])),
        };
        Self {
            external_ids,
            user_aliases,
            fields_to_export: ["external_id", "campaigns_received"],
        }
    }
}

/// What Braze's record of a customer says of campaigns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CampaignRecord {
    /// What they received last of each campaign.
    #[serde(default)]
    pub campaigns_received: Vec<CampaignReceived>,
}

/// What a customer received last of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CampaignReceived {
    /// The campaign's id.
    #[serde(default)]
    pub api_campaign_id: String,
    /// ISO 8601.
    #[serde(default)]
    pub last_received: String,
    /// They were in its control group.
    #[serde(default)]
    pub in_control: bool,
}

#[derive(Deserialize)]
pub(super) struct ExportAnswer {
    pub(super) users: Vec<CampaignRecord>,
}

fn string_or_empty<T: std::fmt::Display, S: Serializer>(
    id: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_str(""),
    }
}

fn string<S: Serializer>(id: &TicketId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
