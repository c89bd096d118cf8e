//! As much of DynamoDB as an event meets: the bridge's own writes, known by the names of their
//! values, applied to items in memory.
//!
//! In: an operation and its body. Out: the answer. No expressions are read: that would cost more
//! than what is measured. The real semantics are tested elsewhere, on an embedded DynamoDB.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::standins::{REQUESTER, TICKET};

/// The conversation that is due for redelivery.
const WAITING: &str = "customer#waiting";

/// The items, by partition key.
#[derive(Debug, Default)]
pub struct Table {
    items: HashMap<String, Map<String, Value>>,
}

impl Table {
    /// One conversation with a text that waits for Zendesk.
    pub fn with_one_waiting() -> Self {
        let entry = json!({"id": "0123456789abcdef0123456789abcdef", "at": 1_790_000_000_000_i64,
            "kind": "text", "text": "Is my order on its way?", "support": false,
            "profile": {"name": "Ana Silva", "phone": "+15550100"}});
        let mut item = open_conversation();
        item.insert("mailbox".into(), json!({"L": [{"S": entry.to_string()}]}));
        item.insert("lease".into(), json!({"S": "-"}));
        item.insert("due_at".into(), json!({"N": "1"}));
        item.insert("due_shard".into(), json!({"N": "0"}));
        Self {
            items: HashMap::from([(WAITING.to_owned(), item)]),
        }
    }

    /// Does an operation; nothing where it is none of the bridge's.
    pub fn answer(&mut self, operation: &str, body: &Value) -> Option<Value> {
        match operation {
            "UpdateItem" => self.update(body),
            "Query" => Some(self.due(body)),
            // Nobody has stopped the SMS.
            "GetItem" => Some(json!({})),
            "Scan" => Some(json!({"Items": [], "Count": 0, "ScannedCount": 0})),
            _ => None,
        }
    }

    fn update(&mut self, body: &Value) -> Option<Value> {
        let pk = body["Key"]["pk"]["S"].as_str()?;
        let values = body["ExpressionAttributeValues"].as_object();
        let value = |name: &str| values.and_then(|values| values.get(name));
        let item = self
            .items
            .entry(pk.to_owned())
            .or_insert_with(open_conversation);
        if let Some(entry) = value(":entry") {
            accept(item, body, entry, value)?;
            let mut shown = item.clone();
            shown.insert("pk".into(), json!({"S": pk}));
            return Some(json!({"Attributes": shown}));
        }
        if value(":held").is_some() {
            settle(item, value)?;
            return Some(json!({}));
        }
        if value(":now").is_some() {
            let before = item.clone();
            set(item, "lease", value(":mine")?);
            set(item, "due_at", value(":until")?);
            count_up(item);
            return Some(json!({"Attributes": before}));
        }
        // What is left is the comparison's cursor.
        pk.starts_with("cursor#").then(|| json!({}))
    }

    fn due(&self, body: &Value) -> Value {
        let values = &body["ExpressionAttributeValues"];
        let until = number(&values[":until"]);
        let is_due = |item: &Map<String, Value>| {
            item.get("due_shard") == Some(&values[":shard"])
                && item.get("due_at").is_some_and(|at| number(at) <= until)
        };
        let due = self.items.iter().filter(|(_, item)| is_due(item));
        let items: Vec<Value> = due.map(|(pk, _)| json!({"pk": {"S": pk}})).collect();
        json!({"Count": items.len(), "ScannedCount": items.len(), "Items": items})
    }
}

/// A customer whose ticket is open and who has texted before.
fn open_conversation() -> Map<String, Value> {
    let memory = json!({"user": REQUESTER, "ticket": TICKET, "status": "open",
        "since": 1_790_000_000_000_i64, "texted_at": 1_790_000_000_000_i64,
        "own_comments": [36_000_000_000_002_u64]});
    let mut item = Map::new();
    item.insert("memory".into(), json!({"S": memory.to_string()}));
    item.insert("v".into(), json!({"N": "7"}));
    item
}

