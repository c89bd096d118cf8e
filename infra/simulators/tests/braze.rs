//! The simulated Braze accepts, refuses and hands on what the real one does.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::time::Duration;

use common::{Endpoint, Script, both, client};
use serde_json::{Value, json};
use simulators::braze::{
    BodyFormat, Braze, Campaign, Category, Config, Inbound, MediaStyle, Suppressed, User,
};
use simulators::{Effect, Fault};

async fn braze() -> Braze {
    with(Config {
        retry_wait_scale: 0.0,
        ..Config::default()
    })
    .await
}

async fn with(config: Config) -> Braze {
    let braze = Braze::start(config).await.unwrap();
    braze.add_campaign(Campaign::new("reply", "Agent's reply"));
    braze.add_user(User::new("u1", "Cleo", "O\"Neil", "+33612345678"));
    braze
}

fn one(user: &str, text: &str) -> Value {
    json!({"campaign_id": "reply", "recipients": [{"external_user_id": user,
        "trigger_properties": {"msg_body": text},
        "attributes": {"zendesk_ticket": "7", "zendesk_ticket_open": true}}]})
}

fn request(braze: &Braze, path: &str, body: String) -> reqwest::RequestBuilder {
    client()
        .post(format!("{}{path}", braze.base_url()))
        .bearer_auth("braze-rest-key")
        .header("content-type", "application/json")
        .body(body)
}

