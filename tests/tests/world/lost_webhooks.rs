//! What no webhook reported is found within three minutes.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::view::phone;
use e2e::{ANA, agent, settled, stack, with_ticket};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, Mode, Role, Status};

use crate::crowd::CLOSING;

/// What happens in Zendesk while no webhook leaves it.
async fn unreported(stack: &Stack, ticket: u64, comment: Comment) {
    stack.zendesk.webhook_delivery(Mode::Held);
    agent(stack, ticket, comment).await;
    for held in stack.zendesk.held_webhooks() {
        stack.zendesk.discard(held.id).expect("held");
    }
    stack.zendesk.webhook_delivery(Mode::Immediate);
}

/// The schedule runs once in each of three minutes. The newest minute of changes is left out by
/// Zendesk, which makes it four.
async fn three_minutes_pass(stack: &Stack) {
    for _ in 0..4 {
        stack
            .pass(Duration::from_secs(60))
            .await
            .expect("time passes");
        stack.redeliver().await.expect("redelivery runs");
        settled(stack).await;
    }
}

#[test]
fn a_lost_answer_is_found() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        unreported(&stack, id, Comment::public("Please restart it.")).await;
        three_minutes_pass(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Please restart it."]);
    });
}

#[test]
fn a_lost_answer_and_its_lost_solve_are_found_in_their_order() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        unreported(&stack, id, Comment::public("Fixed.").status(Status::Solved)).await;
        three_minutes_pass(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Fixed.", CLOSING]);
    });
}

#[test]
fn lost_answers_of_many_customers_are_all_found() {
    case!(async {
        let stack = stack().await;
        let customers: Vec<String> = (0..12).map(|number| format!("c{number}")).collect();
        let mut tickets = Vec::new();
        for (number, id) in customers.iter().enumerate() {
            stack
                .braze
                .add_user(User::new(id, "C", "X", &format!("+155501030{number:02}")));
            tickets.push(send::text(&stack, id, "SUPPORT").await.ticket());
        }
        settled(&stack).await;
        stack.zendesk.webhook_delivery(Mode::Held);
        for ticket in &tickets {
            stack
                .zendesk
                .agent_comments(*ticket, Comment::public("Please restart it."))
                .expect("written");
        }
        for held in stack.zendesk.held_webhooks() {
            stack.zendesk.discard(held.id).expect("held");
        }
        three_minutes_pass(&stack).await;
        let without = customers
            .iter()
            .filter(|id| phone(&stack, id) != ["Please restart it."]);
        assert_eq!(without.count(), 0);
    });
}

#[test]
fn a_lost_request_to_send_again_is_found() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack.braze.fault(simulators::Fault::once(
            "campaigns.trigger.send",
            simulators::Effect::Drop,
        ));
        agent(&stack, id, Comment::public("Please restart it.")).await;
        stack.zendesk.webhook_delivery(Mode::Held);
        stack.zendesk.add_tags(id, &["sms_resend"]).expect("tagged");
        for held in stack.zendesk.held_webhooks() {
            stack.zendesk.discard(held.id).expect("held");
        }
        stack.zendesk.webhook_delivery(Mode::Immediate);
        three_minutes_pass(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Please restart it."]);
    });
}

/// What the schedule asked of Zendesk in each minute until the customer has the answer, and the last minute's
/// number.
async fn minutes_until_it_is_texted(stack: &Stack, answer: &str, most: u64) -> u64 {
    for minute in 1..=most {
        stack.zendesk.others_change(2_000);
        let passed = stack.pass(Duration::from_secs(60)).await;
        passed.expect("time passes");
        let first = stack.zendesk.calls().len();
        stack.redeliver().await.expect("redelivery runs");
        settled(stack).await;
        let calls = stack.zendesk.calls_from(first);
        let asked = calls.iter().map(|call| call.operation.as_str());
        let asked: Vec<&str> = asked.filter(|name| *name != "oauth.token").collect();
        println!(
            "minute {minute}: {} calls: {}",
            asked.len(),
            asked.join(" ")
        );
        assert!(asked.len() <= 10, "minute {minute}: {asked:?}");
        if phone(stack, ANA).iter().any(|text| text == answer) {
            return minute;
        }
    }
    panic!("not found within {most} minutes");
}

