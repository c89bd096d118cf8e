//! What lies in the table, read only.
//!
//! In: items in DynamoDB's own JSON. Out: conversations with their mailboxes, and dead letters, as
//! the page shows them. Nothing is changed here.

use local::Stack;
use serde_json::{Map, Value, json};

use super::live::Values;
use crate::replay::{letters, number, text};

/// Conversations and dead letters, at the sandbox's times.
pub(super) fn show(stack: &Stack, ahead: i64, values: &mut Values) {
    for item in stack.dynamo.items().unwrap_or_default() {
        let pk = text(&item, "pk");
        if pk.starts_with("customer#") || pk.starts_with("ticket#") {
            values.insert(format!("item/{pk}"), conversation(&item, ahead).to_string());
        }
    }
    for (at, letter) in letters(stack).unwrap_or_default().iter().enumerate() {
        let shown = json!({
            "number": at + 1,
            "pk": text(letter, "pk"),
            "source": text(letter, "source"),
            "cause": text(letter, "cause"),
            "conversation": text(letter, "conversation"),
            "content": parsed(text(letter, "content")),
            "buried_at": number(letter, "buried_at") + ahead,
        });
        values.insert(format!("dead/{}", text(letter, "pk")), shown.to_string());
    }
}

fn conversation(item: &Value, ahead: i64) -> Value {
    let mailbox = item["mailbox"]["L"].as_array();
    let entries = mailbox
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["S"].as_str());
    let due = item.get("due_at").map(|_| number(item, "due_at"));
    let mut memory = parsed(text(item, "memory"));
    for wait in ["zendesk_wait", "braze_wait"] {
        let until = memory.get_mut(wait).and_then(|wait| wait.get_mut("until"));
        if let Some((until, at)) = until.and_then(|until| until.as_i64().map(|at| (until, at))) {
            *until = Value::from(at + ahead);
        }
    }
    json!({
        "pk": text(item, "pk"),
        "memory": memory,
        "mailbox": entries.map(parsed).collect::<Vec<_>>(),
        "lease": item["lease"]["S"].as_str(),
        "due_at": due,
        "v": number(item, "v"),
        "expires_at": number(item, "expires_at"),
        "stored": plain(item),
    })
}

/// The item attribute by attribute: DynamoDB's type letters taken off, JSON inside strings opened.
fn plain(item: &Value) -> Value {
    let mut shown = Map::new();
    for (name, value) in item.as_object().into_iter().flatten() {
        shown.insert(name.clone(), bare(value));
    }
    Value::Object(shown)
}

fn bare(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|typed| typed.iter().next()) else {
        return value.clone();
    };
    match (kind.as_str(), inner) {
        ("S", Value::String(text)) => parsed(text),
        ("N", Value::String(text)) => text.parse::<i64>().map_or(inner.clone(), Value::from),
        ("L", Value::Array(list)) => list.iter().map(bare).collect(),
        ("BS", Value::Array(list)) => json!(format!("{} markers of 8 bytes", list.len())),
        _ => inner.clone(),
    }
}

fn parsed(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}
