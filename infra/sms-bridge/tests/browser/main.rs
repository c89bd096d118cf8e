//! The sandbox's page in a real browser: `cargo test -p sms-bridge --features browser --test browser`.
//!
//! Each test has a sandbox of its own, with the real functions, and drives the page as people do.
//! At the end of each, nothing may be in the browser's console.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of tests fails as a test does"
)]

mod desk;
mod driver;
mod faults;
mod kit;
mod looks;
mod owners;
mod people;
mod record;
mod story;
