//! The simulated vendors refuse what the real ones refuse an administrator's program.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Api, client, json_of};
use reqwest::Method;
use serde_json::{Value, json};
use simulators::braze::{self, Braze, Campaign};
use simulators::zendesk::{AccountConfig, Role, Zendesk};

fn webhook() -> Value {
    json!({"webhook": {"name": "W", "description": "d", "endpoint": "https://example.com/x",
        "http_method": "POST", "request_format": "json", "status": "active",
        "subscriptions": ["conditional_ticket_events"]}})
}

fn trigger(webhook: &str, action: &str) -> Value {
    json!({"trigger": {"title": "T", "description": "d",
        "conditions": {"all": [{"field": "status", "operator": "value", "value": "solved"}]},
        "actions": [{"field": "notification_webhook", "value": [webhook, "{}"]},
            {"field": action, "value": "x"}]}})
}

async fn made(api: &Api, path: &str, body: Value, name: &str) -> String {
    let (status, answer) = api.post(path, body).await;
    assert_eq!(status, 201, "{answer}");
    let id = &answer[name]["id"];
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

#[tokio::test]
async fn a_webhook_in_use_stays_and_so_does_a_category_with_triggers() {
    let zendesk = Zendesk::start(AccountConfig::default()).await.unwrap();
    let api = Api::new(&zendesk).await;
    let hook = made(&api, "/webhooks", webhook(), "webhook").await;
    let category = json!({"trigger_category": {"name": "C"}});
    let category = made(&api, "/trigger_categories", category, "trigger_category").await;
    let mut body = trigger(&hook, "remove_tags");
    body["trigger"]["category_id"] = json!(category);
    let made = made(&api, "/triggers", body, "trigger").await;
    let delete = async |path: String| {
        let request = api.request(Method::DELETE, &path);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(delete(format!("/webhooks/{hook}")).await, 422);
    assert_eq!(delete(format!("/trigger_categories/{category}")).await, 422);
    assert_eq!(delete(format!("/triggers/{made}")).await, 204);
    assert_eq!(delete(format!("/webhooks/{hook}")).await, 204);
    assert_eq!(delete(format!("/trigger_categories/{category}")).await, 204);
    assert_eq!(delete(format!("/trigger_categories/{category}")).await, 404);
}

#[tokio::test]
async fn wrong_words_are_refused_and_unknown_keys_told_in_a_header() {
    let zendesk = Zendesk::start(AccountConfig::default()).await.unwrap();
    let api = Api::new(&zendesk).await;
    let mut wrong = webhook();
    wrong["webhook"]["http_method"] = json!("SEND");
    assert_eq!(api.post("/webhooks", wrong).await.0, 422);
    let hook = made(&api, "/webhooks", webhook(), "webhook").await;
    let unknown = trigger(&hook, "explode");
    assert_eq!(api.post("/triggers", unknown).await.0, 422);
    for key in ["no spaces", "123"] {
        let field = json!({"user_field": {"type": "text", "title": "T", "key": key}});
        assert_eq!(api.post("/user_fields", field).await.0, 422, "{key}");
    }
    let field = json!({"user_field": {"type": "text", "title": "T", "key": "k", "wings": 2}});
    let answer = api.send(Method::POST, "/user_fields", field).await;
    let warning = answer.headers()["x-zendesk-api-warn"].to_str().unwrap();
    assert!(warning.contains("wings"), "{warning}");
    let change = json!({"webhook": {"endpoint": "https://example.com/y", "http_method": "PUT"}});
    let path = format!("/webhooks/{hook}");
    let answer = api.send(Method::PATCH, &path, change).await;
    assert_eq!(answer.status(), 204);
    let (_, shown) = api.get(&path).await;
    assert_eq!(shown["webhook"]["endpoint"], "https://example.com/y");
    assert_eq!(shown["webhook"]["http_method"], "PUT");
    assert_eq!(shown["webhook"]["description"], "d");
}

#[tokio::test]
async fn an_agents_client_may_not_set_anything_up() {
    let zendesk = Zendesk::start(AccountConfig::default()).await.unwrap();
    let api = Api::new(&zendesk).await;
    zendesk.set_api_role(Role::Agent);
    assert_eq!(api.get("/webhooks").await.0, 403);
    assert_eq!(api.post("/webhooks", webhook()).await.0, 403);
    assert_eq!(api.get("/triggers").await.0, 200);
    assert_eq!(api.post("/triggers", trigger("x", "status")).await.0, 403);
    assert_eq!(api.get("/users/me").await.1["user"]["role"], "agent");
}

#[tokio::test]
async fn a_client_may_ask_only_for_the_scopes_it_was_allowed() {
    let zendesk = Zendesk::start(AccountConfig::default()).await.unwrap();
    zendesk.allow_scopes(Some(&["tickets:read"]));
    let ask = async |scope: &str| {
        let body = json!({"grant_type": "client_credentials", "client_id": "braze-bridge",
            "client_secret": "zendesk-oauth-secret", "scope": scope});
        let request = client()
            .post(format!("{}/oauth/tokens", zendesk.base_url()))
            .header("content-type", "application/json");
        request.body(body.to_string()).send().await.unwrap()
    };
    assert_eq!(ask("tickets:read").await.status(), 200);
    let refused = ask("tickets:read tickets:write").await;
    assert_eq!(refused.status(), 400);
    assert_eq!(json_of(refused).await["error"], "invalid_scope");
}

#[tokio::test]
async fn braze_tells_of_a_campaign_to_keys_that_may_ask() {
    let braze = Braze::start(braze::WorkspaceConfig::default())
        .await
        .unwrap();
    braze.add_campaign(Campaign {
        draft: true,
        ..Campaign::new("c", "Replies")
    });
    let ask = async |id: &str| {
        let url = format!("{}/campaigns/details?campaign_id={id}", braze.base_url());
        let request = client().get(url).bearer_auth("braze-rest-key");
        common::both(request.send().await.unwrap()).await
    };
    let (status, told) = ask("c").await;
    assert_eq!((status, &told["draft"]), (200, &json!(true)));
    assert_eq!(told["channels"], json!(["sms"]));
    assert_eq!(ask("other").await.0, 400);
    braze.set_permissions(Some(&["campaigns.trigger.send"]));
    assert_eq!(ask("c").await.0, 401);
}
