//! `subscription/status/get` and `set`.

use serde_json::json;
use simulators::braze::{Group, SMS_GROUP, Subscription, User};

use crate::kit::{NUMBER, braze, get, one, post, send, texted};

const SET: &str = "/subscription/status/set";

fn status(group: &str, rest: &str) -> String {
    format!("/subscription/status/get?subscription_group_id={group}&{rest}")
}

#[tokio::test]
async fn a_state_is_told_by_external_id_and_by_phone() {
    let braze = braze().await;
    let by_id = status(SMS_GROUP, "external_id=u1");
    for state in [
        Subscription::Unsubscribed,
        Subscription::Unknown,
        Subscription::Subscribed,
    ] {
        braze.set_subscription("u1", SMS_GROUP, state);
        let told = json!({"status": {"u1": state.word()}, "message": "success"});
        assert_eq!(get(&braze, &by_id).await, (200, told.clone()));
        for number in ["%2B33612345678", "+33612345678", "33612345678"] {
            let by_phone = status(SMS_GROUP, &format!("phone={number}"));
            assert_eq!(
                get(&braze, &by_phone).await,
                (200, told.clone()),
                "{number}"
            );
        }
    }
    let several = status(SMS_GROUP, "external_id[]=u1&external_id[]=none");
    let (_, told) = get(&braze, &several).await;
    assert_eq!(
        told["status"],
        json!({"u1": "Subscribed", "none": "Unknown"})
    );
    braze.vary(|variants| variants.status_names_phone = true);
    let (_, told) = get(&braze, &status(SMS_GROUP, "phone=33612345678")).await;
    assert_eq!(told["status"], json!({NUMBER: "Subscribed"}));
}

#[tokio::test]
async fn an_anonymous_profile_is_told_by_its_number() {
    let (braze, _endpoint) = texted().await;
    braze.customer_texts("+15550100077", "START", &[]).await;
    let (_, told) = get(&braze, &status(SMS_GROUP, "phone=%2B15550100077")).await;
    assert_eq!(told["status"], json!({"+15550100077": "Subscribed"}));
}

#[tokio::test]
async fn a_state_of_another_group_is_unknown_and_an_unknown_group_is_refused() {
    let braze = braze().await;
    let group = Group {
        name: "Offers".to_owned(),
        number: "+18335550199".to_owned(),
    };
    braze.add_group("offers", group);
    let (_, told) = get(&braze, &status("offers", "external_id=u1")).await;
    assert_eq!(told["status"]["u1"], "Unknown");
    for refused in [
        status("none", "external_id=u1"),
        status(SMS_GROUP, ""),
        status(SMS_GROUP, "phone=1&email=a@b.c"),
        status(SMS_GROUP, &"external_id[]=x&".repeat(51)),
    ] {
        assert_eq!(get(&braze, &refused).await.0, 400, "{refused}");
    }
}

#[tokio::test]
async fn a_state_is_set_by_external_id_and_for_everyone_with_a_number() {
    let braze = braze().await;
    braze.add_user(User::new("u2", "", "", NUMBER));
    let state = |id: &str| braze.user(id).unwrap().subscription(SMS_GROUP);
    let set = async |state: &str, rest: (&str, serde_json::Value)| {
        let mut body = json!({"subscription_group_id": SMS_GROUP, "subscription_state": state});
        body[rest.0] = rest.1;
        post(&braze, SET, body).await
    };
    let done = (201, json!({"message": "success"}));
    let only = ("external_id", json!(["u1"]));
    assert_eq!(set("unsubscribed", only).await, done);
    assert_eq!(state("u1"), Subscription::Unsubscribed);
    assert_eq!(state("u2"), Subscription::Subscribed);
    send(&braze, one("u1", "x")).await;
    assert!(braze.inbox("u1").is_empty());
    assert_eq!(set("unsubscribed", ("phone", json!(NUMBER))).await, done);
    assert_eq!(state("u2"), Subscription::Unsubscribed);
    assert_eq!(set("subscribed", ("phone", json!([NUMBER]))).await, done);
    assert_eq!(
        (state("u1"), state("u2")),
        (Subscription::Subscribed, Subscription::Subscribed)
    );
    for (state, rest) in [
        ("Unsubscribed", ("external_id", json!("u1"))),
        ("unsubscribed", ("external_id", json!([1]))),
        ("unsubscribed", ("nothing", json!(""))),
        ("unsubscribed", ("external_id", json!(vec!["x"; 51]))),
    ] {
        assert_eq!(set(state, rest).await.0, 400);
    }
    let both = json!({"subscription_group_id": SMS_GROUP, "subscription_state": "subscribed",
        "email": "a@b.c", "phone": NUMBER});
    let (refused, told) = post(&braze, SET, both).await;
    assert_eq!(refused, 400);
    assert!(told["message"].as_str().unwrap().contains("but not both"));
}
