use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn repaired(text: &str) -> Value {
    let out = repair(text).text;
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {text} became {out}"))
}

#[test]
fn stray_doubled_leading_and_trailing_commas_are_dropped() {
    let want = json!({"a": [1, 2], "b": {"c": "d"}});
    for text in [
        r#"{"a":[1,2],"b":{"c":"d"},}"#,
        r#"{"a":[1,,2,],,"b":{"c":"d",},}"#,
        r#"{,"a":[,1,2],"b":{,"c":"d"}}"#,
        "{\"a\":[1,2]\n,\n,\n\"b\":{\"c\":\"d\"}\n,\n},",
    ] {
        assert_eq!(repaired(text), want, "{text}");
    }
}

#[test]
fn an_empty_placeholder_becomes_null() {
    assert_eq!(
        repaired(r#"{"ticket_id":,"comment_id": ,"x":"y","z":}"#),
        json!({"ticket_id": null, "comment_id": null, "x": "y", "z": null})
    );
}

#[test]
fn control_characters_inside_a_string_are_kept() {
    assert_eq!(
        repaired("{\"text\":\"one\r\n\ttwo\u{0}\u{1f}\",\"n\":\"\n\"}"),
        json!({"text": "one\r\n\ttwo\u{0}\u{1f}", "n": "\n"})
    );
}

#[test]
fn quotes_inside_a_text_are_kept_wherever_they_stand() {
    for text in [
        r#"He said "hi", ok"#,
        r#"5" screen"#,
        r#""a","b""#,
        r#""quoted""#,
        r#"ends with ""#,
        r#"""#,
        r#"" starts"#,
        r#"say "yes"}, then go"#,
        r#"say "yes"] then go"#,
        r#"{"a":"b"}"#,
        r#"a "b": c"#,
        r#"12", 14", 16""#,
        "line \"one\",\nline \"two\"\n",
        r#"«"é", "ü"»"#,
        r#"sizes: "S", 4, true"#,
        r#"I typed ["x"]"#,
    ] {
        let contract = format!(r#"{{"ticket_id":"35","text":"{text}","author_role":"agent"}}"#);
        assert_eq!(repaired(&contract)["text"], text, "in the middle");
        assert_eq!(repaired(&contract)["author_role"], "agent");
        let last = format!("{{\"ticket_id\":\"35\",\"text\":\"{text}\"\n}}\n");
        assert_eq!(repaired(&last)["text"], text, "at the end");
        let guide = format!(
            r#"{{"recipients":[{{"trigger_properties":{{"msg_body":"{text}"}},
                "attributes":{{"zendesk_ticket":"35"}}}}]}}"#
        );
        let recipient = &repaired(&guide)["recipients"][0];
        assert_eq!(recipient["trigger_properties"]["msg_body"], text);
        assert_eq!(recipient["attributes"]["zendesk_ticket"], "35");
    }
}

#[test]
fn a_text_that_ends_in_a_backslash_does_not_swallow_what_follows() {
    assert_eq!(
        repaired(r#"{"text":"C:\","ticket_id":"35"}"#),
        json!({"text": "C:\\", "ticket_id": "35"})
    );
    assert_eq!(repaired(r#"{"text":"C:\"}"#), json!({"text": "C:\\"}));
    assert_eq!(
        repaired(r#"{"text":"ends, \"so\",","x":"\"}, \"y\": 1",}"#),
        json!({"text": "ends, \"so\",", "x": "\"}, \"y\": 1"})
    );
}

#[test]
fn broken_escapes_and_half_characters_are_mended() {
    assert_eq!(
        repaired(r#"{"t":"it\'s \d+ \u12 \q \ud800 \udc00x \ud83d\ude00 \ud800\u0041 \u00e9"}"#),
        json!({"t": "it's \\d+ \\u12 \\q \u{fffd} \u{fffd}x 😀 \u{fffd}A é"})
    );
}

#[test]
fn a_quote_taken_for_content_is_reported_as_a_guess() {
    assert!(repair(r#"{"t":"a "b" c"}"#).guessed);
    assert!(!repair(r#"{"t":"a \"b\" c",,"u":,}"#).guessed);
}

#[test]
fn a_hostile_body_of_256_kb_takes_linear_time() {
    for pattern in [
        "\"",
        "\" ",
        "\",",
        "\",\"",
        "[",
        "{\"a\":",
        "\"}",
        "\"]",
        "\\\"",
        "\\",
        "\\u",
        ",",
        "\"a\" ",
        "{\"a\":\"",
        "[\"",
    ] {
        let hostile = |size: usize| {
            let mut text = String::from("{\"a\":\"");
            while text.len() < size {
                text.push_str(pattern);
            }
            let start = Instant::now();
            let _ = serde_json::from_str::<Value>(&repair(&text).text);
            start.elapsed()
        };
        // A quadratic pass over this many bytes would take minutes.
        assert!(hostile(262_144).as_secs() < 5, "{pattern}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::collection::vec(
            prop::sample::select(vec![
                "\"", "\\", ",", ":", "{", "}", "[", "]", " ", "\n", "a", "1", "\"x\":", "\\\"",
                "true", "\",\"", "\"}", "\u{0}", "é", "😀",
            ]),
            0..20
        )
        .prop_map(|parts| parts.concat()),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z_][a-zA-Z0-9_.$ -]{0,20}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn valid_json_is_never_changed(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        }
        .expect("a value");
        let out = repair(&text);
        let read: Value = serde_json::from_str(&out.text).expect("still JSON");
        prop_assert_eq!(read, value);
        prop_assert!(!out.guessed);
    }

    #[test]
    fn any_text_is_repaired_without_a_panic(text in any_text()) {
        let _ = repair(&text);
        let _ = repair(&format!("{{\"a\":\"{text}"));
        let _ = repair(&format!("[{text}"));
    }

    #[test]
    fn a_plain_text_with_raw_quotes_survives(words in prop::collection::vec("[a-z]{1,6}|\"[a-z]{1,6}\"|[0-9]\"", 0..12)) {
        let text = words.join(" ");
        let body = format!("{{\"text\":\"{text}\",\"x\":1}}");
        prop_assert_eq!(&repaired(&body)["text"], &Value::from(text));
    }
}
