//! The ids of a body that is no JSON: enough to ask Zendesk for the rest.
//!
//! In: text. Out: the members that identify the event. A member that appears twice with different
//! values is no proof of anything, so then nothing is found at all. An empty one is a value.

use serde_json::{Map, Value};

/// Which members are looked for: ids, and what decides whether the event is for us.
const NAMES: [&str; 7] = [
    "ticket_id",
    "zendesk_ticket",
    "comment_id",
    "external_user_id",
    "author_role",
    "campaign_id",
    "status",
];

/// Longest value taken, in bytes; no id is longer.
const MAX_VALUE_BYTES: usize = 1_024;

/// The members found.
///
/// # Errors
/// The name of a member that is said twice, with different values: one of them may be the words of a
/// person. A member that is empty, null or unreadable is said, too, though nothing is found under it.
pub(super) fn members(text: &str) -> Result<Map<String, Value>, &'static str> {
    let mut found = Map::new();
    for name in NAMES {
        let key = format!("\"{name}\"");
        let places = text.match_indices(&key);
        let mut said = places.filter_map(|(at, _)| value_after(&text[at + key.len()..]));
        let Some(first) = said.next() else { continue };
        if said.any(|again| again != first) {
            return Err(name);
        }
        if let Said::Value(value) = first {
            found.insert(name.to_owned(), Value::from(value));
        }
    }
    Ok(found)
}

/// What stands behind a key.
#[derive(PartialEq)]
enum Said<'t> {
    /// Nothing, blanks or null.
    Empty,
    /// A scalar, without its quotes.
    Value(&'t str),
    /// A text with escapes, too long or without an end: like no other.
    Unreadable,
}

/// What stands behind a key; nothing where it is none.
fn value_after(rest: &str) -> Option<Said<'_>> {
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let value = match rest.strip_prefix('"') {
        Some(quoted) => {
            let bytes = quoted.bytes().take(MAX_VALUE_BYTES);
            let Some(end) = bytes.clone().position(|b| b == b'"') else {
                return Some(Said::Unreadable);
            };
            &quoted[..end]
        }
        None => {
            let ends = |b: u8| matches!(b, b',' | b'}' | b']' | b'"') || b.is_ascii_whitespace();
            let mut bytes = rest.bytes().take(MAX_VALUE_BYTES);
            let end = bytes.position(ends);
            match rest.get(..end.unwrap_or_else(|| rest.len().min(MAX_VALUE_BYTES))) {
                Some(value) => value,
                None => return Some(Said::Unreadable),
            }
        }
    };
    Some(match value.trim() {
        "" | "null" => Said::Empty,
        value if value.contains('\\') => Said::Unreadable,
        value => Said::Value(value),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_found_in_a_body_that_is_cut_off() {
        let text = r#"{"ticket_id": 35, "comment_id":"77","external_user_id":"ana, b","status":,
            "author_role" : "agent","text":"He said "x":{ and "#;
        assert_eq!(
            members(text).map(Value::Object),
            Ok(json!({
                "ticket_id": "35", "comment_id": "77", "external_user_id": "ana, b",
                "author_role": "agent"
            }))
        );
    }

    #[test]
    fn ids_that_contradict_each_other_are_not_believed() {
        assert_eq!(
            members(r#"{"ticket_id":"35","text":"","ticket_id":"99""#),
            Err("ticket_id")
        );
        assert!(members(r#"{"ticket_id":"35","ticket_id":35"#).is_ok());
    }

    #[test]
    fn an_id_that_is_said_to_be_empty_is_not_filled_from_a_text() {
        for empty in [r#""""#, "null", r#""  ""#, r#""null""#, "", r#""a\u006ea""#] {
            let text = format!(
                r#"{{"ticket_id":"35","external_user_id" : {empty},"text":"q "external_user_id":"ana" "}}"#
            );
            assert_eq!(members(&text), Err("external_user_id"), "{text}");
            let alone = format!(r#"{{"ticket_id":"35","external_user_id" : {empty},"text":{{"#);
            assert_eq!(
                members(&alone).map(Value::Object),
                Ok(json!({"ticket_id": "35"})),
                "{alone}"
            );
        }
    }

    #[test]
    fn a_quoted_key_inside_an_escaped_text_is_no_member() {
        assert_eq!(
            members(r#"{"text":"\"ticket_id\":\"99\" ]"#),
            Ok(Map::new())
        );
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        for text in [
            "",
            "\"ticket_id\"",
            "\"ticket_id\":",
            "\"ticket_id\":\"",
            "\"ticket_id\":\"é",
        ] {
            assert_eq!(members(text), Ok(Map::new()), "{text}");
        }
    }
}
