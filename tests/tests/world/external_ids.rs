//! An external id that another system gave to a Zendesk user is no Braze id.

use e2e::case;
use e2e::view::{braze_calls, phone};
use e2e::{agent, answered, set, settled, stack_with};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, Person, Status};

/// A ticket of somebody whose Zendesk external id is this, and whose Braze id is not known; a Braze
/// user of that id exists and is another person.
async fn ticket_of(external_id: &str, trusted: bool) -> (Stack, u64) {
    let stack = stack_with(|options| {
        if trusted {
            set(options, "TRUST_ZENDESK_EXTERNAL_ID", "on");
        }
    })
    .await;
    stack
        .braze
        .add_user(User::new(external_id, "Somebody", "Else", "+15550101042"));
    let customer = Person::customer("Mr CRM")
        .email("crm@x.example")
        .external_id(external_id);
    let customer = stack.zendesk.add_user(customer);
    let id = stack
        .zendesk
        .email_ticket(customer, "Password", "I forgot it.")
        .expect("written");
    stack.zendesk.add_tags(id, &["braze_sms"]).expect("tagged");
    settled(&stack).await;
    (stack, id)
}

#[test]
fn an_answer_to_a_customer_of_another_system_is_not_texted() {
    case!(async {
        for number in ["1042", "shop-991", "jane@acme.com"] {
            let (stack, id) = ticket_of(number, false).await;
            answered(&stack, id, "Dear Mr CRM, your new password is hunter2").await;
            assert_eq!(phone(&stack, number), [""; 0]);
            assert!(
                !braze_calls(&stack).contains(&"campaigns.trigger.send".to_owned()),
                "{number}"
            );
        }
    });
}

#[test]
fn the_solve_for_a_customer_of_another_system_is_not_texted() {
    case!(async {
        let (stack, id) = ticket_of("1042", false).await;
        agent(&stack, id, Comment::public("Done.").status(Status::Solved)).await;
        assert_eq!(phone(&stack, "1042"), [""; 0]);
    });
}

#[test]
fn a_request_to_send_again_for_a_customer_of_another_system_is_not_texted() {
    case!(async {
        let (stack, id) = ticket_of("1042", false).await;
        answered(&stack, id, "Dear Mr CRM").await;
        stack.zendesk.add_tags(id, &["sms_resend"]).expect("tagged");
        settled(&stack).await;
        assert_eq!(phone(&stack, "1042"), [""; 0]);
    });
}

#[test]
fn the_agent_of_a_ticket_for_sms_whose_customer_is_not_known_to_braze_reads_so() {
    case!(async {
        let (stack, id) = ticket_of("1042", false).await;
        answered(&stack, id, "Dear Mr CRM").await;
        let notes = e2e::view::notes(&e2e::view::ticket(&stack, id));
        assert!(!notes.is_empty(), "neither sent nor said");
    });
}

#[test]
fn an_account_whose_external_ids_are_brazes_can_say_so() {
    case!(async {
        let (stack, id) = ticket_of("1042", true).await;
        answered(&stack, id, "Hello").await;
        assert_eq!(
            phone(&stack, "1042").last().map(String::as_str),
            Some("Hello")
        );
    });
}
