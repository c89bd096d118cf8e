//! What changed in the whole account: exports with a minute left out, searches that lag.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Role, Status, Zendesk};

use crate::common::Api;
use crate::zendesk;

const MINUTE: Duration = Duration::from_secs(60);

fn seconds(zendesk: &Zendesk) -> i64 {
    zendesk.clock().now_ms() / 1_000
}

fn ids(page: &Value, name: &str, key: &str) -> Vec<u64> {
    let rows = page[name].as_array().unwrap().iter();
    rows.map(|row| row[key].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn an_export_walks_over_what_changed_in_pages_and_goes_on_from_there() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let start = seconds(&zendesk);
    let mut tickets = Vec::new();
    for name in ["a", "b", "c"] {
        tickets.push(api.ticket(name).await);
    }
    zendesk.clock().advance(MINUTE);
    let first = format!("/incremental/tickets/cursor?start_time={start}&per_page=2");
    let (status, page) = api.get(&first).await;
    assert_eq!(status, 200);
    assert_eq!(ids(&page, "tickets", "id"), tickets[..2]);
    assert_eq!(page["end_of_stream"], false);
    let row = &page["tickets"][0];
    assert!(row["requester_id"].is_u64() && row["updated_at"].is_string());
    assert_eq!((&row["status"], &row["tags"]), (&json!("new"), &json!([])));
    let next = async |page: &Value| {
        let cursor = page["after_cursor"].as_str().unwrap();
        api.get(&format!("/incremental/tickets/cursor?cursor={cursor}"))
            .await
            .1
    };
    let page = next(&page).await;
    assert_eq!(ids(&page, "tickets", "id"), tickets[2..]);
    assert_eq!(page["end_of_stream"], true);
    assert_eq!(ids(&next(&page).await, "tickets", "id"), [0; 0]);

    // A change of the last minute is left out, and comes a minute later.
    zendesk.set_status(tickets[0], Status::Solved).unwrap();
    assert_eq!(ids(&next(&page).await, "tickets", "id"), [0; 0]);
    zendesk.clock().advance(MINUTE);
    let page = next(&page).await;
    assert_eq!(ids(&page, "tickets", "id"), [tickets[0]]);
    assert_eq!(page["tickets"][0]["status"], "solved");
    zendesk.delete(tickets[1]).unwrap();
    zendesk.clock().advance(MINUTE);
    assert_eq!(next(&page).await["tickets"][0]["status"], "deleted");
}

#[tokio::test]
async fn a_merge_of_users_may_show_in_the_export() {
    for exported in [true, false] {
        let zendesk = zendesk().await;
        zendesk.configure(|config| config.variants.user_merge_is_exported = exported);
        let api = Api::new(&zendesk).await;
        let (ticket, winner) = (api.ticket("a").await, api.user("b").await);
        zendesk.clock().advance(MINUTE * 2);
        let start = seconds(&zendesk);
        let loser = zendesk.ticket(ticket).unwrap().requester.id;
        zendesk.merge_users(loser, winner).unwrap();
        zendesk.clock().advance(MINUTE);
        let (_, page) = api
            .get(&format!("/incremental/tickets/cursor?start_time={start}"))
            .await;
        let found: Vec<u64> = ids(&page, "tickets", "requester_id");
        assert_eq!(found, if exported { vec![winner] } else { vec![] });
    }
}

#[tokio::test]
async fn exports_are_for_administrators_ten_a_minute_and_not_of_the_last_minute() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let path = |start: i64| format!("/incremental/tickets/cursor?start_time={start}");
    let now = seconds(&zendesk);
    let (status, body) = api.get(&path(now)).await;
    assert_eq!(
        (status, &body["error"]),
        (422, &json!("StartTimeTooRecent"))
    );
    assert_eq!(api.get("/incremental/tickets/cursor").await.0, 422);
    assert_eq!(api.get("/incremental/tickets/cursor?cursor=x").await.0, 422);
    for _ in 0..7 {
        assert_eq!(api.get(&path(now - 100)).await.0, 200);
    }
    let events = format!("/incremental/ticket_events?start_time={}", now - 100);
    let refused = api.send(Method::GET, &events, Value::Null).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_ne!(refused.headers()["x-rate-limit-remaining"], "0");
    zendesk.clock().advance(MINUTE);
    assert_eq!(api.get(&events).await.0, 200);
    zendesk.set_api_role(Role::Agent);
    assert_eq!(api.get(&events).await.0, 403);
    assert_eq!(api.get("/search?query=type:ticket").await.0, 200);
}

