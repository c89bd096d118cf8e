//! What lies in the table, and the tests' way to let time pass for it.
//!
//! In: a stack. Out: items, and waiting ones made due. Imports the local stack only.

use std::time::{Duration, Instant};

use local::Stack;
use serde_json::{Value, json};

use crate::PATIENCE;

/// Every item, in DynamoDB's own JSON.
///
/// # Panics
///
/// When the table cannot be read.
pub fn items(stack: &Stack) -> Vec<Value> {
    match stack.dynamo.items() {
        Ok(items) => items,
        Err(error) => panic!("{error}"),
    }
}

/// The items that wait: those in the index `due`.
pub fn waiting(stack: &Stack) -> Vec<Value> {
    let mut items = items(stack);
    items.retain(|item| item.get("due_at").is_some() || item.get("due_shard").is_some());
    items
}

/// The dead letters.
pub fn dead_letters(stack: &Stack) -> Vec<Value> {
    let mut items = items(stack);
    items.retain(|item| pk(item).starts_with("dead#"));
    items
}

/// An item's key.
pub fn pk(item: &Value) -> &str {
    item["pk"]["S"].as_str().unwrap_or_default()
}

/// Lets every pause and lease end now; says how many items that concerned.
///
/// # Panics
///
/// When the table cannot be written.
pub fn let_time_pass(stack: &Stack) -> usize {
    let waiting = waiting(stack);
    for item in &waiting {
        let mut changes = json!({"due_at": {"N": "1"}});
        if let Some(memory) = item["memory"]["S"].as_str() {
            changes["memory"] = json!({"S": without_pauses(memory)});
        }
        if let Err(error) = stack.dynamo.edit(pk(item), &changes) {
            panic!("{error}");
        }
    }
    waiting.len()
}

/// Lets time pass and runs `redelivery`, as often as there is something to wait for; the
/// summaries' `delivered` together.
///
/// # Panics
///
/// When `redelivery` fails, or the waiting does not end.
pub async fn redelivered(stack: &Stack) -> u64 {
    let (mut delivered, until) = (0, Instant::now() + PATIENCE);
    while Instant::now() < until {
        if let_time_pass(stack) == 0 {
            return delivered;
        }
        delivered += redelivered_once(stack).await;
    }
    panic!("still waiting: {:?}", waiting(stack));
}

/// Runs `redelivery` once; the summary's `delivered`.
///
/// # Panics
///
/// When `redelivery` fails.
pub async fn redelivered_once(stack: &Stack) -> u64 {
    match stack.redeliver().await {
        Ok(summary) => summary["delivered"].as_u64().unwrap_or_default(),
        Err(error) => panic!("redelivery failed: {error}"),
    }
}

/// Changes the conversation's memory of a customer.
///
/// # Panics
///
/// When there is no such conversation.
pub fn remember(stack: &Stack, customer: &str, change: impl FnOnce(&mut Value)) {
    let pk = format!("customer#{customer}");
    let item = stack.dynamo.item(&pk).ok().flatten().unwrap_or_default();
    let memory = item["memory"]["S"].as_str().unwrap_or_default();
    let mut memory: Value = match serde_json::from_str(memory) {
        Ok(memory) => memory,
        Err(error) => panic!("{customer} has no conversation: {error}"),
    };
    change(&mut memory);
    let changes = json!({"memory": {"S": memory.to_string()}});
    if let Err(error) = stack.dynamo.edit(&pk, &changes) {
        panic!("{error}");
    }
}

/// Makes what waits in a conversation look as if it had come in earlier.
///
/// # Panics
///
/// When nothing waits there.
pub fn older(stack: &Stack, conversation: &str, by: Duration) {
    let item = stack.dynamo.item(conversation).ok().flatten();
    let mut mailbox = item.unwrap_or_default()["mailbox"].clone();
    let Some(entries) = mailbox["L"].as_array_mut() else {
        panic!("nothing waits in {conversation}");
    };
    for entry in entries {
        let text = entry["S"].as_str().unwrap_or_default();
        let mut event: Value = serde_json::from_str(text).unwrap_or_default();
        let at = event["at"].as_i64().unwrap_or_default();
        event["at"] = json!(at - i64::try_from(by.as_millis()).unwrap_or_default());
        entry["S"] = json!(event.to_string());
    }
    if let Err(error) = stack
        .dynamo
        .edit(conversation, &json!({"mailbox": mailbox}))
    {
        panic!("{error}");
    }
}

fn without_pauses(memory: &str) -> String {
    let mut memory: Value = serde_json::from_str(memory).unwrap_or_default();
    if let Some(memory) = memory.as_object_mut() {
        memory.retain(|name, _| !name.ends_with("_wait"));
    }
    memory.to_string()
}
