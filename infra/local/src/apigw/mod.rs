//! API Gateway's HTTP API, payload format 2.0, as pure functions.
//!
//! In: an HTTP request, or a function's answer. Out: the event, or the HTTP response. No I/O.

mod answer;
mod event;

pub use answer::{BadAnswer, response};
pub use event::event;
