//! Where Braze's webhooks arrive while the probe runs: at a port of this machine, or in the deployed stack.

mod door;
mod port;

use std::time::Duration;

use serde_json::Value;

pub(crate) use door::Door;
pub(crate) use port::Port;

/// What is to come twice: the first time it is refused.
pub(super) const TWICE: &str = "probe one";

/// The place.
pub(crate) enum Inbox {
    /// A port of this machine.
    Port(Port),
    /// The deployed stack.
    Stack(Door),
}

impl Inbox {
    /// Where the campaign posts to.
    pub(super) fn url(&self) -> &str {
        match self {
            Self::Port(port) => &port.url,
            Self::Stack(door) => &door.url,
        }
    }

    /// The header it needs besides.
    pub(super) fn header(&self) -> Option<String> {
        match self {
            Self::Port(_) => None,
            Self::Stack(door) => Some(format!("Authorization: Bearer {}", door.token)),
        }
    }

    /// What every body of this run carries as `probe`.
    pub(super) fn mark(&self) -> &str {
        match self {
            Self::Port(_) => "",
            Self::Stack(door) => &door.mark,
        }
    }

    /// Whether it can have a webhook come again, and take other requests than the campaign's.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Port(_))
    }

    /// Waits until enough has come, or the time is over; everything so far.
    pub(super) async fn until(
        &self,
        time: Duration,
        enough: impl Fn(&[Value]) -> bool,
    ) -> Result<Vec<Value>, String> {
        match self {
            Self::Port(port) => Ok(port.until(time, enough).await),
            Self::Stack(door) => door.until(time, enough).await,
        }
    }
}
