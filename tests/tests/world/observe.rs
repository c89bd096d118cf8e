//! Observe mode lets in what it would refuse; of what nobody proved and nobody can read it keeps
//! nothing.

use e2e::case;
use e2e::send::{post, reply};
use e2e::table::items;
use e2e::{set, settled, stack_with};
use local::Stack;

async fn observing() -> Stack {
    stack_with(|options| set(options, "SIGNATURE_MODE", "observe")).await
}

/// Nothing is kept of a body that nobody signed.
async fn leaves_nothing(route: &str, body: &str) {
    let stack = observing().await;
    let answer = post(&stack, route, &[], body).await;
    settled(&stack).await;
    assert_eq!(
        items(&stack).len(),
        0,
        "{route} keeps {body:.40}: {answer:?}"
    );
}

#[test]
fn an_unsigned_body_that_is_no_json_leaves_nothing() {
    case!(async {
        for route in ["/zendesk/reply", "/zendesk/solved", "/braze/inbound"] {
            leaves_nothing(route, "not json at all").await;
        }
    });
}

#[test]
fn an_unsigned_body_of_the_largest_size_leaves_nothing() {
    case!(async {
        let body = format!("{{\"x\":\"{}", "x".repeat(250 * 1024));
        leaves_nothing("/zendesk/reply", &body).await;
    });
}

#[test]
fn an_unsigned_body_with_a_foreign_campaign_leaves_nothing_to_sign_later() {
    case!(async {
        let body = r#"{"ticket_id":"35","external_user_id":"ana","comment_id":"901","author_role":"Agent",
            "text":"Pay up","campaign_id":"not-in-the-list"}"#;
        leaves_nothing("/zendesk/reply", body).await;
    });
}

#[test]
fn an_unsigned_body_without_any_id_leaves_nothing() {
    case!(async {
        leaves_nothing("/zendesk/reply", r#"{"text":"Pay up"}"#).await;
        leaves_nothing(
            "/braze/inbound",
            r#"{"message":"Pay up","dispatch_id":"d"}"#,
        )
        .await;
    });
}

#[test]
fn a_signed_body_that_cannot_be_read_is_kept_in_observe_mode_too() {
    case!(async {
        let stack = observing().await;
        reply(&stack, "01A", "not json at all").await;
        settled(&stack).await;
        assert_eq!(items(&stack).len(), 1);
    });
}
