//! Two answers of an agent in quick succession are read in the order in which they were written.

use e2e::case;
use e2e::send::{reply, reply_body};
use e2e::table::redelivered;
use e2e::view::{calls_of, phone};
use e2e::{ANA, agent, settled, stack, with_ticket};
use local::Stack;
use simulators::zendesk::{Comment, Mode, PendingWebhook, Status};
use simulators::{Effect, Fault};

const FIRST: &str = "Do NOT press the red button before you have";
const SECOND: &str = "switched the machine off.";

/// An agent writes each of them at once; the webhooks wait.
async fn written(texts: &[&str]) -> (Stack, u64, Vec<PendingWebhook>) {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    for text in texts {
        agent(&stack, ticket, Comment::public(text)).await;
    }
    let held = stack.zendesk.held_webhooks();
    (stack, ticket, held)
}

async fn come(stack: &Stack, webhook: &PendingWebhook) {
    let delivery = stack.zendesk.release(webhook.id).await.expect("held");
    assert!(matches!(delivery.status, Some(200..=299)), "{delivery:?}");
    settled(stack).await;
}

#[test]
fn two_answers_whose_webhooks_are_reversed_are_read_in_order() {
    case!(async {
        let (stack, _, held) = written(&[FIRST, SECOND]).await;
        come(&stack, &held[1]).await;
        come(&stack, &held[0]).await;
        assert_eq!(phone(&stack, ANA), [FIRST, SECOND]);
    });
}

#[test]
fn three_answers_of_which_the_last_comes_first_are_read_in_order() {
    case!(async {
        let (stack, _, held) = written(&["One.", "Two.", "Three."]).await;
        for webhook in [2, 0, 1] {
            come(&stack, &held[webhook]).await;
        }
        assert_eq!(phone(&stack, ANA), ["One.", "Two.", "Three."]);
    });
}

#[test]
fn an_answer_whose_predecessor_never_came_brings_it_along() {
    case!(async {
        let (stack, _, held) = written(&[FIRST, SECOND]).await;
        stack.zendesk.discard(held[0].id).expect("held");
        come(&stack, &held[1]).await;
        assert_eq!(phone(&stack, ANA), [FIRST, SECOND]);
    });
}

#[test]
fn an_answer_with_a_solve_waits_for_the_one_before_it() {
    case!(async {
        let (stack, ticket, held) = written(&[FIRST]).await;
        agent(
            &stack,
            ticket,
            Comment::public(SECOND).status(Status::Solved),
        )
        .await;
        let [second, solved]: [PendingWebhook; 2] = stack
            .zendesk
            .held_webhooks()
            .split_off(1)
            .try_into()
            .expect("a reply and a solve");
        come(&stack, &second).await;
        come(&stack, &solved).await;
        come(&stack, &held[0]).await;
        assert_eq!(
            phone(&stack, ANA),
            [FIRST, SECOND, "Your ticket has been closed"]
        );
    });
}

#[test]
fn both_answers_arrive_though_both_webhooks_name_the_second() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        stack.zendesk.webhook_delivery(Mode::Held);
        agent(&stack, ticket, Comment::public(FIRST)).await;
        let second = agent(&stack, ticket, Comment::public(SECOND)).await;
        for held in stack.zendesk.held_webhooks() {
            stack.zendesk.discard(held.id).expect("held");
        }
        for invocation in ["01A", "01B"] {
            let body = reply_body(ticket, ANA, second, SECOND);
            reply(&stack, invocation, body.to_string()).await;
        }
        settled(&stack).await;
        redelivered(&stack).await;
        assert_eq!(phone(&stack, ANA), [FIRST, SECOND]);
    });
}

#[test]
fn three_answers_arrive_though_every_webhook_names_the_last() {
    case!(async {
        let (stack, ticket, held) = written(&["One.", "Two.", "Three."]).await;
        for held in &held {
            stack.zendesk.discard(held.id).expect("held");
        }
        let last = e2e::view::ticket(&stack, ticket)
            .comments
            .last()
            .expect("three")
            .id;
        for invocation in ["01A", "01B", "01C"] {
            let body = reply_body(ticket, ANA, last, "Three.");
            reply(&stack, invocation, body.to_string()).await;
        }
        settled(&stack).await;
        redelivered(&stack).await;
        assert_eq!(phone(&stack, ANA), ["One.", "Two.", "Three."]);
    });
}

#[test]
fn an_answer_that_waits_for_braze_is_not_overtaken_by_the_one_after_it() {
    case!(async {
        let (stack, _, held) = written(&[FIRST, SECOND]).await;
        let down = Fault::once("campaigns.trigger.send", Effect::status(503));
        stack.braze.fault(down);
        come(&stack, &held[1]).await;
        come(&stack, &held[0]).await;
        redelivered(&stack).await;
        assert_eq!(phone(&stack, ANA), [FIRST, SECOND]);
    });
}

#[test]
fn answers_in_order_cost_no_look_at_their_ticket() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        e2e::send::text(&stack, ANA, "It still blinks").await;
        settled(&stack).await;
        let looks = || calls_of(stack.zendesk.calls(), "comments.list").len();
        let before = looks();
        for text in ["One.", "Two.", "Three."] {
            agent(&stack, ticket, Comment::public(text)).await;
        }
        assert_eq!(phone(&stack, ANA), ["One.", "Two.", "Three."]);
        assert_eq!(looks(), before);
    });
}

#[test]
fn a_webhook_that_zendesk_repeats_brings_nothing_new() {
    case!(async {
        let (stack, _, held) = written(&[FIRST, SECOND]).await;
        let copy = stack.zendesk.duplicate(held[1].id).expect("held");
        for webhook in &held {
            come(&stack, webhook).await;
        }
        stack.zendesk.release(copy).await.expect("held");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), [FIRST, SECOND]);
    });
}
