//! How we are called: who may, how large a body may be, and what every outcome is answered with.
//!
//! In: raw requests. Out: authenticated bytes, and responses. Imports `message` for its ids and
//! its [`Malformed`](crate::message::Malformed) only; must not import a vendor client or the store.

pub mod answer;
pub mod auth;
mod body;

pub use answer::{Known, WebhookAnswer};
pub use auth::AuthError;
pub use body::{MAX_BODY_BYTES, MAX_EXPORT_BYTES, TooLarge, body};
