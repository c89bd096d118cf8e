//! Authentication: no bytes panic, and none that nobody signed get in.
//!
//! The input's lines are the signature, the timestamp, the `Authorization` header and the body.

#![no_main]

use fuzz::auth;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

/// 2026-11-22T15:00:00Z
const NOW: i64 = 1_795_359_600;
const SECRETS: [&str; 4] = ["", "a secret", auth::PUBLIC_TEST_SECRET, "another one"];

fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(4, |byte| *byte == b'\n');
    let mut headers = HeaderMap::new();
    for name in [
        auth::SIGNATURE,
        auth::TIMESTAMP,
        http::header::AUTHORIZATION,
    ] {
        let line = lines.next().unwrap_or_default();
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    let body = lines.next().unwrap_or_default();
    assert!(auth::zendesk(&SECRETS, &headers, body, NOW).is_err());
    assert!(auth::bearer(&["", "a token that is not in the input"], &headers).is_err());
});
