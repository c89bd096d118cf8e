//! What Zendesk's trigger webhooks send.
//!
//! In: the raw body, and the headers that identify the invocation. Out: a reply or a solved.

use super::event::Parsed;

/// Reads the body of `POST /zendesk/reply`.
pub fn reply(body: &[u8], invocation_id: Option<&str>, now_ms: i64) -> Parsed {
    let _ = (body, invocation_id, now_ms);
    Parsed::NotForUs("not written yet")
}

/// Reads the body of `POST /zendesk/solved`.
pub fn solved(
    body: &[u8],
    invocation_id: Option<&str>,
    attempt_timestamp: Option<&str>,
    now_ms: i64,
) -> Parsed {
    let _ = (body, invocation_id, attempt_timestamp, now_ms);
    Parsed::NotForUs("not written yet")
}
