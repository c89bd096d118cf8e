//! An agent makes another person the requester of a ticket. Answers belong to who was the requester
//! when they were written.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::view::{notes, phone, public, ticket};
use e2e::{ANA, agent, answered, settled, stack, with_ticket};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, Mode, Person, Status};
use simulators::{Effect, Fault};

use crate::crowd::{CLOSING, tickets_of};

const MAX: &str = "max";

/// An hour passes: whatever was missed is looked for.
async fn an_hour_later(stack: &Stack) {
    for _ in 0..3 {
        stack
            .pass(Duration::from_secs(31 * 60))
            .await
            .expect("time passes");
        stack.redeliver().await.expect("redelivery runs");
        settled(stack).await;
    }
}

/// Ana's ticket, and Max, who is a customer by SMS as well.
async fn ana_and_max() -> (Stack, u64, u64) {
    let stack = stack().await;
    stack
        .braze
        .add_user(User::new(MAX, "Max", "Muster", "+15550100002"));
    let anas = with_ticket(&stack).await;
    send::text(&stack, MAX, "SUPPORT").await;
    settled(&stack).await;
    let max = stack.zendesk.user_named("Max Muster").expect("known").id;
    (stack, anas, max)
}

/// Ana's ticket, which is Max's from now on.
async fn given_to_max() -> (Stack, u64) {
    let (stack, anas, max) = ana_and_max().await;
    stack.zendesk.change_requester(anas, max).expect("changed");
    settled(&stack).await;
    (stack, anas)
}

/// Ana's ticket, which belongs from now on to somebody whom Braze does not know.
async fn given_to_a_stranger() -> (Stack, u64) {
    let stack = stack().await;
    let anas = with_ticket(&stack).await;
    let stranger = stack
        .zendesk
        .add_user(Person::customer("Bob Mail").email("bob@x.example"));
    stack
        .zendesk
        .change_requester(anas, stranger)
        .expect("changed");
    settled(&stack).await;
    (stack, anas)
}

#[test]
fn an_answer_to_the_new_requester_never_reaches_the_former_one() {
    case!(async {
        let (stack, anas) = given_to_max().await;
        answered(&stack, anas, "Max, your result is positive.").await;
        assert_eq!(phone(&stack, MAX), ["Max, your result is positive."]);
        assert_eq!(phone(&stack, ANA), [""; 0], "at once");
        an_hour_later(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0], "an hour later");
    });
}

