//! Braze answers success for messages that it does not send: the agent reads so, before writing where
//! that is possible.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::view::{braze_calls, notes, phone, ticket};
use e2e::{ANA, answered, set, settled, stack_with, with_ticket};
use local::Stack;
use simulators::braze::{Condition, SMS_GROUP, Subscription};
use simulators::zendesk::Status;

/// A stack whose settings name the campaign's subscription group.
async fn checking() -> Stack {
    stack_with(|options| {
        set(options, "BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP);
        set(options, "CHECK_SUBSCRIPTION", "on");
    })
    .await
}

/// So many sends were asked for.
fn sends(stack: &Stack) -> usize {
    braze_calls(stack)
        .iter()
        .filter(|call| *call == "campaigns.trigger.send")
        .count()
}

fn noted(stack: &Stack, id: u64) -> Vec<String> {
    notes(&ticket(stack, id))
}

#[test]
fn an_agent_reads_before_writing_that_the_customer_is_unsubscribed() {
    case!(async {
        let stack = checking().await;
        stack.braze.set_condition(ANA, Condition::Unsubscribed);
        let id = with_ticket(&stack).await;
        assert_eq!(noted(&stack, id).len(), 1, "{:?}", noted(&stack, id));
    });
}

#[test]
fn an_answer_to_an_unsubscribed_customer_is_not_sent_and_the_agent_reads_why() {
    case!(async {
        let stack = checking().await;
        stack.braze.set_condition(ANA, Condition::Unsubscribed);
        let id = with_ticket(&stack).await;
        let before = noted(&stack, id).len();
        answered(&stack, id, "Please restart it.").await;
        assert_eq!(noted(&stack, id).len(), before + 1);
        assert_eq!(sends(&stack), 0);
    });
}

#[test]
fn an_answer_to_a_customer_who_never_subscribed_is_sent_and_the_agent_is_warned() {
    case!(async {
        let stack = checking().await;
        stack.braze.set_condition(ANA, Condition::Unknown);
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Please restart it.").await;
        assert_eq!(sends(&stack), 1);
        assert!(
            !noted(&stack, id).is_empty(),
            "it did not arrive, and no agent knows"
        );
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

#[test]
fn an_opt_out_that_was_taken_back_elsewhere_counts_as_taken_back() {
    case!(async {
        let stack = checking().await;
        let id = with_ticket(&stack).await;
        send::text(&stack, ANA, "STOP").await;
        settled(&stack).await;
        stack
            .braze
            .set_subscription(ANA, SMS_GROUP, Subscription::Subscribed);
        stack
            .pass(Duration::from_secs(61 * 60))
            .await
            .expect("time passes");
        answered(&stack, id, "Welcome back").await;
        assert_eq!(phone(&stack, ANA), ["Welcome back"]);
    });
}

#[test]
fn a_second_answer_within_the_hour_asks_nothing_more() {
    case!(async {
        let stack = checking().await;
        let id = with_ticket(&stack).await;
        let asked = braze_calls(&stack)
            .iter()
            .filter(|call| call.contains("subscription"))
            .count();
        answered(&stack, id, "Please restart it.").await;
        answered(&stack, id, "Did you?").await;
        assert_eq!(asked, 1, "once, when the ticket opened");
        let now = braze_calls(&stack)
            .iter()
            .filter(|call| call.contains("subscription"))
            .count();
        assert_eq!(now, 1);
        assert_eq!(phone(&stack, ANA), ["Please restart it.", "Did you?"]);
    });
}

#[test]
fn a_key_that_may_not_ask_does_not_keep_answers_back() {
    case!(async {
        let stack = checking().await;
        stack
            .braze
            .set_permissions(Some(&["campaigns.trigger.send", "users.track"]));
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Please restart it.").await;
        assert_eq!(phone(&stack, ANA), ["Please restart it."]);
        assert_eq!(noted(&stack, id), [""; 0]);
    });
}

#[test]
fn an_opt_in_counts_at_once() {
    case!(async {
        let stack = checking().await;
        stack.braze.set_condition(ANA, Condition::Unsubscribed);
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Are you there?").await;
        assert_eq!(sends(&stack), 0);
        stack.braze.customer_texts(ANA, "START", &[]).await;
        settled(&stack).await;
        answered(&stack, id, "Welcome back").await;
        assert_eq!(
            phone(&stack, ANA).last().map(String::as_str),
            Some("Welcome back")
        );
    });
}

#[test]
fn a_closing_message_to_an_unsubscribed_customer_is_not_sent() {
    case!(async {
        let stack = checking().await;
        let id = with_ticket(&stack).await;
        stack.braze.set_condition(ANA, Condition::Unsubscribed);
        stack
            .pass(Duration::from_secs(61 * 60))
            .await
            .expect("time passes");
        stack
            .zendesk
            .set_status(id, Status::Solved)
            .expect("solved");
        settled(&stack).await;
        assert_eq!(sends(&stack), 0);
        assert_eq!(noted(&stack, id).len(), 1, "{:?}", noted(&stack, id));
    });
}

#[test]
fn an_agent_is_warned_once_of_a_customer_who_never_subscribed() {
    case!(async {
        let stack = checking().await;
        stack.braze.set_condition(ANA, Condition::Unknown);
        let id = with_ticket(&stack).await;
        for hour in 1..3 {
            stack
                .pass(Duration::from_secs(61 * 60))
                .await
                .expect("time passes");
            answered(&stack, id, &format!("Please restart it, {hour}")).await;
        }
        assert_eq!(sends(&stack), 2);
        assert_eq!(noted(&stack, id).len(), 1, "{:?}", noted(&stack, id));
    });
}

#[test]
fn without_the_check_nothing_is_asked() {
    case!(async {
        let stack = stack_with(|options| {
            set(options, "BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP);
            set(options, "CHECK_SUBSCRIPTION", "off");
        })
        .await;
        stack.braze.set_condition(ANA, Condition::Unsubscribed);
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Please restart it.").await;
        assert_eq!(sends(&stack), 1);
        assert_eq!(noted(&stack, id), [""; 0]);
    });
}
