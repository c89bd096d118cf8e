//! What is refused, or would be, is told and counted: `observe` and `enforce`.

use local::options::REPLY_SIGNING_SECRET;
use local::{Options, Stack};
use serde_json::{Value, json};
use simulators::signature::TEST_BUTTON_SECRET;

use crate::kit::{
    AGENT_SAYS, Answer, CUSTOMER_TEXTS, INBOUND, Post, REPLY, SIGNATURE, assert_not_authentic,
    assert_untouched, counted, stack, with,
};

async fn observing(change: impl FnOnce(&mut Options)) -> Stack {
    let mut options = Options::default();
    change(&mut options);
    let observe = Some("observe".to_owned());
    options
        .variables
        .insert("SIGNATURE_MODE".to_owned(), observe);
    with(options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn observe_mode_lets_in_and_reports_what_it_would_refuse() {
    let stack = observing(|_| {}).await;
    let attempts = [
        ("missing", Post::new(REPLY, AGENT_SAYS)),
        (
            "mismatch",
            Post::signed(REPLY, "guessed", AGENT_SAYS.replace("901", "902")),
        ),
        (
            "unreadable",
            Post::reply(AGENT_SAYS.replace("901", "903")).with(SIGNATURE, "?"),
        ),
    ];
    for (reason, post) in &attempts {
        let answer = post.send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{reason}: {answer:?}");
    }
    let genuine = Post::reply(AGENT_SAYS.replace("901", "904"))
        .send(&stack)
        .await;
    assert_eq!(genuine.outcome(), "delivered", "{genuine:?}");
    assert_eq!(
        reported(&stack, "zendesk-reply"),
        [
            ("missing".to_owned(), true),
            ("mismatch".to_owned(), true),
            ("unreadable".to_owned(), true),
        ]
    );
    assert_eq!(counted(&stack, "zendesk-reply", "NotAuthenticObserved"), 3);
    assert_eq!(counted(&stack, "zendesk-reply", "NotAuthentic"), 0);
    let text = Post::new(INBOUND, CUSTOMER_TEXTS).send(&stack).await;
    assert_eq!(text.outcome(), "delivered", "{text:?}");
    assert_eq!(counted(&stack, "braze-inbound", "NotAuthenticObserved"), 1);
    let warned = stack.logs.of("zendesk-reply").join("\n");
    assert!(warned.contains("SIGNATURE_MODE is observe"), "{warned}");
    assert_eq!(
        reported(&stack, "braze-inbound"),
        [("missing".to_owned(), true)]
    );
}

/// A secret that opens nothing opens nothing silently in observe mode, either.
#[tokio::test(flavor = "multi_thread")]
async fn observe_mode_reports_requests_signed_with_a_secret_that_opens_nothing() {
    for worthless in ["", TEST_BUTTON_SECRET] {
        let stack = observing(|options| {
            let key = "zendesk_reply_signing_secret".to_owned();
            options.secret.insert(key, json!(worthless));
        })
        .await;
        let signed = Post::signed(REPLY, worthless, AGENT_SAYS);
        let answer = signed.send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        assert_eq!(
            reported(&stack, "zendesk-reply"),
            [("no_secret".to_owned(), true)],
            "signed with {worthless:?}"
        );
        assert_eq!(counted(&stack, "zendesk-reply", "NotAuthenticObserved"), 1);
    }
}

/// A refusal is one line with its number and its reason, written at every level.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_counted_with_their_reason_when_the_log_is_silent() {
    let mut options = Options::default();
    let errors = Some("error".to_owned());
    options.variables.insert("LOG_LEVEL".to_owned(), errors);
    let stack = with(options).await;
    for _ in 0..3 {
        let answer = Post::new(INBOUND, CUSTOMER_TEXTS).send(&stack).await;
        assert_not_authentic(&answer, "no token");
    }
    assert_untouched(&stack);
    let missing = ("missing".to_owned(), false);
    assert_eq!(
        reported(&stack, "braze-inbound"),
        [missing.clone(), missing.clone(), missing]
    );
    assert_eq!(counted(&stack, "braze-inbound", "NotAuthentic"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn enforce_mode_reports_each_refusal_without_what_was_sent() {
    let stack = stack().await;
    let refused: Answer = Post::signed(REPLY, "guessed", AGENT_SAYS)
        .send(&stack)
        .await;
    assert_not_authentic(&refused, "a guess");
    assert_eq!(
        reported(&stack, "zendesk-reply"),
        [("mismatch".to_owned(), false)]
    );
    assert_eq!(counted(&stack, "zendesk-reply", "NotAuthentic"), 1);
    assert_eq!(counted(&stack, "zendesk-reply", "NotAuthenticObserved"), 0);
    let bearer = Post::bearer("Bearer guessed-token", CUSTOMER_TEXTS)
        .send(&stack)
        .await;
    assert_not_authentic(&bearer, "a guess");
    let logs = [
        stack.logs.of("zendesk-reply"),
        stack.logs.of("braze-inbound"),
    ]
    .concat()
    .join("\n");
    for hidden in [
        "guessed",
        "Hello",
        "ana",
        "Help me",
        "+1555",
        REPLY_SIGNING_SECRET,
    ] {
        assert!(!logs.contains(hidden), "{hidden}: {logs}");
    }
}

/// Reason and whether it was let in all the same, of every request that was not authentic.
fn reported(stack: &Stack, function: &str) -> Vec<(String, bool)> {
    let lines = stack.logs.of(function);
    let lines = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["message"] == "not authentic")
        .map(|line| {
            let reason = line["auth.error"].as_str().expect("a reason").to_owned();
            (reason, line["observed"].as_bool().expect("a flag"))
        })
        .collect()
}
