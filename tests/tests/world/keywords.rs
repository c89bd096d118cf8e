//! A word that Braze takes for a keyword may be the answer that an agent asked for.

use e2e::case;
use e2e::send;
use e2e::view::{notes, phone, public};
use e2e::{ANA, agent, answered, settled, stack, with_ticket};
use local::Stack;
use simulators::zendesk::{Comment, Status, Ticket};

/// Ana is asked something, and answers with one word.
async fn asked(question: &str, word: &str) -> (Stack, Ticket) {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    agent(
        &stack,
        id,
        Comment::public(question).status(Status::Pending),
    )
    .await;
    send::text(&stack, ANA, word).await;
    settled(&stack).await;
    let ticket = e2e::view::ticket(&stack, id);
    (stack, ticket)
}

/// The agent reads the word as the customer's, and the ticket is open again.
#[track_caller]
fn is_read(ticket: &Ticket, word: &str) {
    let words = public(ticket);
    assert!(
        words.last().is_some_and(|last| last == word),
        "{words:?} {:?}",
        notes(ticket)
    );
    assert_eq!(
        ticket.status,
        Status::Open,
        "nobody looks at a pending ticket"
    );
}

#[test]
fn the_yes_that_was_asked_for_is_read_and_reopens_the_ticket() {
    case!(async {
        let (_stack, ticket) = asked(
            "Shall I send you a new one? Please answer yes or no.",
            "Yes",
        )
        .await;
        is_read(&ticket, "Yes");
    });
}

#[test]
fn the_cancel_that_was_asked_for_is_read_and_counts_as_an_opt_out() {
    case!(async {
        let (stack, ticket) = asked("Do you want to keep or cancel it?", "CANCEL").await;
        is_read(&ticket, "CANCEL");
        assert_eq!(
            notes(&ticket).len(),
            1,
            "the agent reads that no answer arrives any more"
        );
        answered(&stack, ticket.id, "It is cancelled.").await;
        assert_eq!(phone(&stack, ANA), ["Do you want to keep or cancel it?"]);
    });
}

#[test]
fn end_and_quit_are_read_as_the_customers_words() {
    case!(async {
        for word in ["END", "quit"] {
            let (_stack, ticket) = asked("Shall the subscription go on, or end?", word).await;
            is_read(&ticket, word);
        }
    });
}

#[test]
fn help_and_info_are_read_as_the_customers_words() {
    case!(async {
        for word in ["Help", "INFO"] {
            let (_stack, ticket) = asked("Do you need help, or information only?", word).await;
            is_read(&ticket, word);
        }
    });
}

#[test]
fn start_and_unstop_are_read_as_the_customers_words() {
    case!(async {
        for word in ["Start", "UNSTOP"] {
            let (_stack, ticket) = asked("Shall we start or wait?", word).await;
            is_read(&ticket, word);
        }
    });
}

#[test]
fn a_yes_on_a_solved_ticket_reopens_it() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        agent(
            &stack,
            id,
            Comment::public("Solved. Or is it not?").status(Status::Solved),
        )
        .await;
        send::text(&stack, ANA, "YES").await;
        settled(&stack).await;
        is_read(&e2e::view::ticket(&stack, id), "YES");
    });
}