#[tokio::test]
async fn ticket_events_are_all_changes_with_the_comments_texts_if_asked_for() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let start = seconds(&zendesk);
    let ticket = api.ticket("ana").await;
    let comment = Comment::public("Hello Ana").status(Status::Pending);
    let comment = zendesk.agent_comments(ticket, comment).unwrap();
    zendesk.clock().advance(MINUTE);
    let path = format!("/incremental/ticket_events?start_time={start}");
    let (_, plain) = api.get(&path).await;
    let events = plain["ticket_events"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    let answer = &events[1];
    assert_eq!(
        (&answer["ticket_id"], &answer["event_type"]),
        (&json!(ticket), &json!("Audit"))
    );
    assert_eq!(
        (&answer["via"], &events[0]["via"]),
        (&json!("Web form"), &json!("Web service"))
    );
    let children = &answer["child_events"];
    assert_eq!(children[0]["comment_public"], true);
    assert_eq!(children[0]["body"], Value::Null);
    assert_eq!(
        (&children[1]["status"], &children[1]["previous_value"]),
        (&json!("pending"), &json!("new"))
    );
    assert_eq!(plain["end_of_stream"], true);

    let (_, with) = api.get(&format!("{path}&include=comment_events")).await;
    let child = &with["ticket_events"][1]["child_events"][0];
    assert_eq!(
        (&child["id"], &child["plain_body"]),
        (&json!(comment), &json!("Hello Ana"))
    );
    let (_, none) = api
        .get(&format!(
            "/incremental/ticket_events?start_time={}",
            with["end_time"]
        ))
        .await;
    assert_eq!(none["error"], "StartTimeTooRecent");
    zendesk.clock().advance(MINUTE);
    let (_, none) = api
        .get(&format!(
            "/incremental/ticket_events?start_time={}",
            with["end_time"]
        ))
        .await;
    assert_eq!(none["ticket_events"], json!([]));
}

#[tokio::test]
async fn a_search_sees_tickets_as_they_were_minutes_ago() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("ana").await;
    zendesk.add_tags(ticket, &["braze_sms"]).unwrap();
    let search = async |query: &str| {
        let (status, body) = api.get(&format!("/search?query={query}")).await;
        assert_eq!(status, 200, "{body}");
        ids(&body, "results", "id")
    };
    let mine = "type:ticket%20tags:braze_sms";
    assert_eq!(search(mine).await, [0; 0], "not indexed yet");
    zendesk.clock().advance(MINUTE * 3);
    let since = simulators::clock::rfc3339(zendesk.clock().now_ms());
    assert_eq!(search(mine).await, [ticket]);
    assert_eq!(search("type:ticket%20tags:other").await, [0; 0]);
    assert_eq!(search("type:ticket%20-tags:braze_sms").await, [0; 0]);
    assert_eq!(search("requester:cleo%20type:ticket%20hello").await, [0; 0]);
    assert_eq!(search("type:ticket%20hello").await, [ticket]);

    zendesk.set_status(ticket, Status::Solved).unwrap();
    zendesk.remove_tags(ticket, &["braze_sms"]).unwrap();
    assert_eq!(search(&format!("{mine}%20status%3Csolved")).await, [ticket]);
    assert_eq!(
        search(&format!("{mine}%20updated%3E={since}")).await,
        [0; 0]
    );
    zendesk.clock().advance(MINUTE * 3);
    assert_eq!(search(mine).await, [0; 0]);
    assert_eq!(
        search(&format!("updated%3E={since}%20status:solved")).await,
        [ticket]
    );
    zendesk.configure(|config| config.variants.search_lag = Duration::ZERO);
    zendesk.add_tags(ticket, &["now"]).unwrap();
    assert_eq!(search("tags:now").await, [ticket]);
}

#[tokio::test]
async fn a_search_gives_at_most_a_thousand_results() {
    let zendesk = zendesk().await;
    zendesk.configure(|config| config.variants.search_lag = Duration::ZERO);
    let api = Api::new(&zendesk).await;
    for n in 0..1_001 {
        zendesk.agent_opens_ticket("ana", "many", &n.to_string());
    }
    let (status, page) = api.get("/search?query=subject:many&page=10").await;
    assert_eq!((status, ids(&page, "results", "id").len()), (200, 100));
    assert_eq!(
        (&page["count"], &page["next_page"]),
        (&json!(1_001), &Value::Null)
    );
    assert_eq!(api.get("/search?query=subject:many&page=11").await.0, 422);
    assert_eq!(api.get("/search").await.0, 422);
    let (_, first) = api.get("/search?query=subject:many").await;
    let next = first["next_page"]
        .as_str()
        .unwrap()
        .split_once("/api/v2")
        .unwrap()
        .1;
    assert_eq!(ids(&api.get(next).await.1, "results", "id").len(), 100);
}
