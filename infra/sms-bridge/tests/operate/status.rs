//! What waits, since when, and why.

use e2e::send::text;
use e2e::{ANA, settled, with_ticket};
use simulators::{Effect, Fault};

use crate::kit::{Live, fits};

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_at_rest_has_nothing_waiting() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    assert_eq!(live.well("status").await, "Nothing waits.\n");
    let shown = live.json("status").await;
    assert_eq!(shown["waiting"]["events"], 0);
    assert_eq!(shown["conversations"].as_array().unwrap().len(), 0);
    assert!(
        live.stack
            .dynamo
            .calls()
            .iter()
            .all(|call| call.operation != "Scan"),
        "the table was scanned"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_during_an_outage_is_told_with_vendor_failures_and_next_attempt() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    let down = Fault::always("tickets.*", Effect::status(503));
    live.stack.zendesk.fault(down);
    text(&live.stack, ANA, "one").await;
    text(&live.stack, ANA, "two").await;
    settled(&live.stack).await;
    let shown = live.json("status").await;
    assert_eq!(shown["waiting"]["conversations"], 1);
    assert_eq!(shown["waiting"]["events"], 2);
    let one = &shown["conversations"][0];
    assert_eq!(one["conversation"], "customer#ana");
    assert!(
        ["paused", "due"].contains(&one["state"].as_str().unwrap()),
        "{one}"
    );
    let pause = &one["waits_for"]["zendesk"];
    assert!(pause["failed_attempts"].as_u64().unwrap() >= 1, "{one}");
    assert_eq!(pause["last_failure"], "unavailable");
    assert!(pause["until"].as_str().unwrap().ends_with('Z'), "{one}");
    assert_eq!(
        one["oldest_received_at"],
        shown["waiting"]["oldest_received_at"]
    );
    let told = live.well("status").await;
    assert!(
        told.starts_with("2 events in 1 conversation; the oldest for "),
        "{told}"
    );
    assert!(told.contains("  Zendesk  "), "{told}");
    assert!(
        told.contains("1  because Zendesk is down or out of reach\n"),
        "{told}"
    );
    assert!(told.trim_end().ends_with("ana"), "{told}");
    fits(&told);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_takes_is_called_late_and_the_longest_waiting_come_first() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    let down = Fault::always("tickets.*", Effect::status(503));
    live.stack.zendesk.fault(down);
    text(&live.stack, ANA, "one").await;
    settled(&live.stack).await;
    let mut item = live.stack.dynamo.item("customer#ana").unwrap().unwrap();
    let now = e2e::send::now_ms();
    let due = serde_json::json!({"due_at": {"N": (now - 600_000).to_string()}});
    live.stack.dynamo.edit("customer#ana", &due).unwrap();
    // Somebody who has waited longer, and whose function is at work.
    let mailbox = item["mailbox"]["L"][0]["S"].as_str().unwrap();
    let mut entry: serde_json::Value = serde_json::from_str(mailbox).unwrap();
    entry["at"] = serde_json::json!(now - 7_200_000);
    item["mailbox"]["L"][0]["S"] = serde_json::json!(entry.to_string());
    item["pk"] = serde_json::json!({"S": "customer#bob"});
    item["lease"] = serde_json::json!({"S": "request-7 some-delivery"});
    item["due_at"] = serde_json::json!({"N": (now + 20_000).to_string()});
    live.stack.dynamo.put(&item).unwrap();
    let shown = live.json("status").await;
    let of = |at: usize| &shown["conversations"][at];
    assert_eq!(of(0)["conversation"], "customer#bob");
    assert_eq!(
        (of(0)["state"].as_str(), of(0)["held_by"].as_str()),
        (Some("worked_on"), Some("request-7"))
    );
    assert_eq!(of(1)["conversation"], "customer#ana");
    assert_eq!(
        (of(1)["state"].as_str(), of(1)["held_by"].as_str()),
        (Some("late"), None)
    );
    let told = live.well("status --limit 1").await;
    assert!(told.contains("the oldest for 2 h, since"), "{told}");
    assert!(told.contains("is redelivery running?"), "{told}");
    assert!(
        told.ends_with("bob\nand 1 more: --limit 0 lists all\n"),
        "{told}"
    );
    fits(&told);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_a_backlog_takes_is_told() {
    let live = Live::start_with(|options| {
        let set = (
            "ZENDESK_UPDATES_PER_MINUTE".to_owned(),
            Some("5".to_owned()),
        );
        options.variables.extend([set]);
    })
    .await;
    with_ticket(&live.stack).await;
    let mut queued = 0;
    for number in 0..15 {
        let answer = text(&live.stack, ANA, &format!("Text {number}")).await;
        queued += u64::from(answer.outcome() == "queued");
    }
    assert!(queued >= 9, "{queued} queued");
    let shown = live.json("status").await;
    // Three fifths of the limit.
    assert_eq!(shown["waiting"]["drain_seconds"], queued * 20);
    let told = live.well("status").await;
    let rate =
        "At the bridge's share of Zendesk's limit, 3 updates of tickets a minute, all is out in ";
    assert!(told.contains(rate), "{told}");
    assert!(told.contains("because Zendesk limits the rate"), "{told}");
}
