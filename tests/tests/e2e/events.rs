//! What an operator reads of an event: one line, with its hops, that is a line of metrics as well.

use std::collections::BTreeSet;
use std::sync::Mutex;

use e2e::table::{let_time_pass, redelivered_once};
use e2e::{ANA, PATIENCE, agent, send, settled, stack, with_ticket};
use local::Stack;
use local::logs::LogLine;
use serde_json::{Value, json};
use simulators::zendesk::Comment;
use simulators::{Effect, Fault};

#[tokio::test(flavor = "multi_thread")]
async fn each_event_has_one_line_that_names_it_and_times_its_hops() {
    let stack = stack().await;
    let texted = send::text(&stack, ANA, "SUPPORT").await;
    let again = send::inbound(&stack, send::inbound_body(ANA, "More", "d-1").to_string()).await;
    let twice = send::inbound(&stack, send::inbound_body(ANA, "More", "d-1").to_string()).await;
    assert_eq!(twice.outcome(), "duplicate");
    settled(&stack).await;

    let lines = events(&stack, "braze-inbound", 3).await;
    let first = &lines[0];
    for (field, expected) in [
        ("door", json!("braze-inbound")),
        ("sender", json!("braze")),
        ("kind", json!("text")),
        ("outcome", json!("delivered")),
        ("delivery.id", json!(texted.delivery())),
        ("ticket.id", json!(texted.ticket())),
        ("attempts", json!(1)),
        ("level", json!("INFO")),
        // The key is the HMAC-SHA256 of `pseudonym` under `inbound-token`; with that of `customer:ana`:
        ("customer", json!("f524e5125e16880e")),
        ("Delivered", json!(1)),
    ] {
        assert_eq!(first[field], expected, "{field} in {first}");
    }
    assert!(
        first["function_request_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty())
    );
    assert!(
        first["xray_trace_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("1-")),
        "{first}"
    );
    assert_eq!(first["cold_start"], true, "{first}");
    assert_eq!(lines[2]["cold_start"], false, "{}", lines[2]);
    let at = first["timestamp"].as_str().expect("a time");
    assert!(at.ends_with('Z') && at.starts_with("20"), "{at}");
    assert!(first["total.ms"].is_u64());
    let calls = |line: &Value, list: &str| line[list].as_array().map_or(0, Vec::len);
    assert_eq!(
        calls(first, "table.ms"),
        3,
        "accepted, the ticket's item, settled: {first}"
    );
    assert_eq!(
        calls(first, "ZendeskLatency"),
        2,
        "user and ticket: {first}"
    );
    assert_eq!(calls(first, "BrazeLatency"), 1, "attributes: {first}");
    assert_eq!(metric(first, "ZendeskLatency"), "Milliseconds");
    assert_eq!(metric(first, "Delivered"), "Count");

    assert_eq!(lines[1]["delivery.id"], json!(again.delivery()));
    assert_eq!(lines[2]["outcome"], "duplicate");
    assert_eq!(lines[2]["Duplicate"], 1);
    assert_eq!(lines[2]["customer"], lines[0]["customer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_waits_is_told_when_it_waits_and_when_it_ends() {
    let stack = stack().await;
    with_ticket(&stack).await;
    stack
        .zendesk
        .fault(Fault::always("tickets.update", Effect::status(503)));
    let queued = send::text(&stack, ANA, "Still broken").await;
    assert_eq!(queued.outcome(), "queued");
    let waits = &events(&stack, "braze-inbound", 2).await[1];
    assert_eq!(
        (&waits["outcome"], &waits["Queued"]),
        (&json!("queued"), &json!(1))
    );
    // The call, and a second try where there was time for one.
    assert!(
        [1, 2].contains(&waits["ZendeskFailures"].as_u64().unwrap_or(0)),
        "{waits}"
    );

    let_time_pass(&stack);
    assert_eq!(redelivered_once(&stack).await, 0);
    let waiting = &events(&stack, "redelivery", 1).await[0];
    assert_eq!(waiting["outcome"], "waiting");
    assert_eq!(waiting["ZendeskFailures"], 1, "{waiting}");

    stack.zendesk.clear_faults();
    let_time_pass(&stack);
    assert_eq!(redelivered_once(&stack).await, 1);
    let ended = &events(&stack, "redelivery", 2).await[1];
    for (field, expected) in [
        ("FunctionName", json!("redelivery")),
        ("sender", json!("braze")),
        ("kind", json!("text")),
        ("outcome", json!("delivered")),
        ("delivery.id", json!(queued.delivery())),
        ("ticket.id", waits["ticket.id"].clone()),
        ("customer", waits["customer"].clone()),
        ("Delivered", json!(1)),
    ] {
        assert_eq!(ended[field], expected, "{field} in {ended}");
    }
    assert!(ended["door"].is_null(), "no request brought it: {ended}");
    assert!(ended["waited.ms"].is_u64() && ended["attempts"].is_u64());
    // Nothing waits any more.
    redelivered_once(&stack).await;
    let runs = lines(&stack, "redelivery", 3, |line| line["WaitingAge"].is_u64()).await;
    let waiting: Vec<&Value> = runs.iter().map(|line| &line["Waiting"]).collect();
    assert_eq!(waiting, [&json!(1), &json!(1), &json!(0)]);
    assert_eq!(runs[2]["WaitingAge"], 0);
    assert_eq!(metric(&runs[0], "WaitingAge"), "Seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sms_of_unknown_outcome_is_counted() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    stack
        .braze
        .fault(Fault::once("campaigns.trigger.send", Effect::Drop));
    agent(&stack, ticket, Comment::public("Please restart it.")).await;
    let counted = lines(&stack, "zendesk-reply", 1, |line| line["Unknown"] == 1).await;
    assert_eq!(metric(&counted[0], "Unknown"), "Count");
}

/// The first `count` lines that tell of an event, once they are there.
async fn events(stack: &Stack, function: &str, count: usize) -> Vec<Value> {
    lines(stack, function, count, |line| line["message"] == "event").await
}

async fn lines(
    stack: &Stack,
    function: &str,
    count: usize,
    fits: impl Fn(&Value) -> bool,
) -> Vec<Value> {
    let parsed = |line: &LogLine| {
        let told = serde_json::from_str::<Value>(&line.text).ok();
        told.filter(|told| line.function == function && fits(told))
    };
    let found = Mutex::new(BTreeSet::new());
    let enough = |line: &LogLine| {
        let mut found = found.lock().expect("unpoisoned");
        if parsed(line).is_some() {
            found.insert((line.at, line.text.clone()));
        }
        found.len() >= count
    };
    let there = stack.logs.wait_for(PATIENCE, enough).await;
    assert!(there.is_some(), "{:?}", stack.logs.of(function));
    let lines = stack.logs.all();
    let lines: Vec<Value> = lines.iter().filter_map(parsed).collect();
    assert_eq!(lines.len(), count, "{lines:?}");
    lines
}

/// The unit a line declares for a metric.
fn metric(line: &Value, name: &str) -> String {
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], "BrazeZendeskBridge");
    let metrics = directive["Metrics"].as_array().cloned().unwrap_or_default();
    let found = metrics.iter().find(|metric| metric["Name"] == name);
    let unit = found.and_then(|metric| metric["Unit"].as_str());
    unit.unwrap_or_default().to_owned()
}
