//! Whether a request's body, whole or damaged, names a customer.
//!
//! In: the raw body, a Braze external id. Out: yes or no.

use serde_json::Value;

/// Members of a body that name the customer.
const NAMES: [&str; 2] = ["external_user_id", "braze_external_id"];

/// Whether a body, whole or damaged, gives the customer's id.
pub(crate) fn names(content: &str, user: &str) -> bool {
    let quoted = Value::from(user).to_string();
    NAMES.iter().any(|name| {
        let key = format!("\"{name}\"");
        content.match_indices(&key).any(|(at, _)| {
            let rest = content[at + key.len()..].trim_start();
            let Some(value) = rest.strip_prefix(':').map(str::trim_start) else {
                return false;
            };
            let number = value.strip_prefix(user).is_some_and(ends_a_value);
            value.starts_with(&quoted) || number
        })
    })
}

fn ends_a_value(rest: &str) -> bool {
    rest.trim_start()
        .chars()
        .next()
        .is_none_or(|c| matches!(c, ',' | '}' | ']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_names_a_customer_by_their_whole_id_only() {
        for (content, of_them) in [
            (r#"{"external_user_id":"ana"}"#, true),
            (r#"{"external_user_id" : "ana", "text": "cut o"#, true),
            (
                r#"{"ticket":{"requester":{"user_fields":{"braze_external_id":"ana"}}}}"#,
                true,
            ),
            (r#"{"external_user_id":"ana-2"}"#, false),
            (r#"{"external_user_id":"eve","text":"ana"}"#, false),
            (r#"{"text":"\"external_user_id\":\"ana\""}"#, false),
            ("", false),
        ] {
            assert_eq!(names(content, "ana"), of_them, "{content}");
        }
        assert!(names(r#"{"external_user_id": 7 }"#, "7"));
        assert!(!names(r#"{"external_user_id":77}"#, "7"));
        assert!(names(r#"{"external_user_id":"a\"b"}"#, "a\"b"));
    }
}
