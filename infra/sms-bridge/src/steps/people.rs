//! Steps about Zendesk's users: who a ticket belongs to, who is one person with whom.
//!
//! A person is named by a customer's id, or by an e-mail address.

use serde::{Deserialize, Serialize};

/// An agent makes another user the requester of a ticket.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requester {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<u64>,
    pub(crate) id: String,
}

/// An agent merges one user into another.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeUsers {
    pub(crate) from: String,
    pub(crate) into: String,
}

/// A person writes an e-mail that opens a ticket.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The address; its user is made if there is none.
    pub(crate) from: String,
    /// The name of a user who is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// An agent suspends a user, or lets one write again.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suspend {
    pub(crate) id: String,
    #[serde(default = "super::yes", skip_serializing_if = "super::is_true")]
    pub(crate) suspended: bool,
}

/// Whether a person is named by an e-mail address, not by a customer's id.
pub(crate) fn is_address(person: &str) -> bool {
    person.contains('@')
}
