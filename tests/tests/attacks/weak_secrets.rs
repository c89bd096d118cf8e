//! Secrets that must never open a door, even where somebody configured them.

use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET};
use simulators::signature::TEST_BUTTON_SECRET;

use crate::kit::{
    AGENT_SAYS, CUSTOMER_TEXTS, INBOUND, Post, REPLY, assert_all_refused, assert_not_authentic,
    assert_untouched, with, with_secret,
};

const REPLY_KEY: &str = "zendesk_reply_signing_secret";

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_signing_secret_opens_nothing() {
    for empty in ["", "  ", "\n"] {
        let stack = with_secret(REPLY_KEY, empty).await;
        let attempts = vec![
            ("signed with nothing", Post::signed(REPLY, "", AGENT_SAYS)),
            ("signed with it", Post::signed(REPLY, empty, AGENT_SAYS)),
            ("signed with the usual one", Post::reply(AGENT_SAYS)),
            ("unsigned", Post::new(REPLY, AGENT_SAYS)),
        ];
        assert_all_refused(&stack, attempts).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_previous_secret_opens_nothing() {
    // `_previous` is empty in every stack but during a rotation.
    let stack = with_secret("zendesk_reply_signing_secret_previous", "").await;
    let attempts = vec![("signed with nothing", Post::signed(REPLY, "", AGENT_SAYS))];
    assert_all_refused(&stack, attempts).await;
    assert_eq!(Post::reply(AGENT_SAYS).send(&stack).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_token_opens_nothing() {
    for empty in ["", " "] {
        let stack = with_secret("braze_inbound_token", empty).await;
        for bearer in [
            "Bearer ",
            "Bearer",
            "Bearer  ",
            "",
            &format!("Bearer {INBOUND_TOKEN}"),
        ] {
            let post = Post::bearer(bearer, CUSTOMER_TEXTS);
            assert_not_authentic(&post.invoke(&stack).await, bearer);
        }
        assert_untouched(&stack);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn zendesks_public_test_secret_is_refused_even_where_it_is_configured() {
    let mut options = local::Options::default();
    for key in [REPLY_KEY, "zendesk_reply_signing_secret_previous"] {
        let padded = format!(" {TEST_BUTTON_SECRET}");
        options.secret.insert(key.to_owned(), padded.into());
    }
    let stack = with(options).await;
    let attempts = vec![
        (
            "signed with it",
            Post::signed(REPLY, TEST_BUTTON_SECRET, AGENT_SAYS),
        ),
        (
            "with its space",
            Post::signed(REPLY, &format!(" {TEST_BUTTON_SECRET}"), AGENT_SAYS),
        ),
    ];
    assert_all_refused(&stack, attempts).await;
    // Beside a real one, it does not spoil that.
    stack.secrets.set_key(REPLY_KEY, REPLY_SIGNING_SECRET);
    stack.function("zendesk-reply").end_idle().await;
    assert_eq!(Post::reply(AGENT_SAYS).send(&stack).await.status, 200);
    let forged = Post::signed(REPLY, TEST_BUTTON_SECRET, AGENT_SAYS)
        .send(&stack)
        .await;
    assert_not_authentic(&forged, "beside a real one");
}

/// A key that is missing or no text lets nobody in and tells the sender nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_key_opens_nothing() {
    let stack = with(local::Options::default()).await;
    stack.secrets.set(r#"{"braze_api_key":"k"}"#.to_owned());
    let attempts = vec![
        ("reply", Post::reply(AGENT_SAYS)),
        (
            "reply, signed with nothing",
            Post::signed(REPLY, "", AGENT_SAYS),
        ),
        ("text", Post::text(CUSTOMER_TEXTS)),
        ("text, nothing", Post::new(INBOUND, CUSTOMER_TEXTS)),
    ];
    assert_all_refused(&stack, attempts).await;
}
