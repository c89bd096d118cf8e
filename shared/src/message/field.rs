//! One value of a body becomes a text, an id or a flag.
//!
//! In: a JSON value that a template rendered: quoted or not, empty or null. Out: the typed value,
//! or which field is wrong and why, never the value itself.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::Value;

use crate::text::incoming;

use super::customer::Phone;
use super::ids::{NOT_A_CAMPAIGN, is_campaign};
use super::malformed::Malformed;
use super::personal::Personal;

/// Longest name or role kept, in characters.
const MAX_LABEL_CHARS: usize = 255;

/// Longest name of a customer, in characters: a subject holds it beside other words.
const MAX_NAME_CHARS: usize = 200;

/// A field's problem.
pub(super) fn malformed(field: &'static str, problem: impl Display) -> Malformed {
    Malformed {
        field,
        problem: problem.to_string(),
    }
}

/// The text of a scalar; nothing where it is missing or null. An empty string is a text.
pub(super) fn text(
    field: &'static str,
    value: Option<&Value>,
) -> Result<Option<String>, Malformed> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
        Some(Value::Array(_) | Value::Object(_)) => Err(malformed(
            field,
            "is a list or an object where a text is expected",
        )),
    }
}

/// A short text about a person or a state: trimmed, cut to a sane length, empty where it is
/// anything else.
pub(super) fn label(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.trim().chars().take(MAX_LABEL_CHARS).collect(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// First and last name as one, possibly empty.
pub(super) fn name(first: Option<&Value>, last: Option<&Value>) -> Personal {
    let both = format!("{} {}", label(first), label(last));
    // Zendesk renders placeholders in names; marks of direction make one name look like another.
    let shown = both.chars().filter_map(|c| match c {
        '{' | '}' => None,
        c if c.is_control() || c.is_whitespace() => Some(' '),
        c if incoming::is_invisible(c) => None,
        c => Some(c),
    });
    let shown: String = shown.collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    Personal(words.join(" ").chars().take(MAX_NAME_CHARS).collect())
}

/// A phone number, possibly empty: an international one as E.164, whatever its punctuation; any other as it
/// is.
pub(super) fn phone(value: Option<&Value>) -> Personal {
    let written = label(value);
    match Phone::read(&written) {
        Some(phone) => Personal::from(phone.as_e164()),
        None => Personal(written),
    }
}

/// An identifier; nothing where it is missing or empty.
pub(super) fn id<T>(field: &'static str, value: Option<&Value>) -> Result<Option<T>, Malformed>
where
    T: FromStr<Err: Display>,
{
    if let Some(Value::Bool(_)) = value {
        return Err(malformed(field, "is true or false where an id is expected"));
    }
    if let Some(Value::Number(number)) = value
        && number.is_f64()
    {
        return Err(malformed(
            field,
            "is not a whole number that can be read exactly",
        ));
    }
    let Some(text) = text(field, value)? else {
        return Ok(None);
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    if not_rendered(&text) {
        return Err(malformed(
            field,
            "still holds a placeholder that the sender did not fill in",
        ));
    }
    text.parse()
        .map(Some)
        .map_err(|problem| malformed(field, problem))
}

/// A Braze campaign id; nothing where it is missing or empty.
pub(super) fn campaign(value: Option<&Value>) -> Result<Option<String>, Malformed> {
    let field = "campaign_id";
    match id::<String>(field, value)? {
        Some(id) if is_campaign(&id) => Ok(Some(id)),
        Some(_) => Err(malformed(field, format!("is {NOT_A_CAMPAIGN}"))),
        None => Ok(None),
    }
}

/// Whether a template left its placeholder in place.
pub(super) fn not_rendered(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// A flag; nothing where it is missing or empty.
pub(super) fn flag(field: &'static str, value: Option<&Value>) -> Result<Option<bool>, Malformed> {
    let Some(text) = text(field, value)? else {
        return Ok(None);
    };
    match text.trim().to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(malformed(field, "is not true or false")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::message::{ExternalUserId, TicketId};

    #[test]
    fn an_id_may_be_quoted_or_a_number_and_nothing_else() {
        let ticket = |value: Value| {
            id::<TicketId>("ticket_id", Some(&value))
                .map(|id| id.map(TicketId::get))
                .map_err(|malformed| malformed.to_string())
        };
        assert_eq!(ticket(json!("35")), Ok(Some(35)));
        assert_eq!(ticket(json!(35)), Ok(Some(35)));
        for empty in [json!(""), json!("  "), Value::Null] {
            assert_eq!(ticket(empty), Ok(None));
        }
        for bad in [
            json!("1/../2"),
            json!("35?x=1"),
            json!(0),
            json!(-1),
            json!(35.5),
            json!(1e30),
            json!(true),
            json!([35]),
            json!({"id": 35}),
            json!("{{ticket.id}}"),
            json!("99999999999999999999"),
        ] {
            let problem = ticket(bad.clone()).expect_err("bad");
            assert!(problem.starts_with("ticket_id "), "{problem}");
            assert!(
                !problem.contains("35") && !problem.contains(".."),
                "{problem}"
            );
        }
    }

    #[test]
    fn a_customer_id_that_lost_digits_is_not_somebody_else() {
        let number = serde_json::from_str::<Value>("123456789012345678901234").expect("number");
        assert!(id::<ExternalUserId>("external_user_id", Some(&number)).is_err());
        let exact = id::<ExternalUserId>(
            "external_user_id",
            Some(&json!(18_446_744_073_709_551_615_u64)),
        );
        assert_eq!(
            exact.expect("exact").expect("present").as_str(),
            "18446744073709551615"
        );
    }

    #[test]
    fn a_campaign_id_cannot_carry_anything_but_an_id() {
        assert_eq!(
            campaign(Some(&json!("0a1B-2c"))),
            Ok(Some("0a1B-2c".to_owned()))
        );
        assert_eq!(campaign(Some(&json!(""))), Ok(None));
        for good in ["a_b", &"a".repeat(100)] {
            assert_eq!(campaign(Some(&json!(good))), Ok(Some(good.to_owned())));
        }
        for bad in ["a b", "a/b", "a\"b", "é", &"a".repeat(101), "{{campaign}}"] {
            assert!(campaign(Some(&json!(bad))).is_err(), "{bad}");
        }
    }

    #[test]
    fn flags_come_in_every_notation_templates_use() {
        for (value, want) in [
            (json!(true), Some(true)),
            (json!("true"), Some(true)),
            (json!("True"), Some(true)),
            (json!(1), Some(true)),
            (json!("0"), Some(false)),
            (json!("false"), Some(false)),
            (json!(""), None),
            (Value::Null, None),
        ] {
            assert_eq!(flag("support", Some(&value)), Ok(want), "{value}");
        }
        assert!(flag("support", Some(&json!("maybe"))).is_err());
        assert!(flag("support", Some(&json!([]))).is_err());
    }

    #[test]
    fn names_are_joined_without_spare_spaces() {
        assert_eq!(
            name(Some(&json!(" Ana ")), Some(&json!("B"))).as_str(),
            "Ana B"
        );
        assert_eq!(name(None, Some(&json!("B"))).as_str(), "B");
        assert_eq!(name(Some(&json!("")), Some(&Value::Null)).as_str(), "");
    }
}
