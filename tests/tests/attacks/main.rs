//! What an attacker may try at the three public routes, against the real executables.
//!
//! Each test is a row of the table in `docs/security.md`; `document` holds the two together.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a helper of tests fails as a test does"
)]

mod bearer;
mod bodies;
mod campaigns;
mod cold_store;
mod document;
mod drill;
mod flood;
mod kit;
mod links;
mod observe;
mod panics;
mod replay;
mod rotation;
mod signature;
mod vendor_urls;
mod weak_secrets;
