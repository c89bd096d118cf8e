//! The header of a rendered comment: what is left is the end of what was rendered.

#![no_main]

use fuzz::text::comment::strip_header;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let rendered = String::from_utf8_lossy(bytes);
    let left = strip_header(&rendered);
    assert!(rendered.ends_with(left));
    // A header is cut once: a comment quoted below stays.
    let header = "----------------------------------------------\n\nJo, Sep 30, 2026\n\n";
    let left = rendered.trim_start();
    assert_eq!(strip_header(&format!("{header}{left}")), left);
});