fn accept<'a>(
    item: &mut Map<String, Value>,
    body: &Value,
    entry: &Value,
    value: impl Fn(&str) -> Option<&'a Value>,
) -> Option<()> {
    let mailbox = item.entry("mailbox").or_insert_with(|| json!({"L": []}));
    let new = entry["L"].as_array()?;
    mailbox["L"].as_array_mut()?.extend(new.iter().cloned());
    for (name, of) in [
        ("lease", ":mine"),
        ("due_at", ":until"),
        ("due_shard", ":shard"),
    ] {
        if !item.contains_key(name) {
            set(item, name, value(of)?);
        }
    }
    set(item, "expires_at", value(":expires")?);
    let today = body["ExpressionAttributeNames"]["#today"].as_str()?;
    let markers = item
        .entry(today.to_owned())
        .or_insert_with(|| json!({"BS": []}));
    let new = value(":markers")?["BS"].as_array()?;
    markers["BS"].as_array_mut()?.extend(new.iter().cloned());
    count_up(item);
    Some(())
}

fn settle<'a>(
    item: &mut Map<String, Value>,
    value: impl Fn(&str) -> Option<&'a Value>,
) -> Option<()> {
    set(item, "memory", value(":state")?);
    set(item, "expires_at", value(":expires")?);
    count_up(item);
    match value(":mailbox") {
        Some(mailbox) => {
            set(item, "mailbox", mailbox);
            set(item, "lease", value(":lease")?);
            set(item, "due_at", value(":due")?);
            set(item, "due_shard", value(":shard")?);
        }
        None => {
            for name in ["mailbox", "lease", "due_at", "due_shard"] {
                item.remove(name);
            }
        }
    }
    Some(())
}

fn set(item: &mut Map<String, Value>, name: &str, value: &Value) {
    item.insert(name.to_owned(), value.clone());
}

fn count_up(item: &mut Map<String, Value>) {
    let version = item.get("v").map_or(0, number);
    item.insert("v".into(), json!({"N": (version + 1).to_string()}));
}

fn number(value: &Value) -> i64 {
    let digits = value["N"].as_str().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting() -> Value {
        json!({"Key": {"pk": {"S": "customer#ana"}},
            "ExpressionAttributeNames": {"#today": "s1"},
            "ExpressionAttributeValues": {":entry": {"L": [{"S": "e"}]}, ":mine": {"S": "me d"},
                ":until": {"N": "9"}, ":shard": {"N": "2"}, ":expires": {"N": "99"},
                ":markers": {"BS": ["AQ=="]}}})
    }

    #[test]
    fn an_event_is_accepted_with_the_lease_and_settled_without_a_trace() {
        let mut table = Table::default();
        let accepted = table.answer("UpdateItem", &accepting()).unwrap();
        let item = &accepted["Attributes"];
        assert_eq!(item["lease"]["S"], "me d");
        assert_eq!(item["mailbox"]["L"][0]["S"], "e");
        assert_eq!(item["v"]["N"], "8");
        let settling = json!({"Key": {"pk": {"S": "customer#ana"}},
            "ExpressionAttributeValues": {":held": {"S": "me d"}, ":state": {"S": "{}"},
                ":expires": {"N": "99"}}});
        table.answer("UpdateItem", &settling).unwrap();
        let kept = &table.items["customer#ana"];
        assert!(!kept.contains_key("mailbox") && !kept.contains_key("lease"));
        assert_eq!(kept["memory"]["S"], "{}");
    }

    #[test]
    fn a_waiting_conversation_is_found_until_it_is_taken() {
        let mut table = Table::with_one_waiting();
        let query =
            json!({"ExpressionAttributeValues": {":shard": {"N": "0"}, ":until": {"N": "5"}}});
        assert_eq!(table.answer("Query", &query).unwrap()["Count"], 1);
        let taking = json!({"Key": {"pk": {"S": WAITING}}, "ExpressionAttributeValues":
            {":now": {"N": "5"}, ":mine": {"S": "me *"}, ":until": {"N": "99"}}});
        let before = table.answer("UpdateItem", &taking).unwrap();
        assert_eq!(before["Attributes"]["lease"]["S"], "-");
        assert_eq!(table.answer("Query", &query).unwrap()["Count"], 0);
    }
}
