//! What we remember of a conversation, and what to do about an event.
//!
//! In: typed events, outcomes of steps. Out: the next step, the new state. Decides without client, clock or table;
//! `flow` also logs and counts. Only `store` calls anything, and names the DynamoDB SDK.

mod closing_skipped;
mod entry;
pub mod fingerprint;
pub mod flow;
mod key;
mod outcome;
pub mod policy;
pub mod queue;
pub mod seen;
mod shard;
pub mod state;
mod status;
pub mod step;
mod stood;
pub mod store;
pub mod subscription;
mod ticket_event;
mod unconfirmed;
pub mod unknown;
pub mod watch;

pub mod notes;
