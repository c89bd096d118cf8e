//! Pictures and files that customers send: fetched from wherever Braze says they are, and streamed into the
//! upload. Imports `message` and `net` only.

mod address;
mod content;
mod fetch;
mod kind;
mod link;
mod resolve;
mod words;

pub use fetch::{Fetcher, File, Source};
pub use kind::Kind;

#[cfg(test)]
mod tests;
