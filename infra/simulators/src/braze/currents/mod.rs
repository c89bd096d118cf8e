//! Currents, the export of events as they happen, through the Custom HTTP connector.
//!
//! Off until a URL and a token are set. Each event is exported at least once; what Braze withholds
//! makes no event.

mod connector;
mod event;
mod post;

pub use connector::{Connector, Currents, Post, Standing};
pub use event::Event;
pub(super) use event::{
    Sent, aborted, answered, carried, failed, received, retried, state_changed, webhook_failed,
};
pub(super) use post::run;

use serde::{Deserialize, Serialize};

/// Facts about Currents that a client must be able to live with either way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CurrentsVariants {
    /// Seconds from an event to its export.
    pub delay_seconds: u32,
    /// Each request is made twice.
    pub twice: bool,
    /// Events of one request come in the reverse order.
    pub reversed: bool,
    /// Types of events that never come.
    pub lost: Vec<String>,
    /// Events carry another `dispatch_id` than the API's answer.
    pub own_dispatch_ids: bool,
    /// Messages go by RCS, and their events are those of RCS.
    pub rcs: bool,
}
