//! REST keys, their permissions, and how often they may call.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::braze::{Braze, SMS_GROUP, WorkspaceConfig, WorkspaceLimits};

use crate::common::client;
use crate::kit::{braze, with};

/// Every call, with the permission it needs.
fn calls() -> Vec<(&'static str, &'static str, String, Value)> {
    let user = json!({"external_id": "u1"});
    let get = |permission, path: String| (permission, "GET", path, Value::Null);
    vec![
        (
            "campaigns.trigger.send",
            "POST",
            "/campaigns/trigger/send".to_owned(),
            crate::kit::one("u1", "x"),
        ),
        (
            "users.track",
            "POST",
            "/users/track".to_owned(),
            json!({"attributes": [user]}),
        ),
        (
            "users.identify",
            "POST",
            "/users/identify".to_owned(),
            json!({"aliases_to_identify": [{"external_id": "u1",
                "user_alias": {"alias_name": "+1", "alias_label": "phone"}}]}),
        ),
        (
            "users.export.ids",
            "POST",
            "/users/export/ids".to_owned(),
            json!({"external_ids": ["u1"], "fields_to_export": ["phone"]}),
        ),
        (
            "subscription.status.set",
            "POST",
            "/subscription/status/set".to_owned(),
            json!({"subscription_group_id": SMS_GROUP, "subscription_state": "subscribed",
                "external_id": ["u1"]}),
        ),
        get(
            "subscription.status.get",
            format!("/subscription/status/get?subscription_group_id={SMS_GROUP}&external_id=u1"),
        ),
        get(
            "campaigns.details",
            "/campaigns/details?campaign_id=reply".to_owned(),
        ),
        get("campaigns.list", "/campaigns/list".to_owned()),
        get(
            "sms.invalid_phone_numbers",
            "/sms/invalid_phone_numbers?phone_numbers[]=1".to_owned(),
        ),
    ]
}

async fn call(braze: &Braze, key: &str, index: usize) -> reqwest::Response {
    let (_, method, path, body) = calls().swap_remove(index);
    let url = format!("{}{path}", braze.base_url());
    let request = client()
        .request(method.parse().unwrap(), url)
        .bearer_auth(key);
    let request = match body {
        Value::Null => request,
        body => request
            .header("content-type", "application/json")
            .body(body.to_string()),
    };
    request.send().await.unwrap()
}

#[tokio::test]
async fn each_call_needs_its_own_permission() {
    let braze = braze().await;
    for (index, (permission, ..)) in calls().into_iter().enumerate() {
        let others: Vec<&str> = calls()
            .iter()
            .map(|(name, ..)| *name)
            .filter(|name| *name != permission)
            .collect();
        braze.set_key_permissions("all-but-one", Some(&others));
        braze.set_key_permissions("only-one", Some(&[permission]));
        let status = async |key| call(&braze, key, index).await.status().as_u16();
        assert!(status("only-one").await < 300, "{permission}");
        assert_eq!(status("all-but-one").await, 401, "{permission}");
        braze.vary(|variants| variants.missing_permission = 403);
        assert_eq!(status("all-but-one").await, 403, "{permission}");
        braze.vary(|variants| variants.missing_permission = 401);
        assert_eq!(status("no-key").await, 401, "{permission}");
        assert!(status("braze-rest-key").await < 300, "{permission}");
    }
}

#[tokio::test]
async fn each_endpoint_has_its_limit_and_every_answer_tells_it() {
    let braze = with(WorkspaceConfig {
        limits: WorkspaceLimits {
            sends_per_hour: 2,
            tracks_per_3_seconds: 2,
            subscription_sets_per_minute: 2,
            exports_per_minute: 2,
            others_per_hour: 2,
        },
        ..WorkspaceConfig::default()
    })
    .await;
    // At the beginning of an hour, so that no window ends meanwhile.
    let hour = 3_600_000;
    let into = braze.clock().now_ms() % hour;
    braze
        .clock()
        .advance(Duration::from_millis(u64::try_from(hour - into).unwrap()));
    for (index, (name, ..)) in calls().into_iter().enumerate() {
        for left in ["1", "0"] {
            let answer = call(&braze, "braze-rest-key", index).await;
            assert!(answer.status().is_success(), "{name}");
            assert_eq!(answer.headers()["x-ratelimit-remaining"], left, "{name}");
        }
        let refused = call(&braze, "braze-rest-key", index).await;
        assert_eq!(refused.status(), 429, "{name}");
        assert!(!refused.headers().contains_key("retry-after"), "{name}");
        assert_eq!(refused.headers()["x-ratelimit-limit"], "2");
        let reset = refused.headers()["x-ratelimit-reset"].to_str().unwrap();
        let wait = reset.parse::<i64>().unwrap() * 1_000 - braze.clock().now_ms();
        let longest = match name {
            "users.track" => 3_000,
            "users.export.ids" | "subscription.status.set" => 60_000,
            _ => hour,
        };
        assert!((1..=longest).contains(&wait), "{name}: {wait}");
        assert!(wait > longest - 60_000, "{name}: {wait}");
    }
}
