//! Messages that the API accepts and that Braze withholds without a word.

use std::time::Duration;

use serde_json::json;
use simulators::braze::{
    Campaign, Category, Condition, FrequencyCap, QuietHours, Rules, SMS_GROUP, Subscription,
    Suppressed, User,
};

use crate::kit::{PATIENCE, braze, one, phone, post, send, texted};

const NUMBER: &str = "+33612345678";

#[tokio::test]
async fn a_condition_that_withholds_answers_success_and_delivers_nothing() {
    let braze = braze().await;
    for (condition, why) in [
        (Condition::Unsubscribed, Suppressed::Unsubscribed),
        (Condition::Unknown, Suppressed::NeverSubscribed),
        (Condition::ControlGroup, Suppressed::ControlGroup),
        (Condition::SuppressionList, Suppressed::SuppressionList),
        (Condition::Capped, Suppressed::FrequencyCapped),
        (Condition::Deactivated, Suppressed::InvalidNumber),
    ] {
        braze.set_condition("u1", condition);
        assert_eq!(braze.condition("u1"), Some(condition));
        let (status, body) = send(&braze, one("u1", "x")).await;
        assert_eq!((status, &body["message"]), (201, &json!("success")));
        assert_eq!(braze.sends().pop().unwrap().suppressed, Some(why));
    }
    assert_eq!(phone(&braze, NUMBER), [""; 0]);
    braze.set_condition("u1", Condition::Subscribed);
    send(&braze, one("u1", "at last")).await;
    assert_eq!(phone(&braze, NUMBER), ["at last"]);
}

#[tokio::test]
async fn a_user_the_api_made_is_in_no_subscription_group() {
    let braze = braze().await;
    let new = json!({"external_id": "new", "phone": "+15550100002"});
    post(&braze, "/users/track", json!({"attributes": [new]})).await;
    send(&braze, one("new", "x")).await;
    let why = braze.sends()[0].suppressed;
    assert_eq!(why, Some(Suppressed::NeverSubscribed));
    let group = json!({"subscription_group_id": SMS_GROUP, "subscription_state": "subscribed"});
    let attributes = json!({"external_id": "new", "subscription_groups": [group]});
    post(&braze, "/users/track", json!({"attributes": [attributes]})).await;
    send(&braze, one("new", "y")).await;
    assert_eq!(phone(&braze, "+15550100002"), ["y"]);
}

#[tokio::test]
async fn a_subscription_counts_for_its_own_group_only() {
    let braze = braze().await;
    braze.set_subscription("u1", "another-group", Subscription::Unsubscribed);
    send(&braze, one("u1", "x")).await;
    assert_eq!(braze.inbox("u1").len(), 1);
    braze.add_campaign(Campaign {
        subscription_group_id: "another-group".to_owned(),
        ..Campaign::new("reply", "n")
    });
    send(&braze, one("u1", "y")).await;
    assert_eq!(braze.inbox("u1").len(), 1);
}

#[tokio::test]
async fn texts_of_the_control_group_and_of_the_capped_reach_no_webhook() {
    let (braze, endpoint) = texted().await;
    for (condition, why) in [
        (Condition::ControlGroup, Suppressed::ControlGroup),
        (Condition::SuppressionList, Suppressed::SuppressionList),
        (Condition::Capped, Suppressed::FrequencyCapped),
    ] {
        braze.set_condition("u1", condition);
        let text = braze.customer_texts("u1", "hello", &[]).await;
        assert_eq!((text.category, text.withheld), (Category::Other, Some(why)));
        assert_eq!((text.status, text.payload.as_str()), (None, ""));
    }
    assert!(endpoint.received().is_empty());
    // A webhook needs no subscription.
    braze.set_condition("u1", Condition::Unsubscribed);
    let text = braze.customer_texts("u1", "hello", &[]).await;
    assert_eq!(text.status, Some(200));
}

#[tokio::test]
async fn a_tag_excludes_a_campaign_from_control_group_and_suppression_lists() {
    let braze = braze().await;
    braze.set_rules(Rules {
        exclusion_tags: vec!["support".to_owned()],
        ..Rules::default()
    });
    braze.add_campaign(Campaign {
        tags: vec!["support".to_owned()],
        ..Campaign::new("reply", "n")
    });
    for condition in [Condition::ControlGroup, Condition::SuppressionList] {
        braze.set_condition("u1", condition);
        send(&braze, one("u1", "x")).await;
    }
    assert_eq!(braze.inbox("u1").len(), 2);
}

