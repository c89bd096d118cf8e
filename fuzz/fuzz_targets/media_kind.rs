//! What a file is: told by its first bytes; its sender's word only refuses, or tells office documents apart.

#![no_main]

use fuzz::media::kind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let declared = String::from_utf8_lossy(&bytes[..end]);
    let head = bytes.get(end + 1..).unwrap_or_default();
    if let Ok(found) = kind(head, &declared) {
        assert_eq!(kind(head, found.mime()), Ok(found));
        assert!(!found.mime().contains("html") && !found.mime().contains("svg"));
        assert!(!found.ending().is_empty());
    }
    // Two bytes for each of UTF-16, three for a character of the western set.
    assert!(fuzz::media::spoken(head).len() <= 3 * head.len());
});
