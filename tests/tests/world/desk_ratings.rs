//! A rating by text after the solve, and the events Braze gets of tickets.

use e2e::case;
use e2e::table::{dead_letters, redelivered, waiting};
use e2e::view::{Mark, only_ticket, phone, public};
use e2e::{ANA, answered, edit_zendesk, send, set, settled, stack, stack_with, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Status, Ticket};
use simulators::{Effect, Fault};

const FIELD: u64 = 604;

/// A stack that asks for ratings and reports events; Ana's ticket was answered and solved.
async fn solved() -> Stack {
    let stack = stack_with(|options| {
        set(options, "CSAT", "on");
        set(options, "CSAT_FIELD_ID", &FIELD.to_string());
        set(options, "BRAZE_EVENTS", "on");
    })
    .await;
    edit_zendesk(&stack, |account| {
        let fields = account["ticket_fields"].as_array_mut().expect("a list");
        fields.push(json!({"id": FIELD, "title": "Rating", "kind": "integer"}));
    });
    let id = with_ticket(&stack).await;
    answered(&stack, id, "It is on its way.").await;
    solve(&stack, id).await;
    stack
}

async fn solve(stack: &Stack, id: u64) {
    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("solved");
    settled(stack).await;
}

async fn texts(stack: &Stack, text: &str) -> Ticket {
    send::text(stack, ANA, text).await;
    settled(stack).await;
    only_ticket(stack)
}

fn rated(ticket: &Ticket) -> Vec<&str> {
    let tags = ticket
        .tags
        .iter()
        .filter_map(|tag| tag.strip_prefix("sms_csat_"));
    tags.collect()
}

fn events(stack: &Stack) -> Vec<(String, Value)> {
    let user = stack.braze.user(ANA).expect("known");
    let events = user.events.into_iter();
    events.map(|event| (event.name, event.properties)).collect()
}

#[test]
fn the_closing_text_asks_and_a_rating_is_recorded_without_reopening() {
    case!(async {
        for (text, value) in [
            ("5", "5"),
            ("4/5", "4"),
            ("★★★", "3"),
            ("👎", "1"),
            ("deux", "2"),
            ("5 stars!!", "5"),
        ] {
            let stack = solved().await;
            let closing = phone(&stack, ANA).pop().expect("a closing text");
            assert!(closing.contains("1 (bad) to 5 (great)"), "{closing}");
            let ticket = texts(&stack, text).await;
            assert_eq!(
                (rated(&ticket), ticket.status),
                (vec![value], Status::Solved),
                "{text}"
            );
            assert_eq!(ticket.custom_fields[&FIELD].to_string(), value, "{text}");
            assert_eq!(public(&ticket).last().map(String::as_str), Some(text));
        }
    });
}

#[test]
fn what_is_no_rating_reopens_the_ticket() {
    case!(async {
        for text in ["10/10", "1 thing is missing", "6", "0", "3 or 4", "5?"] {
            let stack = solved().await;
            let ticket = texts(&stack, text).await;
            assert_eq!(
                (rated(&ticket).len(), ticket.status),
                (0, Status::Open),
                "{text}"
            );
        }
    });
}

#[test]
fn a_second_rating_replaces_the_first_and_a_comment_after_it_reopens_only_where_it_asks() {
    case!(async {
        let stack = solved().await;
        texts(&stack, "2").await;
        let ticket = texts(&stack, "4").await;
        assert_eq!(rated(&ticket), ["4"]);
        let ticket = texts(&stack, "The driver was friendly but late").await;
        assert_eq!((rated(&ticket), ticket.status), (vec!["4"], Status::Solved));
        let ticket = texts(&stack, "And when does the rest come?").await;
        assert_eq!(ticket.status, Status::Open);
    });
}

#[test]
fn a_number_is_a_text_where_ratings_are_off() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        solve(&stack, id).await;
        assert_eq!(phone(&stack, ANA), ["Your ticket has been closed"]);
        let ticket = texts(&stack, "5").await;
        assert_eq!((rated(&ticket).len(), ticket.status), (0, Status::Open));
        assert_eq!(events(&stack), []);
    });
}

#[test]
fn braze_gets_an_event_of_each_change_once() {
    case!(async {
        let stack = solved().await;
        texts(&stack, "5").await;
        let id = only_ticket(&stack).id.to_string();
        let all = events(&stack);
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Support Ticket Opened",
                "Support Ticket Solved",
                "Support Rated",
            ],
            "{all:?}"
        );
        assert_eq!(all[0].1, json!({"ticket_id": id, "channel": "sms"}));
        assert_eq!(
            all[1].1,
            json!({"ticket_id": id, "channel": "sms", "minutes_open": 0, "answered": true})
        );
        assert_eq!(all[2].1["rating"], 5);
        let user = stack.braze.user(ANA).expect("known");
        assert!(user.attributes["zendesk_ticket_opened_at"].is_string());
    });
}