#[tokio::test]
async fn a_campaign_that_is_not_live_sends_nothing_or_is_refused() {
    let braze = braze().await;
    let new = || Campaign::new("reply", "n");
    for campaign in [
        Campaign {
            draft: true,
            ..new()
        },
        Campaign {
            enabled: false,
            ..new()
        },
        Campaign {
            archived: true,
            ..new()
        },
    ] {
        braze.add_campaign(campaign);
        assert_eq!(send(&braze, one("u1", "x")).await.0, 201);
        braze.vary(|variants| variants.stopped_campaigns_refuse = true);
        assert_eq!(send(&braze, one("u1", "x")).await.0, 400);
        braze.vary(|variants| variants.stopped_campaigns_refuse = false);
    }
    assert!(braze.inbox("u1").is_empty());
}

#[tokio::test]
async fn who_had_a_campaign_gets_it_again_after_its_wait() {
    let braze = braze().await;
    braze.add_campaign(Campaign {
        re_eligible_minutes: Some(60),
        ..Campaign::new("reply", "n")
    });
    for text in ["first", "too early"] {
        send(&braze, one("u1", text)).await;
    }
    braze.clock().advance(Duration::from_secs(3_600));
    send(&braze, one("u1", "again")).await;
    assert_eq!(phone(&braze, NUMBER), ["first", "again"]);
}

#[tokio::test]
async fn a_frequency_cap_counts_sms_and_webhooks_of_all_capped_campaigns() {
    let (braze, endpoint) = texted().await;
    let cap = FrequencyCap {
        messages: 2,
        minutes: 60,
    };
    braze.set_rules(Rules {
        frequency_cap: Some(cap),
        ..Rules::default()
    });
    braze.customer_texts("u1", "one", &[]).await;
    send(&braze, one("u1", "two")).await;
    send(&braze, one("u1", "three")).await;
    let why = braze.sends()[1].suppressed;
    assert_eq!(why, Some(Suppressed::FrequencyCapped));
    assert_eq!(braze.customer_texts("u1", "four", &[]).await.status, None);
    braze.add_campaign(Campaign {
        frequency_capped: false,
        ..Campaign::new("free", "n")
    });
    let mut free = one("u1", "five");
    free["campaign_id"] = json!("free");
    send(&braze, free).await;
    braze.clock().advance(Duration::from_secs(3_600));
    send(&braze, one("u1", "six")).await;
    assert_eq!(phone(&braze, NUMBER), ["two", "five", "six"]);
    assert_eq!(endpoint.received().len(), 1);
}

#[tokio::test]
async fn quiet_hours_hold_messages_until_they_end() {
    let (braze, endpoint) = texted().await;
    let minute = u32::try_from(braze.clock().now_ms() / 60_000 % 1_440).unwrap();
    braze.set_rules(Rules {
        quiet_hours: Some(QuietHours {
            from: minute,
            until: (minute + 120) % 1_440,
        }),
        ..Rules::default()
    });
    send(&braze, one("u1", "held")).await;
    let texting = braze.clone();
    let text = tokio::spawn(async move { texting.customer_texts("u1", "held, too", &[]).await });
    let under_way = |state: &simulators::braze::WorkspaceState| state.texting.len() == 1;
    assert!(braze.wait_until(PATIENCE, under_way).await);
    braze.clock().advance(Duration::from_secs(60 * 60));
    assert!(braze.inbox("u1").is_empty() && endpoint.received().is_empty());
    // Whether the clock is moved on, or all that is stored is made older, is the same thing.
    braze.age(Duration::from_secs(60 * 60)).unwrap();
    let arrived = |state: &simulators::braze::WorkspaceState| state.phones.len() == 1;
    assert!(braze.wait_until(PATIENCE, arrived).await);
    assert_eq!(text.await.unwrap().status, Some(200));
    assert_eq!(braze.sends()[0].suppressed, None);
    // A campaign may be set not to heed them.
    braze.add_campaign(Campaign {
        heeds_quiet_hours: false,
        ..Campaign::new("reply", "n")
    });
    send(&braze, one("u1", "at once")).await;
    assert_eq!(phone(&braze, NUMBER), ["held", "at once"]);
}

#[tokio::test]
async fn nobody_is_made_where_only_existing_users_are_meant() {
    let braze = braze().await;
    braze.add_user(User::new("other", "", "", ""));
    send(&braze, one("stranger", "x")).await;
    assert!(braze.user("stranger").is_none());
    let mut body = one("stranger", "x");
    body["recipients"][0]["send_to_existing_only"] = json!(false);
    send(&braze, body.clone()).await;
    let made = braze.user("stranger").unwrap();
    assert_eq!(made.attributes["zendesk_ticket"], "7");
    body["recipients"][0]
        .as_object_mut()
        .unwrap()
        .remove("attributes");
    assert_eq!(send(&braze, body).await.0, 400);
}
