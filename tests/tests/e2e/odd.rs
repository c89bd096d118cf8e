//! What should not be in the table, and is: items of another version, unknown kinds, events that
//! break whoever works on them, items as large as they may be.

use e2e::send::{self, inbound, inbound_body, now_ms};
use e2e::table::{dead_letters, let_time_pass, redelivered, redelivered_once, waiting};
use e2e::view::{notes, only_ticket, phone, public, ticket};
use e2e::{ANA, PATIENCE, answered, settled, stack, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::{Call, Effect, Fault};

/// Puts events into Ana's mailbox as they stand, due at once.
fn wait_in_mailbox(stack: &Stack, events: &[String]) {
    let mailbox: Vec<Value> = events.iter().map(|event| json!({"S": event})).collect();
    let changes = json!({"mailbox": {"L": mailbox}, "lease": {"S": "-"},
        "due_at": {"N": "1"}, "due_shard": {"N": "0"}});
    stack.dynamo.edit("customer#ana", &changes).expect("known");
}

/// A text with the fewest fields there ever were.
fn plain(id: &str, text: &str) -> String {
    json!({"id": id, "at": now_ms(), "kind": "text", "text": text}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_an_older_or_newer_version_is_read_and_goes_on() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let user = only_ticket(&stack).requester.id;
    // The oldest memory knows the ticket only; a newer one knows what this version does not.
    for (number, memory) in [
        json!({"ticket": id}),
        json!({"ticket": id, "user": user, "status": "open", "mood": {"of": "tomorrow"}}),
    ]
    .into_iter()
    .enumerate()
    {
        let memory = json!({"memory": {"S": memory.to_string()}});
        stack.dynamo.edit("customer#ana", &memory).expect("known");
        let old = plain(&format!("old{number}"), "old");
        let new = json!({"id": format!("new{number}"), "at": now_ms(), "kind": "text", "text": "new",
            "p": {"tomorrow": true}, "tomorrow": [1]});
        wait_in_mailbox(&stack, &[old, new.to_string()]);
        assert_eq!(redelivered_once(&stack).await, 2);
        answered(&stack, id, "yes").await;
    }
    let ticket = only_ticket(&stack);
    let want = ["SUPPORT", "old", "new", "yes", "old", "new", "yes"];
    assert_eq!(public(&ticket), want);
    assert_eq!(phone(&stack, ANA), ["yes", "yes"]);
    let by_ana = |n: usize| ticket.comments[n].author.external_id.as_deref() == Some(ANA);
    assert!([1, 2, 4, 5].into_iter().all(by_ana));
    assert!(dead_letters(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_a_kind_is_a_dead_letter_and_those_behind_it_are_delivered() {
    let stack = stack().await;
    with_ticket(&stack).await;
    let unknown = json!({"id": "x", "at": now_ms(), "text": "?"}).to_string();
    let events = [
        plain("one", "one"),
        unknown.clone(),
        "no JSON at all".to_owned(),
        plain("two", "two"),
    ];
    wait_in_mailbox(&stack, &events);
    assert_eq!(redelivered_once(&stack).await, 2);
    assert_eq!(public(&only_ticket(&stack)), ["SUPPORT", "one", "two"]);
    let letters = dead_letters(&stack);
    let mut kept: Vec<&str> = letters
        .iter()
        .filter_map(|l| l["content"]["S"].as_str())
        .collect();
    kept.sort_unstable();
    assert_eq!(kept, ["no JSON at all", unknown.as_str()]);
    assert!(
        letters
            .iter()
            .all(|letter| letter["conversation"]["S"] == "customer#ana")
    );
    assert!(waiting(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_that_cannot_be_read_is_kept_aside_and_the_conversation_starts_anew() {
    let stack = stack().await;
    let first = with_ticket(&stack).await;
    let broken = json!({"memory": {"S": "{\"ticket\": \"no number"}});
    stack.dynamo.edit("customer#ana", &broken).expect("known");
    let text = send::text(&stack, ANA, "still there?").await;
    assert_eq!(text.outcome(), "delivered", "{text:?}");
    settled(&stack).await;
    assert_ne!(text.ticket(), first, "nobody knows the first one any more");
    assert_eq!(public(&ticket(&stack, text.ticket())), ["still there?"]);
    let letters = dead_letters(&stack);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0]["content"]["S"], "{\"ticket\": \"no number");
    // An agent who answers on the first one takes the conversation back there.
    answered(&stack, first, "here I am").await;
    assert_eq!(phone(&stack, ANA), ["here I am"]);
    assert_eq!(send::text(&stack, ANA, "fine").await.ticket(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_ends_whoever_works_on_it_becomes_a_dead_letter_and_the_next_one_arrives() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let met = |calls: &[Call]| calls.iter().filter(|call| call.fault.is_some()).count();
    for operation in ["tickets.update", "audits.list"] {
        stack.zendesk.fault(Fault::always(operation, Effect::Hang));
    }
    let braze = stack.braze.clone();
    let text = tokio::spawn(async move { braze.customer_texts(ANA, "poison", &[]).await });
    let first = stack
        .zendesk
        .wait_until(PATIENCE, |state| met(&state.calls) == 1);
    assert!(first.await);
    assert_eq!(stack.function("braze-inbound").kill_in_flight(), 1);
    text.await.expect("a text");
    let behind = inbound_body(ANA, "behind", "d-2").to_string();
    assert_eq!(inbound(&stack, behind).await.status, 202);
    let mut deaths = 1;
    while dead_letters(&stack).is_empty() {
        assert!(deaths <= 20, "it is tried for ever");
        let_time_pass(&stack);
        let before = met(&stack.zendesk.calls());
        let redelivery = stack.function("redelivery").clone();
        let run = tokio::spawn(async move { redelivery.invoke("{}").await });
        let worked_on = stack
            .zendesk
            .wait_until(PATIENCE, |state| met(&state.calls) > before);
        assert!(worked_on.await, "nobody works on it after {deaths} deaths");
        assert_eq!(stack.function("redelivery").kill_in_flight(), 1);
        assert!(run.await.expect("a run").is_err());
        deaths += 1;
    }
    assert!(deaths > 3, "given up after {deaths} deaths");
    stack.zendesk.clear_faults();
    redelivered(&stack).await;
    assert_eq!(public(&ticket(&stack, id)), ["SUPPORT", "behind"]);
    assert_eq!(notes(&ticket(&stack, id)).len(), 1, "the agent is told");
    let letters = dead_letters(&stack);
    assert_eq!(letters.len(), 1);
    assert!(letters[0]["content"]["S"].to_string().contains("poison"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_at_its_limit_takes_no_more_waits_and_is_delivered_once() {
    let stack = stack().await;
    with_ticket(&stack).await;
    stack.zendesk.fault(Fault::always("*", Effect::status(503)));
    // Two large texts, the second as large as just fits: found by halving.
    let first = "a".repeat(200_000);
    let body = |text: &str, dispatch: &str| inbound_body(ANA, text, dispatch).to_string();
    assert_eq!(inbound(&stack, body(&first, "big-1")).await.status, 202);
    let (mut fits, mut too_much) = (0, 260_000);
    let mut tries = 0;
    while too_much - fits > 16 {
        let size = (fits + too_much) / 2;
        tries += 1;
        let dispatch = format!("try-{tries:03}");
        let answer = inbound(&stack, body(&"b".repeat(size), &dispatch)).await;
        match answer.status {
            202 => {
                fits = size;
                forget_last(&stack);
            }
            413 => too_much = size,
            status => {
                assert_eq!(status, 503, "{answer:?}");
                assert_eq!(answer.retry_after.as_deref(), Some("5"));
                too_much = size;
            }
        }
    }
    // Each text that was let in left its markers behind.
    let last = "b".repeat(fits - 32);
    assert_eq!(inbound(&stack, body(&last, "try-999")).await.status, 202);
    let more = inbound(&stack, body("one more", "more")).await;
    assert_eq!((more.status, more.retry_after.as_deref()), (503, Some("5")));

    // The outage goes on: the item cannot grow, and nothing is lost by trying.
    for _ in 0..2 {
        let_time_pass(&stack);
        redelivered_once(&stack).await;
    }
    stack.zendesk.clear_faults();
    redelivered(&stack).await;
    assert_eq!(
        inbound(&stack, body("one more", "more")).await.outcome(),
        "delivered"
    );
    assert_eq!(
        public(&only_ticket(&stack)),
        ["SUPPORT", first.as_str(), last.as_str(), "one more"]
    );
    assert!(dead_letters(&stack).is_empty());
}

/// Takes the last event out of Ana's mailbox again.
fn forget_last(stack: &Stack) {
    let item = stack
        .dynamo
        .item("customer#ana")
        .expect("table")
        .expect("item");
    let mut mailbox = item["mailbox"].clone();
    mailbox["L"].as_array_mut().expect("a list").pop();
    let changes = json!({"mailbox": mailbox});
    stack.dynamo.edit("customer#ana", &changes).expect("known");
}
