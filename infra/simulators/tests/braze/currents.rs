//! Events as Currents' Custom HTTP connector exports them.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::braze::{
    Braze, Campaign, Condition, Inbound, Line, OverTenParts, SMS_GROUP, Standing, Subscription,
    WorkspaceConfig, WorkspaceState,
};

use crate::common::{Endpoint, Script, both, client};
use crate::kit::{NUMBER, PATIENCE, one, post, send, with};

const REPLY: &str = "{{api_trigger_properties.${msg_body}}}\
    {% message_extras :key bridge :value {{api_trigger_properties.${comment_id}}} %}\
    {% message_extras :key bridge_part :value {{api_trigger_properties.${part}}} %}";

/// A workspace whose events go to an endpoint.
async fn exporting(script: Script) -> (Braze, Endpoint) {
    let braze = with(WorkspaceConfig {
        retry_wait_scale: 0.0,
        ..WorkspaceConfig::default()
    })
    .await;
    braze.add_campaign(Campaign {
        template: REPLY.to_owned(),
        ..Campaign::new("reply", "Agent's reply")
    });
    let endpoint = Endpoint::start(script).await;
    braze.set_currents(&endpoint.url, "currents-token");
    (braze, endpoint)
}

/// All events that came, once nothing waits.
async fn events(braze: &Braze, endpoint: &Endpoint) -> Vec<Value> {
    let done = |state: &WorkspaceState| state.currents.waiting() == 0;
    assert!(braze.wait_until(PATIENCE, done).await);
    let requests = endpoint.received().into_iter();
    requests
        .flat_map(|request| request.json()["events"].as_array().unwrap().clone())
        .collect()
}

/// The last parts of the events' types.
fn types(events: &[Value]) -> Vec<&str> {
    let name = |event: &'_ Value| -> String { event["event_type"].as_str().unwrap().to_owned() };
    let known = [
        "sms.Send",
        "sms.CarrierSend",
        "sms.Delivery",
        "sms.DeliveryFailure",
        "sms.Rejection",
        "sms.Abort",
        "sms.Retry",
        "sms.InboundReceive",
        "rcs.Send",
        "rcs.Delivery",
        "rcs.Read",
        "rcs.Rejection",
        "rcs.Abort",
        "rcs.InboundReceive",
        "subscriptiongroup.StateChange",
        "webhook.Failure",
    ];
    let short = |event: &Value| {
        let found = known
            .into_iter()
            .find(|k| name(event).ends_with(&format!(".{k}")));
        found.unwrap()
    };
    events.iter().map(short).collect()
}

fn reply(text: &str) -> Value {
    let mut body = one("u1", text);
    body["recipients"][0]["trigger_properties"] =
        json!({"msg_body": text, "comment_id": "4711", "part": "1"});
    body
}

#[tokio::test]
async fn each_step_of_an_sms_is_told_and_names_the_comment() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    let (_, answer) = send(&braze, reply("Hello")).await;
    let events = events(&braze, &endpoint).await;
    assert_eq!(
        types(&events),
        ["sms.Send", "sms.CarrierSend", "sms.Delivery"]
    );
    let header = endpoint.received()[0].header("authorization").to_owned();
    assert_eq!(header, "Bearer currents-token");
    for event in &events {
        let of = &event["properties"];
        assert_eq!(of["dispatch_id"], answer["dispatch_id"]);
        assert_eq!(
            (&of["campaign_id"], &of["campaign_name"]),
            (&json!("reply"), &json!("Agent's reply"))
        );
        assert_eq!(
            (&of["subscription_group_id"], &of["to_phone_number"]),
            (&json!(SMS_GROUP), &json!(NUMBER))
        );
        assert!(of["message_variation_id"].is_string() && of["app_group_id"].is_string());
        assert_eq!(event["user"]["external_user_id"], "u1");
        assert_eq!(
            event["user"]["user_id"],
            braze.user("u1").unwrap().braze_id.as_str()
        );
        assert_eq!(event["id"].as_str().unwrap().len(), 36);
        let age = braze.clock().now_ms() / 1_000 - event["time"].as_i64().unwrap();
        assert!((0..60).contains(&age), "seconds since the epoch");
    }
    let extras = events[0]["properties"]["message_extras"].as_str().unwrap();
    let extras: Value = serde_json::from_str(extras).unwrap();
    assert_eq!(extras, json!({"bridge": "4711", "bridge_part": "1"}));
    assert_eq!(events[1]["properties"]["from_phone_number"], "+18335550100");
    assert_eq!(events[2]["properties"]["is_sms_fallback"], false);
    assert_eq!(
        braze.inbox("u1")[0].body,
        "Hello",
        "the tags leave nothing in the text"
    );
}

