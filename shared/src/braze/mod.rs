//! Braze, as far as the bridge calls it: one triggered message, a user's attributes and subscription.
//!
//! In: a customer, a text and a deadline. Out: [`Sent`], or a [`BrazeError`] by what the caller
//! can do. Must not import `zendesk`, `conversation` or `delivery`.

mod client;
mod error;
mod types;

pub use client::Client;
pub use error::BrazeError;
pub use types::{
    Attributes, Event, EventProperties, Sent, Subscription, TriggerProperties, TriggerSend,
};

#[cfg(test)]
mod tests;
