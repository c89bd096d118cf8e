//! The simulated Zendesk does what real accounts do: people, channels, limits, and facts either way.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod changes;
mod events;
mod limits;
mod switches;
mod tickets;
mod triggers;
mod users;

use simulators::zendesk::{AccountConfig, AccountVariants, Zendesk};

/// A usual account.
async fn zendesk() -> Zendesk {
    Zendesk::start(AccountConfig::default()).await.unwrap()
}

/// An account that differs in some facts.
async fn with(change: impl FnOnce(&mut AccountVariants)) -> Zendesk {
    let mut config = AccountConfig::default();
    change(&mut config.variants);
    Zendesk::start(config).await.unwrap()
}
