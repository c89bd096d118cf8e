//! Webhooks that follow event types, in Zendesk's own JSON.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::signature::sign;
use simulators::zendesk::{Comment, Mode, Person, Status, Zendesk};

use crate::common::{Api, Endpoint};
use crate::zendesk;

const KINDS: &[&str] = &[
    "zen:event-type:ticket.requester_changed",
    "zen:event-type:ticket.merged",
    "zen:event-type:ticket.soft_deleted",
    "zen:event-type:ticket.status_changed",
    "zen:event-type:user.merged",
];

/// An account whose webhook of these event types is held.
async fn following(kinds: &[&str]) -> (Zendesk, Api) {
    let zendesk = zendesk().await;
    zendesk.webhook_delivery(Mode::Held);
    zendesk.add_event_webhook("http://127.0.0.1:9/e", "s", kinds);
    let api = Api::new(&zendesk).await;
    (zendesk, api)
}

/// The events held, oldest first, without the prefix of their types.
fn held(zendesk: &Zendesk) -> Vec<(String, Value)> {
    let held = zendesk.held_webhooks().into_iter();
    held.map(|held| {
        let kind = held.trigger.strip_prefix("zen:event-type:").unwrap();
        (
            kind.to_owned(),
            serde_json::from_str(&held.payload).unwrap(),
        )
    })
    .collect()
}

#[tokio::test]
async fn an_event_arrives_signed_in_zendesks_own_form() {
    let zendesk = zendesk().await;
    let endpoint = Endpoint::start(Vec::new()).await;
    zendesk.add_event_webhook(&endpoint.url, "event-secret", KINDS);
    let api = Api::new(&zendesk).await;
    let (ticket, max) = (api.ticket("ana").await, api.user("max").await);
    zendesk.add_tags(ticket, &["braze_sms"]).unwrap();
    zendesk.change_requester(ticket, max).unwrap();
    let arrived = zendesk.wait_until(Duration::from_secs(20), |state| state.deliveries.len() == 1);
    assert!(arrived.await);
    let got = &endpoint.received()[0];
    let timestamp = got.header("x-zendesk-webhook-signature-timestamp");
    let signed = sign("event-secret", timestamp, got.body.as_bytes());
    assert_eq!(got.header("x-zendesk-webhook-signature"), signed);
    let body = got.json();
    assert_eq!(body["type"], "zen:event-type:ticket.requester_changed");
    assert_eq!(body["subject"], format!("zen:ticket:{ticket}"));
    assert_eq!(body["id"].as_str().unwrap().len(), 36);
    assert_eq!(body["event"]["current"], max.to_string());
    assert!(body["event"]["previous"].is_string());
    let detail = &body["detail"];
    assert_eq!(detail["id"], ticket.to_string());
    assert_eq!(detail["requester_id"], max.to_string());
    assert_eq!(
        (&detail["tags"], &detail["status"]),
        (&json!(["braze_sms"]), &json!("NEW"))
    );
    assert_eq!(detail["via"]["channel"], "web_service");
}

#[tokio::test]
async fn only_the_followed_types_fire_and_for_every_ticket_of_the_account() {
    let (zendesk, api) = following(KINDS).await;
    let (one, two) = (api.ticket("a").await, api.ticket("b").await);
    zendesk.add_tags(one, &["x"]).unwrap();
    zendesk.agent_comments(one, Comment::note("n")).unwrap();
    zendesk.set_status(one, Status::Solved).unwrap();
    zendesk.set_status(one, Status::Open).unwrap();
    zendesk.merge(two, one).unwrap();
    zendesk.delete(one).unwrap();
    let held = held(&zendesk);
    let kinds: Vec<&str> = held.iter().map(|(kind, _)| kind.as_str()).collect();
    let status = "ticket.status_changed";
    assert_eq!(
        kinds,
        [
            status,
            status,
            status,
            status,
            "ticket.merged",
            "ticket.soft_deleted"
        ]
    );
    assert_eq!(
        held[1].1["event"],
        json!({"previous": "OPEN", "current": "SOLVED"})
    );
    assert_eq!(held[4].1["detail"]["id"], two.to_string());
    assert_eq!(held[4].1["event"]["target_ticket_id"], one.to_string());
    assert_eq!(held[5].1["detail"]["id"], one.to_string());
}

#[tokio::test]
async fn a_merge_of_users_tells_of_the_users_and_perhaps_of_the_tickets() {
    for tells in [false, true] {
        let (zendesk, api) = following(KINDS).await;
        zendesk.configure(|config| {
            config.variants.user_merge_fires_requester_changed = tells;
            config.variants.user_merged_is_about_the_winner = tells;
        });
        let ticket = api.ticket("ana").await;
        let loser = zendesk.ticket(ticket).unwrap().requester.id;
        let winner = zendesk.add_user(Person::customer("Ana"));
        zendesk.merge_users(loser, winner).unwrap();
        let held = held(&zendesk);
        assert_eq!(held[0].0, "user.merged");
        let about = if tells { winner } else { loser };
        assert_eq!(held[0].1["subject"], format!("zen:user:{about}"));
        assert_eq!(held.len(), if tells { 2 } else { 1 });
        if tells {
            assert_eq!(held[1].0, "ticket.requester_changed");
            assert_eq!(held[1].1["detail"]["requester_id"], winner.to_string());
        }
    }
}

#[tokio::test]
async fn comments_tags_and_new_tickets_have_types_of_their_own() {
    let kinds = [
        "zen:event-type:ticket.created",
        "zen:event-type:ticket.comment_added",
        "zen:event-type:ticket.tags_changed",
        "zen:event-type:user.suspended_changed",
    ];
    let (zendesk, api) = following(&kinds).await;
    let ticket = api.ticket("ana").await;
    zendesk.add_tags(ticket, &["a"]).unwrap();
    zendesk
        .suspend(zendesk.ticket(ticket).unwrap().requester.id)
        .unwrap();
    let held = held(&zendesk);
    let kinds: Vec<&str> = held.iter().map(|(kind, _)| kind.as_str()).collect();
    let tags = "ticket.tags_changed";
    assert_eq!(
        kinds,
        [
            "ticket.created",
            "ticket.comment_added",
            tags,
            "user.suspended_changed"
        ]
    );
    assert_eq!(held[1].1["event"]["comment"]["is_public"], true);
    assert_eq!(
        held[2].1["event"],
        json!({"tags_added": ["a"], "tags_removed": []})
    );
}

#[tokio::test]
async fn a_webhook_follows_triggers_alone_or_event_types_that_exist() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let webhook = |subscriptions: Value| {
        json!({"webhook": {"name": "W", "endpoint": "https://example.com/x",
            "http_method": "POST", "request_format": "json", "status": "active",
            "subscriptions": subscriptions}})
    };
    for (subscriptions, expected) in [
        (
            json!(["zen:event-type:ticket.merged", "zen:event-type:user.merged"]),
            201,
        ),
        (json!(["conditional_ticket_events"]), 201),
        (
            json!(["conditional_ticket_events", "zen:event-type:ticket.merged"]),
            422,
        ),
        (json!(["zen:event-type:ticket.exploded"]), 422),
        (json!(["ticket.merged"]), 422),
    ] {
        let (status, body) = api.post("/webhooks", webhook(subscriptions)).await;
        assert_eq!(status, expected, "{body}");
        if status == 422 {
            assert!(body["details"]["subscriptions"].is_array());
        }
    }
}
