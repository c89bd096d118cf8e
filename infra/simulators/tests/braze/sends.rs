//! What the API makes of a send.

use std::time::Duration;

use serde_json::json;
use simulators::braze::{
    Campaign, SMS_GROUP, Subscription, Suppressed, User, WorkspaceConfig, WorkspaceLimits,
};
use simulators::{Effect, Fault};

use crate::common::{both, client};
use crate::kit::{braze, one, request, send, with};

#[tokio::test]
async fn an_sms_arrives_with_the_attributes_set_before_it_was_rendered() {
    let braze = braze().await;
    let template = "{{${first_name}}}: {{api_trigger_properties.msg_body}} ({{custom_attribute.${zendesk_ticket}}})";
    braze.add_campaign(Campaign {
        template: template.to_owned(),
        ..Campaign::new("reply", "n")
    });
    let (status, body) = send(&braze, one("u1", "hi")).await;
    assert_eq!((status, &body["message"]), (201, &json!("success")));
    let inbox = braze.inbox("u1");
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].body, "Cleo: hi (7)");
    assert_eq!(inbox[0].dispatch_id, body["dispatch_id"].as_str().unwrap());
    assert_eq!(inbox[0].attributes_at_send["zendesk_ticket_open"], true);
    let (_, other) = send(&braze, one("u1", "hi")).await;
    assert_ne!(other["dispatch_id"], body["dispatch_id"]);
}

#[tokio::test]
async fn success_is_no_proof_of_delivery() {
    let braze = braze().await;
    braze.add_user(User::new("out", "", "", "+15550100009"));
    braze.set_subscription("out", SMS_GROUP, Subscription::Unsubscribed);
    braze.add_user(User::new("nophone", "", "", ""));
    for user in ["stranger", "out", "nophone"] {
        let (status, body) = send(&braze, one(user, "x")).await;
        assert_eq!((status, &body["message"]), (201, &json!("success")));
        assert!(braze.inbox(user).is_empty());
    }
    braze.add_campaign(Campaign {
        re_eligible_minutes: None,
        ..Campaign::new("reply", "n")
    });
    send(&braze, one("u1", "first")).await;
    send(&braze, one("u1", "second")).await;
    assert_eq!(braze.inbox("u1").len(), 1);
    let why: Vec<_> = braze
        .sends()
        .into_iter()
        .map(|send| send.suppressed)
        .collect();
    let expected = [
        Some(Suppressed::UnknownUser),
        Some(Suppressed::Unsubscribed),
        Some(Suppressed::NoPhone),
        None,
        Some(Suppressed::NotReEligible),
    ];
    assert_eq!(why, expected);
    assert!(braze.user("stranger").is_none());
}

#[tokio::test]
async fn bad_sends_are_refused_and_reach_nobody() {
    let braze = braze().await;
    let recipient = json!({"external_user_id": "u1", "trigger_properties": {"msg_body": "x"}});
    let bad = [
        json!({"campaign_id": "nope", "recipients": [recipient]}),
        json!({"recipients": [recipient]}),
        json!({"campaign_id": "reply", "broadcast": true, "recipients": [recipient]}),
        json!({"campaign_id": "reply"}),
        json!({"campaign_id": "reply", "recipients": []}),
        json!({"campaign_id": "reply", "recipients": vec![&recipient; 51]}),
        json!({"campaign_id": "reply", "recipients": [{"trigger_properties": {}}]}),
        json!({"campaign_id": "reply", "recipients": [{"external_user_id": "u1", "trigger_properties": "x"}]}),
        json!({"campaign_id": "reply", "recipients": [{"external_user_id": "u1", "attributes": []}]}),
    ];
    for body in bad {
        assert_eq!(send(&braze, body.clone()).await.0, 400, "{body}");
    }
    let path = "/campaigns/trigger/send";
    let status = |request: reqwest::RequestBuilder| async {
        request.send().await.unwrap().status().as_u16()
    };
    let good = one("u1", "x").to_string();
    assert_eq!(
        status(request(&braze, "/campaign/trigger/send", good.clone())).await,
        404
    );
    assert_eq!(status(request(&braze, path, "{".to_owned())).await, 400);
    let url = format!("{}{path}", braze.base_url());
    assert_eq!(
        status(client().post(&url).bearer_auth("wrong").body(good.clone())).await,
        401
    );
    assert_eq!(
        status(client().post(&url).bearer_auth("braze-rest-key").body(good)).await,
        415
    );
    assert!(braze.sends().is_empty() && braze.inbox("u1").is_empty());
}

