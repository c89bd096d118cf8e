//! How the bridge reaches other machines: one HTTP client for both vendors and the AWS SDKs.
//!
//! In: a request, whether it may be repeated, and a deadline. Out: an [`Answer`], or a [`NoAnswer`]
//! that says whether the request can have arrived. A leaf: imports no other room.

mod answer;
mod base_url;
mod client;
mod deadline;
mod send;
mod written;

pub use answer::{Answer, BodyError, Detail, Refused};
pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{Http, NetError};
pub use deadline::Deadline;
pub use send::{NoAnswer, Repeat, Request};

/// The cause of an error, kept for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

#[cfg(test)]
mod tests;
