//! Pictures and files that customers send: fetched from wherever Braze says they are.
//!
//! In: a link nobody vouches for, and a deadline. Out: a [`File`] whose content streams into the
//! upload, or the [`MediaProblem`] that the agent is told. Imports `message` and `net` only.

mod address;
mod content;
mod fetch;
mod kind;
mod link;
mod resolve;

pub use fetch::{Fetcher, File, Source};
pub use kind::Kind;

#[cfg(test)]
mod tests;
