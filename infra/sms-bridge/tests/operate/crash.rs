//! A replay that is killed at any of its writes, and repeated, loses and doubles nothing.

use std::time::Duration;

use e2e::send::inbound_body;
use e2e::table::{dead_letters, redelivered};
use e2e::view::{only_ticket, public};
use e2e::{ANA, PATIENCE, with_ticket};
use serde_json::json;
use simulators::{Effect, Fault};

use crate::kit::{Live, said};

/// Kills the tool as soon as its `nth` call of the operation is stuck, before or after it acted.
async fn killed(live: &Live, arguments: &str, operation: &str, nth: u32, acts: bool) {
    let effect = match acts {
        true => Effect::HangAfter,
        false => Effect::Hang,
    };
    let faults = live.stack.dynamo.faults();
    let stuck = faults.stuck();
    faults.add(Fault::once(operation, effect).after(nth));
    let mut child = live.command(arguments).spawn().unwrap();
    assert!(
        faults.wait_stuck(stuck + 1, PATIENCE).await,
        "{operation} {nth} was never asked for"
    );
    child.kill().unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let said = said(&output.await.unwrap());
    assert_eq!(said.code, None, "{said:?}");
    faults.clear();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_killed_at_any_write_and_repeated_delivers_once_and_in_order() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    let mut wanted = vec!["SUPPORT".to_owned()];
    // Of each letter: noted, put back, removed.
    let writes = [
        ("UpdateItem", 0),
        ("UpdateItem", 1),
        ("DeleteItem", 0),
        ("UpdateItem", 2),
        ("UpdateItem", 3),
    ];
    for (operation, nth) in writes {
        for acts in [false, true] {
            let sent = [1, 2].map(|n| format!("{n} of {operation} {nth} {acts}"));
            live.refused_texts(&sent.each_ref().map(String::as_str))
                .await;
            wanted.extend(sent);
            let replay = "dead-letters replay --customer ana --yes";
            killed(&live, replay, operation, nth, acts).await;
            // The bundle does not wait for the person.
            redelivered(&live.stack).await;
            live.well(replay).await;
            assert!(dead_letters(&live.stack).is_empty());
            redelivered(&live.stack).await;
            let shown = public(&only_ticket(&live.stack));
            assert_eq!(shown, wanted, "{operation} {nth}, done: {acts}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_replay_was_killed_before_its_letter_went_is_known_again() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    let content = inbound_body(ANA, "once", "dispatch-1").to_string();
    let letter = json!({"pk": {"S": "dead#1"}, "source": {"S": "braze-inbound"},
        "cause": {"S": "x"}, "content": {"S": content}, "buried_at": {"N": "1780000000000"}});
    live.stack.dynamo.put(&letter).unwrap();
    killed(&live, "dead-letters replay 1", "DeleteItem", 0, false).await;
    assert_eq!(public(&only_ticket(&live.stack)), ["SUPPORT", "once"]);
    let results = live.json("dead-letters replay 1").await;
    assert_eq!(results[0]["outcome"], "duplicate");
    assert_eq!(public(&only_ticket(&live.stack)), ["SUPPORT", "once"]);
    assert!(dead_letters(&live.stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broken_off_replay_may_have_delivered_days_ago_is_left_to_a_person() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["once"]).await;
    let id = live.ids().await.remove(0);
    let replay = format!("dead-letters replay {id}");
    killed(&live, &replay, "DeleteItem", 0, false).await;
    redelivered(&live.stack).await;
    live.stack
        .pass(Duration::from_secs(4 * 24 * 3600))
        .await
        .unwrap();
    let said = live.run(&replay).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.out.contains("a replay of it was interrupted"),
        "{said:?}"
    );
    assert_eq!(dead_letters(&live.stack).len(), 1);
    redelivered(&live.stack).await;
    assert_eq!(public(&only_ticket(&live.stack)), ["SUPPORT", "once"]);
    live.well(&format!("{replay} --again")).await;
    assert!(dead_letters(&live.stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_replay_the_same_letters_at_once_deliver_them_once() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["one", "two", "three"]).await;
    let replay = "dead-letters replay --all --yes";
    let (one, other) = tokio::join!(live.run(replay), live.run(replay));
    redelivered(&live.stack).await;
    let shown = public(&only_ticket(&live.stack));
    assert_eq!(
        shown,
        ["SUPPORT", "one", "two", "three"],
        "{one:?} {other:?}"
    );
    assert!(dead_letters(&live.stack).is_empty());
}