#[test]
fn a_text_that_reopens_is_an_event_in_the_call_that_sets_the_attributes() {
    case!(async {
        let stack = solved().await;
        let mark = Mark::now(&stack);
        texts(&stack, "It does not work.").await;
        assert_eq!(mark.since(&stack).1, ["users.track"]);
        let last = events(&stack).pop().expect("an event");
        assert_eq!(last.0, "Support Ticket Reopened");
    });
}

#[test]
fn an_event_without_an_answer_is_not_repeated_and_the_attributes_are() {
    case!(async {
        let stack = stack_with(|options| set(options, "BRAZE_EVENTS", "on")).await;
        stack
            .braze
            .fault(Fault::once("users.track", Effect::DropAfter));
        let id = with_ticket(&stack).await;
        let tracked: Vec<Value> = stack
            .braze
            .calls()
            .into_iter()
            .filter(|call| call.operation == "users.track")
            .map(|call| call.body)
            .collect();
        assert_eq!(tracked.len(), 2, "{tracked:?}");
        assert!(tracked[0]["events"].is_array() && tracked[1]["events"].is_null());
        assert_eq!(
            tracked[1]["attributes"][0]["zendesk_ticket"],
            id.to_string()
        );
        assert_eq!(events(&stack).len(), 1);
    });
}

/// The ticket was closed soon after its solve, as an automation or an agent's macro does.
async fn closed() -> Stack {
    let stack = solved().await;
    let id = only_ticket(&stack).id;
    stack.zendesk.close(id).expect("solved");
    stack
}

/// Nothing waits, and nothing is a dead letter.
fn is_at_rest(stack: &Stack) -> bool {
    waiting(stack).is_empty() && dead_letters(stack).is_empty()
}

#[test]
fn a_rating_of_a_closed_ticket_is_an_event_and_opens_no_ticket() {
    case!(async {
        for (text, value) in [("5", 5), ("2 stars", 2), ("👍", 5)] {
            let stack = closed().await;
            let ticket = texts(&stack, text).await;
            assert_eq!(ticket.status, Status::Closed);
            let rated: Vec<_> = events(&stack).into_iter().skip(2).collect();
            assert_eq!(rated.len(), 1, "{text}: {rated:?}");
            assert_eq!(rated[0].0, "Support Rated");
            assert_eq!(rated[0].1["rating"], value);
            assert_eq!(rated[0].1["ticket_id"], ticket.id.to_string());
            assert!(is_at_rest(&stack));
        }
    });
}

#[test]
fn a_rating_of_a_closed_ticket_is_one_event_whatever_braze_answers_first() {
    case!(async {
        let stack = closed().await;
        stack
            .braze
            .fault(Fault::once("users.track", Effect::status(503)));
        send::text(&stack, ANA, "4").await;
        redelivered(&stack).await;
        let rated = events(&stack)
            .into_iter()
            .filter(|event| event.0 == "Support Rated");
        assert_eq!(rated.count(), 1);
        assert!(is_at_rest(&stack));
    });
}

#[test]
fn what_follows_a_rating_of_a_closed_ticket_goes_to_a_follow_up() {
    case!(async {
        for text in ["The driver was friendly but late", "It broke again"] {
            let stack = closed().await;
            let id = texts(&stack, "3").await.id;
            send::text(&stack, ANA, text).await;
            settled(&stack).await;
            let tickets = stack.zendesk.tickets();
            assert_eq!(tickets.len(), 2, "{text}");
            let next = tickets
                .iter()
                .find(|ticket| ticket.id != id)
                .expect("a second");
            assert_eq!(public(next), [text]);
            assert!(is_at_rest(&stack));
        }
    });
}

#[test]
fn a_rating_of_a_closed_ticket_opens_none_where_events_are_off() {
    case!(async {
        let stack = stack_with(|options| set(options, "CSAT", "on")).await;
        let id = with_ticket(&stack).await;
        solve(&stack, id).await;
        stack.zendesk.close(id).expect("solved");
        for text in ["5", "4"] {
            let ticket = texts(&stack, text).await;
            assert_eq!(ticket.status, Status::Closed);
        }
        assert!(is_at_rest(&stack));
    });
}
