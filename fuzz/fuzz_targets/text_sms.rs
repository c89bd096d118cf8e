//! Fitting for SMS: every message within Braze's parts, and its price what it is.

#![no_main]

use fuzz::text::sms::{self, Fitted, Ligatures, MAX_SEGMENTS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    for ligatures in [Ligatures::Keep, Ligatures::Split] {
        let fitted = sms::fit_with(&input, ligatures);
        assert_told(&fitted);
        assert_eq!(fitted, sms::fit_with(&input, ligatures));
    }
});

fn assert_told(fitted: &Fitted) {
    assert_eq!(fitted.messages.len(), fitted.segments.len());
    assert_eq!(fitted.messages.len(), fitted.encodings.len());
    for (message, segments) in fitted.messages.iter().zip(&fitted.segments) {
        assert!(!message.is_empty());
        assert!((1..=MAX_SEGMENTS).contains(segments));
        assert_eq!(sms::Cost::of(message).parts, sms::segments(message));
        assert!(
            sms::segments(message) <= *segments,
            "a message costs more than was said"
        );
    }
}
