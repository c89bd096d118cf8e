//! Facts that nobody has verified can be had either way, also over HTTP while the account runs.

use reqwest::Method;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Language, Mode, Zendesk};

use crate::common::{Api, both};
use crate::{with, zendesk};

async fn switches(zendesk: &Zendesk, method: Method, body: Value) -> (u16, Value) {
    let url = format!("{}/_sim/switches", zendesk.base_url());
    let client = crate::common::client();
    let request = client.request(method, url).body(body.to_string());
    both(request.send().await.unwrap()).await
}

#[tokio::test]
async fn switches_are_read_and_changed_while_the_account_runs() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let (status, before) = switches(&zendesk, Method::GET, Value::Null).await;
    assert_eq!(
        (status, &before["variants"]["merged_user"]),
        (200, &json!("not_found"))
    );
    let change = json!({"variants": {"user_search_ignores_case": false},
        "limits": {"comments_per_ticket": 1}});
    let (status, after) = switches(&zendesk, Method::PATCH, change).await;
    assert_eq!(
        (status, &after["limits"]["comments_per_ticket"]),
        (200, &json!(1))
    );
    let ticket = api.ticket("Ana").await;
    let (_, found) = api.get("/users/search?external_id=ana").await;
    assert_eq!(found["users"], json!([]));
    let comment = json!({"ticket": {"comment": {"body": "one too many"}}});
    assert_eq!(api.put(&format!("/tickets/{ticket}"), comment).await.0, 422);
}

#[tokio::test]
async fn a_wrong_switch_is_refused_by_its_name_and_changes_nothing() {
    let zendesk = zendesk().await;
    for (change, names) in [
        (
            json!({"variants": {"token_life": 1, "gravity": true}}),
            "variants.gravity",
        ),
        (
            json!({"variants": {"merged_user": "gone"}}),
            "variants.merged_user",
        ),
        (
            json!({"limits": {"updates_per_minute": -1}}),
            "limits.updates_per_minute",
        ),
        (json!({"weather": {"rain": 1}}), "weather.rain"),
    ] {
        let (status, body) = switches(&zendesk, Method::PATCH, change).await;
        assert_eq!(status, 400);
        let error = body["error"].as_str().unwrap();
        assert!(error.contains(names), "{error}");
    }
    let (_, now) = switches(&zendesk, Method::GET, Value::Null).await;
    assert_eq!(now["variants"]["token_life"], 1_800);
}

#[tokio::test]
async fn a_role_renders_in_the_accounts_language() {
    for (language, agent) in [
        (Language::English, "Agent"),
        (Language::Spanish, "Agente"),
        (Language::Japanese, "エージェント"),
    ] {
        let zendesk = with(|variants| variants.role_language = language).await;
        let reply = "http://127.0.0.1:9/r";
        zendesk.install_default_triggers(reply, "r", "http://127.0.0.1:9/s", "s");
        zendesk.webhook_delivery(Mode::Held);
        let ticket = Api::new(&zendesk).await.ticket("ana").await;
        zendesk
            .agent_comments(ticket, Comment::public("Hi"))
            .unwrap();
        let body: Value = serde_json::from_str(&zendesk.held_webhooks()[0].payload).unwrap();
        assert_eq!(body["author_role"], agent);
    }
}

#[tokio::test]
async fn scopes_may_open_less_and_a_refusal_may_say_less() {
    let zendesk = with(|variants| {
        variants.metrics_take_ticket_scopes = false;
        variants.uploads_take_ticket_scopes = false;
    })
    .await;
    let scope = json!("tickets:read tickets:write users:write");
    let api = Api::with_scope(&zendesk, scope).await;
    let ticket = api.ticket("ana").await;
    let metrics = format!("/tickets/{ticket}/metrics");
    let (status, body) = api.get(&metrics).await;
    assert_eq!(status, 403);
    let description = body["description"].as_str().unwrap();
    assert!(
        description.ends_with("required scopes: read"),
        "{description}"
    );
    assert_eq!(api.post("/uploads?filename=a.png", json!(1)).await.0, 403);
    zendesk.configure(|config| {
        config.variants.metrics_take_ticket_scopes = true;
        config.variants.uploads_take_ticket_scopes = true;
        config.variants.forbidden_names_scopes = false;
    });
    assert_eq!(api.get(&metrics).await.0, 200);
    assert_eq!(api.post("/uploads?filename=a.png", json!(1)).await.0, 201);
    let (status, body) = api.get(&format!("/tickets/{ticket}/audits")).await;
    assert_eq!(status, 403);
    assert!(!body["description"].as_str().unwrap().contains("scope"));
}
