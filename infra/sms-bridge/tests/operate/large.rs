//! A table with ten thousand conversations.

use std::time::Instant;

use serde_json::json;

use crate::kit::Live;

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_conversations_are_answered_whole() {
    let live = Live::start().await;
    let now = e2e::send::now_ms();
    for n in 0..10_000_u64 {
        let memory = json!({"user": 7000 + n, "ticket": 100_000 + n, "status": "open"});
        let mut item = json!({"pk": {"S": format!("customer#user-{n}")},
            "memory": {"S": memory.to_string()}, "v": {"N": "7"}});
        // A tenth waits, a thousandth has a dead letter.
        if n % 10 == 0 {
            let entry = json!({"id": format!("{n:032x}"), "at": now - 1_000_000 + i64::try_from(n).unwrap(),
                "kind": "text", "text": "x"});
            item["mailbox"] = json!({"L": [{"S": entry.to_string()}]});
            item["lease"] = json!({"S": "-"});
            item["due_at"] = json!({"N": (now + 60_000).to_string()});
            item["due_shard"] = json!({"N": (n / 10 % 4).to_string()});
        }
        live.stack.dynamo.put(&item).unwrap();
        if n % 1000 == 0 {
            let dead = json!({"pk": {"S": format!("dead#{n}")}, "source": {"S": "event"},
                "cause": {"S": "422 RecordInvalid"}, "content": {"S": "{}"},
                "conversation": {"S": format!("customer#user-{n}")}, "buried_at": {"N": n.to_string()}});
            live.stack.dynamo.put(&dead).unwrap();
        }
    }
    let started = Instant::now();
    let status = live.json("status").await;
    let after_status = started.elapsed();
    assert_eq!(status["waiting"]["conversations"], 1000);
    assert_eq!(status["waiting"]["states"]["paused"], 1000);
    assert_eq!(status["conversations"].as_array().unwrap().len(), 20);
    assert_eq!(
        status["conversations"][0]["conversation"],
        "customer#user-0"
    );
    let letters = live.ids().await;
    assert_eq!(letters.len(), 10);
    let after_list = started.elapsed() - after_status;
    let path = live.json("trace user-1000").await;
    assert_eq!(path["hops"].as_array().unwrap().len(), 2, "{path:#}");
    let after_trace = started.elapsed() - after_list - after_status;
    println!("status {after_status:?}, dead-letters list {after_list:?}, trace {after_trace:?}");
}
