//! A comment as the customer reads it: HTML, Markdown, pasted lists, links and the signature. Bounded by the
//! comment, the same each time, nothing is glued to an address, and what stands for struck-out words is gone.

#![no_main]

use fuzz::text::{answer, markdown, sms};
use libfuzzer_sys::fuzz_target;

/// What references to one definition may add to a short comment, in bytes.
const REFERENCES: usize = 100_000;

fuzz_target!(|bytes: &[u8]| {
    let comment = String::from_utf8_lossy(bytes);
    let whole = answer::plain(&comment, "");
    assert!(whole.len() <= 64 * (comment.len() + 1) + REFERENCES);
    assert_eq!(whole, answer::plain(&comment, ""));
    let addresses = whole
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("https://"));
    for address in addresses.filter(|address| address.starts_with(char::is_alphanumeric)) {
        assert!(!address.ends_with(['.', ',', '"']), "{address}");
    }
    assert!(answer::plain(&comment, "--").len() <= 64 * (comment.len() + 1) + REFERENCES);
    // The comment may hold the sign itself, as a character or as a reference to it.
    if !comment.contains(['\u{1a}', '&']) {
        assert!(!whole.contains('\u{1a}'));
    }
    let _ = sms::fit(&whole);
    let _ = markdown::readable(&comment);
});
