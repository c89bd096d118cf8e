//! A customer's name in the logs has a key of its own.

use std::collections::BTreeSet;

use e2e::case;
use e2e::send::{inbound_body, post};
use e2e::{ANA, settled, stack_with};
use serde_json::{Value, json};

/// What the logs call Ana, with this token and this key.
async fn called(token: &str, key: Option<&str>) -> String {
    let stack = stack_with(|options| {
        options
            .secret
            .insert("braze_inbound_token".to_owned(), json!(token));
        if let Some(key) = key {
            options
                .secret
                .insert("pseudonym_key".to_owned(), json!(key));
        }
    })
    .await;
    let authorization = format!("Bearer {token}");
    let body = inbound_body(ANA, "Hello", "dispatch-1").to_string();
    let answer = post(
        &stack,
        "/braze/inbound",
        &[("authorization", &authorization)],
        body,
    )
    .await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    settled(&stack).await;
    let lines = stack.logs.of("braze-inbound").into_iter();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    let names: BTreeSet<String> = lines.filter_map(|line| name_in(&line)).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names.into_iter().next().expect("a name")
}

fn name_in(line: &Value) -> Option<String> {
    let name = line
        .get("customer")
        .or_else(|| line["fields"].get("customer"))?;
    name.as_str().map(str::to_owned)
}

const TOKEN: &str = "inbound-token-of-some-length";
const ANOTHER: &str = "another-token-of-some-length";

#[test]
fn the_token_is_not_the_key() {
    case!(async {
        // printf customer:ana | openssl dgst -sha256 -hmac inbound-token
        assert_ne!(called("inbound-token", None).await, "a230a889ca38f1c8");
    });
}

#[test]
fn a_key_of_its_own_outlives_the_tokens_rotation() {
    case!(async {
        let key = Some("a key that is nobody's token");
        assert_eq!(called(TOKEN, key).await, called(ANOTHER, key).await);
    });
}

#[test]
fn another_key_gives_another_name() {
    case!(async {
        let names = [
            called(TOKEN, None).await,
            called(TOKEN, Some("one key of some length")).await,
            called(TOKEN, Some("two keys of some length")).await,
        ];
        let different: BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), 3, "{names:?}");
    });
}
