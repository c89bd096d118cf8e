//! A link to a picture, and where it redirects to: whatever may be followed is https, names no user,
//! and leads to no address that is not public.

#![no_main]

use fuzz::media::{admits, checked, redirected};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (link, location) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(from) = checked(link) else {
        return;
    };
    assert_public(&from);
    if let Ok(to) = redirected(&from, location) {
        assert_public(&to);
    }
});

fn assert_public(url: &url::Url) {
    assert_eq!(url.scheme(), "https");
    assert!(url.username().is_empty() && url.password().is_none());
    assert_eq!(url.port_or_known_default(), Some(443));
    let host = url.host_str().expect("a host");
    let bare = host.trim_matches(['[', ']']).trim_end_matches('.');
    if let Ok(address) = bare.parse() {
        assert!(admits(address), "{url}");
    }
    // What may be followed may be followed again as it was written down.
    if url.as_str().len() <= 4_096 {
        assert_eq!(checked(url.as_str()).as_ref(), Ok(url));
    }
}
