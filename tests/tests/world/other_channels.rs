//! Only tickets that are meant for SMS are texted: those that carry the tag.

use e2e::case;
use e2e::send::{self, reply, reply_body};
use e2e::table::items;
use e2e::view::{Mark, notes, phone, public, ticket};
use e2e::{ANA, agent, answered, set, settled, stack, stack_with, with_ticket};
use local::Stack;
use serde_json::json;
use simulators::braze::User;
use simulators::zendesk::{Comment, Person, Status};

use crate::crowd::CLOSING;

/// Ana's ticket by SMS is closed; then she writes an e-mail, which makes a ticket of its own.
async fn with_a_mail() -> (Stack, u64) {
    let stack = stack().await;
    let first = with_ticket(&stack).await;
    stack
        .zendesk
        .set_status(first, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    stack.zendesk.close(first).expect("closed");
    stack
        .zendesk
        .end_user_comments(first, "Please send me the contract by e-mail.")
        .expect("written");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), [CLOSING]);
    let mail = stack
        .zendesk
        .tickets()
        .into_iter()
        .find(|ticket| ticket.via == "email");
    let mail = mail.expect("by e-mail").id;
    (stack, mail)
}

/// An ordinary ticket of somebody whom Braze knows and who never texted; nothing was texted so far.
async fn with_a_ticket_by_mail(customer: &str) -> (Stack, u64) {
    let stack = stack().await;
    stack
        .braze
        .add_user(User::new(customer, "Bo", "X", "+15550100009"));
    let person = Person::customer("Bo X").email("bo@x.example");
    let person = stack
        .zendesk
        .add_user(person.field("braze_external_id", customer));
    let mail = stack
        .zendesk
        .email_ticket(person, "Contract", "Please send it.")
        .expect("written");
    settled(&stack).await;
    (stack, mail)
}

#[test]
fn an_answer_to_an_email_is_not_texted() {
    case!(async {
        let (stack, mail) = with_a_mail().await;
        answered(
            &stack,
            mail,
            "Dear Ana, the contract is attached to this e-mail.",
        )
        .await;
        assert_eq!(phone(&stack, ANA), [CLOSING]);
    });
}

#[test]
fn the_solve_of_an_email_is_not_texted() {
    case!(async {
        let (stack, mail) = with_a_mail().await;
        agent(
            &stack,
            mail,
            Comment::public("Done.").status(Status::Solved),
        )
        .await;
        assert_eq!(phone(&stack, ANA), [CLOSING]);
    });
}

#[test]
fn a_text_after_an_email_does_not_go_on_the_emails_ticket() {
    case!(async {
        let (stack, mail) = with_a_mail().await;
        answered(&stack, mail, "Dear Ana, the contract is attached.").await;
        send::text(&stack, ANA, "My address is 5 Secret Street").await;
        settled(&stack).await;
        let words = public(&ticket(&stack, mail)).join("\n");
        assert!(!words.contains("Secret"), "{words}");
    });
}

#[test]
fn a_customer_who_never_texted_has_no_text_of_a_ticket_by_mail() {
    case!(async {
        let (stack, mail) = with_a_ticket_by_mail("bo").await;
        answered(&stack, mail, "Dear Bo, the contract is attached.").await;
        agent(
            &stack,
            mail,
            Comment::public("Done.").status(Status::Solved),
        )
        .await;
        assert_eq!(phone(&stack, "bo"), [""; 0]);
    });
}

#[test]
fn who_never_texted_begins_a_ticket_of_their_own_beside_one_by_mail() {
    case!(async {
        let (stack, mail) = with_a_ticket_by_mail("bo").await;
        agent(
            &stack,
            mail,
            Comment::public("Done.").status(Status::Solved),
        )
        .await;
        let answer = send::text(&stack, "bo", "My address is 5 Secret Street").await;
        settled(&stack).await;
        assert_ne!(answer.ticket(), mail, "all CCs of the e-mail read it");
    });
}

#[test]
fn an_answer_on_another_ticket_costs_nothing_where_the_body_says_enough() {
    case!(async {
        let (stack, mail) = with_a_ticket_by_mail("bo").await;
        let mark = Mark::now(&stack);
        let before = items(&stack).len();
        let mut body = reply_body(mail, "bo", 21_000_000_777_777, "Dear Bo");
        body["tags"] = json!("vip newsletter");
        body["requester_id"] = json!(ticket(&stack, mail).requester.id.to_string());
        body["v"] = json!(2);
        let answer = reply(&stack, "01A", body.to_string()).await;
        settled(&stack).await;
        assert_eq!(
            (answer.status, answer.outcome()),
            (200, "ignored"),
            "{answer:?}"
        );
        assert_eq!(mark.since(&stack), (vec![], vec![]));
        assert_eq!(mark.dynamo(&stack), []);
        assert_eq!(items(&stack).len(), before);
        assert_eq!(phone(&stack, "bo"), [""; 0]);
    });
}

#[test]
fn a_ticket_whose_tag_was_taken_off_is_not_texted() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack
            .zendesk
            .remove_tags(id, &["braze_sms"])
            .expect("taken off");
        answered(&stack, id, "This goes by e-mail now.").await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

#[test]
fn an_agent_reads_why_texts_stop_after_the_tag_was_taken_off() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack
            .zendesk
            .remove_tags(id, &["braze_sms"])
            .expect("taken off");
        answered(&stack, id, "This goes by e-mail now.").await;
        send::text(&stack, ANA, "Hello?").await;
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
        let notes: Vec<String> = stack.zendesk.tickets().iter().flat_map(notes).collect();
        assert_eq!(notes.len(), 1, "{notes:?}");
    });
}

#[test]
fn a_tag_of_another_setting_does_not_make_a_ticket_one_for_sms() {
    case!(async {
        let stack = stack_with(|options| set(options, "TICKET_TAGS", "braze_sms,vip")).await;
        stack
            .braze
            .add_user(User::new("bo", "Bo", "X", "+15550100009"));
        let mail = stack
            .zendesk
            .agent_opens_ticket("bo", "Contract", "We have got your e-mail.");
        settled(&stack).await;
        stack.zendesk.add_tags(mail, &["vip"]).expect("tagged");
        answered(&stack, mail, "Dear Bo").await;
        assert_eq!(phone(&stack, "bo"), [""; 0]);
    });
}

#[test]
fn an_agent_starts_a_conversation_by_the_tag() {
    case!(async {
        let (stack, mail) = with_a_ticket_by_mail("bo").await;
        answered(&stack, mail, "We have got your e-mail.").await;
        stack
            .zendesk
            .add_tags(mail, &["braze_sms"])
            .expect("tagged");
        settled(&stack).await;
        answered(&stack, mail, "Your parcel is at the door.").await;
        assert_eq!(
            phone(&stack, "bo"),
            ["Your parcel is at the door."],
            "and not what was written before the tag"
        );
        let answer = send::text(&stack, "bo", "Thank you, I see it. Which door?").await;
        assert_eq!(answer.ticket(), mail);
    });
}

#[test]
fn every_ticket_of_a_customer_is_texted_where_that_is_set() {
    case!(async {
        let stack = stack_with(|options| set(options, "TEXT_TICKETS", "any")).await;
        stack
            .braze
            .add_user(User::new("bo", "Bo", "X", "+15550100009"));
        let mail = stack
            .zendesk
            .agent_opens_ticket("bo", "Contract", "We have got your e-mail.");
        settled(&stack).await;
        answered(&stack, mail, "Dear Bo").await;
        assert_eq!(phone(&stack, "bo"), ["We have got your e-mail.", "Dear Bo"]);
    });
}