#[tokio::test]
async fn a_failure_is_told_with_the_providers_code() {
    for (condition, kind, code) in [
        (Condition::Unreachable, "sms.DeliveryFailure", "30003"),
        (Condition::Blocked, "sms.Rejection", "30004"),
        (Condition::UnknownNumber, "sms.DeliveryFailure", "30005"),
        (Condition::Landline, "sms.DeliveryFailure", "30006"),
        (Condition::Filtered, "sms.Rejection", "30007"),
        (Condition::Failing, "sms.DeliveryFailure", "30008"),
    ] {
        let (braze, endpoint) = exporting(Vec::new()).await;
        braze.set_condition("u1", condition);
        send(&braze, reply("Hello")).await;
        let events = events(&braze, &endpoint).await;
        let last = events.last().unwrap();
        assert_eq!(types(&events).last(), Some(&kind));
        assert_eq!(last["properties"]["provider_error_code"], code);
        assert!(!last["properties"]["error"].as_str().unwrap().is_empty());
        assert_eq!(
            last["properties"]["dispatch_id"],
            events[0]["properties"]["dispatch_id"]
        );
    }
}

#[tokio::test]
async fn what_braze_withholds_makes_no_event() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    for condition in [
        Condition::ControlGroup,
        Condition::SuppressionList,
        Condition::Capped,
        Condition::Deactivated,
        Condition::Unknown,
    ] {
        braze.set_condition("u1", condition);
        send(&braze, reply("Hello")).await;
    }
    braze.set_condition("u1", Condition::Unsubscribed);
    send(&braze, reply("Hello")).await;
    send(&braze, one("nobody", "x")).await;
    let events = events(&braze, &endpoint).await;
    let only = types(&events)
        .iter()
        .all(|kind| *kind == "subscriptiongroup.StateChange");
    assert!(only, "{events:?}");
}

#[tokio::test]
async fn retries_and_aborts_are_told() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    braze.set_line(NUMBER, Line::Flaky);
    send(&braze, reply("Hello")).await;
    braze.vary(|variants| variants.over_ten_parts = OverTenParts::Aborted);
    send(&braze, reply(&"a".repeat(1_531))).await;
    braze.add_campaign(Campaign {
        template: "{% abort_message('not today') %}".to_owned(),
        ..Campaign::new("reply", "n")
    });
    send(&braze, reply("Hello")).await;
    let events = events(&braze, &endpoint).await;
    let told = [
        "sms.Retry",
        "sms.Send",
        "sms.CarrierSend",
        "sms.Delivery",
        "sms.Abort",
        "sms.Abort",
    ];
    assert_eq!(types(&events), told);
    let last = &events[5]["properties"];
    assert_eq!(
        (&last["abort_type"], &last["abort_log"]),
        (&json!("liquid_abort_message"), &json!("not today"))
    );
    assert_eq!(last.get("dispatch_id"), None);
}

