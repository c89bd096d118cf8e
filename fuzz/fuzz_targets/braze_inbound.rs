//! A customer's text: any body is an event, not for us, or malformed, and the same each time.

#![no_main]

use fuzz::message::Parsed;
use libfuzzer_sys::fuzz_target;
use std::time::Duration;

fuzz_target!(|body: &[u8]| {
    let parsed = fuzz::message::braze_inbound(body, Some(Duration::from_secs(60)), 0);
    assert_eq!(
        parsed,
        fuzz::message::braze_inbound(body, Some(Duration::from_secs(60)), 0)
    );
    if let Parsed::Event(incoming) = parsed {
        assert_eq!(incoming.event.delivery.as_str().len(), 32);
    }
});
