//! Thanks and nothing else: a question, a sad face or one more word is never taken for that.

#![no_main]

use fuzz::text::courtesy::is_bare_thanks;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let thanks = is_bare_thanks(&text);
    assert!(!thanks || text.len() <= 200);
    for more in ["?", " :(", " :'(", " broken"] {
        assert!(!is_bare_thanks(&format!("{text}{more}")));
    }
});
