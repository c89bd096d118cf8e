//! What people do in a conversation, one step at a time.
//!
//! In and out: steps as conversation files and the sandbox's page write them, the same words in
//! TOML and in JSON. Knows how a step is spelled, not how it is done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use simulators::braze::Condition;
use simulators::zendesk::Status;

use crate::weather::{Place, Weather, When};

mod features;
mod people;
mod tickets;

pub(crate) use features::{AutoReply, Campaign};
pub(crate) use people::{Mail, MergeUsers, Requester, Suspend, is_address};
pub(crate) use tickets::{Merge, Open, SetStatus, Tags, Which};

/// One step; exactly one of the fields is there.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// What happens, for those who watch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) say: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open: Option<Open>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<SetStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) solve: Option<Which>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) close: Option<Which>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delete: Option<Which>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) merge: Option<Merge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<Tags>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requester: Option<Requester>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) merge_users: Option<MergeUsers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Mail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) suspend: Option<Suspend>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repeat: Option<Repeat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) faults: Option<Weather>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) webhooks: Option<Webhooks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kill: Option<Kill>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jump: Option<Jump>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wait: Option<Wait>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redeliver: Option<Redeliver>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replay: Option<Replay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) settings: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auto_reply: Option<AutoReply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) campaign: Option<Campaign>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expect: Option<Expect>,
}

/// A customer texts.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) texts: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) at_once: bool,
    /// Links, or `data:` URLs of pictures; they go with the first text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pictures: Vec<String>,
}

/// A customer's phone, or what Braze knows of the customer, changes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phone {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) is: Condition,
}

/// An agent comments.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) text: String,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub(crate) public: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<File>,
}

/// A file an agent attaches.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) name: String,
    /// A `data:` URL.
    pub(crate) data: String,
}

/// Braze posts the webhook of a customer's last text again, as if the answer had been lost.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
}

/// What becomes of Zendesk's webhooks.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Webhooks {
    /// Keep them from now on, or let them go at once again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<bool>,
    /// Kept ones to lose, by their place in the queue, from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lose: Vec<usize>,
    /// Kept ones to send, in this order; one that is named twice is sent twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) send: Vec<usize>,
}

/// The next function that calls there is killed.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kill {
    pub(crate) at: Place,
    pub(crate) when: When,
}

/// The clock jumps ahead, and redelivery runs.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Jump {
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) minutes: f64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) hours: f64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) days: f64,
}

/// Time passes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wait {
    pub(crate) seconds: f64,
}

/// Redelivery runs.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Redeliver {
    /// Every pause ends before.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) due: bool,
}

/// A dead letter is tried once more.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Replay {
    /// Its number, the oldest is 1; left out, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) letter: Option<usize>,
}

/// What should have come of it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<Vec<String>>,
    /// Braze's own answers to keywords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) automatic: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comments: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tickets: Option<usize>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attributes: BTreeMap<String, toml::Value>,
    /// Tags that the ticket carries, among others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    /// The ticket's brand, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) brand: Option<String>,
    /// The ticket's priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) priority: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) in_any_order: bool,
}

fn yes() -> bool {
    true
}

// Serde hands these a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_true(value: &bool) -> bool {
    *value
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}
