//! A message whose outcome is not known, which the agent may ask to send again.
//!
//! In: identifiers. Out: [`Unconfirmed`]. Pure; stored as JSON inside the item.

use serde::{Deserialize, Serialize};

use crate::message::{CommentId, Personal, TicketId};

/// A message whose outcome is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unconfirmed {
    /// The ticket it was written on.
    pub ticket: TicketId,
    /// The agent's comment; `None`: the closing message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentId>,
    /// The closing message, where it was not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Personal>,
    /// The campaign, where it was not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// Messages of the same answer that were surely sent.
    #[serde(default, skip_serializing_if = "is_zero_u8")]
    pub sent: u8,
}

fn is_zero_u8(value: &u8) -> bool {
    *value == 0
}
