//! The limits: each has its own window and its own 429.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use simulators::zendesk::{
    AccountConfig, AccountLimits, AccountVariants, Comment, DeskError, LimitHeaders, Zendesk,
};

use crate::common::Api;

async fn limited(limits: AccountLimits, headers: LimitHeaders) -> Zendesk {
    let variants = AccountVariants {
        limit_headers: headers,
        ..AccountVariants::default()
    };
    let config = AccountConfig {
        limits,
        variants,
        ..AccountConfig::default()
    };
    Zendesk::start(config).await.unwrap()
}

async fn append(api: &Api, ticket: u64) -> Response {
    let body = json!({"ticket": {"comment": {"body": "x"}}});
    api.send(Method::PUT, &format!("/tickets/{ticket}"), body)
        .await
}

fn header(answer: &Response, name: &str) -> Option<String> {
    let value = answer.headers().get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn agents_saves_and_the_apis_updates_share_the_accounts_updates_a_minute() {
    let limits = AccountLimits {
        updates_per_minute: 5,
        ..AccountLimits::default()
    };
    let zendesk = limited(limits, LimitHeaders::Account).await;
    let api = Api::new(&zendesk).await;
    let (one, two) = (api.ticket("a").await, api.ticket("b").await);
    for ticket in [one, two, one] {
        assert_eq!(append(&api, ticket).await.status(), 200);
    }
    zendesk.agent_comments(one, Comment::note("n")).unwrap();
    zendesk.add_tags(two, &["vip"]).unwrap();
    let refused = append(&api, two).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = header(&refused, "retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Another limit was met than the account's requests: of those there are plenty left.
    let left = header(&refused, "x-rate-limit-remaining").unwrap();
    assert!(left.parse::<u32>().unwrap() > 1_000);
    assert_eq!(header(&refused, "zendesk-ratelimit-tickets-update"), None);
    let saved = zendesk.agent_comments(one, Comment::note("n"));
    assert!(
        matches!(saved, Err(DeskError::Limited(1..=60))),
        "{saved:?}"
    );
    // Tags and new tickets: the first are updates, the second are not.
    let tags = json!({"tags": ["a"]});
    assert_eq!(api.put(&format!("/tickets/{one}/tags"), tags).await.0, 429);
    api.ticket("c").await;
    assert_eq!(api.get(&format!("/tickets/{one}")).await.0, 200);
    zendesk.clock().advance(Duration::from_secs(60));
    assert_eq!(append(&api, two).await.status(), 200);
}

#[tokio::test]
async fn a_hundred_updates_a_minute_and_three_hundred_with_the_add_on() {
    let zendesk = limited(AccountLimits::real(), LimitHeaders::Account).await;
    let api = Api::new(&zendesk).await;
    let tickets = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(|n| format!("user-{n}"));
    let mut ids = Vec::new();
    for name in &tickets {
        ids.push(api.ticket(name).await);
    }
    let until_refused = async || {
        let mut taken = 0;
        while append(&api, ids[taken % ids.len()]).await.status() == 200 {
            taken += 1;
        }
        taken
    };
    assert_eq!(until_refused().await, 100);
    zendesk.configure(|config| config.limits.updates_per_minute = 300);
    assert_eq!(until_refused().await, 200);
}

#[tokio::test]
async fn one_user_may_change_one_ticket_thirty_times_in_ten_minutes() {
    let zendesk = limited(AccountLimits::real(), LimitHeaders::Account).await;
    let api = Api::new(&zendesk).await;
    let (one, two) = (api.ticket("a").await, api.ticket("b").await);
    for _ in 0..30 {
        assert_eq!(append(&api, one).await.status(), 200);
    }
    let refused = append(&api, one).await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = header(&refused, "retry-after").unwrap().parse().unwrap();
    assert!((500..=600).contains(&wait), "{wait}");
    let body: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(body["error"], "TooManyUpdates");
    assert_eq!(append(&api, two).await.status(), 200);
    zendesk
        .agent_comments(one, Comment::note("another user"))
        .unwrap();
    // Time passes for what the account remembers, too.
    zendesk.age(Duration::from_secs(601)).unwrap();
    let api = Api::new(&zendesk).await;
    assert_eq!(append(&api, one).await.status(), 200);
}

#[tokio::test]
async fn headers_may_name_the_endpoints_limit_or_hide_which_one_was_met() {
    let limits = AccountLimits {
        updates_per_minute: 1,
        ..AccountLimits::default()
    };
    let zendesk = limited(limits, LimitHeaders::Endpoint).await;
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("a").await;
    let name = "zendesk-ratelimit-tickets-update";
    let told = header(&append(&api, ticket).await, name).unwrap();
    assert!(told.starts_with("total=1; remaining=0; resets="), "{told}");
    let refused = append(&api, ticket).await;
    assert_eq!(refused.status(), 429);
    assert!(header(&refused, name).is_some());
    assert_ne!(header(&refused, "x-rate-limit-remaining").unwrap(), "0");

    zendesk.configure(|config| config.variants.limit_headers = LimitHeaders::Exhausted);
    let refused = append(&api, ticket).await;
    assert_eq!(header(&refused, "x-rate-limit-remaining").unwrap(), "0");
    assert_eq!(header(&refused, name), None);
    let other = api.send(Method::GET, "/tickets", Value::Null).await;
    assert_ne!(header(&other, "x-rate-limit-remaining").unwrap(), "0");
}

#[tokio::test]
async fn making_a_comment_private_may_count_as_an_update() {
    let limits = AccountLimits {
        updates_per_minute: 1,
        ..AccountLimits::default()
    };
    let zendesk = limited(limits, LimitHeaders::Account).await;
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("a").await;
    let comment = zendesk.ticket(ticket).unwrap().comments[0].id;
    let path = format!("/tickets/{ticket}/comments/{comment}/make_private");
    assert_eq!(api.put(&path, Value::Null).await.0, 200);
    assert!(!zendesk.ticket(ticket).unwrap().comments[0].public);
    assert_eq!(append(&api, ticket).await.status(), 429);
    assert_eq!(api.put(&path, Value::Null).await.0, 429);
    zendesk.configure(|config| config.variants.make_private_is_an_update = false);
    assert_eq!(api.put(&path, Value::Null).await.0, 200);
    let wrong = format!("/tickets/{ticket}/comments/1/make_private");
    assert_eq!(api.put(&wrong, Value::Null).await.0, 404);
    let (_, audits) = api.get(&format!("/tickets/{ticket}/audits")).await;
    assert_eq!(
        audits["audits"][1]["events"][0]["type"],
        "CommentPrivacyChange"
    );
}
