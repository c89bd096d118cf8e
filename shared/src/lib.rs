//! The library behind the bridge's four functions.
//!
//! One direction: functions → `delivery` → {`message`, `conversation`, `zendesk`, `braze`, `text`}.

pub mod conversation;
pub mod http;
pub mod message;
pub mod text;
