//! Small kinds: statuses, roles, triggers and their conditions.
//!
//! In: nothing. Out: types with the API's words. Imports nothing of the crate.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Status of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not yet looked at.
    New,
    /// With an agent.
    Open,
    /// Waiting for the customer.
    Pending,
    /// Waiting for a third party.
    Hold,
    /// Answered.
    Solved,
    /// Unchangeable.
    Closed,
}

impl Status {
    /// The API's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Hold => "hold",
            Self::Solved => "solved",
            Self::Closed => "closed",
        }
    }

    /// The status of this name, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [
            Self::New,
            Self::Open,
            Self::Pending,
            Self::Hold,
            Self::Solved,
            Self::Closed,
        ];
        all.into_iter()
            .find(|status| status.as_str().eq_ignore_ascii_case(name))
    }
}

impl Role {
    /// The API's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EndUser => "end-user",
            Self::Agent => "agent",
            Self::Admin => "admin",
        }
    }
}

/// A user's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Customer.
    EndUser,
    /// Agent.
    Agent,
    /// Administrator.
    Admin,
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    /// Id.
    pub id: u64,
    /// Title.
    pub title: String,
    /// What it is for, in its owner's words.
    #[serde(default)]
    pub description: String,
    /// Whether it runs.
    pub active: bool,
    /// Category.
    pub category_id: Option<String>,
    /// All of these must hold.
    pub all: Vec<Condition>,
    /// One of these must hold, if there are any.
    pub any: Vec<Condition>,
    /// What it does: pairs of field and value.
    pub actions: Vec<Value>,
}

/// A condition of a trigger.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Field, such as `status`.
    pub field: String,
    /// Operator, such as `is`.
    pub operator: String,
    /// Value.
    #[serde(default)]
    pub value: Value,
}
