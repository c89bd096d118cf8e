use proptest::prelude::*;
use serde_json::json;

use super::*;

const INBOUND: &str = include_str!("../../../tests/fixtures/braze/inbound.json");
const OPTED_OUT: &str = include_str!("../../../tests/fixtures/braze/opted-out.json");
const GUIDE_INBOUND: &str = include_str!("../../../tests/fixtures/braze/guide-inbound.json");
const NOW: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;

fn event_at(body: &str, window: Option<Duration>, now_ms: i64) -> Incoming {
    match inbound(body.as_bytes(), window, now_ms) {
        Parsed::Event(incoming) => *incoming,
        other => panic!("not an event: {other:?}"),
    }
}

fn text_of(body: &str) -> (Incoming, Text) {
    let incoming = event_at(body, None, NOW);
    match incoming.event.body.clone() {
        Body::Text(text) => (incoming, text),
        other => panic!("not a text: {other:?}"),
    }
}

fn problem(body: &str) -> String {
    match inbound(body.as_bytes(), None, NOW) {
        Parsed::Malformed(malformed) => malformed.to_string(),
        other => panic!("not malformed: {other:?}"),
    }
}

/// As the store does: refuses what it has seen under any id, remembers every id otherwise.
fn refused(seen: &mut Vec<DeliveryId>, incoming: &Incoming) -> bool {
    let ids: Vec<_> = std::iter::once(&incoming.event.delivery)
        .chain(incoming.aliases.iter().map(Alias::id))
        .cloned()
        .collect();
    let refused = ids.iter().any(|id| seen.contains(id));
    if !refused {
        seen.extend(ids);
    }
    refused
}

#[test]
fn the_contracts_text_is_understood() {
    let (incoming, text) = text_of(INBOUND);
    assert_eq!(
        incoming.customer.as_ref().map(Customer::shown),
        Some("ana-7")
    );
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive(
            "text",
            &[
                "ana-7",
                "d-1",
                text.text.as_str(),
                &text.media_urls.join("\n")
            ]
        )
    );
    assert_eq!(incoming.event.received_at, NOW);
    assert!(incoming.aliases.is_empty());
    assert_eq!(text.text.as_str(), "SUPPORT my \"box\" is dead");
    assert_eq!(
        text.media_urls,
        ["https://media.example/1.jpg", "https://media.example/2.jpg"]
    );
    assert!(text.support);
    assert_eq!(text.profile.name.as_str(), "Ana Lima");
    assert_eq!(text.profile.phone.as_str(), "+15550100007");
}

#[test]
fn the_guides_text_is_a_support_message() {
    let (incoming, text) = text_of(GUIDE_INBOUND);
    assert_eq!(
        incoming.customer.as_ref().map(Customer::shown),
        Some("ana-7")
    );
    assert_eq!(text.text.as_str(), "SUPPORT my box is dead");
    assert!(text.support);
    assert_eq!(text.profile.name.as_str(), "Ana Lima");
    assert_eq!(text.profile.phone.as_str(), "");
}

#[test]
fn consent_keywords_are_understood() {
    let incoming = event_at(OPTED_OUT, None, NOW);
    assert_eq!(
        incoming.event.body,
        Body::Consent(Consent {
            what: ConsentKind::OptedOut,
            text: "STOP".into(),
            braze_id: None,
            changed: None
        })
    );
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive("consent", &["ana-7", "opted_out", "d-2"])
    );
    for (kind, what) in [
        ("opted_in", ConsentKind::OptedIn),
        ("Help", ConsentKind::Help),
    ] {
        let incoming = event_at(
            &json!({"kind": kind, "external_user_id": "a"}).to_string(),
            None,
            NOW,
        );
        assert_eq!(
            incoming.event.body,
            Body::Consent(Consent {
                what,
                text: "".into(),
                braze_id: None,
                changed: None
            })
        );
    }
}

