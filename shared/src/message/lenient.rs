//! A body as bytes becomes an object, whatever the sender's template did to it.
//!
//! In: raw bytes. Out: the object of strictly valid JSON as it is; else of what its template's members
//! surely make of it; else of its repair; else the text alone, for a look at the ids. Valid JSON never
//! passes through the repair.

use serde_json::{Map, Value};

use super::malformed::Malformed;
use super::unescaped::{self, Member, Read};
use super::{json, repair, said_once};

/// A body that could be read in part at least.
pub(super) enum Reading<'b> {
    /// An object. `guessed`: where a text ends was not certain.
    Object {
        /// Its members.
        members: Map<String, Value>,
        /// A text may have been cut short or have eaten a member.
        guessed: bool,
    },
    /// An object in bytes that are not UTF-8 everywhere: what is not is replaced.
    Lossy(Map<String, Value>),
    /// UTF-8, but no JSON even after repair.
    Damaged(&'b str),
}

/// Reads a body. `members` are those of its template, where what a person wrote may not be escaped.
///
/// # Errors
/// [`Malformed`] where it is empty, not UTF-8, not an object, gives a key or an id two values, may
/// have lost an id in a text, or has a text that ends in one of several places.
pub(super) fn read<'b>(
    body: &'b [u8],
    members: &'static [Member],
) -> Result<Reading<'b>, Malformed> {
    match std::str::from_utf8(body) {
        Ok(text) => of_text(text, members),
        Err(_) => match of_text(&String::from_utf8_lossy(body), members) {
            Ok(Reading::Object { members, .. }) => Ok(Reading::Lossy(members)),
            _ => Err(malformed("is not UTF-8")),
        },
    }
}

fn of_text<'b>(text: &'b str, members: &'static [Member]) -> Result<Reading<'b>, Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(malformed("is empty"));
    }
    let (document, guessed) = match json::strict(text) {
        Some(document) => (document, false),
        None if let Some(document) = by_members(text, members)? => (document, false),
        None => {
            let repaired = repair::repair(text);
            match json::strict(&repaired.text) {
                Some(document) => (document, repaired.guessed),
                None => return Ok(Reading::Damaged(text)),
            }
        }
    };
    if document.contradicts_itself {
        return Err(malformed("gives the same key two different values"));
    }
    if !said_once::ids_agree(&document.value) {
        return Err(malformed("names two different customers or tickets"));
    }
    if guessed && !said_once::no_text_names_an_id(&document.value) {
        return Err(malformed("holds an id inside a text"));
    }
    match document.value {
        Value::Object(members) => Ok(Reading::Object { members, guessed }),
        _ => Err(malformed("is not a JSON object")),
    }
}

/// The document that the template's members surely make of it. Not where an id may be named twice: the
/// second one may be the template's own.
fn by_members(text: &str, members: &'static [Member]) -> Result<Option<json::Document>, Malformed> {
    if members.is_empty() || said_once::customers_named(text) > 1 {
        return Ok(None);
    }
    match unescaped::read(text, members) {
        Read::Surely(read) => Ok(json::strict(&read)),
        Read::Uncertain(name) => Err(Malformed {
            field: name,
            problem: "is not escaped, and it is not certain where it ends".to_owned(),
        }),
        Read::Not => Ok(None),
    }
}

/// What is wrong with the body as a whole.
pub(super) fn malformed(problem: &str) -> Malformed {
    Malformed {
        field: "body",
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn problem(body: &[u8]) -> String {
        match read(body, &[]) {
            Err(malformed) => malformed.to_string(),
            Ok(_) => String::new(),
        }
    }

    #[test]
    fn a_body_that_cannot_be_an_event_is_named() {
        assert_eq!(problem(b""), "body is empty");
        assert_eq!(problem(b" \n"), "body is empty");
        assert_eq!(problem(b"\xff\xfe{"), "body is not UTF-8");
        assert_eq!(problem(b"[1]"), "body is not a JSON object");
        assert_eq!(problem(b"\"x\""), "body is not a JSON object");
        assert_eq!(
            problem(br#"{"external_user_id":"a","message":"x","external_user_id":"b"}"#),
            "body gives the same key two different values"
        );
    }

    #[test]
    fn letters_that_are_not_utf_8_are_replaced_and_lone_surrogates_too() {
        let read = read(b"{\"text\":\"caf\xe9 ok\"}", &[]);
        let Ok(Reading::Lossy(members)) = read else {
            panic!("an object");
        };
        assert_eq!(members["text"], "caf\u{fffd} ok");
        for half in ["\\ud83d", "\\udc4d", "\\ud83d\\ud83d"] {
            let body = format!("{{\"text\":\"a{half} b\"}}");
            let read = super::read(body.as_bytes(), &[]);
            let Ok(Reading::Object {
                members,
                guessed: false,
            }) = read
            else {
                panic!("an object: {half}");
            };
            let text = members["text"].as_str().expect("a text");
            assert!(
                text.starts_with("a\u{fffd}") && text.ends_with(" b"),
                "{half}"
            );
        }
    }

    #[test]
    fn a_byte_order_mark_does_not_matter() {
        let read = read("\u{feff}{\"a\":1}".as_bytes(), &[]);
        assert!(
            matches!(read, Ok(Reading::Object { guessed: false, members }) if members["a"] == 1)
        );
    }

    #[test]
    fn ten_thousand_levels_are_damage_and_no_stack_overflow() {
        for body in [
            "[".repeat(10_000),
            "{\"a\":".repeat(10_000),
            format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)),
            format!("{{\"a\":{}{}}}", "[".repeat(120_000), "]".repeat(120_000)),
        ] {
            assert!(matches!(
                read(body.as_bytes(), &[]),
                Ok(Reading::Damaged(_))
            ));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body, &[]);
        }

        #[test]
        fn valid_json_is_read_as_serde_reads_it(keys in prop::collection::btree_map(any::<String>(), any::<String>(), 0..6)) {
            let want = json!(keys);
            match read(want.to_string().as_bytes(), &[]) {
                Ok(Reading::Object { members, guessed: false }) => {
                    prop_assert_eq!(Value::Object(members), want);
                }
                _ => prop_assert!(false, "not read as it is"),
            }
        }
    }
}
