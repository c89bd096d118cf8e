//! A user whom the agents suspended: texts are dropped, counted, and make nobody work.

use e2e::case;
use e2e::send;
use e2e::table::{dead_letters, waiting};
use e2e::view::notes;
use e2e::{ANA, settled, stack, with_ticket};
use local::Stack;
use serde_json::json;
use simulators::{Effect, Fault};

/// Zendesk refuses an operation because this member names a suspended user.
fn suspended(stack: &Stack, operation: &str, member: &str) {
    let description = "Requester: Ana Silva is suspended.";
    let body = json!({"error": "RecordInvalid", "description": "Record validation errors",
        "details": {member: [{"description": description, "error": "UserSuspended"}]}});
    stack.zendesk.fault(Fault::always(
        operation,
        Effect::Respond {
            status: 422,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string(),
        },
    ));
}

/// A text is answered 200 `ignored` with a reason, and nothing of it is left.
async fn is_dropped(stack: &Stack, text: &str) {
    let answer = send::text(stack, ANA, text).await;
    settled(stack).await;
    let seen = (
        answer.status,
        answer.outcome(),
        answer.body["reason"].is_string(),
    );
    assert_eq!(seen, (200, "ignored", true), "{answer:?}");
    assert_eq!(
        dead_letters(stack).len(),
        0,
        "dead letters, each with an alarm"
    );
    assert_eq!(waiting(stack).len(), 0, "tried again and again");
}

#[test]
fn the_first_text_of_a_suspended_user_is_dropped() {
    case!(async {
        let stack = stack().await;
        suspended(&stack, "tickets.create", "requester");
        is_dropped(&stack, "Buy now").await;
    });
}

#[test]
fn many_texts_of_a_suspended_user_make_no_dead_letters() {
    case!(async {
        let stack = stack().await;
        suspended(&stack, "tickets.create", "requester");
        for number in 0..3 {
            send::text(&stack, ANA, &format!("Buy {number}")).await;
        }
        settled(&stack).await;
        assert_eq!(
            dead_letters(&stack).len(),
            0,
            "dead letters, each with an alarm"
        );
    });
}

#[test]
fn a_text_on_the_open_ticket_of_a_suspended_user_is_dropped_without_a_note() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        suspended(&stack, "tickets.update", "author");
        is_dropped(&stack, "Buy now").await;
        assert_eq!(notes(&e2e::view::ticket(&stack, ticket)), [""; 0]);
    });
}

#[test]
fn the_reason_is_found_under_whatever_member_zendesk_puts_it() {
    case!(async {
        for member in ["base", "author_id", "requester_id", "comment.author"] {
            let stack = stack().await;
            suspended(&stack, "tickets.create", member);
            is_dropped(&stack, "Buy now").await;
        }
    });
}

/// Ana, suspended by the agents after her first ticket was closed.
async fn suspended_ana() -> (Stack, u64) {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let ana = stack.zendesk.user_named("Ana Silva").expect("known").id;
    stack.zendesk.suspend(ana).expect("suspended");
    (stack, id)
}

#[test]
fn a_user_suspended_by_agents_is_dropped_on_the_open_ticket() {
    case!(async {
        let (stack, id) = suspended_ana().await;
        is_dropped(&stack, "Buy now").await;
        assert_eq!(notes(&e2e::view::ticket(&stack, id)), [""; 0]);
    });
}

#[test]
fn a_user_suspended_by_agents_opens_no_follow_up() {
    case!(async {
        let (stack, id) = suspended_ana().await;
        stack.zendesk.close(id).expect("closed");
        is_dropped(&stack, "Buy now").await;
        assert_eq!(stack.zendesk.tickets().len(), 1);
    });
}

#[test]
fn what_was_dropped_is_counted() {
    case!(async {
        let (stack, _) = suspended_ana().await;
        let before = stack
            .logs
            .of("braze-inbound")
            .join("\n")
            .matches("uspended")
            .count();
        send::text(&stack, ANA, "Buy now").await;
        settled(&stack).await;
        let lines = stack.logs.of("braze-inbound").join("\n");
        assert!(
            lines.matches("uspended").count() > before,
            "neither a line nor a metric"
        );
    });
}

#[test]
fn texts_of_a_user_who_is_suspended_no_longer_arrive_again() {
    case!(async {
        let stack = stack().await;
        suspended(&stack, "tickets.create", "requester");
        send::text(&stack, ANA, "Buy now").await;
        settled(&stack).await;
        stack.zendesk.clear_faults();
        let answer = send::text(&stack, ANA, "Sorry, a real question now").await;
        settled(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        let tickets = stack.zendesk.tickets();
        assert_eq!(tickets.len(), 1);
        assert_eq!(
            e2e::view::public(&tickets[0]),
            ["Sorry, a real question now"]
        );
    });
}
