//! The library behind the bridge's four functions.
//!
//! One direction: functions → `delivery` → {`message`, `conversation`, `zendesk`, `braze`, `text`}.

pub mod app;
pub mod aws;
pub mod braze;
pub mod config;
pub mod conversation;
pub mod delivery;
pub mod hours;
pub mod http;
pub mod media;
pub mod message;
pub mod net;
pub mod secrets;
pub mod telemetry;
pub mod text;
pub mod zendesk;

#[cfg(test)]
mod test_support;