#[tokio::test]
async fn unknown_fields_are_accepted_with_errors() {
    let braze = braze().await;
    let mut body = one("u1", "x");
    body["colour"] = json!("red");
    let (status, answer) = send(&braze, body).await;
    assert_eq!(status, 201);
    assert!(answer["errors"][0].as_str().unwrap().contains("colour"));
    assert_eq!(braze.inbox("u1").len(), 1);
}

#[tokio::test]
async fn limits_answer_with_a_reset_time_and_no_retry_after() {
    let config = WorkspaceConfig {
        limits: WorkspaceLimits {
            sends_per_hour: 1,
            ..WorkspaceLimits::default()
        },
        max_body: 1_000,
        ..WorkspaceConfig::default()
    };
    let braze = with(config).await;
    assert_eq!(send(&braze, one("u1", "a")).await.0, 201);
    let body = one("u1", "b").to_string();
    let refused = request(&braze, "/campaigns/trigger/send", body)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 429);
    assert!(!refused.headers().contains_key("retry-after"));
    let reset: i64 = refused.headers()["x-ratelimit-reset"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(reset * 1000 > braze.clock().now_ms());
    braze.clock().advance(Duration::from_secs(3600));
    assert_eq!(send(&braze, one("u1", &"x".repeat(1_000))).await.0, 413);
    braze.fault(Fault::once(
        "campaigns.trigger.send",
        Effect::braze_queued(),
    ));
    braze.clock().advance(Duration::from_secs(3600));
    let (status, body) = send(&braze, one("u1", "queued")).await;
    assert_eq!((status, body), (202, json!({"message": "queued"})));
    assert_eq!(braze.inbox("u1").len(), 2);
}

#[tokio::test]
async fn track_sets_attributes_and_keeps_their_types() {
    let braze = braze().await;
    let body = json!({"attributes": [{"external_id": "u1", "zendesk_ticket_open": "true", "n": 1},
        {"external_id": "new", "first_name": "Nia"}, {"n": 2}]});
    let (status, answer) = both(
        request(&braze, "/users/track", body.to_string())
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((status, &answer["attributes_processed"]), (201, &json!(2)));
    assert_eq!(answer["errors"][0]["index"], 2);
    assert_eq!(
        braze.user("u1").unwrap().attributes["zendesk_ticket_open"],
        "true"
    );
    assert_eq!(braze.user("new").unwrap().first_name, "Nia");
    let many = json!({"attributes": vec![json!({"external_id": "u1"}); 76]});
    let refused = request(&braze, "/users/track", many.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 400);
}

#[tokio::test]
async fn parts_are_counted_by_alphabet() {
    let braze = braze().await;
    let cases = [
        ("a".repeat(160), 1),
        ("a".repeat(161), 2),
        ("€".repeat(80), 1),
        ("€".repeat(81), 2),
        ("é".repeat(160), 1),
        ("ê".repeat(70), 1),
        ("ê".repeat(71), 2),
        ("🎉".repeat(36), 2),
    ];
    for (at, (text, parts)) in cases.into_iter().enumerate() {
        send(&braze, one("u1", &text)).await;
        assert_eq!(braze.inbox("u1")[at].segments, parts, "{text}");
    }
}
