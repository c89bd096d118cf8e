use http::HeaderValue;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

const VECTORS: &str = include_str!("../../../tests/fixtures/zendesk/signature-vectors.json");
const AT: &str = "2026-09-30T10:12:00Z";
const AT_UNIX: i64 = 1_790_763_120;
const BODY: &[u8] = b"{\"ticket_id\":\"35\"}";

fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(timestamp.as_bytes());
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn headers(list: &[(&HeaderName, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in list {
        headers.append(*name, HeaderValue::from_str(value).expect("a header"));
    }
    headers
}

fn signed(secret: &str, timestamp: &str) -> HeaderMap {
    headers(&[
        (&SIGNATURE, &sign(secret, timestamp, BODY)),
        (&TIMESTAMP, timestamp),
    ])
}

#[test]
fn the_vendors_vector_is_accepted_and_its_neighbours_are_not() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).expect("the fixture");
    assert!(!vectors.is_empty());
    for vector in &vectors {
        let of = |name: &str| vector[name].as_str().expect("a string");
        let (secret, timestamp, body) = (of("secret"), of("timestamp"), of("body").as_bytes());
        let check = |secrets: &[&str], timestamp: &str, body: &[u8]| {
            signed_by_one_of(secrets, timestamp, body, of("signature"))
        };
        assert_eq!(check(&[secret], timestamp, body), Ok(()));
        assert_eq!(check(&["old", secret], timestamp, body), Ok(()));
        assert_eq!(check(&[secret, "new"], timestamp, body), Ok(()));
        assert_eq!(check(&["other"], timestamp, body), Err(AuthError::Mismatch));
        assert_eq!(
            check(&[secret], "1531420619", body),
            Err(AuthError::Mismatch)
        );
        assert_eq!(
            check(&[secret], timestamp, &body[1..]),
            Err(AuthError::Mismatch)
        );
        let decoded = STANDARD.decode(secret).expect("base64");
        let decoded = String::from_utf8(decoded).expect("text");
        assert_eq!(
            check(&[&decoded], timestamp, body),
            Err(AuthError::Mismatch)
        );
    }
}

#[test]
fn the_current_and_the_previous_secret_open_the_door() {
    for secrets in [&["new", "old"][..], &["old"], &["", "old"], &["old", "new"]] {
        assert_eq!(zendesk(secrets, &signed("old", AT), BODY, AT_UNIX), Ok(()));
    }
    let with = |secrets: &[&str], key| zendesk(secrets, &signed(key, AT), BODY, AT_UNIX);
    assert_eq!(with(&["new"], "old"), Err(AuthError::Mismatch));
    assert_eq!(with(&["new", ""], ""), Err(AuthError::Mismatch));
    assert_eq!(with(&["", ""], ""), Err(AuthError::NoSecret));
    assert_eq!(with(&[], "old"), Err(AuthError::NoSecret));
}

#[test]
fn the_secret_that_everybody_knows_opens_nothing_even_when_configured() {
    let headers = signed(PUBLIC_TEST_SECRET, AT);
    let with = |secrets: &[&str]| zendesk(secrets, &headers, BODY, AT_UNIX);
    assert_eq!(with(&[PUBLIC_TEST_SECRET]), Err(AuthError::NoSecret));
    assert_eq!(with(&[PUBLIC_TEST_SECRET, "own"]), Err(AuthError::Mismatch));
}

#[test]
fn a_changed_byte_anywhere_shuts_the_door() {
    let headers = signed("key", AT);
    for at in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[at] ^= 1;
        let verdict = zendesk(&["key"], &headers, &body, AT_UNIX);
        assert_eq!(verdict, Err(AuthError::Mismatch));
    }
    let moved = headers_with_timestamp(&sign("key", AT, BODY), "2026-09-30T10:12:01Z");
    assert_eq!(
        zendesk(&["key"], &moved, BODY, AT_UNIX),
        Err(AuthError::Mismatch)
    );
}

fn headers_with_timestamp(signature: &str, timestamp: &str) -> HeaderMap {
    headers(&[(&SIGNATURE, signature), (&TIMESTAMP, timestamp)])
}

#[test]
fn five_minutes_either_way_is_the_window() {
    let at = |now| zendesk(&["key"], &signed("key", AT), BODY, now);
    for inside in [0, 300, -300] {
        assert_eq!(at(AT_UNIX + inside), Ok(()));
    }
    for outside in [301, -301, 86_400, i64::MIN / 2, i64::MAX / 2] {
        assert_eq!(at(AT_UNIX.saturating_add(outside)), Err(AuthError::Stale));
    }
    assert_eq!(at(i64::MIN), Err(AuthError::Stale));
    assert_eq!(at(i64::MAX), Err(AuthError::Stale));
}

#[test]
fn a_timestamp_is_rfc_3339_with_or_without_a_fraction() {
    for good in ["2026-09-30T10:12:00.123456Z", "2026-09-30T12:12:00+02:00"] {
        assert_eq!(
            zendesk(&["key"], &signed("key", good), BODY, AT_UNIX),
            Ok(()),
            "{good}"
        );
    }
    for bad in [
        "1790763120",
        "2026-09-30",
        "2026-09-30 10:12",
        "2026-13-30T10:12:00Z",
        "now",
        "",
    ] {
        let verdict = zendesk(&["key"], &signed("key", bad), BODY, AT_UNIX);
        assert_eq!(verdict, Err(AuthError::BadTimestamp), "{bad}");
    }
}

