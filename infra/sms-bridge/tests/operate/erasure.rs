//! `sms-bridge forget` finds every spelling, and says when it found nothing.

use e2e::table::{dead_letters, items};
use e2e::{case, send, settled};
use local::Stack;

use crate::kit::Live;

/// A body that cannot be read is kept, and is found when this customer is forgotten.
async fn is_found(customer: &str, raw: &str) {
    let live = Live::start().await;
    send::inbound(&live.stack, raw).await;
    settled(&live.stack).await;
    assert_eq!(dead_letters(&live.stack).len(), 1, "{raw}");
    forget(&live, customer).await;
    assert_eq!(
        dead_letters(&live.stack).len(),
        0,
        "{raw} is not found for {customer}"
    );
}

/// Runs the command with an id that may hold blanks.
async fn forget(live: &Live, customer: &str) -> String {
    let mut command = live.command("forget");
    command.args([customer, "--yes"]);
    let said = crate::kit::run(command).await;
    format!("{}{}", said.out, said.err)
}

#[test]
fn an_id_written_with_escapes_is_found() {
    case!(async {
        is_found(
            "zoë",
            r#"{"kind":"?","external_user_id":"zo\u00eb","message":"hi"}"#,
        )
        .await;
        is_found(
            "a&b",
            r#"{"kind":"?","external_user_id":"a\u0026b","message":"hi"}"#,
        )
        .await;
        is_found(
            "a/b",
            r#"{"kind":"?","external_user_id":"a\/b","message":"hi"}"#,
        )
        .await;
    });
}

#[test]
fn an_id_written_with_blanks_around_it_is_found() {
    case!(async {
        is_found(
            "ana",
            r#"{"kind":"?","external_user_id":" ana","message":"hi"}"#,
        )
        .await;
        is_found(
            "ana",
            r#"{"kind":"?","external_user_id":"ana\n","message":"hi"}"#,
        )
        .await;
    });
}

#[test]
fn an_id_in_a_body_that_breaks_off_is_found() {
    case!(async {
        is_found(
            "zoë",
            r#"{"kind":"message","external_user_id":"zo\u00eb","message":"hi"#,
        )
        .await;
    });
}

#[test]
fn an_id_in_the_guides_body_is_found() {
    case!(async {
        let raw = r#"{"ticket":{"comment":{"body":["x"]},"requester":{"user_fields":{"braze_external_id":"zo\u00eb"}}}}"#;
        is_found("zoë", raw).await;
    });
}

#[test]
fn another_customers_letter_stays() {
    case!(async {
        let live = Live::start().await;
        send::inbound(
            &live.stack,
            r#"{"kind":"?","external_user_id":"zo\u00eb-2","message":"zoë"}"#,
        )
        .await;
        settled(&live.stack).await;
        forget(&live, "zoë").await;
        assert_eq!(dead_letters(&live.stack).len(), 1);
    });
}

#[test]
fn a_misspelt_id_does_not_look_done() {
    case!(async {
        let live = Live::start().await;
        keep_something(&live.stack).await;
        let said = forget(&live, "nobody-of-this-name").await;
        assert!(
            !said.trim_end().ends_with(':'),
            "a colon and nothing: {said}"
        );
        assert!(
            said.contains("nobody-of-this-name"),
            "who was not found? {said}"
        );
    });
}

async fn keep_something(stack: &Stack) {
    e2e::with_ticket(stack).await;
    assert!(!items(stack).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_a_failure() {
    case!(async {
        let live = Live::start().await;
        keep_something(&live.stack).await;
        for arguments in ["status --json", "status", "dead-letters list", "trace ana"] {
            let full = std::fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap();
            let mut command = live.command(arguments);
            command.stdout(full);
            let said = crate::kit::run(command).await;
            assert_ne!(said.code, Some(0), "{arguments} > /dev/full looks done");
            assert!(!said.err.is_empty(), "{arguments} says nothing");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_watched_of_a_customers_messages_goes_as_well() {
    let live = Live::start().await;
    live.stack
        .secrets
        .set_key("braze_events_token", "events-token-of-the-tests");
    let ticket = e2e::with_ticket(&live.stack).await;
    e2e::answered(&live.stack, ticket, "An answer").await;
    let watched = |item: &serde_json::Value| e2e::table::pk(item) == "sent#ana";
    assert!(items(&live.stack).iter().any(watched));
    forget(&live, "ana").await;
    assert_eq!(items(&live.stack), [] as [serde_json::Value; 0]);
}
