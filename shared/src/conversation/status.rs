//! A ticket's status, as far as the decisions care.

use serde::{Deserialize, Serialize};

/// A ticket's status as Zendesk spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// No agent has touched it yet.
    New,
    /// Waiting for an agent.
    Open,
    /// Waiting for the customer.
    Pending,
    /// Waiting for a third party.
    Hold,
    /// Done, can be reopened.
    Solved,
    /// Done for good.
    Closed,
}

impl Status {
    /// Reads a status in any case; account-specific names are `None`.
    pub fn parse(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "new" => Some(Self::New),
            "open" => Some(Self::Open),
            "pending" => Some(Self::Pending),
            "hold" | "on-hold" => Some(Self::Hold),
            "solved" => Some(Self::Solved),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }

    /// Zendesk's name of it.
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

    /// Solved or closed.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Solved | Self::Closed)
    }
}
