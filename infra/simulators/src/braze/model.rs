//! What the simulated Braze remembers.
//!
//! In: API calls and customers' texts. Out: the typed view tests look at, which is also what a
//! snapshot stores. Imports only the call log's type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::calls::Call;

use super::config::Inbound;

/// Everything the workspace holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// Users by external id.
    pub users: BTreeMap<String, User>,
    /// Campaigns by id.
    pub campaigns: BTreeMap<String, Campaign>,
    /// Every accepted trigger send, one per recipient.
    pub sends: Vec<Send>,
    /// What reached phones, by external id, oldest first.
    pub inboxes: BTreeMap<String, Vec<Sms>>,
    /// What became of customers' texts.
    pub inbound_log: Vec<InboundDelivery>,
    /// Customers' texts whose webhook is still being tried.
    #[serde(skip)]
    pub texting: Vec<InboundDelivery>,
    /// The inbound campaigns, if set up.
    pub inbound: Option<Inbound>,
    /// Every request on the vendor's routes; not part of a snapshot.
    #[serde(skip)]
    pub calls: Vec<Call>,
    #[serde(skip)]
    pub(super) hour: (i64, u32),
    /// The REST keys that are valid in place of the configured one, once they were changed.
    #[serde(default)]
    pub(super) keys: Option<Vec<String>>,
    /// Permissions of the REST keys, where they do not have all.
    #[serde(default)]
    pub(super) permissions: Option<Vec<String>>,
}

/// A user profile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// External id.
    pub external_id: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone number; without one no SMS arrives.
    pub phone: String,
    /// Custom attributes.
    pub attributes: Map<String, Value>,
    /// Whether the user opted out of the subscription group.
    pub opted_out: bool,
}

/// An API-triggered SMS campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Message with Liquid placeholders.
    pub template: String,
    /// Whether a user may get it more than once.
    pub re_eligible: bool,
    /// Whether it was put away.
    #[serde(default)]
    pub archived: bool,
    /// Whether it was never launched.
    #[serde(default)]
    pub draft: bool,
    /// Channel of its one message.
    #[serde(default = "sms")]
    pub channel: String,
}

fn sms() -> String {
    "sms".to_owned()
}

impl Campaign {
    /// A campaign that sends `{{api_trigger_properties.msg_body}}`, again and again.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            template: "{{api_trigger_properties.msg_body}}".to_owned(),
            re_eligible: true,
            archived: false,
            draft: false,
            channel: sms(),
        }
    }
}

/// An SMS as it reached the phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sms {
    /// Campaign.
    pub campaign_id: String,
    /// Rendered text.
    pub body: String,
    /// What the caller sent.
    pub trigger_properties: Value,
    /// Dispatch id of the send.
    pub dispatch_id: String,
    /// Simulated time, milliseconds since the epoch.
    pub at_ms: i64,
    /// The user's attributes when it was rendered.
    pub attributes_at_send: Map<String, Value>,
    /// SMS parts it took.
    pub segments: usize,
}

/// An accepted trigger send for one recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Send {
    /// Campaign.
    pub campaign_id: String,
    /// Recipient.
    pub external_user_id: String,
    /// What the caller sent.
    pub trigger_properties: Value,
    /// Attributes the caller sent.
    pub attributes: Value,
    /// Dispatch id answered.
    pub dispatch_id: String,
    /// Simulated time, milliseconds since the epoch.
    pub at_ms: i64,
    /// Why no SMS left, though the answer was success.
    pub suppressed: Option<Suppressed>,
}

/// Why an accepted send produced no SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// No user of this external id.
    UnknownUser,
    /// The user has no phone number.
    NoPhone,
    /// The user opted out.
    OptedOut,
    /// The user had the campaign already, and may not again.
    NotReEligible,
}

/// What Braze made of a customer's text, and what the bridge answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundDelivery {
    /// Who texted.
    pub external_user_id: String,
    /// Category it was put into.
    pub category: Category,
    /// Body posted; empty where nothing was.
    pub payload: String,
    /// Dispatch id in it.
    pub dispatch_id: String,
    /// Status of the last answer; `None`: none, or nothing was posted.
    pub status: Option<u16>,
    /// Body of the last answer.
    pub body: String,
    /// Statuses of all attempts; `None`: no answer.
    pub attempts: Vec<Option<u16>>,
    /// Simulated time of the text, milliseconds since the epoch.
    pub at_ms: i64,
    /// The customer's text.
    pub text: String,
}

/// Keyword categories of inbound texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// STOP and the like.
    OptOut,
    /// START and the like.
    OptIn,
    /// HELP and INFO.
    Help,
    /// The custom category of the support keywords.
    Support,
    /// Everything else.
    Other,
    /// From nobody Braze knows: ignored.
    UnknownUser,
}

impl User {
    /// A user with a phone number.
    pub fn new(external_id: &str, first_name: &str, last_name: &str, phone: &str) -> Self {
        Self {
            external_id: external_id.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            phone: phone.to_owned(),
            ..Self::default()
        }
    }
}
