//! An agent's reply: any body is an event, not for us, or malformed, and the same each time.

#![no_main]

use fuzz::message::Parsed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let parsed = fuzz::message::zendesk_reply(body, Some("01INVOCATION"), 0);
    assert_eq!(
        parsed,
        fuzz::message::zendesk_reply(body, Some("01INVOCATION"), 0)
    );
    if let Parsed::Event(incoming) = parsed {
        assert_eq!(incoming.event.delivery.as_str().len(), 32);
    }
});
