//! What no webhook ever reported is found by comparing the conversation with its ticket.

use e2e::{ANA, settled, stack, with_ticket};
use local::Stack;
use serde_json::json;
use simulators::zendesk::{Comment, Mode, Status};

/// Makes the conversation look an hour old, so that a comparison is worth it.
fn an_hour_later(stack: &Stack) {
    e2e::table::remember(stack, ANA, |memory| {
        let since = memory["since"].as_i64().unwrap_or_default();
        memory["since"] = json!(since - 60 * 60 * 1000);
    });
}

/// Drops every webhook under way, as Zendesk does while its circuit breaker is open.
fn lose_webhooks(stack: &Stack) {
    for webhook in stack.zendesk.held_webhooks() {
        let dropped = stack.zendesk.discard(webhook.id);
        assert!(dropped.is_ok(), "{dropped:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_webhook_never_came_is_found_and_sent_once() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    let answer = Comment::public("Please restart it.").status(Status::Open);
    stack
        .zendesk
        .agent_comments(ticket, answer)
        .expect("written");
    lose_webhooks(&stack);
    an_hour_later(&stack);

    let summary = stack.redeliver().await.expect("ran");
    assert_eq!(
        (&summary["compared"], &summary["found"]),
        (&json!(1), &json!(1)),
        "{summary}"
    );
    assert_eq!(stack.braze.inbox(ANA)[0].body, "Please restart it.");
    for _ in 0..3 {
        stack.redeliver().await.expect("ran");
    }
    assert_eq!(stack.braze.inbox(ANA).len(), 1, "once");
    settled(&stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_solve_nobody_reported_is_made_up_for_with_its_answer_first() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    let answer = Comment::public("It is repaired.").status(Status::Solved);
    stack
        .zendesk
        .agent_comments(ticket, answer)
        .expect("written");
    lose_webhooks(&stack);
    an_hour_later(&stack);

    stack.redeliver().await.expect("ran");
    let inbox: Vec<String> = stack
        .braze
        .inbox(ANA)
        .into_iter()
        .map(|sms| sms.body)
        .collect();
    assert_eq!(inbox, ["It is repaired.", "Your ticket has been closed"]);
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_deleted_behind_our_back_is_noticed() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    stack.zendesk.delete(ticket).expect("deleted");
    an_hour_later(&stack);
    stack.redeliver().await.expect("ran");
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(false));
}
