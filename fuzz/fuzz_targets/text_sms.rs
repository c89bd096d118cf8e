//! Fitting for SMS: every message within Braze's parts, and its price what it is.

#![no_main]

use fuzz::text::sms::{self, MAX_SEGMENTS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    let fitted = sms::fit(&input);
    assert_eq!(fitted.messages.len(), fitted.segments.len());
    for (message, segments) in fitted.messages.iter().zip(&fitted.segments) {
        assert!(!message.is_empty());
        assert!((1..=MAX_SEGMENTS).contains(segments));
        assert_eq!(sms::Cost::of(message).parts, sms::segments(message));
        assert!(
            sms::segments(message) <= *segments,
            "a message costs more than was said"
        );
    }
});
