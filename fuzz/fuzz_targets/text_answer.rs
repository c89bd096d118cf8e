//! A comment as the customer reads it: HTML, Markdown links and the signature. Bounded by the comment,
//! the same each time, and without a signature it is the start of the text with one.

#![no_main]

use fuzz::text::{answer, markdown};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let comment = String::from_utf8_lossy(bytes);
    let whole = answer::plain(&comment, "");
    assert!(whole.len() <= 64 * (comment.len() + 1));
    assert_eq!(whole, answer::plain(&comment, ""));
    let cut = answer::plain(&comment, "--");
    assert!(whole.starts_with(&cut));
    // An address is repeated only where a link shows something else.
    assert!(markdown::readable(&comment).len() <= 2 * comment.len());
});
