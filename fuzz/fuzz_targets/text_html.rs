//! HTML to text: what comes out is no larger than its input allows, and is itself readable.

#![no_main]

use fuzz::text::html;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    let text = html::to_text(&input);
    // Lists are indented by 32 columns at the most and quotes marked, once for each line; a link
    // adds its address, which the input held.
    assert!(
        text.len() <= 64 * (input.len() + 1),
        "{} from {}",
        text.len(),
        input.len()
    );
    assert_eq!(text, html::to_text(&input));
    let _ = html::readable(&input);
});