#[test]
fn an_answer_to_a_new_requester_without_sms_reaches_nobody() {
    case!(async {
        let (stack, anas) = given_to_a_stranger().await;
        answered(&stack, anas, "Bob, your result is positive.").await;
        an_hour_later(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

#[test]
fn an_answer_that_no_webhook_reported_does_not_reach_the_former_requester() {
    case!(async {
        let (stack, anas) = given_to_max().await;
        stack.zendesk.webhook_delivery(Mode::Held);
        agent(
            &stack,
            anas,
            Comment::public("Max, your result is positive."),
        )
        .await;
        for held in stack.zendesk.held_webhooks() {
            stack.zendesk.discard(held.id).expect("held");
        }
        an_hour_later(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

#[test]
fn the_solve_of_the_new_requesters_ticket_does_not_reach_the_former_one() {
    case!(async {
        let (stack, anas) = given_to_max().await;
        agent(
            &stack,
            anas,
            Comment::public("Done, Max.").status(Status::Solved),
        )
        .await;
        assert_eq!(phone(&stack, MAX), ["Done, Max.", CLOSING]);
        an_hour_later(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

#[test]
fn a_solve_that_no_webhook_reported_does_not_reach_the_former_requester() {
    case!(async {
        let (stack, anas) = given_to_a_stranger().await;
        stack.zendesk.webhook_delivery(Mode::Held);
        agent(
            &stack,
            anas,
            Comment::public("Done, Bob.").status(Status::Solved),
        )
        .await;
        for held in stack.zendesk.held_webhooks() {
            stack.zendesk.discard(held.id).expect("held");
        }
        an_hour_later(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

/// Ana texts after the change: she opens a ticket of her own, and nobody else can read her words.
async fn keeps_her_words_to_herself(stack: &Stack, former: u64) {
    send::text(stack, ANA, "my new address is 5 Secret Street").await;
    settled(stack).await;
    let others = public(&ticket(stack, former)).join("\n");
    assert!(!others.contains("Secret"), "{others}");
    let hers = tickets_of(stack, ANA);
    assert_eq!(hers.len(), 1, "no ticket of her own");
    assert_eq!(public(&hers[0]), ["my new address is 5 Secret Street"]);
    let all_notes: Vec<String> = stack.zendesk.tickets().iter().flat_map(notes).collect();
    assert!(!all_notes.is_empty(), "no agent reads where her texts go");
}

#[test]
fn a_text_of_the_former_requester_is_not_read_by_the_new_one() {
    case!(async {
        let (stack, anas) = given_to_max().await;
        keeps_her_words_to_herself(&stack, anas).await;
    });
}

#[test]
fn a_text_of_the_former_requester_is_not_read_by_a_new_one_without_sms() {
    case!(async {
        let (stack, anas) = given_to_a_stranger().await;
        keeps_her_words_to_herself(&stack, anas).await;
    });
}

#[test]
fn at_most_one_text_lands_on_the_new_requesters_ticket() {
    case!(async {
        let (stack, anas) = given_to_max().await;
        for text in ["Secret one", "Secret two", "Secret three"] {
            send::text(&stack, ANA, text).await;
        }
        settled(&stack).await;
        let landed = ticket(&stack, anas).comments;
        let landed: Vec<&str> = landed
            .iter()
            .map(|c| c.plain_body.as_str())
            .filter(|text| text.starts_with("Secret"))
            .collect();
        assert!(landed.len() <= 1, "{landed:?}");
        let hers = tickets_of(&stack, ANA);
        let read: Vec<String> = hers.iter().flat_map(public).collect();
        assert_eq!(read, ["Secret one", "Secret two", "Secret three"]);
    });
}

#[test]
fn an_answer_of_unknown_outcome_is_not_sent_again_to_the_new_requester() {
    case!(async {
        let (stack, anas, max) = ana_and_max().await;
        stack
            .braze
            .fault(Fault::once("campaigns.trigger.send", Effect::Drop));
        answered(&stack, anas, "Ana, your PIN is 1234").await;
        stack.zendesk.change_requester(anas, max).expect("changed");
        settled(&stack).await;
        stack
            .zendesk
            .add_tags(anas, &["sms_resend"])
            .expect("tagged");
        settled(&stack).await;
        an_hour_later(&stack).await;
        assert_eq!(phone(&stack, MAX), [""; 0]);
    });
}

#[test]
fn an_answer_that_waits_for_braze_is_not_sent_to_the_new_requester() {
    case!(async {
        let (stack, anas, max) = ana_and_max().await;
        stack
            .braze
            .fault(Fault::always("campaigns.trigger.send", Effect::status(503)));
        answered(&stack, anas, "Ana, your PIN is 1234").await;
        stack.zendesk.change_requester(anas, max).expect("changed");
        settled(&stack).await;
        stack.braze.clear_faults();
        e2e::table::redelivered(&stack).await;
        assert_eq!(phone(&stack, MAX), [""; 0]);
        assert_eq!(
            phone(&stack, ANA),
            ["Ana, your PIN is 1234"],
            "she was the requester when it was written"
        );
    });
}

#[test]
fn an_answer_written_before_the_change_and_found_after_it_reaches_nobody_else() {
    case!(async {
        let (stack, anas, max) = ana_and_max().await;
        stack.zendesk.webhook_delivery(Mode::Held);
        agent(&stack, anas, Comment::public("Ana, your PIN is 1234")).await;
        for held in stack.zendesk.held_webhooks() {
            stack.zendesk.discard(held.id).expect("held");
        }
        stack.zendesk.webhook_delivery(Mode::Immediate);
        stack.zendesk.change_requester(anas, max).expect("changed");
        settled(&stack).await;
        an_hour_later(&stack).await;
        assert_eq!(phone(&stack, MAX), [""; 0]);
    });
}

#[test]
fn a_ticket_that_is_given_back_is_the_first_customers_again() {
    case!(async {
        let (stack, anas) = given_to_max().await;
        let ana = stack.zendesk.user_named("Ana Silva").expect("known").id;
        answered(&stack, anas, "Max, this is yours.").await;
        stack
            .zendesk
            .change_requester(anas, ana)
            .expect("changed back");
        settled(&stack).await;
        answered(&stack, anas, "Ana, this is yours.").await;
        assert_eq!(phone(&stack, ANA), ["Ana, this is yours."]);
        assert_eq!(phone(&stack, MAX), ["Max, this is yours."]);
    });
}