async fn send(braze: &Braze, body: Value) -> (u16, Value) {
    both(
        request(braze, "/campaigns/trigger/send", body.to_string())
            .send()
            .await
            .unwrap(),
    )
    .await
}

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
    braze.add_user(User {
        opted_out: true,
        ..User::new("out", "", "", "+1")
    });
    braze.add_user(User::new("nophone", "", "", ""));
    for user in ["stranger", "out", "nophone"] {
        let (status, body) = send(&braze, one(user, "x")).await;
        assert_eq!((status, &body["message"]), (201, &json!("success")));
        assert!(braze.inbox(user).is_empty());
    }
    braze.add_campaign(Campaign {
        re_eligible: false,
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
        Some(Suppressed::OptedOut),
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
    let config = Config {
        sends_per_hour: 1,
        max_body: 1_000,
        ..Config::default()
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

async fn inbound(script: Script, format: BodyFormat) -> (Braze, Endpoint) {
    let braze = braze().await;
    let endpoint = Endpoint::start(script).await;
    braze.set_inbound(Inbound {
        format,
        ..Inbound::new(&endpoint.url, "inbound-token")
    });
    (braze, endpoint)
}

#[tokio::test]
async fn texts_are_put_into_their_category_and_posted_escaped() {
    let (braze, endpoint) = inbound(Vec::new(), BodyFormat::Contract).await;
    let cases = [
        ("support", Category::Support, "message", true),
        ("He said \"hi\"\nbye", Category::Other, "message", false),
        ("end of story", Category::Other, "message", false),
        (" end ", Category::OptOut, "opted_out", false),
        ("Yes", Category::OptIn, "opted_in", false),
        ("INFO", Category::Help, "help", false),
    ];
    for (at, (text, category, kind, support)) in cases.into_iter().enumerate() {
        let media = ["https://a/1.jpg".to_owned(), "https://a/2.jpg".to_owned()];
        let delivery = braze.customer_texts("u1", text, &media).await;
        assert_eq!((delivery.category, delivery.status), (category, Some(200)));
        let got = &endpoint.received()[at];
        assert_eq!(got.header("authorization"), "Bearer inbound-token");
        let body = got.json();
        assert_eq!(
            (&body["kind"], &body["support"]),
            (&json!(kind), &json!(support))
        );
        assert_eq!(body["message"], text);
        assert_eq!(body["last_name"], "O\"Neil");
        assert_eq!(body["media_urls"], "https://a/1.jpg,https://a/2.jpg");
        assert_eq!(body["dispatch_id"], delivery.dispatch_id);
        assert_eq!(
            braze.user("u1").unwrap().opted_out,
            category == Category::OptOut
        );
    }
    let unknown = braze.customer_texts("stranger", "hi", &[]).await;
    assert_eq!(
        (unknown.category, unknown.status),
        (Category::UnknownUser, None)
    );
    assert_eq!(endpoint.received().len(), cases.len());
}

#[tokio::test]
async fn server_errors_are_retried_under_one_dispatch_id_and_conflicts_are_lost() {
    for again in [(408, None), (429, None), (500, None), (503, Some(5))] {
        let (braze, endpoint) = inbound(vec![again; 2], BodyFormat::Contract).await;
        let delivery = braze.customer_texts("u1", "x", &[]).await;
        assert_eq!(delivery.attempts, [Some(again.0), Some(again.0), Some(200)]);
        let bodies: Vec<Value> = endpoint.received().iter().map(|got| got.json()).collect();
        assert_eq!((&bodies[0], &bodies[1]), (&bodies[1], &bodies[2]));
    }
    for lost in [409, 400, 401, 301] {
        let (braze, _endpoint) = inbound(vec![(lost, None)], BodyFormat::Contract).await;
        assert_eq!(
            braze.customer_texts("u1", "x", &[]).await.attempts,
            [Some(lost)]
        );
    }
    let (braze, endpoint) = inbound(vec![(502, None); 9], BodyFormat::Contract).await;
    let given_up = braze.customer_texts("u1", "x", &[]).await;
    assert_eq!((given_up.status, endpoint.received().len()), (Some(502), 5));
    let repeated = braze.repeat(&given_up).await;
    assert_eq!(
        (repeated.dispatch_id, repeated.status),
        (given_up.dispatch_id, Some(200))
    );
}

#[tokio::test]
async fn the_guides_body_is_posted_unescaped_for_support_only() {
    let (braze, endpoint) = inbound(Vec::new(), BodyFormat::Guide).await;
    assert_eq!(braze.customer_texts("u1", "hello", &[]).await.status, None);
    braze.add_user(User::new("u2", "First", "Last", "+33600000000"));
    braze.customer_texts("u2", "SUPPORT", &[]).await;
    let body = endpoint.received()[0].json();
    assert_eq!(body["ticket"]["comment"]["body"], "SUPPORT");
    assert_eq!(body["ticket"]["requester"]["name"], "First Last");
    assert_eq!(
        body["ticket"]["requester"]["user_fields"]["braze_external_id"],
        "u2"
    );
    braze.customer_texts("u1", "SUPPORT", &[]).await;
    assert!(serde_json::from_str::<Value>(&endpoint.received()[1].body).is_err());
}

#[tokio::test]
async fn media_styles_differ() {
    let styles = [
        (MediaStyle::Spaces, "a b"),
        (MediaStyle::Lines, "a\nb"),
        (MediaStyle::JsonArray, "[\"a\",\"b\"]"),
    ];
    for (media_style, shown) in styles {
        let braze = with(Config {
            media_style,
            ..Config::default()
        })
        .await;
        let endpoint = Endpoint::start(Vec::new()).await;
        braze.set_inbound(Inbound::new(&endpoint.url, "t"));
        braze
            .customer_texts("u1", "", &["a".to_owned(), "b".to_owned()])
            .await;
        assert_eq!(endpoint.received()[0].json()["media_urls"], shown);
    }
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

#[tokio::test]
async fn the_control_surface_sends_texts_and_shows_the_inbox() {
    let (braze, _endpoint) = inbound(Vec::new(), BodyFormat::Contract).await;
    let base = format!("{}/_sim", braze.base_url());
    let user = json!({"external_id": "u9", "phone": "+33600000009"});
    let made = client()
        .post(format!("{base}/users"))
        .body(user.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    let text = json!({"external_user_id": "u9", "text": "hello", "media_urls": []});
    let texted = client()
        .post(format!("{base}/texts"))
        .body(text.to_string())
        .send()
        .await
        .unwrap();
    let (_, delivery) = both(texted).await;
    assert_eq!(
        (&delivery["status"], &delivery["category"]),
        (&json!(200), &json!("other"))
    );
    send(&braze, one("u9", "answer")).await;
    let (_, inbox) = both(
        client()
            .get(format!("{base}/inbox/u9"))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(inbox[0]["body"], "answer");
    let snapshot = braze.snapshot();
    let other = with(Config::default()).await;
    other.restore(snapshot.clone()).unwrap();
    assert_eq!(other.snapshot(), snapshot);
}
