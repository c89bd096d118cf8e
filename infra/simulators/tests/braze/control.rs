//! The control surface.

use serde_json::{Value, json};
use simulators::braze::WorkspaceConfig;

use crate::common::{both, client};
use crate::kit::{one, send, texted, with};

#[tokio::test]
async fn the_control_surface_sends_texts_and_shows_the_inbox() {
    let (braze, _endpoint) = texted().await;
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
    let other = with(WorkspaceConfig::default()).await;
    other.restore(snapshot.clone()).unwrap();
    assert_eq!(other.snapshot(), snapshot);
}

#[tokio::test]
async fn switches_and_conditions_are_set_over_http() {
    let (braze, _endpoint) = texted().await;
    let base = format!("{}/_sim", braze.base_url());
    let put = async |path: &str, body: Value| {
        let request = client()
            .put(format!("{base}/{path}"))
            .body(body.to_string());
        both(request.send().await.unwrap()).await
    };
    let (status, all) = put("variants", json!({"inbound_cut": 256})).await;
    assert_eq!((status, &all["inbound_cut"]), (200, &json!(256)));
    assert_eq!(all["media_style"], "commas", "the others stay as they are");
    let (status, wrong) = put("variants", json!({"inbound_cutt": 1})).await;
    assert_eq!(status, 400);
    assert!(wrong["error"].as_str().unwrap().contains("inbound_cutt"));
    let (status, _) = put("users/u1/condition", json!("landline")).await;
    assert_eq!(status, 204);
    send(&braze, one("u1", "x")).await;
    assert_eq!(braze.sends()[0].failed.as_deref(), Some("30006"));
    assert_eq!(put("users/u1/condition", json!("gone")).await.0, 400);
    assert_eq!(put("users/none/condition", json!("capped")).await.0, 404);
}
