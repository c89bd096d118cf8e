//! Braze's bearer token: guessed, dressed up, in the wrong place.

use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET};

use crate::kit::{
    CUSTOMER_TEXTS, INBOUND, Post, assert_all_refused, assert_not_authentic, assert_untouched,
    stack,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_text_is_let_in() {
    let stack = stack().await;
    let answer = Post::text(CUSTOMER_TEXTS).send(&stack).await;
    assert_eq!((answer.status, answer.outcome()), (200, "delivered"));
    assert_eq!(stack.zendesk.tickets().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_without_a_token_is_refused() {
    let stack = stack().await;
    let attempts = vec![
        ("no header", Post::new(INBOUND, CUSTOMER_TEXTS)),
        ("empty header", Post::bearer("", CUSTOMER_TEXTS)),
        ("scheme only", Post::bearer("Bearer", CUSTOMER_TEXTS)),
        ("a guess", Post::bearer("Bearer guessed", CUSTOMER_TEXTS)),
        (
            "Zendesk's secret",
            Post::bearer(&format!("Bearer {REPLY_SIGNING_SECRET}"), CUSTOMER_TEXTS),
        ),
        (
            "Zendesk's signature",
            Post::signed(INBOUND, REPLY_SIGNING_SECRET, CUSTOMER_TEXTS),
        ),
    ];
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_with_spaces_is_refused() {
    let stack = stack().await;
    let spellings = [
        format!("Bearer  {INBOUND_TOKEN}"),
        format!("Bearer {INBOUND_TOKEN} "),
        format!(" Bearer {INBOUND_TOKEN}"),
        format!("Bearer\t{INBOUND_TOKEN}"),
        format!("Bearer {INBOUND_TOKEN} {INBOUND_TOKEN}"),
        format!("Bearer{INBOUND_TOKEN}"),
        "Bearer inbound -token".to_owned(),
        "Bearer ".to_owned(),
        "Bearer  ".to_owned(),
    ];
    for spelling in spellings {
        let answer = Post::bearer(&spelling, CUSTOMER_TEXTS).invoke(&stack).await;
        assert_not_authentic(&answer, &spelling);
    }
    assert_untouched(&stack);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_token_is_refused() {
    let stack = stack().await;
    let token = |token: &str| Post::bearer(&format!("Bearer {token}"), CUSTOMER_TEXTS);
    let attempts = vec![
        ("its first letter", token(&INBOUND_TOKEN[..1])),
        (
            "all but the last",
            token(&INBOUND_TOKEN[..INBOUND_TOKEN.len() - 1]),
        ),
        ("all but the first", token(&INBOUND_TOKEN[1..])),
        ("one letter more", token(&format!("{INBOUND_TOKEN}x"))),
        ("another case", token(&INBOUND_TOKEN.to_uppercase())),
    ];
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_scheme_is_refused() {
    let stack = stack().await;
    let attempts = ["Basic", "Token", "Digest", "Bearer:", "Bearer,"]
        .map(|scheme| {
            let value = format!("{scheme} {INBOUND_TOKEN}");
            ("another scheme", Post::bearer(&value, CUSTOMER_TEXTS))
        })
        .into_iter()
        .chain([("no scheme", Post::bearer(INBOUND_TOKEN, CUSTOMER_TEXTS))])
        .collect();
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_anywhere_but_in_its_header_is_refused() {
    let stack = stack().await;
    let queries = [
        format!("?token={INBOUND_TOKEN}"),
        format!("?access_token={INBOUND_TOKEN}"),
        format!("?authorization=Bearer%20{INBOUND_TOKEN}"),
    ];
    let mut attempts: Vec<_> = queries
        .into_iter()
        .map(|query| {
            let mut post = Post::new(INBOUND, CUSTOMER_TEXTS);
            post.query = query;
            ("in the query", post)
        })
        .collect();
    let bearer = format!("Bearer {INBOUND_TOKEN}");
    for name in [
        "cookie",
        "x-api-key",
        "proxy-authorization",
        "x-authorization",
    ] {
        attempts.push((
            "in another header",
            Post::new(INBOUND, CUSTOMER_TEXTS).header(name, &bearer),
        ));
    }
    let body = CUSTOMER_TEXTS.replacen('{', &format!("{{\"token\":\"{INBOUND_TOKEN}\","), 1);
    attempts.push(("in the body", Post::new(INBOUND, body)));
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_authorization_is_refused() {
    let stack = stack().await;
    let bearer = format!("Bearer {INBOUND_TOKEN}");
    let genuine = Post::text(CUSTOMER_TEXTS);
    let attempts = vec![
        (
            "twice the same",
            genuine.clone().header("authorization", &bearer),
        ),
        (
            "a guess behind",
            genuine.header("authorization", "Bearer guessed"),
        ),
        (
            "a guess before",
            Post::bearer("Bearer guessed", CUSTOMER_TEXTS).header("authorization", &bearer),
        ),
    ];
    assert_all_refused(&stack, attempts).await;
}
