//! How many SMS parts a ticket took, in a field of the ticket that reports read.

use e2e::case;
use e2e::view::{Mark, public, ticket};
use e2e::{ANA, answered, edit_zendesk, send, set, settled, stack_with, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::Status;

const FIELD: u64 = 605;

/// A stack with a field for parts, and Ana's ticket.
async fn counting(change: impl FnOnce(&mut local::Options)) -> (Stack, u64) {
    let stack = stack_with(|options| {
        set(options, "PARTS_FIELD_ID", &FIELD.to_string());
        change(options);
    })
    .await;
    edit_zendesk(&stack, |account| {
        let fields = account["ticket_fields"].as_array_mut().expect("a list");
        fields.push(json!({"id": FIELD, "title": "SMS parts", "kind": "integer"}));
        fields.push(json!({"id": 604, "title": "Rating", "kind": "integer"}));
    });
    let id = with_ticket(&stack).await;
    (stack, id)
}

fn parts(stack: &Stack, id: u64) -> Option<Value> {
    ticket(stack, id).custom_fields.get(&FIELD).cloned()
}

async fn texts(stack: &Stack, text: &str) {
    send::text(stack, ANA, text).await;
    settled(stack).await;
}

#[test]
fn parts_are_in_the_field_with_the_next_write_and_cost_no_call() {
    case!(async {
        let (stack, id) = counting(|_| {}).await;
        texts(&stack, "Hello?").await;
        assert_eq!(parts(&stack, id), None, "nothing was sent yet");
        let mark = Mark::now(&stack);
        answered(&stack, id, &"It is on its way to you. ".repeat(10)).await;
        assert!(!mark.since(&stack).0.contains(&"tickets.update".to_owned()));
        let mark = Mark::now(&stack);
        texts(&stack, "And when?").await;
        assert_eq!(parts(&stack, id), Some(json!(2)));
        assert_eq!(mark.since(&stack).0, ["tickets.update"]);
        answered(&stack, id, "Tomorrow \u{1f600}").await;
        texts(&stack, "Good").await;
        assert_eq!(parts(&stack, id), Some(json!(3)));
    });
}

#[test]
fn a_note_that_is_written_anyway_brings_the_parts() {
    case!(async {
        let (stack, id) = counting(|options| set(options, "COST_NOTE", "always")).await;
        answered(&stack, id, "It is on its way.").await;
        assert_eq!(parts(&stack, id), Some(json!(1)));
    });
}

#[test]
fn the_closing_message_counts_and_a_rating_brings_it() {
    case!(async {
        let (stack, id) = counting(|options| {
            set(options, "CSAT", "on");
            set(options, "CSAT_FIELD_ID", "604");
        })
        .await;
        answered(&stack, id, "It is on its way.").await;
        stack.zendesk.set_status(id, Status::Solved).expect("open");
        settled(&stack).await;
        let mark = Mark::now(&stack);
        texts(&stack, "5").await;
        let updates = mark.since(&stack).0;
        let updates = updates.iter().filter(|call| *call == "tickets.update");
        assert_eq!(updates.count(), 2, "the text, and the rating's field");
        assert_eq!(parts(&stack, id), Some(json!(2)));
        assert_eq!(ticket(&stack, id).custom_fields[&604], json!(5));
    });
}

#[test]
fn a_field_that_zendesk_refuses_costs_no_text() {
    case!(async {
        let (stack, id) = counting(|options| set(options, "PARTS_FIELD_ID", "999")).await;
        answered(&stack, id, "It is on its way.").await;
        texts(&stack, "And when?").await;
        assert_eq!(
            public(&ticket(&stack, id)).last().map(String::as_str),
            Some("And when?")
        );
    });
}
