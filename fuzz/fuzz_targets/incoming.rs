//! A customer's text: of one kind, the same each time. A question, a sad face or one more word is never a
//! courtesy, what a reaction quotes stands in it, and a keyword that can mean nothing but an opt-out is a wish.

#![no_main]

use fuzz::text::incoming::{
    TextKind, classify, is_blank, is_courtesy, is_only_opt_out, is_opt_out_wish, rating,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let kind = classify(&text);
    assert_eq!(kind, classify(&text));
    assert_eq!(kind == TextKind::Blank, is_blank(&text));
    match &kind {
        TextKind::Reaction(reaction) => {
            assert!(reaction.quoted.is_none_or(|quoted| text.contains(quoted)));
        }
        TextKind::OptOutWish => assert!(is_opt_out_wish(&text)),
        TextKind::ThankYou => assert!(is_courtesy(&text)),
        TextKind::Blank | TextKind::AutomaticReply | TextKind::Ordinary => {}
    }
    assert!(!is_only_opt_out(&text) || is_opt_out_wish(&text));
    for more in ["?", " :(", " :'(", " zxqwv"] {
        assert!(!is_courtesy(&format!("{text}{more}")));
    }
    assert!(rating::rating(&text).is_none_or(|rating| (1..=5).contains(&rating)));
});
