//! What strangers send costs little, and an operator can see it.

use e2e::case;
use e2e::send::post;
use e2e::{settled, stack};
use local::Stack;
use serde_json::Value;

/// The function's lines of the last request.
fn lines(stack: &Stack) -> Vec<String> {
    stack.logs.of("zendesk-reply")
}

/// The sum of a metric over all its lines.
fn counted(stack: &Stack, metric: &str) -> u64 {
    let lines = lines(stack).into_iter();
    let json = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    json.filter(|line| line["_aws"].is_object())
        .filter_map(|line| line[metric].as_u64())
        .sum()
}

#[test]
fn bodies_that_are_too_large_are_counted() {
    case!(async {
        let stack = stack().await;
        let body = "x".repeat(300 * 1024);
        for _ in 0..3 {
            let answer = post(&stack, "/zendesk/reply", &[], body.clone()).await;
            assert_eq!(answer.status, 413, "{answer:?}");
        }
        settled(&stack).await;
        assert_eq!(counted(&stack, "TooLarge"), 3);
    });
}

#[test]
fn a_refusal_is_one_line() {
    case!(async {
        let stack = stack().await;
        post(&stack, "/zendesk/reply", &[], "{}").await;
        settled(&stack).await;
        let before = lines(&stack).len();
        for _ in 0..3 {
            let answer = post(&stack, "/zendesk/reply", &[], "{}").await;
            assert_eq!(answer.status, 401, "{answer:?}");
        }
        settled(&stack).await;
        let said = lines(&stack).split_off(before);
        assert_eq!(said.len(), 3, "{said:#?}");
    });
}

#[test]
fn a_refusal_of_size_is_one_line() {
    case!(async {
        let stack = stack().await;
        post(&stack, "/zendesk/reply", &[], "{}").await;
        settled(&stack).await;
        let before = lines(&stack).len();
        post(&stack, "/zendesk/reply", &[], "x".repeat(300 * 1024)).await;
        settled(&stack).await;
        let said = lines(&stack).split_off(before);
        assert_eq!(said.len(), 1, "{said:#?}");
    });
}
