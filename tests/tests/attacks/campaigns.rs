//! Campaigns a body may name: all without a list, the listed and the configured ones with it.

use local::Options;
use local::Stack;
use simulators::braze::Campaign;

use crate::kit::{
    AGENT_SAYS, AGENT_SAYS_AS_IN_THE_GUIDE, AGENT_SOLVES, Post, assert_dead_letter, inbox, with,
};

async fn listing(campaigns: Option<&str>) -> Stack {
    let mut options = Options::default();
    let campaigns = campaigns.map(str::to_owned);
    options
        .variables
        .insert("ALLOWED_CAMPAIGN_IDS".to_owned(), campaigns);
    let stack = with(options).await;
    for id in ["promo", "other"] {
        stack.braze.add_campaign(Campaign::new(id, id));
    }
    stack
}

fn naming(campaign: &str, body: &str) -> String {
    body.replacen('{', &format!("{{\"campaign_id\":\"{campaign}\","), 1)
}

fn used(stack: &Stack) -> Vec<String> {
    let sends = stack.braze.calls();
    let id = |call: &simulators::Call| call.body["campaign_id"].as_str().unwrap_or("").to_owned();
    sends.iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_list_a_signed_body_may_name_its_campaign() {
    let stack = listing(None).await;
    let answer = Post::reply(naming("other", AGENT_SAYS)).send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_eq!(used(&stack), ["other"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_list_another_campaign_is_refused_by_name() {
    let stack = listing(Some("promo")).await;
    let guide = AGENT_SAYS_AS_IN_THE_GUIDE.replace("reply-campaign", "other");
    for post in [
        Post::reply(naming("other", AGENT_SAYS)),
        Post::reply(naming("PROMO", AGENT_SAYS)),
        Post::reply(guide),
        Post::solved(naming("other", AGENT_SOLVES)),
    ] {
        let detail = assert_dead_letter(&stack, &post, "not listed").await;
        assert_eq!(detail, "campaign_id is not one of the configured campaigns");
    }
    assert!(inbox(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_list_the_listed_and_the_configured_campaigns_are_used() {
    let stack = listing(Some("promo, spare")).await;
    for (id, campaign) in [("901", "promo"), ("902", "reply-campaign"), ("903", "")] {
        let body = naming(campaign, AGENT_SAYS).replace("901", id);
        let answer = Post::reply(body).send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{campaign}: {answer:?}");
    }
    assert_eq!(used(&stack), ["promo", "reply-campaign", "reply-campaign"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_id_that_is_none_never_reaches_braze() {
    let stack = listing(None).await;
    for campaign in [
        "../../users/delete",
        "a b",
        "x?y=z",
        "x#y",
        "{{campaign}}",
        "x\\r\\ny",
    ] {
        let post = Post::reply(naming(campaign, AGENT_SAYS));
        let detail = assert_dead_letter(&stack, &post, campaign).await;
        assert!(detail.starts_with("campaign_id "), "{campaign}: {detail}");
    }
}
