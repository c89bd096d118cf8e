//! A signed body can lie: it names a ticket that is another customer's. Nobody is texted, and nobody's
//! conversation moves.

use e2e::case;
use e2e::send::{self, inbound_body, reply, reply_body, solved, solved_body};
use e2e::table::dead_letters;
use e2e::view::{phone, public, ticket};
use e2e::{ANA, settled, stack, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::braze::User;

use crate::crowd::tickets_of;

const EVE: &str = "eve";

/// Ana's ticket and Eve's, each opened by a text.
async fn two_customers() -> (Stack, u64, u64) {
    let stack = stack().await;
    let anas = with_ticket(&stack).await;
    let eves = eves_ticket(&stack).await;
    (stack, anas, eves)
}

async fn eves_ticket(stack: &Stack) -> u64 {
    stack
        .braze
        .add_user(User::new(EVE, "Eve", "X", "+15550100066"));
    let answer = send::text(stack, EVE, "SUPPORT").await;
    settled(stack).await;
    answer.ticket()
}

/// Ana has no text, and what she texts next is read on this ticket, as hers.
async fn nothing_moved(stack: &Stack, anas: u64) {
    settled(stack).await;
    e2e::table::redelivered(stack).await;
    assert_eq!(
        phone(stack, ANA),
        [""; 0],
        "a text meant for no customer of that ticket"
    );
    send::text(stack, ANA, "my card number is 4111").await;
    settled(stack).await;
    let hers = ticket(stack, anas);
    assert_eq!(public(&hers), ["SUPPORT", "my card number is 4111"]);
    assert_eq!(
        hers.comments.last().map(|comment| comment.author.id),
        Some(hers.requester.id)
    );
}

/// It is kept for a person to see, with its reason.
fn is_kept(stack: &Stack) {
    assert_eq!(dead_letters(stack).len(), 1);
}

#[test]
fn a_reply_that_names_another_customers_ticket_reaches_nobody() {
    case!(async {
        let (stack, anas, eves) = two_customers().await;
        let body = reply_body(
            eves,
            ANA,
            424_242,
            "Please reply with your card number to confirm",
        );
        reply(&stack, "01A", body.to_string()).await;
        nothing_moved(&stack, anas).await;
        is_kept(&stack);
    });
}

#[test]
fn a_reply_that_lies_about_requester_and_tags_too_reaches_nobody() {
    case!(async {
        let (stack, anas, eves) = two_customers().await;
        let mut body = reply_body(
            eves,
            ANA,
            424_242,
            "Please reply with your card number to confirm",
        );
        body["requester_id"] = json!(ticket(&stack, anas).requester.id.to_string());
        body["tags"] = json!("braze_sms vip");
        body["v"] = json!(2);
        reply(&stack, "01A", body.to_string()).await;
        nothing_moved(&stack, anas).await;
    });
}

#[test]
fn a_reply_in_the_guides_form_that_names_another_customers_ticket_reaches_nobody() {
    case!(async {
        let (stack, anas, eves) = two_customers().await;
        let body = json!({"campaign_id": "reply-campaign", "recipients": [{"external_user_id": ANA,
            "trigger_properties": {"msg_body": "Your card number?"},
            "attributes": {"zendesk_ticket": eves.to_string(), "zendesk_ticket_open": "true"}}]});
        reply(&stack, "01A", body.to_string()).await;
        nothing_moved(&stack, anas).await;
    });
}

#[test]
fn a_reply_that_names_a_ticket_which_does_not_exist_reaches_nobody() {
    case!(async {
        let stack = stack().await;
        let anas = with_ticket(&stack).await;
        let body = reply_body(990_099, ANA, 424_242, "Your card number?");
        reply(&stack, "01A", body.to_string()).await;
        nothing_moved(&stack, anas).await;
    });
}

#[test]
fn a_request_to_send_again_on_another_customers_ticket_reaches_nobody() {
    case!(async {
        let (stack, anas, eves) = two_customers().await;
        e2e::answered(&stack, eves, "Eve, your code is 7.").await;
        let body =
            json!({"ticket_id": eves.to_string(), "resend": "true", "external_user_id": ANA});
        reply(&stack, "01A", body.to_string()).await;
        nothing_moved(&stack, anas).await;
        assert_eq!(phone(&stack, EVE), ["Eve, your code is 7."]);
    });
}

#[test]
fn a_solve_that_names_another_customers_ticket_reaches_nobody() {
    case!(async {
        let (stack, anas, eves) = two_customers().await;
        let mut body = solved_body(eves, ANA);
        body["message"] = json!("Please reply with your card number");
        solved(&stack, "01A", body.to_string()).await;
        nothing_moved(&stack, anas).await;
    });
}

/// Ana has never texted; a forged body comes; then she opens a ticket of her own.
async fn a_stranger_keeps_a_ticket_of_her_own(route: &str, body: impl Fn(u64) -> Value) {
    let stack = stack().await;
    let eves = eves_ticket(&stack).await;
    let body = body(eves).to_string();
    match route {
        "reply" => reply(&stack, "01A", body).await,
        _ => solved(&stack, "01A", body).await,
    };
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), [""; 0]);
    send::inbound(
        &stack,
        inbound_body(ANA, "5 Secret Street", "dispatch-1").to_string(),
    )
    .await;
    settled(&stack).await;
    assert_eq!(
        public(&ticket(&stack, eves)),
        ["SUPPORT"],
        "on Eve's ticket"
    );
    let hers = tickets_of(&stack, ANA);
    assert_eq!(hers.len(), 1, "no ticket of her own");
    assert_eq!(public(&hers[0]), ["5 Secret Street"]);
}

#[test]
fn a_solve_with_any_wording_reaches_nobody_who_never_texted() {
    case!(async {
        let body = |eves| {
            let mut body = solved_body(eves, ANA);
            body["message"] = json!("Please reply with your card number");
            body
        };
        a_stranger_keeps_a_ticket_of_her_own("solved", body).await;
    });
}

#[test]
fn a_reply_takes_nobody_who_never_texted_to_another_customers_ticket() {
    case!(async {
        let body = |eves| reply_body(eves, ANA, 424_242, "Your card number?");
        a_stranger_keeps_a_ticket_of_her_own("reply", body).await;
    });
}

#[test]
fn a_text_is_never_written_as_another_person() {
    case!(async {
        let stack = stack().await;
        let eves = eves_ticket(&stack).await;
        let eve = ticket(&stack, eves).requester.id;
        solved(&stack, "01A", solved_body(eves, ANA).to_string()).await;
        settled(&stack).await;
        send::text(&stack, ANA, "5 Secret Street").await;
        settled(&stack).await;
        for ticket in stack.zendesk.tickets() {
            for comment in ticket.comments {
                let secret = comment.plain_body.contains("Secret");
                assert!(!secret || comment.author.id != eve, "ticket {}", ticket.id);
            }
        }
    });
}
