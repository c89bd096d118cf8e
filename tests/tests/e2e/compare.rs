//! What no webhook ever reported is found by comparing the conversation with its ticket.

use std::time::Duration;

use e2e::view::phone;
use e2e::{ANA, answered, settled, stack, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Mode, Status};
use simulators::{Effect, Fault};

/// So much later what happened is in Zendesk's export, which leaves out the last minute.
async fn a_minute_later(stack: &Stack) {
    let passed = stack.pass(Duration::from_secs(61)).await;
    passed.expect("time passes");
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
    a_minute_later(&stack).await;

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
    a_minute_later(&stack).await;

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
    a_minute_later(&stack).await;
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
    a_minute_later(&stack).await;
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
    a_minute_later(&stack).await;
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
    a_minute_later(&stack).await;
    for _ in 0..2 {
        stack.redeliver().await.expect("ran");
        a_minute_later(&stack).await;
    }
    assert_eq!(
        phone(&stack, ANA),
        ["Before the merge.", "After the merge."]
    );
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket"], json!(target.to_string()));
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(true));
}

/// A ticket whose solve the customer was told of, compared a day ago. Webhooks are held from now on.
async fn told_as_solved(stack: &Stack, customer: &str) -> u64 {
    let text = e2e::send::text(stack, customer, "SUPPORT").await;
    let solved = stack.zendesk.set_status(text.ticket(), Status::Solved);
    solved.expect("open");
    settled(stack).await;
    a_day_earlier(stack, customer, &["since"]);
    stack.zendesk.webhook_delivery(Mode::Held);
    text.ticket()
}

fn a_day_earlier(stack: &Stack, customer: &str, times: &[&str]) {
    e2e::table::remember(stack, customer, |memory| {
        for &time in times {
            let at = memory[time].as_i64().expect("a time");
            memory[time] = json!(at - 24 * 60 * 60 * 1000);
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_on_a_ticket_told_as_solved_is_found() {
    let stack = stack().await;
    let ticket = told_as_solved(&stack, ANA).await;
    let answer = Comment::public("One more thing.");
    let written = stack.zendesk.agent_comments(ticket, answer);
    written.expect("solved");
    lose_webhooks(&stack);
    a_minute_later(&stack).await;
    for _ in 0..3 {
        stack.redeliver().await.expect("ran");
    }
    let closed = "Your ticket has been closed";
    assert_eq!(phone(&stack, ANA), [closed, "One more thing."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_reopened_and_solved_without_a_word_is_told_once_more() {
    let stack = stack().await;
    let ticket = told_as_solved(&stack, ANA).await;
    a_day_earlier(&stack, ANA, &["notified_at"]);
    let desk = &stack.zendesk;
    desk.set_status(ticket, Status::Open).expect("solved");
    lose_webhooks(&stack);
    a_minute_later(&stack).await;
    let before = stack
        .dynamo
        .item("customer#ana")
        .expect("read")
        .expect("there");
    stack.redeliver().await.expect("ran");
    let shown = || stack.braze.user(ANA).expect("known").attributes["zendesk_ticket_open"].clone();
    assert_eq!(shown(), json!(true), "reopened");

    // The same, where no run came between.
    let memory = json!({"memory": before["memory"]});
    stack.dynamo.edit("customer#ana", &memory).expect("there");
    desk.set_status(ticket, Status::Solved).expect("open");
    lose_webhooks(&stack);
    a_minute_later(&stack).await;
    for _ in 0..3 {
        stack.redeliver().await.expect("ran");
    }
    assert_eq!(phone(&stack, ANA), ["Your ticket has been closed"; 2]);
    assert_eq!(shown(), json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_nobody_reported_is_found_by_its_tag() {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    let lost = Fault::once("campaigns.trigger.send", Effect::Drop);
    stack.braze.fault(lost);
    answered(&stack, ticket, "Please restart it.").await;
    assert!(phone(&stack, ANA).is_empty());
    stack.zendesk.webhook_delivery(Mode::Held);
    let tagged = stack.zendesk.add_tags(ticket, &["sms_resend"]);
    tagged.expect("open");
    lose_webhooks(&stack);
    a_minute_later(&stack).await;
    for _ in 0..3 {
        stack.redeliver().await.expect("ran");
    }
    assert_eq!(phone(&stack, ANA), ["Please restart it."]);
    let tags = stack.zendesk.ticket(ticket).expect("there").tags;
    assert!(
        !tags.iter().any(|tag| tag.starts_with("sms_resend")),
        "{tags:?}"
    );
}
