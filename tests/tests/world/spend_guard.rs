//! A limit of SMS parts: what goes beyond is not sent, and the agent reads so.

use std::time::Duration;

use e2e::case;
use e2e::send::{reply, reply_body, text};
use e2e::table::redelivered;
use e2e::view::{notes, phone, ticket};
use e2e::{ANA, agent, answered, set, settled, stack_with, with_ticket};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, Status};

async fn limited(name: &'static str, parts: &'static str) -> (Stack, u64) {
    let stack = stack_with(|options| set(options, name, parts)).await;
    let id = with_ticket(&stack).await;
    (stack, id)
}

fn told(stack: &Stack, id: u64) -> Vec<String> {
    let about = |note: &String| note.contains("PARTS_PER_");
    notes(&ticket(stack, id))
        .into_iter()
        .filter(about)
        .collect()
}

#[test]
fn an_answer_beyond_a_customers_day_is_not_sent_and_its_agent_reads_so() {
    case!(async {
        let (stack, id) = limited("PARTS_PER_CUSTOMER_DAY", "2").await;
        for words in ["One", "Two", "Three"] {
            answered(&stack, id, words).await;
        }
        assert_eq!(phone(&stack, ANA), ["One", "Two"]);
        let told = told(&stack, id);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("sms_resend"), "{told:?}");
        // A day after the first one there is room, for new answers and for the one that is asked for.
        stack.pass(Duration::from_secs(25 * 60 * 60)).await.unwrap();
        let asked = format!(r#"{{"ticket_id":"{id}","external_user_id":"{ANA}","resend":"true"}}"#);
        reply(&stack, "again", asked).await;
        settled(&stack).await;
        redelivered(&stack).await;
        assert_eq!(phone(&stack, ANA), ["One", "Two", "Three"]);
    });
}

#[test]
fn a_long_answer_counts_whole_and_is_not_sent_in_part() {
    case!(async {
        let (stack, id) = limited("PARTS_PER_CUSTOMER_DAY", "3").await;
        answered(&stack, id, "One").await;
        answered(&stack, id, &"Long. ".repeat(80)).await;
        answered(&stack, id, "Two").await;
        assert_eq!(phone(&stack, ANA), ["One", "Two"]);
        assert_eq!(told(&stack, id).len(), 1);
    });
}

#[test]
fn a_closing_message_beyond_the_limit_is_not_sent_and_its_agent_reads_so() {
    case!(async {
        let (stack, id) = limited("PARTS_PER_CUSTOMER_DAY", "1").await;
        answered(&stack, id, "One").await;
        agent(&stack, id, Comment::note("Done").status(Status::Solved)).await;
        assert_eq!(phone(&stack, ANA), ["One"]);
        assert_eq!(told(&stack, id).len(), 1);
        let open = &stack.braze.user(ANA).unwrap().attributes["zendesk_ticket_open"];
        assert_eq!(open, false, "Braze knows all the same");
    });
}

#[test]
fn the_stacks_hour_is_everybodys() {
    case!(async {
        let (stack, id) = limited("PARTS_PER_HOUR", "2").await;
        let bo = User::new("bo", "Bo", "X", "+15550100009");
        stack.braze.add_user(bo);
        let other = text(&stack, "bo", "Hello").await.ticket();
        answered(&stack, id, "One").await;
        answered(&stack, other, "Two").await;
        answered(&stack, other, "Three").await;
        answered(&stack, id, "Four").await;
        assert_eq!(phone(&stack, ANA), ["One"]);
        assert_eq!(phone(&stack, "bo"), ["Two"]);
        assert_eq!((told(&stack, id).len(), told(&stack, other).len()), (1, 1));
        stack.pass(Duration::from_secs(61 * 60)).await.unwrap();
        answered(&stack, id, "Five").await;
        assert_eq!(phone(&stack, ANA), ["One", "Five"]);
    });
}

#[test]
fn an_answer_beyond_the_limit_is_answered_as_ignored_with_the_reason() {
    case!(async {
        let (stack, id) = limited("PARTS_PER_CUSTOMER_DAY", "1").await;
        let body = |comment| reply_body(id, ANA, comment, "Hello").to_string();
        assert_eq!(reply(&stack, "1", body(901)).await.outcome(), "delivered");
        let over = reply(&stack, "2", body(902)).await;
        assert_eq!(over.outcome(), "ignored", "{over:?}");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Hello"]);
    });
}

#[test]
fn without_a_limit_nothing_is_counted() {
    case!(async {
        let (stack, id) = limited("PARTS_PER_CUSTOMER_DAY", "0").await;
        for number in 0..5 {
            answered(&stack, id, &format!("Answer {number}")).await;
        }
        assert_eq!(phone(&stack, ANA).len(), 5);
        let counter = stack.dynamo.item("spend#hour").unwrap();
        assert!(counter.is_none());
    });
}
