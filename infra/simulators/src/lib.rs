//! Stateful stand-ins for Zendesk and Braze on loopback ports.
//!
//! In: HTTP requests as a client of the vendors writes them, and method calls for what people do
//! in the vendors' own screens. Out: the vendors' answers, signed webhooks, and a typed view of
//! what happened. They model the vendors, never the bridge: must not import any other crate of
//! this workspace.

pub mod braze;
pub mod calls;
pub mod clock;
mod control;
mod core;
pub mod faults;
mod ids;
mod post;
pub mod serve;
mod server;
pub mod signature;
mod wire;
pub mod zendesk;

pub use calls::Call;
pub use clock::Clock;
pub use faults::{Effect, Fault};
