//! A function that cannot read its secrets: a retryable answer, never an acceptance.

use local::Stack;
use local::faults::{Effect, Fault};
use local::secrets::{access_denied, down, not_found, throttled};

use crate::kit::{
    AGENT_SAYS, AGENT_SOLVES, Answer, CUSTOMER_TEXTS, Post, REPLY, assert_untouched, inbox, stack,
};

async fn without_secrets(effect: Effect) -> Stack {
    let stack = stack().await;
    stack
        .secrets
        .faults()
        .add(Fault::always("GetSecretValue", effect));
    stack
}

fn assert_retryable(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 503, "{what}: {answer:?}");
    assert_eq!(answer.retry_after.as_deref(), Some("5"), "{what}");
    assert_eq!(answer.content_type, "application/problem+json", "{what}");
    let said = answer.body.to_string();
    assert!(!said.contains("ecret"), "{what}: {said}");
}

async fn nobody_until_it_is_back(effect: Effect) {
    let stack = without_secrets(effect).await;
    for (what, post) in [
        ("reply", Post::reply(AGENT_SAYS)),
        ("solved", Post::solved(AGENT_SOLVES)),
        ("text", Post::text(CUSTOMER_TEXTS)),
        ("forged", Post::new(REPLY, AGENT_SAYS)),
    ] {
        assert_retryable(&post.send(&stack).await, what);
    }
    assert_untouched(&stack);
    stack.secrets.faults().clear();
    let answer = Post::reply(AGENT_SAYS).send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_eq!(inbox(&stack), ["Hello Ana"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_secret_store_is_answered_with_try_again() {
    nobody_until_it_is_back(throttled()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_store_that_is_down_is_answered_with_try_again() {
    nobody_until_it_is_back(down()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_store_that_hangs_up_is_answered_with_try_again() {
    nobody_until_it_is_back(Effect::Drop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_read_the_secret_is_answered_with_try_again() {
    nobody_until_it_is_back(access_denied()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_not_there_is_answered_with_try_again() {
    nobody_until_it_is_back(not_found()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_no_json_is_answered_with_try_again() {
    let stack = stack().await;
    let genuine = stack.secrets.text();
    for text in [
        "",
        "hush",
        "[]",
        r#"{"zendesk_reply_signing_secret":["hush"]}"#,
    ] {
        stack.secrets.set(text.to_owned());
        assert_retryable(&Post::reply(AGENT_SAYS).send(&stack).await, text);
    }
    assert_untouched(&stack);
    let logs = stack.logs.of("zendesk-reply").join("\n");
    assert!(!logs.contains("hush"), "{logs}");
    stack.secrets.set(genuine);
    assert_eq!(
        Post::reply(AGENT_SAYS).send(&stack).await.outcome(),
        "delivered"
    );
}

/// Once read, the secrets outlive the store.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_store_that_goes_down_later_changes_nothing() {
    let stack = stack().await;
    assert_eq!(Post::reply(AGENT_SAYS).send(&stack).await.status, 200);
    stack
        .secrets
        .faults()
        .add(Fault::always("GetSecretValue", down()));
    let forged = Post::new(REPLY, AGENT_SAYS).send(&stack).await;
    crate::kit::assert_not_authentic(&forged, "unsigned");
    let wrong = Post::signed(REPLY, "guessed", AGENT_SAYS)
        .send(&stack)
        .await;
    crate::kit::assert_not_authentic(&wrong, "a wrong signature, and no way to look again");
    let answer = Post::reply(AGENT_SAYS.replace("901", "902"))
        .send(&stack)
        .await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
}
