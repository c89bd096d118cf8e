//! The version after this one, as far as the table shows it: a higher form, members of its own, and kinds of event
//! that no version before it knows. It is this one's executables, with the table written over whenever their turn
//! ends and begins.

use std::collections::BTreeSet;

use e2e::table::{items, pk};
use local::Stack;
use serde_json::{Value, json};

/// The form of its items.
const FORM: &str = "2";
/// How its kinds of event begin; what comes after is the kind that it goes by here.
const KIND: &str = "next_";
/// Its members.
const OWN: &str = "next";

/// What it stored and the version before has to leave as it is.
#[derive(Default)]
pub struct Next {
    /// Ids of events that were of a kind of its own.
    pub disguised: BTreeSet<String>,
    /// Texts of these events.
    pub texts: BTreeSet<String>,
}

impl Next {
    /// Its turn ends: everything it stored is as only it writes it. Of some conversations, what waits is of new kinds.
    pub fn leaves(&mut self, stack: &Stack) {
        for item in conversations(stack) {
            let mut memory = parsed(&item["memory"]);
            memory[OWN] = own();
            let mut entries = Vec::new();
            for entry in entries_of(&item) {
                let mut event = parsed(&entry);
                event[OWN] = own();
                if has_new_kinds(pk(&item)) {
                    self.disguise(&mut event);
                }
                entries.push(json!({"S": event.to_string()}));
            }
            let mut changes = json!({"form": {"N": FORM}, "memory": {"S": memory.to_string()}, OWN: {"S": "own"}});
            if !entries.is_empty() {
                changes["mailbox"] = json!({ "L": entries });
            }
            stack.dynamo.edit(pk(&item), &changes).expect("edited");
        }
    }

    fn disguise(&mut self, event: &mut Value) {
        let kind = event["kind"].as_str().expect("a kind").to_owned();
        if kind.starts_with(KIND) {
            return;
        }
        event["kind"] = json!(format!("{KIND}{kind}"));
        self.disguised
            .insert(event["id"].as_str().expect("an id").to_owned());
        self.texts.extend(said(&event.to_string()));
    }

    /// Its turn begins: nothing of its own was lost, and it knows its kinds of event.
    pub fn goes_on(&self, stack: &Stack) {
        for item in conversations(stack) {
            if item.get(OWN).is_none() {
                // A conversation that began since.
                continue;
            }
            let key = pk(&item);
            assert_eq!(item["form"]["N"], FORM, "{key}: not lowered");
            assert_eq!(parsed(&item["memory"])[OWN], own(), "{key}: its memory");
            let entries = entries_of(&item).into_iter().map(|entry| {
                let mut event = parsed(&entry);
                if let Some(kind) = event["kind"]
                    .as_str()
                    .and_then(|kind| kind.strip_prefix(KIND))
                {
                    assert_eq!(event[OWN], own(), "{key}: its event");
                    event["kind"] = json!(kind);
                }
                json!({"S": event.to_string()})
            });
            let entries: Vec<Value> = entries.collect();
            if !entries.is_empty() {
                let changes = json!({"mailbox": {"L": entries}});
                stack.dynamo.edit(key, &changes).expect("edited");
            }
        }
    }
}

/// What was said in an event, as the test says it: `12 of customer-3`.
fn said(event: &str) -> Option<String> {
    let (before, after) = event.split_once(" of customer-")?;
    let digits = |c: &char| c.is_ascii_digit();
    let at: String = before.chars().rev().take_while(digits).collect();
    let at: String = at.chars().rev().collect();
    let number: String = after.chars().take_while(digits).collect();
    Some(format!("{at} of customer-{number}"))
}

/// A member as nothing here has one.
fn own() -> Value {
    json!({"at": [1, {"deep": null}], "said": "é \"quoted\" 👍"})
}

/// Of every second customer.
fn has_new_kinds(key: &str) -> bool {
    key.ends_with(['1', '3', '5', '6', '9'])
}

fn conversations(stack: &Stack) -> Vec<Value> {
    let mut items = items(stack);
    items.retain(|item| item.get("memory").is_some());
    items
}

fn entries_of(item: &Value) -> Vec<Value> {
    item["mailbox"]["L"].as_array().cloned().unwrap_or_default()
}

fn parsed(text: &Value) -> Value {
    let text = text["S"].as_str().unwrap_or(text.as_str().unwrap_or("{}"));
    serde_json::from_str(text).expect("JSON")
}
