//! Why a customer got no closing message.
//!
//! In: nothing. Out: [`ClosingSkipped`]. Pure; stored as a word inside the item.

use serde::{Deserialize, Serialize};

/// Why the customer got no closing message, for people who ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosingSkipped {
    /// The customer had opted out.
    OptedOut,
    /// The customer was not subscribed to the campaign's SMS subscription group.
    NotSubscribed,
    /// The customer had asked for no more texts, in other words than the keyword.
    OptOutAsked,
    /// There is no campaign for it.
    NoCampaign,
    /// A tag of the ticket.
    Tag,
    /// The message has no text.
    Empty,
    /// Automatic SMS rested.
    Loop,
    /// It would have gone beyond a limit of SMS parts.
    Limit,
    /// Braze refused it for good: its dead letter may be replayed.
    Refused,
    /// A word this version does not know.
    #[serde(other)]
    Other,
}
