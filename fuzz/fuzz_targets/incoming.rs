//! A customer's text: of one kind, the same each time. A question, a sad face or one more word is never a
//! courtesy, and what a reaction quotes stands in it.

#![no_main]

use fuzz::text::incoming::{Incoming, classify, is_courtesy, rating};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let kind = classify(&text);
    assert_eq!(kind, classify(&text));
    if let Incoming::Reaction(reaction) = &kind {
        assert!(reaction.quoted.is_none_or(|quoted| text.contains(quoted)));
    }
    for more in ["?", " :(", " :'(", " zxqwv"] {
        assert!(!is_courtesy(&format!("{text}{more}")));
    }
    assert!(rating::rating(&text).is_none_or(|rating| (1..=5).contains(&rating)));
});
