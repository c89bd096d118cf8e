//! What we are told: vendor bytes become a typed event, "not for us", or malformed.
//!
//! In: the raw body of an authenticated request. Out: [`Parsed`]. Pure; must not import any other
//! room but `text`.

mod event;
mod ids;

pub use event::{
    Body, Consent, ConsentKind, Event, Incoming, Malformed, Note, Parsed, Personal, Profile, Reply,
    Solved, Text,
};
pub use ids::{CommentId, DeliveryId, ExternalUserId, IdError, TicketId, UserId};
