//! `sms-bridge probe` against the simulators.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod braze;
#[path = "../kit/mod.rs"]
mod kit;
mod zendesk;