#[test]
fn each_header_must_be_there_once() {
    let signature = sign("key", AT, BODY);
    let joined = format!("{signature},{signature}");
    let joined_times = format!("{AT}, {AT}");
    for (list, want) in [
        (vec![], AuthError::Missing),
        (vec![(&SIGNATURE, &*signature)], AuthError::Missing),
        (vec![(&TIMESTAMP, AT)], AuthError::Missing),
        (
            vec![
                (&SIGNATURE, &*signature),
                (&SIGNATURE, "x"),
                (&TIMESTAMP, AT),
            ],
            AuthError::Repeated,
        ),
        (
            vec![
                (&SIGNATURE, &*signature),
                (&TIMESTAMP, AT),
                (&TIMESTAMP, AT),
            ],
            AuthError::Repeated,
        ),
        (
            vec![(&SIGNATURE, &*joined), (&TIMESTAMP, AT)],
            AuthError::Repeated,
        ),
        (
            vec![(&SIGNATURE, &*signature), (&TIMESTAMP, &*joined_times)],
            AuthError::Repeated,
        ),
    ] {
        assert_eq!(zendesk(&["key"], &headers(&list), BODY, AT_UNIX), Err(want));
    }
    let mut odd = headers_with_timestamp(&signature, AT);
    odd.insert(
        SIGNATURE,
        HeaderValue::from_bytes(b"\xff").expect("a header"),
    );
    assert_eq!(
        zendesk(&["key"], &odd, BODY, AT_UNIX),
        Err(AuthError::Unreadable)
    );
}

#[test]
fn a_signature_is_strict_standard_base64_of_all_32_bytes() {
    let whole = sign("key", AT, BODY);
    let check = |signature: &str| signed_by_one_of(&["key"], AT, BODY, signature);
    assert_eq!(check(&whole), Ok(()));
    let url_safe = format!("-_{}", &whole[2..]);
    for unreadable in [
        whole.trim_end_matches('='),
        &format!(" {whole}"),
        &format!("{whole}\n"),
        &url_safe,
        "?",
    ] {
        assert_eq!(
            check(unreadable),
            Err(AuthError::Unreadable),
            "{unreadable}"
        );
    }
    let bytes = STANDARD.decode(&whole).expect("base64");
    for short in [
        "",
        &STANDARD.encode(&bytes[..31]),
        &STANDARD.encode(&bytes[..1]),
    ] {
        assert_eq!(check(short), Err(AuthError::Mismatch));
    }
    assert_eq!(
        check(&STANDARD.encode([&bytes[..], &[0]].concat())),
        Err(AuthError::Mismatch)
    );
}

#[test]
fn a_bearer_token_opens_the_door_in_any_case_of_the_scheme() {
    for value in ["Bearer t-1", "bearer t-1", "BEARER t-1"] {
        let headers = headers(&[(&AUTHORIZATION, value)]);
        assert_eq!(bearer(&["t-1"], &headers), Ok(()));
        assert_eq!(bearer(&["t-2", "t-1"], &headers), Ok(()));
        assert_eq!(bearer(&["t-1", "t-2"], &headers), Ok(()));
        assert_eq!(bearer(&["t-2"], &headers), Err(AuthError::Mismatch));
        assert_eq!(bearer(&["", "t-2"], &headers), Err(AuthError::Mismatch));
        assert_eq!(bearer(&["", ""], &headers), Err(AuthError::NoSecret));
        assert_eq!(bearer(&[], &headers), Err(AuthError::NoSecret));
    }
}

#[test]
fn anything_but_one_well_formed_authorization_header_is_refused() {
    let with = |value: &str| bearer(&["t-1", ""], &headers(&[(&AUTHORIZATION, value)]));
    for value in [
        "",
        "t-1",
        "Bearer",
        "Bearer ",
        "Bearer  t-1",
        "Bearer t-1 ",
        "Bearer t-1 x",
        "Basic t-1",
        "Bearert-1",
        " Bearer t-1",
    ] {
        assert_eq!(with(value), Err(AuthError::Unreadable), "{value:?}");
    }
    for value in ["Bearer\tt-1", "Bearer T-1", "Bearer t-", "Bearer t-11"] {
        assert!(with(value).is_err(), "{value:?}");
    }
    assert_eq!(with("Bearer t-1,Bearer t-1"), Err(AuthError::Repeated));
    let twice = headers(&[
        (&AUTHORIZATION, "Bearer t-1"),
        (&AUTHORIZATION, "Bearer t-1"),
    ]);
    assert_eq!(bearer(&["t-1"], &twice), Err(AuthError::Repeated));
    assert_eq!(bearer(&["t-1"], &HeaderMap::new()), Err(AuthError::Missing));
}

#[test]
fn only_a_verdict_that_other_secrets_could_change_asks_for_them() {
    use AuthError::*;
    let all = [
        Missing,
        Repeated,
        BadTimestamp,
        Stale,
        Unreadable,
        Mismatch,
        NoSecret,
    ];
    let asks: Vec<_> = all.into_iter().filter(|e| e.may_be_rotation()).collect();
    assert_eq!(asks, [Mismatch, NoSecret]);
    let names: std::collections::BTreeSet<_> = all.into_iter().map(AuthError::name).collect();
    assert_eq!(names.len(), all.len());
}

proptest! {
    #[test]
    fn no_guess_opens_the_door(signature in "\\PC{0,60}", timestamp in "\\PC{0,40}", token in "\\PC{0,40}") {
        let mut guess = HeaderMap::new();
        for (name, value) in [(SIGNATURE, &signature), (TIMESTAMP, &timestamp), (AUTHORIZATION, &format!("Bearer {token}"))] {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                guess.insert(name, value);
            }
        }
        prop_assert!(zendesk(&["key", ""], &guess, BODY, AT_UNIX).is_err());
        prop_assert!(bearer(&["a token of forty-two characters, or so, x", ""], &guess).is_err());
    }
}
