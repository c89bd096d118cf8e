//! What Braze answers on the phone by itself, and which campaign a keyword starts.

use simulators::braze::{Campaign, Category, Condition, FuzzyOptOut, SMS_GROUP, Subscription};

use crate::common::Endpoint;
use crate::kit::{NUMBER, phone, texted};

#[tokio::test]
async fn help_stop_and_start_are_answered_on_the_phone() {
    let (braze, _endpoint) = texted().await;
    let state = || braze.user("u1").unwrap().subscription(SMS_GROUP);
    for (text, category, then) in [
        ("help", Category::Help, Subscription::Subscribed),
        (" Stop ", Category::OptOut, Subscription::Unsubscribed),
        ("INFO", Category::Help, Subscription::Unsubscribed),
        ("yes", Category::OptIn, Subscription::Subscribed),
    ] {
        let texted = braze.customer_texts("u1", text, &[]).await;
        assert_eq!((texted.category, state()), (category, then), "{text}");
        assert_eq!(texted.status, Some(200));
    }
    let answers = phone(&braze, NUMBER);
    let begins: Vec<&str> = answers.iter().filter_map(|a| a.get(..24)).collect();
    assert_eq!(begins[0], "(automatic) Reply STOP t");
    assert_eq!(begins[1], "(automatic) You have suc");
    assert_eq!(begins[2], begins[0]);
    assert!(answers[3].contains("re-subscribed"), "{answers:?}");
    assert!(braze.inbox("u1").is_empty(), "no campaign sent anything");
}

#[tokio::test]
async fn a_text_of_a_custom_keyword_is_always_answered() {
    let (braze, _endpoint) = texted().await;
    braze.customer_texts("u1", "support", &[]).await;
    braze.customer_texts("u1", "please support me", &[]).await;
    assert_eq!(phone(&braze, NUMBER).len(), 1);
    braze.set_condition("u1", Condition::Unsubscribed);
    braze.customer_texts("u1", "support", &[]).await;
    assert_eq!(
        phone(&braze, NUMBER).len(),
        1,
        "only those subscribed are answered"
    );
}

#[tokio::test]
async fn each_keyword_category_may_have_its_own_campaign() {
    let (braze, usual) = texted().await;
    let own = Endpoint::start(Vec::new()).await;
    braze
        .add_keywords("returns", &["RETURN", "REFUND"], "We will call you.")
        .unwrap();
    braze
        .add_keywords("promo", &["DEAL"], "Ten per cent off.")
        .unwrap();
    let mut campaign = Campaign::webhook("returns", "Returns", Category::Custom, &own.url, "{}");
    campaign.webhook.as_mut().unwrap().keyword_category = Some("returns".to_owned());
    braze.add_campaign(campaign);
    let text = braze.customer_texts("u1", "Refund", &[]).await;
    assert_eq!(
        (text.category, text.campaign_id.as_str()),
        (Category::Custom, "returns")
    );
    let deal = braze.customer_texts("u1", "deal", &[]).await;
    assert_eq!(
        (deal.status, deal.campaign_id.as_str()),
        (None, ""),
        "no campaign for it"
    );
    assert_eq!((own.received().len(), usual.received().len()), (1, 0));
    assert_eq!(phone(&braze, NUMBER).len(), 2);
    assert!(braze.add_keywords("x", &["RETURN"], "Taken.").is_err());
}

#[tokio::test]
async fn fuzzy_opt_out_answers_words_that_hold_a_keyword() {
    let (braze, endpoint) = texted().await;
    for (setting, answered, reached) in [
        (FuzzyOptOut::Off, 0, 1),
        (FuzzyOptOut::Answers, 1, 2),
        (FuzzyOptOut::Swallows, 2, 2),
    ] {
        braze.vary(|variants| variants.fuzzy_opt_out = setting);
        let text = braze
            .customer_texts("u1", "My order was cancelled", &[])
            .await;
        assert_eq!(text.category, Category::Other);
        assert_eq!(phone(&braze, NUMBER).len(), answered, "{setting:?}");
        assert_eq!(endpoint.received().len(), reached, "{setting:?}");
    }
    let state = braze.user("u1").unwrap().subscription(SMS_GROUP);
    assert_eq!(state, Subscription::Subscribed);
}