#[test]
fn while_two_thousand_tickets_of_others_change_each_minute_a_lost_answer_is_found_in_time() {
    case!(async {
        for (role, within) in [(Role::Admin, 3), (Role::Agent, 15)] {
            let stack = stack().await;
            let id = with_ticket(&stack).await;
            stack.zendesk.set_api_role(role);
            minutes_pass(&stack, 5, 2_000).await;
            let answer = "Please restart it.";
            unreported(&stack, id, Comment::public(answer)).await;
            let found = minutes_until_it_is_texted(&stack, answer, within).await;
            println!("{role:?}: found in minute {found}");
        }
    });
}

/// The schedule runs each minute, in which others work as well.
async fn minutes_pass(stack: &Stack, minutes: u32, others: u64) {
    for _ in 0..minutes {
        stack.zendesk.others_change(others);
        let passed = stack.pass(Duration::from_secs(60)).await;
        passed.expect("time passes");
        stack.redeliver().await.expect("redelivery runs");
    }
}

#[test]
fn what_was_lost_while_nothing_ran_for_a_day_and_a_half_is_found() {
    case!(async {
        for role in [Role::Admin, Role::Agent] {
            let stack = stack().await;
            let id = with_ticket(&stack).await;
            stack.zendesk.set_api_role(role);
            minutes_pass(&stack, 1, 100).await;
            unreported(&stack, id, Comment::public("First.")).await;
            let passed = stack.pass(Duration::from_secs(35 * 60 * 60)).await;
            passed.expect("time passes");
            stack.zendesk.others_change(1_500);
            unreported(&stack, id, Comment::public("Second.")).await;
            minutes_pass(&stack, 12, 100).await;
            settled(&stack).await;
            assert_eq!(phone(&stack, ANA), ["First.", "Second."], "{role:?}");
        }
    });
}

#[test]
fn a_watermark_that_cannot_be_right_loses_nothing() {
    case!(async {
        for mark in ["-1", "0", "99999999999999", "9223372036854775807", "12"] {
            let stack = stack().await;
            let id = with_ticket(&stack).await;
            let mut item = serde_json::json!({"pk": {"S": "cursor#tickets"}, "v": {"N": "1"}});
            item["seen_until"] = serde_json::json!({"N": mark});
            stack.dynamo.put(&item).expect("kept");
            unreported(&stack, id, Comment::public("Please restart it.")).await;
            three_minutes_pass(&stack).await;
            assert_eq!(phone(&stack, ANA), ["Please restart it."], "{mark}");
        }
    });
}

fn damaged(body: &str) -> simulators::Effect {
    simulators::Effect::RespondAfter {
        status: 200,
        headers: vec![],
        body: body.to_owned(),
    }
}

#[test]
fn an_export_that_is_refused_damaged_or_says_nothing_is_asked_again() {
    case!(async {
        for effect in [
            simulators::Effect::status(429),
            simulators::Effect::status(503),
            simulators::Effect::status(400),
            damaged("{\"tickets\":"),
            damaged("[]"),
            damaged(r#"{"tickets":[],"after_cursor":null,"end_of_stream":false}"#),
            damaged(r#"{"tickets":[{"id":"x"},7],"after_cursor":"no","end_of_stream":false}"#),
            simulators::Effect::Drop,
        ] {
            let stack = stack().await;
            let id = with_ticket(&stack).await;
            let shown = format!("{effect:?}");
            stack
                .zendesk
                .fault(simulators::Fault::once("incremental.tickets", effect));
            unreported(&stack, id, Comment::public("Please restart it.")).await;
            three_minutes_pass(&stack).await;
            assert_eq!(phone(&stack, ANA), ["Please restart it."], "{shown}");
        }
    });
}
