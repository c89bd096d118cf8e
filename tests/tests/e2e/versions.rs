//! Old and new executables work on one table during an update: nothing that only the newer one knows
//! is lost by the older.

use std::time::Duration;

use e2e::send::{inbound, inbound_body};
use e2e::table::{dead_letters, let_time_pass, older, redelivered_once, remember};
use e2e::view::{phone, public};
use e2e::{ANA, agent, settled, stack, view, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Status};

/// An event of a kind that only a newer version knows.
const EVENT: &str = r#"{"id":"newer","at":1,"kind":"from_the_future","what":{"else":[1,null]}}"#;

/// What a newer version writes into a conversation between two events of this one.
fn newer_was_here(stack: &Stack) {
    let item = conversation(stack);
    let mut mailbox = item["mailbox"]["L"].as_array().cloned().unwrap_or_default();
    let mut event: Value = serde_json::from_str(EVENT).expect("JSON");
    event["at"] = json!(e2e::send::now_ms());
    mailbox.insert(0, json!({"S": event.to_string()}));
    let changes = json!({
        "form": {"N": "9"}, "mailbox": {"L": mailbox}, "lease": {"S": "-"},
        "due_at": {"N": "1"}, "due_shard": {"N": "1"}, "newer_attribute": {"S": "kept"},
    });
    stack.dynamo.edit(&pk(), &changes).expect("edited");
    remember(stack, ANA, |memory| memory["mood"] = json!({"of": "calm"}));
}

fn pk() -> String {
    format!("customer#{ANA}")
}

fn conversation(stack: &Stack) -> Value {
    stack.dynamo.item(&pk()).expect("read").expect("there")
}

fn memory(stack: &Stack) -> Value {
    let item = conversation(stack);
    serde_json::from_str(item["memory"]["S"].as_str().expect("a string")).expect("JSON")
}

fn newer_events(stack: &Stack) -> Vec<Value> {
    let item = conversation(stack);
    let entries = item["mailbox"]["L"].as_array().cloned().unwrap_or_default();
    let parsed = entries.iter().filter_map(|entry| entry["S"].as_str());
    let parsed = parsed.map(|json| serde_json::from_str(json).expect("JSON"));
    let mut events: Vec<Value> = parsed.collect();
    events.retain(|event| event["id"] == "newer");
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_newer_version_knows_survives_texts_answers_and_solves() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    newer_was_here(&stack);
    let planted = newer_events(&stack);

    let texted = inbound(&stack, inbound_body(ANA, "Still there?", "d-2").to_string()).await;
    assert_eq!(texted.outcome(), "delivered", "{texted:?}");
    agent(&stack, ticket, Comment::public("Yes.")).await;
    stack
        .zendesk
        .set_status(ticket, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    for _ in 0..3 {
        let_time_pass(&stack);
        redelivered_once(&stack).await;
    }

    assert!(public(&view::ticket(&stack, ticket)).contains(&"Still there?".to_owned()));
    assert_eq!(
        phone(&stack, ANA).len(),
        2,
        "the answer and the closing message"
    );
    assert_eq!(newer_events(&stack), planted, "untouched");
    let item = conversation(&stack);
    assert_eq!(item["newer_attribute"]["S"], "kept");
    assert_eq!(item["form"]["N"], "9", "not lowered");
    assert_eq!(memory(&stack)["mood"], json!({"of": "calm"}));
    assert!(dead_letters(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_no_newer_version_fetches_becomes_a_dead_letter_as_it_was() {
    let stack = stack().await;
    with_ticket(&stack).await;
    newer_was_here(&stack);
    older(&stack, &pk(), Duration::from_hours(25));
    let planted = newer_events(&stack);
    let_time_pass(&stack);
    redelivered_once(&stack).await;

    let letters = dead_letters(&stack);
    assert_eq!(letters.len(), 1, "{letters:?}");
    let content = letters[0]["content"]["S"].as_str().expect("text");
    let content: Value = serde_json::from_str(content).expect("JSON");
    assert_eq!(content, planted[0]);
    assert!(newer_events(&stack).is_empty());
}
