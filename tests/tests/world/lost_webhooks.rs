//! What no webhook reported is found within three minutes.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::view::phone;
use e2e::{ANA, agent, settled, stack, with_ticket};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, Mode, Status};

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
