//! What becomes of a customer's text.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use simulators::braze::{BodyFormat, Category, MediaStyle, User};

use crate::kit::{inbound, texted};

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
async fn several_pictures_may_be_rendered_in_four_ways() {
    let (braze, endpoint) = texted().await;
    let media = ["a".to_owned(), "b".to_owned()];
    let styles = [
        (MediaStyle::Commas, "a,b"),
        (MediaStyle::Spaces, "a b"),
        (MediaStyle::Lines, "a\nb"),
        (MediaStyle::JsonArray, "[\"a\",\"b\"]"),
    ];
    for (at, (style, shown)) in styles.into_iter().enumerate() {
        braze.vary(|variants| variants.media_style = style);
        braze.customer_texts("u1", "", &media).await;
        assert_eq!(endpoint.received()[at].json()["media_urls"], shown);
    }
}

#[tokio::test]
async fn a_long_text_may_be_cut_on_its_way_to_the_webhook() {
    let (braze, endpoint) = texted().await;
    let long = "é".repeat(300);
    braze.customer_texts("u1", &long, &[]).await;
    braze.vary(|variants| variants.inbound_cut = Some(256));
    braze.customer_texts("u1", &long, &[]).await;
    let received = endpoint.received();
    assert_eq!(received[0].json()["message"], long.as_str());
    assert_eq!(received[1].json()["message"], "é".repeat(256).as_str());
}

#[tokio::test]
async fn dispatch_ids_are_one_per_message_or_one_per_user_and_campaign() {
    let (braze, endpoint) = texted().await;
    braze.add_user(User::new("u2", "", "", "+33600000002"));
    let ids = async |texts: &[(&str, &str)]| {
        let before = endpoint.received().len();
        for (user, text) in texts {
            braze.customer_texts(user, text, &[]).await;
        }
        let received = endpoint.received().into_iter().skip(before);
        let ids = received.map(|one| one.json()["dispatch_id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<String>>()
    };
    let texts = [("u1", "a"), ("u1", "b"), ("u1", "SUPPORT"), ("u2", "a")];
    let distinct = |ids: &[String]| ids.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(distinct(&ids(&texts).await), 4);
    braze.vary(|variants| variants.dispatch_id_per_user_and_campaign = true);
    let repeated = ids(&texts).await;
    assert_eq!(repeated[0], repeated[1]);
    assert_eq!(distinct(&repeated), 3);
}

#[tokio::test]
async fn a_retry_may_carry_another_dispatch_id() {
    let (braze, endpoint) = inbound(vec![(500, None)], BodyFormat::Contract).await;
    braze.vary(|variants| variants.dispatch_id_per_attempt = true);
    braze.customer_texts("u1", "x", &[]).await;
    let bodies: Vec<Value> = endpoint.received().iter().map(|got| got.json()).collect();
    assert_ne!(bodies[0]["dispatch_id"], bodies[1]["dispatch_id"]);
    assert_eq!(bodies[0]["message"], bodies[1]["message"]);
}
