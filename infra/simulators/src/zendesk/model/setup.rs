//! What administrators set up: triggers, macros, custom statuses, fields, groups, brands, forms.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Status;

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
    pub all: Vec<TriggerCondition>,
    /// One of these must hold, if there are any.
    pub any: Vec<TriggerCondition>,
    /// What it does: pairs of field and value.
    pub actions: Vec<Value>,
}

/// A condition of a trigger.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TriggerCondition {
    /// Field, such as `status`.
    pub field: String,
    /// Operator, such as `is`.
    pub operator: String,
    /// Value.
    #[serde(default)]
    pub value: Value,
}

/// A macro: changes an agent applies to a ticket by one click.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Macro {
    /// Id.
    pub id: u64,
    /// Title.
    pub title: String,
    /// What it is for, in its owner's words.
    #[serde(default)]
    pub description: String,
    /// Whether agents see it.
    pub active: bool,
    /// What it does: pairs of field and value.
    pub actions: Vec<Value>,
}

/// A group, a brand or a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
}

/// A custom ticket field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketField {
    /// Id.
    pub id: u64,
    /// Title.
    pub title: String,
    /// Type: `text`, `integer`, `checkbox` and others.
    pub kind: String,
}

/// A custom status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomStatus {
    /// Id.
    pub id: u64,
    /// The category it belongs to: the status the API shows.
    pub category: Status,
    /// Its name on agents' screens.
    pub label: String,
    /// Whether a ticket gets it where only the category is named.
    pub default: bool,
}

/// An e-mail a trigger sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Email {
    /// Address.
    pub to: String,
    /// Ticket it is about.
    pub ticket_id: u64,
    /// Title of the trigger that sent it.
    pub trigger: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
}
