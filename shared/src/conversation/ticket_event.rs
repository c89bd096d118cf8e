//! What happened to a ticket, as Braze's custom events say it. Pure; stored as JSON inside the item.

use serde::{Deserialize, Serialize};

use crate::message::TicketId;

/// Something that happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketEvent {
    /// What.
    pub what: What,
    /// To which ticket.
    pub ticket: TicketId,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// How many minutes after it was opened, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_open: Option<i64>,
    /// Whether a person answered on it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<bool>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A text opened it.
    Opened,
    /// It was solved.
    Solved,
    /// A text reopened it.
    Reopened,
    /// The customer rated it, from 1 to 5.
    Rated(u8),
}

impl What {
    /// The custom event's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "Support Ticket Opened",
            Self::Solved => "Support Ticket Solved",
            Self::Reopened => "Support Ticket Reopened",
            Self::Rated(_) => "Support Rated",
        }
    }
}

/// A rating of the conversation's ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// From 1 to 5.
    pub value: u8,
    /// When it came, in milliseconds since the epoch.
    pub at: i64,
}
