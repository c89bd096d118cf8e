//! Whether Braze may send the customer SMS, as Braze said when it was asked last.

use serde::{Deserialize, Serialize};

use crate::message::TicketId;

/// The customer's state in the campaign's SMS subscription group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscription {
    /// Braze sends.
    Subscribed,
    /// Braze sends nothing.
    Unsubscribed,
    /// Neither subscribed nor unsubscribed: Braze sends nothing, though it accepts the message.
    Unknown,
    /// Braze did not say, or the key may not ask.
    #[serde(other)]
    Untold,
}

/// What Braze said, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LookedUp {
    /// The state.
    pub is: Subscription,
    /// When it was asked for, in milliseconds since the epoch.
    pub at: i64,
    /// The ticket whose agent has a note of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_on: Option<TicketId>,
}
