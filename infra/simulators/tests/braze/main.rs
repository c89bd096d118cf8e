//! The simulated Braze accepts, refuses, withholds and passes on what the real one does.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;
mod kit;

mod control;
mod currents;
mod endpoints;
mod keys;
mod keywords;
mod phones;
mod profiles;
mod sends;
mod subscriptions;
mod texts;
mod webhooks;
mod withheld;
