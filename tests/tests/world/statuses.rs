//! A status is set only where it changes something: set through the API it is the category's default
//! one, and the custom status that an agent chose is gone.

use e2e::case;
use e2e::send;
use e2e::view::calls_of;
use e2e::{ANA, agent, answered, settled, stack, with_ticket};
use local::Stack;
use serde_json::Value;
use simulators::zendesk::{Comment, Status};

/// The statuses in the updates that a text caused.
async fn set_by(stack: &Stack, text: &str) -> Vec<Value> {
    let before = stack.zendesk.calls().len();
    send::text(stack, ANA, text).await;
    settled(stack).await;
    let updates = calls_of(stack.zendesk.calls_from(before), "tickets.update");
    assert!(!updates.is_empty(), "the text is nowhere");
    updates
        .into_iter()
        .map(|call| call.body["ticket"]["status"].clone())
        .collect()
}

#[test]
fn a_text_on_an_open_ticket_leaves_its_status_alone() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        answered(&stack, ticket, "We ask the warehouse.").await;
        assert_eq!(set_by(&stack, "Any news?").await, [Value::Null]);
    });
}

#[test]
fn several_texts_on_an_open_ticket_leave_its_status_alone() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        agent(
            &stack,
            ticket,
            Comment::note("Asked the warehouse").status(Status::Open),
        )
        .await;
        answered(&stack, ticket, "We ask the warehouse.").await;
        for text in ["Any news?", "It is urgent", "Hello?"] {
            assert_eq!(set_by(&stack, text).await, [Value::Null], "{text}");
        }
    });
}

#[test]
fn a_text_on_a_ticket_that_a_text_has_reopened_leaves_its_status_alone() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        agent(
            &stack,
            ticket,
            Comment::public("Is it red?").status(Status::Pending),
        )
        .await;
        assert_eq!(set_by(&stack, "It is").await, ["open"]);
        assert_eq!(set_by(&stack, "and blue").await, [Value::Null]);
    });
}

#[test]
fn a_thank_you_on_an_open_ticket_leaves_its_status_alone() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        answered(&stack, ticket, "We ask the warehouse.").await;
        assert_eq!(set_by(&stack, "Thanks!").await, [Value::Null]);
    });
}

#[test]
fn a_text_on_a_new_ticket_leaves_its_status_alone() {
    case!(async {
        let stack = stack().await;
        with_ticket(&stack).await;
        assert_eq!(set_by(&stack, "Hello?").await, [Value::Null]);
    });
}

#[test]
fn a_custom_status_outlives_a_text() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        answered(&stack, ticket, "We ask the warehouse.").await;
        let waiting = stack
            .zendesk
            .add_custom_status(Status::Open, "Waiting for the warehouse");
        stack
            .zendesk
            .set_custom_status(ticket, waiting)
            .expect("set");
        settled(&stack).await;
        send::text(&stack, ANA, "Any news?").await;
        settled(&stack).await;
        let now = e2e::view::ticket(&stack, ticket);
        assert_eq!(now.custom_status_id, waiting);
    });
}

#[test]
fn a_custom_status_outlives_a_note_and_an_opt_out() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        let waiting = stack
            .zendesk
            .add_custom_status(Status::Pending, "Waiting for the customer's bank");
        stack
            .zendesk
            .set_custom_status(ticket, waiting)
            .expect("set");
        settled(&stack).await;
        send::text(&stack, ANA, "STOP").await;
        settled(&stack).await;
        let now = e2e::view::ticket(&stack, ticket);
        assert_eq!(now.custom_status_id, waiting);
    });
}