#[test]
fn everything_but_the_customer_and_the_text_may_be_missing() {
    for body in [
        json!({"external_user_id": 7, "message": "hi"}),
        json!({"external_user_id": "7", "message": "hi", "kind": "", "support": null, "media_urls": "",
            "dispatch_id": "", "first_name": null, "last_name": "", "phone": null, "more": [1]}),
    ] {
        let (incoming, text) = text_of(&body.to_string());
        assert_eq!(incoming.customer.as_ref().map(Customer::shown), Some("7"));
        assert_eq!(
            text,
            Text {
                text: "hi".into(),
                ..Text::default()
            }
        );
    }
    let (_, text) = text_of(r#"{"external_user_id":"a","media_urls":["https://m.example/1"]}"#);
    assert_eq!(text.text.as_str(), "");
    assert_eq!(text.media_urls.len(), 1);
}

#[test]
fn a_text_that_shows_nothing_is_not_for_us() {
    for body in [
        r#"{"external_user_id":"a"}"#,
        r#"{"external_user_id":"a","message":"  ","media_urls":" , "}"#,
        r#"{"ticket":{"requester":{"user_fields":{"braze_external_id":"a"}}}}"#,
    ] {
        let parsed = inbound(body.as_bytes(), None, NOW);
        assert_eq!(parsed, Parsed::NotForUs("a blank text", None), "{body}");
    }
}

#[test]
fn a_preview_is_not_for_us_whatever_else_it_holds() {
    let body = json!({"dispatch_id": PREVIEW_DISPATCH_ID, "external_user_id": ""}).to_string();
    assert_eq!(
        inbound(body.as_bytes(), None, NOW),
        Parsed::NotForUs("preview of a campaign", None)
    );
}

const MALFORMED: [(&str, &str); 14] = [
    (r#"{"message":"secret"}"#, "external_user_id"),
    (
        r#"{"message":"secret","external_user_id":""}"#,
        "external_user_id",
    ),
    (
        r#"{"message":"secret","external_user_id":"{{${user_id}}}"}"#,
        "external_user_id",
    ),
    (
        r#"{"message":"secret","external_user_id":true}"#,
        "external_user_id",
    ),
    (
        r#"{"message":"secret","external_user_id":1.5e40}"#,
        "external_user_id",
    ),
    (
        r#"{"ticket":{"comment":{"body":"secret"}}}"#,
        "external_user_id",
    ),
    (
        r#"{"ticket":{"comment":"secret","requester":"secret"}}"#,
        "external_user_id",
    ),
    (
        r#"{"external_user_id":"a","message":["secret"]}"#,
        "message",
    ),
    (
        r#"{"external_user_id":"a","message":"hi","kind":"secret"}"#,
        "kind",
    ),
    (
        r#"{"external_user_id":"a","message":"hi","kind":{"secret":1}}"#,
        "kind",
    ),
    (
        r#"{"external_user_id":"a","message":"hi","support":"secret"}"#,
        "support",
    ),
    (
        r#"{"external_user_id":"a","message":"hi","dispatch_id":["secret"]}"#,
        "dispatch_id",
    ),
    (
        r#"{"external_user_id":"a","message":"hi" "secret"}}"#,
        "body",
    ),
    ("null", "body"),
];

#[test]
fn what_is_malformed_is_named_and_never_quoted() {
    for (body, field) in MALFORMED {
        let problem = problem(body);
        assert!(
            problem.starts_with(&format!("{field} ")),
            "{problem} for {body}"
        );
        assert!(!problem.contains("secret"), "{problem}");
    }
    let long = json!({"external_user_id": "a".repeat(998), "message": "hi"}).to_string();
    assert_eq!(problem(&long), "external_user_id is too long");
}

#[test]
fn a_text_cannot_smuggle_in_another_customer() {
    let message = r#"x","external_user_id":"victim","y":""#;
    let body = format!(r#"{{"external_user_id":"ana-7","message":"{message}","dispatch_id":"d"}}"#);
    assert_eq!(
        problem(&body),
        "body gives the same key two different values"
    );
    let message = r#"x"}},"ticket":{"requester":{"user_fields":{"braze_external_id":"victim"}},"comment":{"body":"y"#;
    let body = GUIDE_INBOUND.replace("SUPPORT my box is dead", message);
    assert!(
        matches!(inbound(body.as_bytes(), None, NOW), Parsed::Malformed(_)),
        "{body}"
    );
}

/// Texts that close their object, and the guide's body with them in place.
#[test]
fn a_text_or_a_name_without_json_escape_moves_no_id() {
    let victim = r#""requester":{"user_fields":{"braze_external_id":"victim"}}"#;
    let beside = r#"x"}},"external_user_id":"victim","message":"PWN","foo":{"comment":{"body":"y"#;
    let opted_out = beside.replace(r#""message":"PWN""#, r#""kind":"opted_out""#);
    let escaped_key = beside.replace("external_user_id", r"external\u005fuser_id");
    let within = format!(r#"x"}},{victim},"foo":{{"body":"y"#);
    let by_name = r#"x","user_fields":{"braze_external_id":"victim"}},"foo":{"name":"y"#;
    let by_both = (
        format!(r#"x"}},{victim},"foo":{{"comment":{{"body":"y"#),
        r#"n"}},"q":{"z":""#,
    );
    let eaten = (
        format!(r#"x"}},{victim},"foo":["y"#),
        r#"n"],"q":{"z":["user_fields"],"y":""#,
    );
    for (text, name) in [
        (beside, "Ana"),
        (&opted_out, "Ana"),
        (&escaped_key, "Ana"),
        (&within, "Ana"),
        ("hi", by_name),
        (&by_both.0, by_both.1),
        (&eaten.0, eaten.1),
    ] {
        let body = GUIDE_INBOUND
            .replace("SUPPORT my box is dead", text)
            .replace("Ana Lima", name);
        problem(&body);
    }
}

/// The contract's body, its text pasted without the filter: what it can say is the customer's own.
#[test]
fn a_text_of_the_contracts_body_without_json_escape_stays_the_customers_own() {
    let ticket = r#""ticket":{"requester":{"user_fields":{"braze_external_id":"victim"}},"comment":{"body":"y"}}"#;
    for text in [
        r#"x","kind":"opted_out","y":""#.to_owned(),
        r#"x","phone":"+19","y":""#.to_owned(),
        r#"x","y":{"external_user_id":"victim"},"z":""#.to_owned(),
        format!(r#"x",{ticket},"z":""#),
        r#"x","external_user_id":"victim","z":["y"#.to_owned(),
    ] {
        problem(&INBOUND.replace(r#"SUPPORT my \"box\" is dead"#, &text));
    }
    let more = r#"x","segment":"all","z":"y"#;
    let (incoming, text) = text_of(&INBOUND.replace(r#"SUPPORT my \"box\" is dead"#, more));
    assert_eq!(
        incoming.customer.as_ref().map(Customer::shown),
        Some("ana-7")
    );
    assert_eq!(text.text.as_str(), "x");
}

#[test]
fn a_text_without_json_escape_is_kept_whole() {
    let written = "my 5\" box says \"no\", and\nit's \\ dead \"ok\"";
    let body = GUIDE_INBOUND.replace("SUPPORT my box is dead", written);
    assert_eq!(text_of(&body).1.text.as_str(), written);
    let body = INBOUND.replace("SUPPORT my \\\"box\\\" is dead", written);
    let (incoming, text) = text_of(&body);
    assert_eq!(text.text.as_str(), written);
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive(
            "text",
            &["ana-7", "d-1", written, &text.media_urls.join("\n")]
        )
    );
}

#[test]
fn the_same_dispatch_is_one_delivery_and_another_dispatch_is_another() {
    let again = INBOUND.replace("d-1", "d-9");
    let mut seen = Vec::new();
    assert!(!refused(&mut seen, &event_at(INBOUND, None, NOW)));
    assert!(refused(
        &mut seen,
        &event_at(INBOUND, None, NOW + 40 * MINUTE)
    ));
    assert!(!refused(&mut seen, &event_at(&again, None, NOW)));
}

#[test]
fn a_dispatch_id_that_was_not_filled_in_identifies_nothing() {
    let body = |text: &str| {
        json!({"external_user_id": "a", "message": text, "dispatch_id": "{{campaign.${dispatch_id}}}"})
            .to_string()
    };
    let mut seen = Vec::new();
    assert!(!refused(&mut seen, &event_at(&body("one"), None, NOW)));
    assert!(!refused(&mut seen, &event_at(&body("two"), None, NOW)));
}

#[test]
fn within_the_window_the_same_text_is_refused_under_any_dispatch_id() {
    let body = |dispatch: &str, text: &str, customer: &str| {
        json!({"external_user_id": customer, "message": text, "dispatch_id": dispatch}).to_string()
    };
    let window = Some(Duration::from_secs(60));
    for offset in [0, 1, 29_999, 30_000, 59_999] {
        let at = NOW + offset;
        let mut seen = Vec::new();
        assert!(!refused(
            &mut seen,
            &event_at(&body("1", "hi", "a"), window, at)
        ));
        assert!(refused(
            &mut seen,
            &event_at(&body("2", "hi", "a"), window, at)
        ));
        assert!(refused(
            &mut seen,
            &event_at(&body("3", "hi", "a"), window, at + MINUTE)
        ));
        assert!(!refused(
            &mut seen,
            &event_at(&body("4", "ho", "a"), window, at)
        ));
        assert!(!refused(
            &mut seen,
            &event_at(&body("5", "hi", "b"), window, at)
        ));
        assert!(!refused(
            &mut seen,
            &event_at(&body("6", "hi", "a"), window, at + 2 * MINUTE)
        ));
    }
    for none in [None, Some(Duration::ZERO)] {
        assert!(
            event_at(&body("1", "hi", "a"), none, NOW)
                .aliases
                .is_empty()
        );
    }
    assert_eq!(
        event_at(&body("1", "hi", "a"), Some(Duration::MAX), NOW).aliases,
        []
    );
}

#[test]
fn without_a_dispatch_id_the_same_text_within_a_minute_is_one() {
    for offset in [0, 30_000, 59_999] {
        let at = NOW + offset;
        let mut seen = Vec::new();
        assert!(!refused(&mut seen, &event_at(GUIDE_INBOUND, None, at)));
        assert!(refused(
            &mut seen,
            &event_at(GUIDE_INBOUND, None, at + MINUTE)
        ));
        assert!(!refused(
            &mut seen,
            &event_at(GUIDE_INBOUND, None, at + 2 * MINUTE)
        ));
        let other = GUIDE_INBOUND.replace("dead", "fine");
        assert!(!refused(&mut seen, &event_at(&other, None, at)));
    }
}

#[test]
fn no_text_name_number_or_customer_shows_in_debug_output() {
    let shown = format!(
        "{:?}",
        inbound(INBOUND.replace("https", "x").as_bytes(), None, NOW)
    );
    for private in ["SUPPORT", "Lima", "1555", "ana-7"] {
        assert!(!shown.contains(private), "{shown}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..300), now in any::<i64>()) {
        let _ = inbound(&body, Some(Duration::from_millis(7)), now);
    }

    #[test]
    fn any_object_is_answered_without_a_panic(
        values in prop::collection::vec(("kind|support|external_user_id|message|media_urls|dispatch_id|ticket|phone", prop_oneof![
            Just(Value::Null), any::<bool>().prop_map(Value::from), any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from), Just(json!([1, "a"])), Just(json!({"comment": {"body": 1}})),
        ]), 0..9),
        now in any::<i64>(),
    ) {
        let body = Value::Object(values.into_iter().collect()).to_string();
        let _ = inbound(body.as_bytes(), None, now);
    }

    #[test]
    fn an_escaped_text_arrives_unchanged(written in "\\PC*[a-z]\\PC*") {
        let body = json!({"external_user_id": "a", "message": written}).to_string();
        let (_, text) = text_of(&body);
        prop_assert_eq!(text.text.as_str(), written.as_str());
    }
}

#[test]
fn a_profile_without_external_id_is_known_by_its_number() {
    let body = |id: &str, phone: &str, dispatch: &str| {
        json!({"external_user_id": id, "phone": phone, "message": "hi", "dispatch_id": dispatch})
            .to_string()
    };
    let delivery = |body: String| match inbound(body.as_bytes(), None, NOW) {
        Parsed::Event(incoming) => (
            incoming.customer.expect("a customer"),
            incoming.event.delivery,
        ),
        other => panic!("{other:?}"),
    };
    let (by_number, first) = delivery(body("", "+1 (555) 010-0042", "a"));
    assert_eq!(by_number.shown(), "+15550100042");
    assert_eq!(by_number.id(), None);
    assert_eq!(
        delivery(body(" ", "tel:+15550100042", "a")),
        (by_number, first.clone())
    );
    let (by_id, second) = delivery(body("phone#15550100042", "+15550100042", "a"));
    assert!(by_id.id().is_some());
    assert_ne!(first, second);
}

#[test]
fn a_profile_with_neither_external_id_nor_whole_number_is_malformed() {
    for (phone, told) in [
        (json!(""), "external_user_id is missing"),
        (json!(null), "external_user_id is missing"),
        (
            json!("5550100042"),
            "phone is no number with its country's code, and external_user_id is missing",
        ),
        (
            json!("ana"),
            "phone is no number with its country's code, and external_user_id is missing",
        ),
    ] {
        let body = json!({"external_user_id": "", "phone": phone, "message": "hi"}).to_string();
        match inbound(body.as_bytes(), None, NOW) {
            Parsed::Malformed(malformed) => assert_eq!(malformed.to_string(), told),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_number_that_decides_whose_text_it_is_is_told_once() {
    for nested in [
        r#"{"external_user_id":"","phone":"+15550100042","message":"hi","x":{"phone":"+15550100043"}}"#,
        r#"{"external_user_id":"","x":[{"phone":"+15550100043"}],"phone":"+15550100042","message":"hi"}"#,
    ] {
        assert!(
            matches!(inbound(nested.as_bytes(), None, NOW), Parsed::Malformed(_)),
            "{nested}"
        );
        let of_an_id = nested.replace(r#""external_user_id":"""#, r#""external_user_id":"ana""#);
        assert!(matches!(
            inbound(of_an_id.as_bytes(), None, NOW),
            Parsed::Event(_)
        ));
    }
}

#[test]
fn a_profile_that_the_bridge_never_met_is_not_looked_for() {
    let told = |id: &str, ticket_open: Option<&str>| {
        let mut body = json!({"external_user_id": id, "phone": "+15550100042", "message": "hi", "braze_id": "b-1"});
        if let Some(open) = ticket_open {
            body["zendesk_ticket_open"] = json!(open);
        }
        match inbound(body.to_string().as_bytes(), None, NOW) {
            Parsed::Event(incoming) => incoming.event.body.braze_id().is_some(),
            other => panic!("{other:?}"),
        }
    };
    assert!(told("ana", None), "a body that does not tell");
    assert!(told("ana", Some("false")) && told("ana", Some("true")));
    assert!(!told("ana", Some("")) && !told("ana", Some(" ")));
    assert!(told("", Some("")), "an anonymous profile");
}