#[tokio::test]
async fn texts_and_changes_of_subscription_are_told_whatever_their_source() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    let media = ["https://a/1.jpg".to_owned()];
    braze.customer_texts("u1", "STOP", &media).await;
    braze.customer_texts("u1", "STOP", &[]).await;
    let set = json!({"subscription_group_id": SMS_GROUP, "subscription_state": "subscribed",
        "external_id": ["u1"]});
    post(&braze, "/subscription/status/set", set).await;
    braze.set_subscription("u1", SMS_GROUP, Subscription::Unsubscribed);
    let events = events(&braze, &endpoint).await;
    let of = |kind: &str| -> Vec<Value> {
        let found = events
            .iter()
            .filter(|e| e["event_type"].as_str().unwrap().ends_with(kind));
        found.map(|event| event["properties"].clone()).collect()
    };
    let texts = of("InboundReceive");
    assert_eq!(texts.len(), 2);
    assert_eq!(
        (&texts[0]["message_body"], &texts[0]["media_urls"]),
        (&json!("STOP"), &json!(media))
    );
    assert_eq!(
        (&texts[0]["action"], &texts[0]["user_phone_number"]),
        (&json!("Unsubscribed"), &json!(NUMBER))
    );
    assert_eq!(texts[0]["inbound_phone_number"], "+18335550100");
    let told: Vec<Value> = of("StateChange")
        .into_iter()
        .map(|of| {
            json!([
                of["subscription_status"],
                of["state_change_source"],
                of["channel"]
            ])
        })
        .collect();
    let expected = [
        json!(["Unsubscribed", "Inbound Message", "sms"]),
        json!(["Subscribed", "REST API", "sms"]),
        json!(["Unsubscribed", "Dashboard", "sms"]),
    ];
    assert_eq!(told, expected, "a state that stays is no change");
    let answers = of("sms.Send");
    assert_eq!(answers[0]["category"], "opt-out");
    assert_eq!(
        answers[0].get("campaign_id"),
        None,
        "an automatic answer has no campaign"
    );
}

#[tokio::test]
async fn a_webhook_that_fails_is_told_for_each_attempt() {
    let (braze, currents) = exporting(Vec::new()).await;
    let webhooks = Endpoint::start(vec![(503, None), (409, None)]).await;
    braze.set_inbound(Inbound::new(&webhooks.url, "t"));
    braze.customer_texts("u1", "Hello", &[]).await;
    let events = events(&braze, &currents).await;
    assert_eq!(
        types(&events),
        ["sms.InboundReceive", "webhook.Failure", "webhook.Failure"]
    );
    let told = |at: usize| {
        let of = &events[at]["properties"];
        json!([
            of["http_status_code"],
            of["is_terminal"],
            of["retry_count"],
            of["endpoint_url"]
        ])
    };
    assert_eq!(told(1), json!([503, false, 0, webhooks.url]));
    assert_eq!(told(2), json!([409, true, 1, webhooks.url]));
}

#[tokio::test]
async fn rcs_has_events_of_its_own() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    braze.vary(|variants| variants.currents.rcs = true);
    send(&braze, reply("Hello")).await;
    braze.set_condition("u1", Condition::Unreachable);
    send(&braze, reply("Hello")).await;
    braze.customer_texts("u1", "Hello", &[]).await;
    let events = events(&braze, &endpoint).await;
    let told = [
        "rcs.Send",
        "rcs.Delivery",
        "rcs.Read",
        "rcs.Send",
        "rcs.Rejection",
        "rcs.InboundReceive",
    ];
    assert_eq!(types(&events), told);
}

#[tokio::test]
async fn events_may_come_late_twice_in_another_order_or_not_at_all() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    braze.vary(|variants| {
        variants.currents.delay_seconds = 600;
        variants.currents.twice = true;
        variants.currents.reversed = true;
        variants.currents.lost = vec!["users.messages.sms.CarrierSend".to_owned()];
        variants.currents.own_dispatch_ids = true;
    });
    let (_, answer) = send(&braze, reply("Hello")).await;
    braze.clock().advance(Duration::from_secs(599));
    tokio::task::yield_now().await;
    assert!(endpoint.received().is_empty());
    braze.clock().advance(Duration::from_secs(1));
    let requests = endpoint.wait(2).await;
    assert_eq!(requests[0].body, requests[1].body, "with the same ids");
    let first = requests[0].json()["events"].as_array().unwrap().clone();
    assert_eq!(types(&first), ["sms.Delivery", "sms.Send"]);
    let id = |at: usize| &first[at]["properties"]["dispatch_id"];
    assert_eq!(id(0), id(1));
    assert_ne!(*id(0), answer["dispatch_id"]);
}

