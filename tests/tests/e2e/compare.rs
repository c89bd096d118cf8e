//! What no webhook ever reported is found by comparing the conversation with its ticket.

use std::time::Duration;

use e2e::view::phone;
use e2e::{ANA, answered, settled, stack, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Mode, Status};
use simulators::{Effect, Fault};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_while_zendesk_is_down_holds_up_no_answer() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    for call in ["tickets.show", "comments.list"] {
        stack
            .zendesk
            .fault(Fault::always(call, Effect::status(503)));
    }
    an_hour_later(&stack);
    stack.redeliver().await.expect("ran");
    answered(&stack, ticket, "Braze works").await;
    assert_eq!(phone(&stack, ANA), ["Braze works"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_nobody_reported_after_days_of_silence_is_found() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    let answer = Comment::public("Sorry for the wait.");
    stack
        .zendesk
        .agent_comments(ticket, answer)
        .expect("written");
    lose_webhooks(&stack);
    // Nothing is left of the days on which something came in.
    let item = stack.dynamo.item("customer#ana").expect("read");
    let item = item.expect("a conversation");
    let names = item.as_object().into_iter().flat_map(|item| item.keys());
    let is_day = |name: &str| {
        name.strip_prefix('s')
            .is_some_and(|day| day.parse::<i64>().is_ok())
    };
    let days = names.filter(|name| is_day(name));
    let forgotten: Value = days.map(|name| (name.clone(), Value::Null)).collect();
    stack
        .dynamo
        .edit("customer#ana", &forgotten)
        .expect("there");
    e2e::table::remember(&stack, ANA, |memory| {
        let since = memory["since"].as_i64().unwrap_or_default();
        memory["since"] = json!(since - 3 * 24 * 60 * 60 * 1000);
    });
    stack.redeliver().await.expect("ran");
    assert_eq!(phone(&stack, ANA), ["Sorry for the wait."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_found_again_where_its_ticket_was_merged_into() {
    let stack = stack().await;
    let source = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    let target = stack.zendesk.agent_opens_ticket(ANA, "Same", "By mail");
    let aged = stack.zendesk.age(Duration::from_secs(600));
    aged.expect("aged");
    let missed = Comment::public("Before the merge.");
    stack
        .zendesk
        .agent_comments(source, missed)
        .expect("written");
    stack.zendesk.merge(source, target).expect("merged");
    let after = Comment::public("After the merge.");
    stack
        .zendesk
        .agent_comments(target, after)
        .expect("written");
    lose_webhooks(&stack);
    an_hour_later(&stack);
    for _ in 0..2 {
        stack.redeliver().await.expect("ran");
    }
    assert_eq!(
        phone(&stack, ANA),
        ["Before the merge.", "After the merge."]
    );
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket"], json!(target.to_string()));
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(true));
}
