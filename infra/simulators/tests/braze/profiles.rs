//! Anonymous profiles, aliases, and several profiles with one number.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::braze::{Alias, Category, SMS_GROUP, SharedNumber, Subscription, Suppressed, User};

use crate::kit::{one, phone, send, texted};

const STRANGER: &str = "+15550100077";

fn by_alias(existing_only: Value) -> Value {
    json!({"campaign_id": "reply", "recipients": [{
        "user_alias": {"alias_name": STRANGER, "alias_label": "phone"},
        "send_to_existing_only": existing_only,
        "trigger_properties": {"msg_body": "Hello"}, "attributes": {"zendesk_ticket": "7"}}]})
}

#[tokio::test]
async fn start_from_an_unknown_number_makes_an_anonymous_profile() {
    let (braze, endpoint) = texted().await;
    let ignored = braze.customer_texts(STRANGER, "Hello?", &[]).await;
    assert_eq!(ignored.category, Category::UnknownUser);
    assert!(braze.user(STRANGER).is_none() && endpoint.received().is_empty());
    let start = braze.customer_texts(STRANGER, "START", &[]).await;
    assert_eq!(start.category, Category::OptIn);
    let profile = braze.user(STRANGER).unwrap();
    assert_eq!(
        (profile.external_id.as_str(), profile.phone.as_str()),
        ("", STRANGER)
    );
    assert_eq!(profile.subscription(SMS_GROUP), Subscription::Subscribed);
    braze.customer_texts(STRANGER, "Now it works", &[]).await;
    let body = endpoint.received().last().unwrap().json();
    assert_eq!(body["external_user_id"], "");
    assert_eq!(
        (&body["phone"], &body["message"]),
        (&json!(STRANGER), &json!("Now it works"))
    );
    let stop = braze.customer_texts("+15550100078", "STOP", &[]).await;
    assert_eq!(stop.category, Category::OptOut);
    let out = braze.user("+15550100078").unwrap();
    assert_eq!(out.subscription(SMS_GROUP), Subscription::Unsubscribed);
}

#[tokio::test]
async fn an_anonymous_profile_is_addressed_by_its_alias() {
    let (braze, _endpoint) = texted().await;
    braze.customer_texts(STRANGER, "START", &[]).await;
    for refused in [json!(true), Value::Null] {
        assert_eq!(send(&braze, by_alias(refused)).await.0, 400);
    }
    assert_eq!(send(&braze, by_alias(json!(false))).await.0, 201);
    let profile = braze.user(STRANGER).unwrap();
    assert_eq!(profile.attributes["zendesk_ticket"], "7");
    assert_eq!(braze.inbox(STRANGER)[0].body, "Hello");
    let mut both = by_alias(json!(false));
    both["recipients"][0]["external_user_id"] = json!("u1");
    assert_eq!(send(&braze, both).await.0, 400, "one name, not two");
}

#[tokio::test]
async fn an_alias_that_no_profile_has_makes_one_without_a_phone() {
    let (braze, _endpoint) = texted().await;
    assert_eq!(send(&braze, by_alias(json!(false))).await.0, 201);
    assert_eq!(braze.sends()[0].suppressed, Some(Suppressed::NoPhone));
}

#[tokio::test]
async fn a_profile_keeps_its_braze_id_when_it_gets_an_external_id() {
    let (braze, endpoint) = texted().await;
    braze.customer_texts(STRANGER, "START", &[]).await;
    let before = braze.user(STRANGER).unwrap().braze_id;
    let alias = Alias {
        alias_name: STRANGER.to_owned(),
        alias_label: "phone".to_owned(),
    };
    braze.identify(&alias, "eve");
    assert_eq!(braze.user("eve").unwrap().braze_id, before);
    braze.customer_texts(STRANGER, "It is me", &[]).await;
    let body = endpoint.received().last().unwrap().json();
    assert_eq!(body["external_user_id"], "eve");
    assert_eq!(send(&braze, by_alias(json!(false))).await.0, 201);
    send(&braze, one("eve", "By id")).await;
    let texts: Vec<String> = braze.inbox("eve").into_iter().map(|sms| sms.body).collect();
    assert_eq!(texts, ["Hello", "By id"]);
}

#[tokio::test]
async fn an_alias_identified_as_a_known_user_moves_there() {
    let (braze, _endpoint) = texted().await;
    braze.add_user(User {
        phone: String::new(),
        ..User::known_by("eve")
    });
    let known = braze.user("eve").unwrap().braze_id;
    braze.customer_texts(STRANGER, "START", &[]).await;
    let alias = braze.user(STRANGER).unwrap().aliases.remove(0);
    braze.identify(&alias, "eve");
    let eve = braze.user("eve").unwrap();
    assert_eq!((eve.braze_id, eve.phone.as_str()), (known, STRANGER));
    assert_eq!(eve.aliases, [alias]);
    assert_eq!(braze.users().len(), 2, "the anonymous profile is gone");
}

#[tokio::test]
async fn a_shared_number_belongs_to_whom_braze_texted_last() {
    let (braze, endpoint) = texted().await;
    for id in ["ann", "ben"] {
        braze.add_user(User::new(id, "", "", STRANGER));
    }
    let texts = async |who: &str| {
        braze.customer_texts(who, "Hello", &[]).await;
        let body = endpoint.received().last().unwrap().json();
        body["external_user_id"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        texts("ben").await,
        "ben",
        "chance falls on whom the test names"
    );
    let number = "+1 (555) 010-0077";
    assert_eq!(texts(number).await, "ann");
    braze.vary(|variants| variants.shared_number = SharedNumber::Newest);
    assert_eq!(texts(number).await, "ben");
    send(&braze, one("ann", "Hi")).await;
    assert_eq!(texts("ben").await, "ann");
    braze.clock().advance(Duration::from_secs(7 * 24 * 60 * 60));
    assert_eq!(texts("ben").await, "ben");
    assert_eq!(phone(&braze, STRANGER), ["Hi"]);
}

#[tokio::test]
async fn a_keyword_of_a_shared_number_counts_for_all_its_profiles() {
    let (braze, _endpoint) = texted().await;
    for id in ["ann", "ben"] {
        braze.add_user(User::new(id, "", "", STRANGER));
    }
    braze.vary(|variants| variants.shared_number = SharedNumber::Newest);
    braze.customer_texts("ann", "STOP", &[]).await;
    for id in ["ann", "ben"] {
        let state = braze.user(id).unwrap().subscription(SMS_GROUP);
        assert_eq!(state, Subscription::Unsubscribed, "{id}");
    }
}
