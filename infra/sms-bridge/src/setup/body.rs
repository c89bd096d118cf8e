//! A trigger's body: ours, with the members that users are told to add.
//!
//! In: the body as it is, ours, the names that may be added. Out: the body as it should be. Bodies
//! are compared as JSON: spaces and order are no difference. Pure.

use serde_json::{Map, Value};

/// The body to have: the one that is there, where it holds all of ours and nothing else but what may
/// be added; else ours, with what was added.
pub(crate) fn wanted(own: &str, ours: &str, may: &[&str]) -> String {
    let ours = ours.trim_end();
    let (Some(has), Some(should)) = (object(own), object(ours)) else {
        return ours.to_owned();
    };
    let known = |name: &String| should.contains_key(name) || may.contains(&name.as_str());
    let same = should
        .iter()
        .all(|(name, value)| has.get(name) == Some(value));
    if same && has.keys().all(known) {
        return own.to_owned();
    }
    let added = has
        .iter()
        .filter(|(name, _)| known(name) && !should.contains_key(*name));
    let lines: String = added
        .map(|(name, value)| format!(",\n {}:{value}", Value::from(name.as_str())))
        .collect();
    format!("{}{lines}}}", ours.strip_suffix('}').unwrap_or(ours))
}

/// Names of the members in which two bodies differ; none where one of them is no JSON object.
pub(crate) fn differing(one: &str, other: &str) -> Vec<String> {
    let (Some(one), Some(other)) = (object(one), object(other)) else {
        return Vec::new();
    };
    let mut names: Vec<String> = one.keys().chain(other.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| one.get(name) != other.get(name));
    names
}

/// A text of a body.
pub(crate) fn member(body: &str, name: &str) -> Option<String> {
    let value = object(body)?.remove(name)?;
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn object(body: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "{\"a\":\"{{a}}\",\n \"b\":\"{{b}}\"}\n";
    const MAY: [&str; 1] = ["files"];

    #[test]
    fn what_may_be_added_stays_as_it_was_written() {
        for own in [
            "{\"a\":\"{{a}}\",\n \"b\":\"{{b}}\"}",
            "{ \"b\": \"{{b}}\", \"a\": \"{{a}}\" }\r\n",
            "{\"a\":\"{{a}}\",\"b\":\"{{b}}\",\"files\":\"{% for f in x %}{{f.url}} {% endfor %}\"}",
        ] {
            assert_eq!(wanted(own, OURS, &MAY), own);
        }
    }

    #[test]
    fn a_repair_keeps_what_may_be_added_and_nothing_else() {
        let own = r#"{"a":"{{other}}","files":"é \"{{f}}\"","own":"1"}"#;
        let told = "{\"a\":\"{{a}}\",\n \"b\":\"{{b}}\",\n \"files\":\"é \\\"{{f}}\\\"\"}";
        assert_eq!(wanted(own, OURS, &MAY), told);
        assert_eq!(differing(own, told), ["a", "b", "own"]);
        assert_eq!(wanted(told, OURS, &MAY), told);
    }

    #[test]
    fn what_is_no_json_becomes_ours() {
        for own in ["", "{\"a\":}", "[]"] {
            assert_eq!(wanted(own, OURS, &MAY), OURS.trim_end());
        }
    }
}
