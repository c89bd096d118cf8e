//! What the simulated Braze remembers: the typed view that tests look at, and what a snapshot
//! stores.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::calls::Call;

use super::api::{Keys, Windows};
use super::campaign::Campaign;
use super::currents::Currents;
use super::inbound::Hosts;
use super::keywords::{Category, Keywords};
use super::phone::{InvalidNumber, Line};
use super::profile::{Profiles, SMS_GROUP};
use super::rules::Rules;
use super::variants::WorkspaceVariants;

/// Everything the workspace holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkspaceState {
    /// User profiles, oldest first.
    pub users: Profiles,
    /// Campaigns by id.
    pub campaigns: BTreeMap<String, Campaign>,
    /// Content blocks by name.
    #[serde(default)]
    pub content_blocks: BTreeMap<String, String>,
    /// SMS subscription groups by id.
    pub groups: BTreeMap<String, Group>,
    /// Keyword categories.
    pub keywords: Keywords,
    /// Frequency cap, quiet hours, exclusions.
    pub rules: Rules,
    /// Unverified facts.
    pub variants: WorkspaceVariants,
    /// Every accepted trigger send, one per recipient.
    pub sends: Vec<Send>,
    /// What reached phones, oldest first.
    pub phones: Vec<Sms>,
    /// What happens to SMS by number, where they do not simply arrive.
    pub lines: BTreeMap<String, Line>,
    /// Numbers that are not texted any more.
    pub invalid_numbers: Vec<InvalidNumber>,
    /// Messages that wait for the end of quiet hours.
    pub held: Vec<Held>,
    /// The export of events.
    pub currents: Currents,
    /// Data points that `users/track` cost.
    pub data_points: u64,
    /// What became of customers' texts.
    pub inbound_log: Vec<InboundDelivery>,
    /// Customers' texts whose webhook is still being tried.
    #[serde(skip)]
    pub texting: Vec<InboundDelivery>,
    /// Every request on the vendor's routes; not part of a snapshot.
    #[serde(skip)]
    pub calls: Vec<Call>,
    #[serde(skip)]
    pub(super) windows: Windows,
    #[serde(skip)]
    pub(super) hosts: Hosts,
    pub(super) keys: Keys,
}

impl WorkspaceState {
    /// An empty workspace with one SMS subscription group.
    pub(super) fn new(key: &str, variants: WorkspaceVariants) -> Self {
        let group = Group {
            name: "SMS".to_owned(),
            number: "+18335550100".to_owned(),
        };
        Self {
            users: Profiles::default(),
            campaigns: BTreeMap::new(),
            content_blocks: BTreeMap::new(),
            groups: BTreeMap::from([(SMS_GROUP.to_owned(), group)]),
            keywords: Keywords::default(),
            rules: Rules::default(),
            variants,
            sends: Vec::new(),
            phones: Vec::new(),
            lines: BTreeMap::new(),
            invalid_numbers: Vec::new(),
            held: Vec::new(),
            currents: Currents::default(),
            data_points: 0,
            inbound_log: Vec::new(),
            texting: Vec::new(),
            calls: Vec::new(),
            windows: Windows::default(),
            hosts: Hosts::default(),
            keys: Keys::of(key),
        }
    }

    /// What reached the phone of a profile from campaigns, oldest first.
    pub fn inbox(&self, who: &str) -> Vec<Sms> {
        let Some(user) = self.users.find(who) else {
            return Vec::new();
        };
        let own = |sms: &&Sms| !sms.automatic && sms.braze_id == user.braze_id;
        self.phones.iter().filter(own).cloned().collect()
    }
}

/// An SMS subscription group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name.
    pub name: String,
    /// The number it sends from and gets texts on.
    pub number: String,
}

/// An SMS as it reached the phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sms {
    /// Campaign; empty for an automatic answer.
    pub campaign_id: String,
    /// The number.
    pub to: String,
    /// Profile it was sent to; empty where an automatic answer had none.
    pub braze_id: String,
    /// Braze's own answer to a keyword.
    pub automatic: bool,
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
    /// Recipient's external id; empty for an anonymous profile.
    pub external_user_id: String,
    /// Recipient's Braze id; empty where there is no such profile.
    pub braze_id: String,
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
    /// The provider's code, where the SMS failed at the carrier.
    pub failed: Option<String>,
}

/// Why Braze withheld a message, though the API answered success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// No user of this id.
    UnknownUser,
    /// The campaign is stopped, archived or a draft.
    CampaignNotLive,
    /// The user has no phone number.
    NoPhone,
    /// The number is on the list of invalid ones.
    InvalidNumber,
    /// The user is unsubscribed from the campaign's subscription group.
    Unsubscribed,
    /// The user's state in the campaign's subscription group is unknown.
    NeverSubscribed,
    /// The user is on a suppression list.
    SuppressionList,
    /// The user is in the global control group.
    ControlGroup,
    /// The user had the campaign already, and may not again yet.
    NotReEligible,
    /// The user has had as many messages as the frequency cap allows.
    FrequencyCapped,
    /// Rendering stopped at `abort_message`, or at a text of too many parts.
    Aborted,
}

/// A message that waits for the end of quiet hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// When it is sent, milliseconds since the epoch.
    pub due_at_ms: i64,
    /// Its place in [`WorkspaceState::sends`].
    pub send: usize,
    /// The message.
    pub message: Message,
}

/// A rendered message on its way to a phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Text.
    pub text: String,
    /// What `message_extras` named while it was rendered.
    pub extras: Map<String, Value>,
}

/// What Braze made of a customer's text, and what the bridge answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundDelivery {
    /// Names this text.
    pub id: String,
    /// External id of the profile it belongs to; empty for an anonymous one, and the id or number
    /// that texted where there is none.
    pub external_user_id: String,
    /// Braze id of that profile.
    pub braze_id: String,
    /// The number it came from.
    pub from: String,
    /// Category it was put into.
    pub category: Category,
    /// The webhook campaign it started.
    pub campaign_id: String,
    /// Why that campaign was withheld.
    pub withheld: Option<Suppressed>,
    /// When quiet hours let the webhook go, milliseconds since the epoch.
    pub held_until_ms: Option<i64>,
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
    /// No attempt follows.
    pub over: bool,
    /// Simulated time of the text, milliseconds since the epoch.
    pub at_ms: i64,
    /// The customer's text.
    pub text: String,
    /// Links of its pictures.
    pub media: Vec<String>,
}
