//! Whether a request's body, whole or damaged, names a customer.
//!
//! In: the raw body, a Braze external id. Out: yes or no.

use serde_json::Value;
use shared::message::Phone;

/// Members of a body that name the customer.
const NAMES: [&str; 2] = ["external_user_id", "braze_external_id"];

/// Whether a body gives the customer's id, in whatever spelling, with or without blanks around it: as
/// JSON where it is, else wherever it stands behind a name.
pub(crate) fn names(content: &str, user: &str) -> bool {
    let user = user.trim();
    match serde_json::from_str::<Value>(content) {
        Ok(body) => is_named_in(&body, user),
        Err(_) => is_named_in_damaged(content, user),
    }
}

/// Whether a body without external id gives this number, however it is written.
pub(crate) fn names_number(content: &str, number: &Phone) -> bool {
    let Ok(Value::Object(body)) = serde_json::from_str(content) else {
        return false;
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_anonymous = text(NAMES[0]).trim().is_empty();
    is_anonymous && Phone::read(text("phone")).as_ref() == Some(number)
}

fn is_named_in(value: &Value, user: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| {
            let names = NAMES.contains(&name.as_str());
            (names && is_id(value, user)) || is_named_in(value, user)
        }),
        Value::Array(items) => items.iter().any(|item| is_named_in(item, user)),
        _ => false,
    }
}

fn is_id(value: &Value, user: &str) -> bool {
    match value {
        Value::String(text) => text.trim() == user,
        Value::Number(number) => number.to_string() == user,
        _ => false,
    }
}

fn is_named_in_damaged(content: &str, user: &str) -> bool {
    NAMES.iter().any(|name| {
        let key = format!("\"{name}\"");
        content.match_indices(&key).any(|(at, _)| {
            let rest = content[at + key.len()..].trim_start();
            let value = rest.strip_prefix(':').map(str::trim_start);
            value.is_some_and(|value| is_id_at(value, user))
        })
    })
}

/// Whether a value begins here that is the id: a text up to its own quote, or anything bare.
fn is_id_at(value: &str, user: &str) -> bool {
    let Some(text) = value.strip_prefix('"') else {
        let end = value.find(|c: char| c.is_whitespace() || ",}]\"".contains(c));
        return &value[..end.unwrap_or(value.len())] == user;
    };
    let mut escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    let text = &text[..end.unwrap_or(text.len())];
    // A line's end or a tab that a template put in as it is.
    let text = text.trim().replace(|c: char| c.is_control(), " ");
    let read = serde_json::from_str::<String>(&format!("\"{text}\""));
    read.map_or(text.trim() == user, |read| read.trim() == user)
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
        for (content, user) in [
            (r#"{"external_user_id":"zo\u00eb"}"#, "zoë"),
            (r#"{"external_user_id":"zo\u00eb","text":"cut o"#, "zoë"),
            (r#"{"external_user_id":"a\u0026b","x":"say "hi""}"#, "a&b"),
            (r#"{"external_user_id":"a\/b"}"#, "a/b"),
            (r#"{"external_user_id":" \u00a0ana\n","x""#, "ana"),
            ("{\"external_user_id\":\"ana\r\n\",", "ana"),
            (r#"{"external\u005fuser_id":"ana"}"#, "ana"),
            (r#"{"external_user_id":"C:\x","x":"y"#, "C:\\x"),
            (r#"{"external_user_id":"cut of"#, "cut of"),
            (r#"{"external_user_id":7,"text":"cut o"#, "7"),
            (r#"[{"recipients":[{"external_user_id":"ana"}]}]"#, "ana"),
        ] {
            assert!(names(content, user), "{content}");
        }
        for (content, user) in [
            (r#"{"external_user_id":"zo\u00eb-2","text":"zoë"}"#, "zoë"),
            (r#"{"external_user_id":"Ana","text":"cut o"#, "ana"),
            (r#"{"external_user_id":77,"text":"cut o"#, "7"),
            (r#"{"external_user_id":["ana"]}"#, "ana"),
        ] {
            assert!(!names(content, user), "{content}");
        }
        assert!(names(r#"{"external_user_id": 7 }"#, "7"));
        assert!(!names(r#"{"external_user_id":77}"#, "7"));
        assert!(names(r#"{"external_user_id":"a\"b"}"#, "a\"b"));
    }
}
