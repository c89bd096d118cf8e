//! The links of a picture message, however Liquid rendered the list.
//!
//! In: a JSON value. Out: the links in order, none empty. How Braze renders several is not
//! documented, so every likely notation is read.

use serde_json::Value;

/// The links in a value: a list, a list inside a string, or separated by commas or white space.
pub(super) fn links(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => of_list(items),
        Some(Value::String(text)) => of_text(text),
        _ => Vec::new(),
    }
}

fn of_list(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .filter_map(Value::as_str)
        .map(str::trim)
        .filter(|link| !link.is_empty())
        .map(str::to_owned)
        .collect()
}

fn of_text(text: &str) -> Vec<String> {
    if let Ok(Value::Array(items)) = serde_json::from_str(text) {
        return of_list(&items);
    }
    text.split_whitespace()
        .flat_map(separate)
        .map(|link| link.trim_matches(|c| matches!(c, ',' | '"' | '\'' | '[' | ']')))
        .filter(|link| !link.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Splits links that follow each other without white space. A comma or a letter before a further
/// scheme separates; a comma elsewhere, or a scheme inside a query, belongs to the link.
fn separate(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in word.match_indices("http") {
        let scheme = &word[at..];
        if at == start || !(scheme.starts_with("https://") || scheme.starts_with("http://")) {
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
        return word.split(',').collect();
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
        ] {
            assert_eq!(links(Some(&value)), [a, b], "{value}");
        }
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
        ] {
            assert!(links(Some(&value)).is_empty(), "{value}");
        }
        assert!(links(None).is_empty());
        assert_eq!(links(Some(&json!("a,b"))), ["a", "b"]);
    }
}
