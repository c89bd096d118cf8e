//! Braze, as far as the bridge calls it: one triggered message, a user's attributes, subscription and what
//! they received.
//!
//! In: a customer, a text and a deadline. Out: [`Dispatched`], or a [`BrazeError`] by what the caller
//! can do. Must not import `zendesk`, `conversation` or `delivery`.

mod client;
mod error;
mod types;

pub use client::BrazeClient;
pub use error::BrazeError;
pub use types::{
    CampaignReceived, CampaignRecord, CustomEvent, Dispatched, EventProperties, SubscriptionState,
    TriggerProperties, TriggerSend, UserAttributes,
};

#[cfg(test)]
mod tests;
