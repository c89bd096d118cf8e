//! Statuses and roles, in the API's words.

use serde::{Deserialize, Serialize};

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
