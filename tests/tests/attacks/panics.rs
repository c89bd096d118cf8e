//! A panic in a function: it tells its place, and nothing that was sent.

use local::pool::InvokeError;

use crate::kit::{AGENT_SAYS, CUSTOMER_TEXTS, Post, assert_untouched, counted, stack};

/// `lambda_http` 1.3 panics on an event whose body claims to be base64 and is not. API Gateway never
/// writes one, and only it may invoke the functions; it is a real panic in the real executable.
#[tokio::test(flavor = "multi_thread")]
async fn a_panic_tells_its_place_and_nothing_that_was_sent() {
    let stack = stack().await;
    for post in [Post::reply(AGENT_SAYS), Post::text(CUSTOMER_TEXTS)] {
        let function = stack.function(&post.function());
        let event = post.event("QQMARK QQMARK!", true).to_string();
        let failed = function.invoke(event).await;
        let Err(InvokeError::Function(told)) = failed else {
            panic!("{failed:?}");
        };
        let told = String::from_utf8_lossy(&told).into_owned();
        let lines = stack.logs.of(&post.function());
        assert!(
            lines.iter().any(|line| line.contains("panic.file")),
            "{lines:?}"
        );
        assert_eq!(counted(&stack, &post.function(), "Panics"), 1);
        for line in lines.iter().chain([&told]) {
            assert!(!line.contains("QQMARK"), "{line}");
        }
        let spoken = lines.iter().find(|line| !line.starts_with('{'));
        assert_eq!(spoken, None, "a line that is no JSON");
        // The process lives and serves the next one.
        let answer = post.send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        assert_eq!(function.started(), 1);
    }
}

/// What is not authentic causes none of our own code to run far enough to panic.
#[tokio::test(flavor = "multi_thread")]
async fn no_forgery_makes_a_function_panic() {
    let stack = stack().await;
    let (letters, nested) = ("é".repeat(9_999), "[".repeat(9_999));
    let odd = [
        b"",
        &b"\xff\xfe"[..],
        b"\0",
        letters.as_bytes(),
        nested.as_bytes(),
    ];
    for body in odd {
        let forged = Post::new(crate::kit::REPLY, body);
        crate::kit::assert_not_authentic(&forged.send(&stack).await, "unsigned");
        let forged = Post::new(crate::kit::INBOUND, body);
        crate::kit::assert_not_authentic(&forged.send(&stack).await, "no token");
    }
    assert_untouched(&stack);
    for function in ["zendesk-reply", "braze-inbound"] {
        assert_eq!(counted(&stack, function, "Panics"), 0);
    }
}
