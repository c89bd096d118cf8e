//! Steps about tickets: opened, set to a status, merged, tagged by agents.

use serde::{Deserialize, Serialize};
use simulators::zendesk::Status;

/// An agent opens a ticket for a customer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Open {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// An agent changes a status without a word.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<u64>,
    pub(crate) to: Status,
}

/// A ticket by its number in the conversation.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<u64>,
}

/// An agent merges tickets.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    pub(crate) from: u64,
    pub(crate) into: u64,
}

/// An agent adds tags, or takes some away.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tags {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) add: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) remove: Vec<String>,
}
