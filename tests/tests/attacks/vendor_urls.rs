//! Values of a body that end in a call to a vendor: ids, names, texts.

use simulators::Call;

use crate::kit::{AGENT_SAYS, AGENT_SOLVES, CUSTOMER_TEXTS, Post, assert_dead_letter, stack};

/// What no ticket or comment is called.
const NOT_IDS: [&str; 14] = [
    "35/../../users/1",
    "../users/me",
    "35?include=users",
    "35#top",
    "35%2f..%2f1",
    "-1",
    "0",
    "+35",
    "3.5",
    "1e3",
    "0x23",
    "99999999999999999999",
    "thirty-five",
    "٣٥",
];

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_are_no_numbers_are_kept_and_never_called() {
    let stack = stack().await;
    for id in NOT_IDS {
        for (field, body, old) in [
            ("ticket_id", AGENT_SAYS, r#""ticket_id":"35""#),
            ("comment_id", AGENT_SAYS, r#""comment_id":"901""#),
        ] {
            let post = Post::reply(body.replace(old, &format!(r#""{field}":"{id}""#)));
            let detail = assert_dead_letter(&stack, &post, id).await;
            assert!(detail.starts_with(&format!("{field} ")), "{id}: {detail}");
            assert!(!detail.contains(id), "{detail}");
        }
        let solved = AGENT_SOLVES.replace("\"35\"", &format!("\"{id}\""));
        assert_dead_letter(&stack, &Post::solved(solved), id).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_number_is_not_another_ticket() {
    let stack = stack().await;
    for id in [
        "99999999999999999999",
        "1e30",
        "-35",
        "35.5",
        "true",
        "[35]",
        r#"{"id":35}"#,
    ] {
        let post =
            Post::reply(AGENT_SAYS.replace(r#""ticket_id":"35""#, &format!(r#""ticket_id":{id}"#)));
        assert_dead_letter(&stack, &post, id).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_id_with_path_characters_stays_a_value() {
    let stack = stack().await;
    let id = "../../users/1?x=y#z%2f..;a&b";
    let text = CUSTOMER_TEXTS.replace("\"ana\"", &format!("\"{id}\""));
    let answer = Post::text(text).send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    stack.zendesk.every_ticket_is_of(id, &["braze_sms"]);
    let reply = AGENT_SAYS.replace("\"ana\"", &format!("\"{id}\""));
    Post::reply(reply).send(&stack).await;
    assert_eq!(
        stack
            .zendesk
            .users()
            .iter()
            .filter(|user| user.external_id.as_deref() == Some(id))
            .count(),
        1
    );
    let calls = [stack.zendesk.calls(), stack.braze.calls()].concat();
    assert!(
        calls
            .iter()
            .any(|call| call.path == "/campaigns/trigger/send")
    );
    for call in calls {
        assert_ne!(call.operation, "unknown", "{} {}", call.method, call.path);
        assert_clean(&call);
    }
}

fn assert_clean(call: &Call) {
    for sign in ["..", "#", "%2f", "users/1"] {
        assert!(!call.path.contains(sign), "{}", call.path);
    }
    assert!(!call.query.contains("x=y"), "{}", call.query);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_id_with_control_characters_or_without_end_is_refused() {
    let stack = stack().await;
    for id in ["ana\\r\\nX-Injected: 1", "ana\\u0000", &*"x".repeat(998)] {
        let post = Post::text(CUSTOMER_TEXTS.replace("\"ana\"", &format!("\"{id}\"")));
        let detail = assert_dead_letter(&stack, &post, "not an id").await;
        assert!(detail.starts_with("external_user_id "), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_cannot_put_headers_into_a_call() {
    let stack = stack().await;
    let injected = "Ana\\r\\nX-Injected: 1\\r\\n\\r\\nGET / HTTP/1.1";
    let text = CUSTOMER_TEXTS
        .replace("\"Ana\"", &format!("\"{injected}\""))
        .replace("\"d-1\"", &format!("\"{injected}\""))
        .replace("Help me", injected)
        .replace("+15550001", injected);
    let answer = Post::text(text).send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    let reply = AGENT_SAYS
        .replace("\"Jo\"", &format!("\"{injected}\""))
        .replace("\"open\"", &format!("\"{injected}\""))
        .replace("Hello Ana", injected);
    let answer = Post::reply(reply).send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    let calls = [stack.zendesk.calls(), stack.braze.calls()].concat();
    assert!(calls.len() >= 4, "{}", calls.len());
    for call in calls {
        assert_eq!(call.header("x-injected"), None, "{}", call.path);
        assert_ne!(call.operation, "unknown", "{} {}", call.method, call.path);
        for (name, value) in &call.headers {
            assert!(!value.contains("Injected"), "{name} of {}", call.path);
        }
    }
}
