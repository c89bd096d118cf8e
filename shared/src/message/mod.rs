//! What vendors send: bytes become a typed event, "not for us", or malformed.
//!
//! In: the raw body of an authenticated request. Out: [`Parsed`]. Pure; must not import any other
//! room but `text`.

use sha2::{Digest, Sha256};

mod attachment;
mod braze;
mod currents;
mod customer;
mod event;
mod extras;
mod field;
mod happened;
mod ids;
mod json;
mod lenient;
mod malformed;
mod media;
mod members;
mod personal;
mod repair;
mod said_once;
mod scan;
mod structure;
mod unescaped;
mod zendesk;

pub use attachment::Attachment;
pub use braze::inbound as braze_inbound;
pub use currents::{
    Ended, Exported, NotDelivered, Reached, ReceivedText, SmsStep, Told, Whom,
    exported as braze_events,
};
pub use customer::{BrazeId, Customer, Phone};
pub use event::{
    Body, Check, Consent, ConsentKind, Event, Incoming, LateFiles, MediaProblem, Note, Parsed,
    Profile, Reply, Resend, Say, Solved, SubscriptionChange, Text,
};
pub use extras::{Extras, Routing, TicketField};
pub use happened::{FOLLOWED, Happened, happened as zendesk_event};
pub use ids::{
    Alias, CommentId, DeliveryId, ExternalUserId, IdError, NOT_A_CAMPAIGN, TicketId, UserId,
    is_campaign,
};
pub use malformed::Malformed;
pub use personal::Personal;
pub use zendesk::{reply as zendesk_reply, solved as zendesk_solved};

/// An id for a body that named no event of its own: kept with a dead letter, and sent back to a sender
/// whose event is not for us. The same bytes have the same id.
pub fn delivery_of_body(body: &[u8]) -> DeliveryId {
    let digest: String = Sha256::digest(body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    DeliveryId::derive("body", &[&digest])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_have_the_same_id_and_other_bytes_another() {
        assert_eq!(delivery_of_body(b"\xff{"), delivery_of_body(b"\xff{"));
        assert_ne!(delivery_of_body(b"{"), delivery_of_body(b"}"));
        assert_eq!(delivery_of_body(b"").as_str().len(), 32);
    }
}
