//! The links of a picture message, however Liquid rendered the list.
//!
//! In: a JSON value. Out: the links in order, none empty. How Braze renders several is not
//! documented, so every likely notation is read.

use serde_json::Value;

/// Longest value that is named where it holds no link, in characters.
const MAX_NAMED_CHARS: usize = 200;

/// The links in a value: a list, a list inside a string, or separated by commas or white space; also
/// those within lists and objects. What is there and holds no link is an item too, so that an agent
/// reads of it.
pub(super) fn links(value: Option<&Value>) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        None | Some(Value::Bool(false)) => {}
        Some(Value::String(text)) => of_text(text, &mut found),
        Some(value) => of_value(value, &mut found),
    }
    found
}

fn of_text(text: &str, found: &mut Vec<String>) {
    let rendered = serde_json::from_str(text);
    if let Ok(value @ (Value::Array(_) | Value::Object(_))) = rendered {
        return of_value(&value, found);
    }
    let apart = |c: char| c.is_whitespace() || ",;\"'[]{}".contains(c);
    let words = text.split_whitespace().flat_map(separate);
    let links = words.map(|link| link.trim_matches(apart));
    found.extend(links.filter(|link| !link.is_empty()).map(str::to_owned));
}

fn of_value(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| of_value(item, found)),
        Value::Object(members) => {
            let before = found.len();
            for member in members.values() {
                match member {
                    Value::String(text) if !is_link(text) => {}
                    Value::String(_) | Value::Array(_) | Value::Object(_) => {
                        of_value(member, found)
                    }
                    _ => {}
                }
            }
            if found.len() == before && !members.is_empty() {
                found.push(named(value));
            }
        }
        Value::String(text) if text.trim().is_empty() => {}
        Value::String(text) => found.push(text.trim().to_owned()),
        Value::Bool(_) | Value::Number(_) => found.push(named(value)),
    }
}

fn is_link(text: &str) -> bool {
    let text = text.trim_start().as_bytes();
    let begins = |scheme: &[u8]| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins(b"https://") || begins(b"http://")
}

fn named(value: &Value) -> String {
    value.to_string().chars().take(MAX_NAMED_CHARS).collect()
}

/// Splits links that follow each other without white space. A comma or a letter before a further
/// scheme separates; a comma elsewhere, or a scheme inside a query, belongs to the link.
fn separate(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in word.to_ascii_lowercase().match_indices("http") {
        if at == start || !is_link(&word[at..]) {
            continue;
        }
        let before = word.as_bytes()[at - 1];
        if before.is_ascii_alphanumeric() || matches!(before, b',' | b';' | b'"' | b'\'') {
            parts.push(&word[start..at]);
            start = at;
        }
    }
    parts.push(&word[start..]);
    if parts.len() == 1 && !word.contains("://") {
        return word.split([',', ';']).collect();
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_links_are_found_in_every_notation() {
        let (a, b) = ("https://m.example/1.jpg?x=1,2", "https://m.example/2.jpg");
        for value in [
            json!([a, b]),
            json!([a, "", " ", b, null]),
            json!(json!([a, b]).to_string()),
            json!(format!(" {} ", json!([a, b]))),
            json!(format!("['{a}', '{b}']")),
            json!(format!("{a},{b}")),
            json!(format!("{a}, {b},")),
            json!(format!("{a} {b}")),
            json!(format!("\n{a}\r\n{b}\n")),
            json!(format!("{a}{b}")),
            json!(format!("{a};{b};")),
            json!(format!("{a}; {b}")),
            json!([{"url": a, "content_type": "image/jpeg"}, {"url": b}]),
            json!(json!([{"url": a}, {"url": b, "size": 3}]).to_string()),
            json!({"0": a, "1": b}),
            json!([[a], [b]]),
            json!({"media": [{"url": a}, {"url": b}]}),
        ] {
            assert_eq!(links(Some(&value)), [a, b], "{value}");
        }
    }

    #[test]
    fn capitals_make_no_other_link() {
        let links = links(Some(&json!("HTTPS://m.example/1,HTTPS://m.example/2")));
        assert_eq!(links, ["HTTPS://m.example/1", "HTTPS://m.example/2"]);
    }

    #[test]
    fn what_holds_no_link_is_an_item_that_can_be_named() {
        for (value, want) in [
            (json!({"id": 7}), "{\"id\":7}"),
            (json!([{"name": "a.jpg"}]), "{\"name\":\"a.jpg\"}"),
            (json!([5]), "5"),
            (json!("{\"id\":\"x\"}"), "{\"id\":\"x\"}"),
        ] {
            assert_eq!(links(Some(&value)), [want]);
        }
        let long = links(Some(&json!({"a": "x".repeat(5_000)})));
        assert_eq!(long[0].len(), 200);
    }

    #[test]
    fn a_link_inside_a_link_stays_there() {
        for link in [
            "https://x.example/?u=https://y.example/a",
            "https://x.example/r/http://y",
        ] {
            assert_eq!(links(Some(&json!(link))), [link]);
        }
    }

    #[test]
    fn nothing_is_no_link() {
        for value in [
            json!(""),
            json!(" , ,"),
            json!("[]"),
            json!([]),
            json!(null),
            json!(false),
            json!("[\"\"]"),
            json!({}),
            json!([[], {}, [null]]),
            json!("{}"),
        ] {
            assert!(links(Some(&value)).is_empty(), "{value}");
        }
        assert!(links(None).is_empty());
        assert_eq!(links(Some(&json!("a,b"))), ["a", "b"]);
    }
}