#[tokio::test]
async fn a_request_carries_a_hundred_events_at_most() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    braze.vary(|variants| variants.currents.delay_seconds = 3_600);
    for _ in 0..50 {
        send(&braze, reply("Hello")).await;
    }
    braze.clock().advance(Duration::from_secs(3_600));
    let requests = endpoint.wait(2).await;
    let sizes = requests
        .iter()
        .map(|r| r.json()["events"].as_array().unwrap().len());
    assert_eq!(sizes.collect::<Vec<_>>(), [100, 50]);
}

#[tokio::test]
async fn errors_are_retried_400_drops_and_refused_credentials_halt() {
    for again in [0, 404, 413, 429, 500, 503] {
        let script = if again == 0 {
            Vec::new()
        } else {
            vec![(again, None); 2]
        };
        let (braze, endpoint) = exporting(script).await;
        send(&braze, reply("Hello")).await;
        let tries = if again == 0 { 1 } else { 3 };
        let bodies: Vec<String> = endpoint
            .wait(tries)
            .await
            .into_iter()
            .map(|r| r.body)
            .collect();
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{again}");
        events(&braze, &endpoint).await;
        assert_eq!(endpoint.received().len(), tries);
    }
    let (braze, endpoint) = exporting(vec![(400, None)]).await;
    send(&braze, reply("Hello")).await;
    assert_eq!(
        events(&braze, &endpoint).await.len(),
        3,
        "dropped after one request"
    );
    for refused in [401, 403] {
        let (braze, endpoint) = exporting(vec![(refused, None)]).await;
        send(&braze, reply("Hello")).await;
        let halted = |state: &WorkspaceState| {
            let connector = state.currents.connector.as_ref();
            connector.is_some_and(|connector| connector.standing == Standing::Halted)
        };
        assert!(braze.wait_until(PATIENCE, halted).await);
        send(&braze, reply("Hello")).await;
        tokio::task::yield_now().await;
        assert_eq!(endpoint.received().len(), 1, "{refused}");
        braze.set_currents(&endpoint.url, "another-token");
        assert_eq!(events(&braze, &endpoint).await.len(), 3 + 6);
    }
}

#[tokio::test]
async fn five_days_of_failures_disable_the_connector() {
    let (braze, endpoint) = exporting(vec![(500, None); 10_000]).await;
    send(&braze, reply("Hello")).await;
    endpoint.wait(2).await;
    braze.clock().advance(Duration::from_secs(5 * 24 * 60 * 60));
    let disabled = |state: &WorkspaceState| {
        let connector = state.currents.connector.as_ref();
        connector.is_some_and(|connector| connector.standing == Standing::Disabled)
    };
    assert!(braze.wait_until(PATIENCE, disabled).await);
    send(&braze, reply("Lost")).await;
    let nothing = |state: &WorkspaceState| state.currents.waiting() == 0;
    assert!(braze.wait_until(Duration::ZERO, nothing).await);
}

#[tokio::test]
async fn without_a_connector_there_are_no_events() {
    let (braze, endpoint) = exporting(Vec::new()).await;
    braze.remove_currents();
    send(&braze, reply("Hello")).await;
    let base = format!("{}/_sim/currents", braze.base_url());
    let shown = async || both(client().get(&base).send().await.unwrap()).await.1;
    let nothing = json!({"connector": null, "posts": [], "waiting": 0});
    assert_eq!(shown().await, nothing);
    let to = json!({"url": endpoint.url, "token": "t"});
    let set = client()
        .put(&base)
        .body(to.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(set.status(), 204);
    send(&braze, reply("Hello")).await;
    assert_eq!(events(&braze, &endpoint).await.len(), 3);
    let told = shown().await;
    assert_eq!(
        told["connector"],
        json!({"url": endpoint.url, "standing": "running"})
    );
    assert_eq!(told["posts"][0]["status"], 200);
}
