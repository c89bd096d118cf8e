//! A workspace with one customer, and requests as a client writes them.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::braze::{BodyFormat, Braze, Campaign, Inbound, User, WorkspaceConfig};

use crate::common::{Endpoint, Script, both, client};

/// Longest wait for what is bound to happen.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Number of the customer `u1`.
pub const NUMBER: &str = "+33612345678";

/// A workspace that knows the customer `u1`; webhooks are repeated without waiting.
pub async fn braze() -> Braze {
    with(WorkspaceConfig {
        retry_wait_scale: 0.0,
        ..WorkspaceConfig::default()
    })
    .await
}

pub async fn with(config: WorkspaceConfig) -> Braze {
    let braze = Braze::start(config).await.unwrap();
    braze.add_campaign(Campaign::new("reply", "Agent's reply"));
    braze.add_user(User::new("u1", "Cleo", "O\"Neil", NUMBER));
    braze
}

/// The same, with an endpoint for the webhook campaigns.
pub async fn inbound(script: Script, format: BodyFormat) -> (Braze, Endpoint) {
    let braze = braze().await;
    let endpoint = Endpoint::start(script).await;
    braze.set_inbound(Inbound {
        format,
        ..Inbound::new(&endpoint.url, "inbound-token")
    });
    (braze, endpoint)
}

pub async fn texted() -> (Braze, Endpoint) {
    inbound(Vec::new(), BodyFormat::Contract).await
}

/// A send of one text to one user.
pub fn one(user: &str, text: &str) -> Value {
    json!({"campaign_id": "reply", "recipients": [{"external_user_id": user,
        "trigger_properties": {"msg_body": text},
        "attributes": {"zendesk_ticket": "7", "zendesk_ticket_open": true}}]})
}

pub fn request(braze: &Braze, path: &str, body: String) -> reqwest::RequestBuilder {
    client()
        .post(format!("{}{path}", braze.base_url()))
        .bearer_auth("braze-rest-key")
        .header("content-type", "application/json")
        .body(body)
}

pub async fn post(braze: &Braze, path: &str, body: Value) -> (u16, Value) {
    both(request(braze, path, body.to_string()).send().await.unwrap()).await
}

pub async fn send(braze: &Braze, body: Value) -> (u16, Value) {
    post(braze, "/campaigns/trigger/send", body).await
}

/// The texts a number got, with a mark at Braze's own answers.
pub fn phone(braze: &Braze, number: &str) -> Vec<String> {
    let shown = braze
        .phone(number)
        .into_iter()
        .map(|sms| match sms.automatic {
            true => format!("(automatic) {}", sms.body),
            false => sms.body,
        });
    shown.collect()
}

pub async fn get(braze: &Braze, path: &str) -> (u16, Value) {
    let request = client()
        .get(format!("{}{path}", braze.base_url()))
        .bearer_auth("braze-rest-key");
    both(request.send().await.unwrap()).await
}
