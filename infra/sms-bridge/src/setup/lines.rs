//! What becomes of the secret's keys, in words.
//!
//! In: the secret before and after. Out: lines that fit the terminal, names of keys. Never shows a
//! value.

use serde_json::{Map, Value};

use super::keys::{self, EVENTS_TOKEN, KEYS, PSEUDONYM_KEY};
use super::merge::get;
use crate::columns::{fitted, hanging, terminal};

/// Keys that nothing lacks.
const OPTIONAL: [&str; 5] = [
    "zendesk_email",
    "zendesk_api_token",
    PSEUDONYM_KEY,
    EVENTS_TOKEN,
    "zendesk_events_signing_secret",
];

/// A key, and what becomes of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) becomes: &'static str,
}

/// What changes.
pub(super) fn changed(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Line> {
    let keys = KEYS.iter().map(|key| key.name);
    let lines = keys.filter_map(|key| {
        let becomes = match (get(before, key), get(after, key)) {
            (None, Some(_)) => "set",
            (Some(_), None) => "removed",
            (Some(old), Some(new)) if old != new => "changed",
            _ => return None,
        };
        Some(Line {
            key: key.to_owned(),
            becomes,
        })
    });
    lines.collect()
}

/// What the functions still lack.
pub(super) fn missing(object: &Map<String, Value>) -> Vec<&'static str> {
    let has = |key: &str| get(object, key).is_some();
    let mut missing: Vec<_> = KEYS
        .iter()
        .map(|key| key.name)
        .filter(|key| !key.ends_with("_previous") && !has(key))
        .filter(|key| !OPTIONAL.contains(key))
        .collect();
    if has("zendesk_email") {
        missing.retain(|key| !key.contains("oauth"));
    }
    missing
}

/// For a terminal.
pub(super) fn shown(name: &str, changed: &[Line], after: &Map<String, Value>) -> String {
    let mut lines = vec![format!("Secret {name}"), String::new()];
    for line in changed {
        lines.push(format!("  {:40} {}", line.key, line.becomes));
    }
    if changed.is_empty() {
        lines.push("Nothing to change.".to_owned());
    }
    let missing = missing(after);
    if !missing.is_empty() {
        lines.push(String::new());
        lines.push("Still missing:".to_owned());
        for key in missing {
            let from = keys::find(key).map_or("", |key| key.from);
            lines.extend(hanging(&format!("  {key:30} "), from, terminal()));
        }
    }
    let lines: Vec<String> = lines.iter().flat_map(|line| fitted(line)).collect();
    lines.join("\n")
}
