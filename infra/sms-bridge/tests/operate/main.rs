//! `sms-bridge status`, `trace` and `dead-letters` as people call them, on a running bundle: the real
//! functions, DynamoDB over the wire, and the vendors' simulators.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod advice;
mod completions;
mod crash;
mod dead_letters;
mod documents;
mod erasure;
mod kit;
mod known;
mod large;
mod private;
mod put_right;
mod status;
mod stop;
mod terminal;
mod trace;
