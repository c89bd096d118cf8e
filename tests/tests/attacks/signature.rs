//! Zendesk's signature: forged, borrowed, damaged, out of time.

use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use simulators::signature::{TEST_BUTTON_SECRET, sign};

use crate::kit::{
    AGENT_SAYS, AGENT_SOLVES, INVOCATION, Post, REPLY, SIGNATURE, SOLVED, TIMESTAMP,
    assert_all_refused, assert_not_authentic, assert_untouched, at, inbox, stack,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_reply_is_let_in() {
    let stack = stack().await;
    let answer = Post::reply(AGENT_SAYS).send(&stack).await;
    assert_eq!((answer.status, answer.outcome()), (200, "delivered"));
    assert_eq!(inbox(&stack), ["Hello Ana"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_signature_is_refused() {
    let stack = stack().await;
    let attempts = vec![
        ("no header at all", Post::new(REPLY, AGENT_SAYS)),
        ("no signature", Post::reply(AGENT_SAYS).without(SIGNATURE)),
        (
            "empty signature",
            Post::reply(AGENT_SAYS).with(SIGNATURE, ""),
        ),
        ("no header, solved", Post::new(SOLVED, AGENT_SOLVES)),
        ("no body either", Post::new(REPLY, "")),
    ];
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signature_of_another_webhook_is_refused() {
    let stack = stack().await;
    let attempts = vec![
        (
            "solved's secret on reply",
            Post::signed(REPLY, SOLVED_SIGNING_SECRET, AGENT_SAYS),
        ),
        (
            "reply's secret on solved",
            Post::signed(SOLVED, REPLY_SIGNING_SECRET, AGENT_SOLVES),
        ),
        (
            "Braze's token as a signing secret",
            Post::signed(REPLY, INBOUND_TOKEN, AGENT_SAYS),
        ),
        (
            "Braze's bearer on reply",
            Post::new(REPLY, AGENT_SAYS)
                .header("authorization", &format!("Bearer {INBOUND_TOKEN}")),
        ),
        (
            "a secret nobody has",
            Post::signed(REPLY, "guessed", AGENT_SAYS),
        ),
    ];
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signature_of_another_body_is_refused() {
    let stack = stack().await;
    let mut swapped = Post::reply(AGENT_SAYS);
    swapped.body = AGENT_SAYS.replace("Hello", "Pay up,").into_bytes();
    let mut longer = Post::reply(AGENT_SAYS);
    longer.body.push(b' ');
    let mut shorter = Post::reply(AGENT_SAYS);
    shorter.body.pop();
    let attempts = vec![
        ("another text", swapped),
        ("one space more", longer),
        ("cut off", shorter),
        (
            "another time",
            Post::reply(AGENT_SAYS).with(TIMESTAMP, &at(-2)),
        ),
    ];
    assert_all_refused(&stack, attempts).await;
}

/// `time ‖ body` has no separator: moving the border must not help.
#[tokio::test(flavor = "multi_thread")]
async fn moving_the_border_between_time_and_body_is_refused() {
    let stack = stack().await;
    let timestamp = at(0);
    let genuine = Post::signed_at(REPLY, REPLY_SIGNING_SECRET, AGENT_SAYS, &timestamp);
    let (time, zone) = timestamp.split_at(timestamp.len() - 1);
    let mut moved = genuine.clone().with(TIMESTAMP, time);
    moved.body = [zone.as_bytes(), AGENT_SAYS.as_bytes()].concat();
    let mut into_header = genuine.with(TIMESTAMP, &format!("{timestamp}{{"));
    into_header.body.remove(0);
    let attempts = vec![("into the body", moved), ("into the header", into_header)];
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_signature_is_refused() {
    let stack = stack().await;
    let whole = Post::reply(AGENT_SAYS);
    let signature = whole.value(SIGNATURE).to_owned();
    let attempts = [1, 4, 8, 24, 40, 43]
        .map(|length| {
            (
                "a part of it",
                whole.clone().with(SIGNATURE, &signature[..length]),
            )
        })
        .into_iter()
        .chain([
            ("twice", whole.clone().with(SIGNATURE, &signature.repeat(2))),
            ("32 zero bytes", whole.with(SIGNATURE, ZEROES)),
        ])
        .collect();
    assert_all_refused(&stack, attempts).await;
}

const ZEROES: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[tokio::test(flavor = "multi_thread")]
async fn other_spellings_of_base64_are_refused() {
    let stack = stack().await;
    let genuine = signed_with_both_special_characters();
    let signature = genuine.value(SIGNATURE).to_owned();
    let url_safe = signature.replace('+', "-").replace('/', "_");
    let hex = "0123456789abcdef".repeat(4);
    let spellings = [
        ("url-safe", url_safe),
        ("unpadded", signature.trim_end_matches('=').to_owned()),
        ("padded twice", format!("{signature}=")),
        (
            "a space inside",
            format!("{} {}", &signature[..9], &signature[9..]),
        ),
        (
            "a tab inside",
            format!("{}\t{}", &signature[..9], &signature[9..]),
        ),
        ("quoted", format!("\"{signature}\"")),
        ("with its algorithm", format!("sha256={signature}")),
        ("hexadecimal", hex),
    ];
    let attempts =
        spellings.map(|(what, spelling)| (what, genuine.clone().with(SIGNATURE, &spelling)));
    assert_all_refused(&stack, attempts.into()).await;
    for (what, spelling) in [
        ("a space before", format!(" {signature}")),
        ("a space behind", format!("{signature} ")),
    ] {
        // No HTTP client sends these; API Gateway's event could hold them.
        let answer = genuine
            .clone()
            .with(SIGNATURE, &spelling)
            .invoke(&stack)
            .await;
        assert_not_authentic(&answer, what);
    }
    assert_untouched(&stack);
    let answer = genuine.send(&stack).await;
    assert_eq!(answer.status, 200, "the usual spelling: {answer:?}");
}

/// Whose signature has a `+` and a `/`, so that the url-safe alphabet is another one.
fn signed_with_both_special_characters() -> Post {
    let timestamp = at(0);
    let fitting = |body: &String| {
        let signature = sign(REPLY_SIGNING_SECRET, &timestamp, body.as_bytes());
        signature.contains('+') && signature.contains('/')
    };
    let bodies = (1..).map(|id| AGENT_SAYS.replace("901", &id.to_string()));
    let body = bodies.into_iter().find(fitting).expect("one in ten");
    Post::signed_at(REPLY, REPLY_SIGNING_SECRET, body, &timestamp)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_case_of_header_names_does_not_matter() {
    let stack = stack().await;
    for (id, change) in [
        ("901", str::to_uppercase as fn(&str) -> String),
        ("902", |name| {
            name.replace("x-zendesk-webhook", "X-Zendesk-Webhook")
        }),
    ] {
        let mut post = Post::reply(AGENT_SAYS.replace("901", id));
        for (name, _) in &mut post.headers {
            *name = change(name);
        }
        assert_eq!(post.invoke(&stack).await.outcome(), "delivered", "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_headers_are_refused() {
    let stack = stack().await;
    let genuine = Post::reply(AGENT_SAYS);
    let (signature, time) = (genuine.value(SIGNATURE), genuine.value(TIMESTAMP));
    let twice = |name: &str, value: &str| genuine.clone().header(name, value);
    let attempts = vec![
        ("the same signature", twice(SIGNATURE, signature)),
        ("a forged signature behind", twice(SIGNATURE, ZEROES)),
        ("the same time", twice(TIMESTAMP, time)),
        ("another time", twice(TIMESTAMP, &at(-9_999))),
        (
            "a forged signature before",
            genuine
                .clone()
                .with(SIGNATURE, ZEROES)
                .header(SIGNATURE, signature),
        ),
        (
            "joined by the sender",
            genuine
                .clone()
                .with(SIGNATURE, &format!("{signature},{signature}")),
        ),
    ];
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_timestamp_is_refused() {
    let stack = stack().await;
    let unsigned_time = Post::signed_at(REPLY, REPLY_SIGNING_SECRET, AGENT_SAYS, "");
    let attempts = vec![
        ("missing", Post::reply(AGENT_SAYS).without(TIMESTAMP)),
        (
            "missing, and signed so",
            unsigned_time.clone().without(TIMESTAMP),
        ),
        ("empty, and signed so", unsigned_time),
    ];
    assert_all_refused(&stack, attempts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timestamp_that_is_not_rfc_3339_is_refused() {
    let stack = stack().await;
    let now = at(0);
    let date = &now[..10];
    let attempts = [
        "1531420618".to_owned(),
        "Sun, 22 Nov 2026 15:00:00 GMT".to_owned(),
        date.to_owned(),
        now.replace('Z', ""),
        format!("{now}; {now}"),
        "9999999999-01-01T00:00:00Z".to_owned(),
        "-1".to_owned(),
    ]
    .map(|time| {
        let post = Post::signed_at(REPLY, REPLY_SIGNING_SECRET, AGENT_SAYS, &time);
        ("signed over it", post)
    });
    assert_all_refused(&stack, attempts.into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timestamp_six_minutes_old_is_refused() {
    refused_six_minutes_off(-360).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timestamp_six_minutes_ahead_is_refused() {
    refused_six_minutes_off(360).await;
}

async fn refused_six_minutes_off(seconds: i64) {
    let stack = stack().await;
    let signed =
        |seconds, body: &str| Post::signed_at(REPLY, REPLY_SIGNING_SECRET, body, &at(seconds));
    let attempts = vec![("outside the window", signed(seconds, AGENT_SAYS))];
    assert_all_refused(&stack, attempts).await;
    let inside = signed(seconds.signum() * 240, AGENT_SAYS)
        .send(&stack)
        .await;
    assert_eq!(inside.outcome(), "delivered", "four minutes: {inside:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn zendesks_public_test_secret_is_refused() {
    let stack = stack().await;
    let attempts = vec![
        (
            "on reply",
            Post::signed(REPLY, TEST_BUTTON_SECRET, AGENT_SAYS),
        ),
        (
            "on solved",
            Post::signed(SOLVED, TEST_BUTTON_SECRET, AGENT_SOLVES),
        ),
        (
            "its decoded form",
            Post::signed(REPLY, "this_secret_is_for_testing_only", AGENT_SAYS),
        ),
    ];
    assert_all_refused(&stack, attempts).await;
    let endpoint = format!("{}{REPLY}", stack.front_url());
    let pressed = stack.zendesk.press_test_button(&endpoint, AGENT_SAYS).await;
    let statuses: Vec<_> = pressed
        .attempts
        .iter()
        .map(|attempt| attempt.status)
        .collect();
    assert_eq!(statuses, [Some(401)], "the button itself");
    assert!(stack.dynamo.items().expect("items").is_empty());
}

/// The invocation id is not signed, so nothing may hang on it being there.
#[tokio::test(flavor = "multi_thread")]
async fn a_strange_invocation_id_opens_and_breaks_nothing() {
    let stack = stack().await;
    let forged = Post::new(REPLY, AGENT_SAYS).header(INVOCATION, "01INVOCATION");
    assert_all_refused(&stack, vec![("alone", forged)]).await;
    for (id, invocation) in [
        ("901", ""),
        ("902", "../../x?y#z"),
        ("903", &*"x".repeat(8_000)),
    ] {
        let body = AGENT_SAYS.replace("901", id);
        let answer = Post::reply(body)
            .with(INVOCATION, invocation)
            .send(&stack)
            .await;
        assert_eq!(answer.outcome(), "delivered", "{id}: {answer:?}");
    }
}
