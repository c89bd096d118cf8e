//! The ids of a body that is no JSON: enough to ask Zendesk for the rest.
//!
//! In: text. Out: the members that identify the event. A member that appears twice with different
//! values is no proof of anything, so then nothing is found at all.

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

/// The members found, or nothing where they contradict each other.
pub(super) fn members(text: &str) -> Option<Map<String, Value>> {
    let mut found = Map::new();
    for name in NAMES {
        let key = format!("\"{name}\"");
        for (at, _) in text.match_indices(&key) {
            let Some(value) = value_after(&text[at + key.len()..]) else {
                continue;
            };
            match found.get(name) {
                Some(earlier) if earlier != value => return None,
                _ => found.insert(name.to_owned(), Value::from(value)),
            };
        }
    }
    Some(found)
}

/// The scalar behind a key, without its quotes; nothing where it is empty or has escapes.
fn value_after(rest: &str) -> Option<&str> {
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let value = match rest.strip_prefix('"') {
        Some(quoted) => {
            let end = quoted
                .bytes()
                .take(MAX_VALUE_BYTES)
                .position(|b| b == b'"')?;
            &quoted[..end]
        }
        None => {
            let ends = |b: u8| matches!(b, b',' | b'}' | b']' | b'"') || b.is_ascii_whitespace();
            let end = rest
                .bytes()
                .take(MAX_VALUE_BYTES)
                .position(ends)
                .unwrap_or_else(|| rest.len().min(MAX_VALUE_BYTES));
            rest.get(..end)?
        }
    };
    let value = value.trim();
    (!value.is_empty() && value != "null" && !value.contains('\\')).then_some(value)
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
            Some(json!({
                "ticket_id": "35", "comment_id": "77", "external_user_id": "ana, b",
                "author_role": "agent"
            }))
        );
    }

    #[test]
    fn ids_that_contradict_each_other_are_not_believed() {
        assert_eq!(
            members(r#"{"ticket_id":"35","text":"","ticket_id":"99""#),
            None
        );
        assert!(members(r#"{"ticket_id":"35","ticket_id":35"#).is_some());
    }

    #[test]
    fn a_quoted_key_inside_an_escaped_text_is_no_member() {
        assert_eq!(
            members(r#"{"text":"\"ticket_id\":\"99\" ]"#),
            Some(Map::new())
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
            assert_eq!(members(text), Some(Map::new()), "{text}");
        }
    }
}
