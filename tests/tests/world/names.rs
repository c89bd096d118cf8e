//! What a customer is called: agents' names for people stay, and nothing in a profile is more than a
//! name.

use e2e::case;
use e2e::send::{self, inbound, inbound_body};
use e2e::{ANA, settled, stack};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{AccountUser as Person, Ticket};

use crate::crowd::{tickets_of, users_of};

/// The Zendesk user of a Braze id that the account knew before, by its external id.
fn known(stack: &Stack, id: &str) -> Person {
    let users = stack.zendesk.users();
    let mut known = users
        .into_iter()
        .filter(|user| user.external_id.as_deref() == Some(id));
    known.next().expect("known before")
}

#[test]
fn a_known_name_is_not_replaced_by_the_number() {
    case!(async {
        let stack = stack().await;
        stack.zendesk.knows_customer("crm-7", "Ana Pérez");
        stack
            .braze
            .add_user(User::new("crm-7", "", "", "+15550100007"));
        send::text(&stack, "crm-7", "Hello").await;
        settled(&stack).await;
        assert_eq!(known(&stack, "crm-7").name, "Ana Pérez");
    });
}

#[test]
fn a_known_name_is_not_replaced_by_another_name() {
    case!(async {
        let stack = stack().await;
        stack.zendesk.knows_customer("crm-7", "Dr Ana Pérez (VIP)");
        stack
            .braze
            .add_user(User::new("crm-7", "ana", "p", "+15550100007"));
        send::text(&stack, "crm-7", "Hello").await;
        settled(&stack).await;
        assert_eq!(known(&stack, "crm-7").name, "Dr Ana Pérez (VIP)");
    });
}

#[test]
fn a_known_name_is_not_replaced_by_the_id() {
    case!(async {
        let stack = stack().await;
        stack.zendesk.knows_customer("crm-7", "Ana Pérez");
        let body = inbound_body("crm-7", "Hello", "dispatch-1");
        let answer = inbound(&stack, body.to_string()).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        settled(&stack).await;
        assert_eq!(known(&stack, "crm-7").name, "Ana Pérez");
    });
}

#[test]
fn an_agents_correction_of_a_name_outlives_the_next_conversation() {
    case!(async {
        let stack = stack().await;
        send::text(&stack, ANA, "Hello").await;
        settled(&stack).await;
        let ana = stack.zendesk.user_named("Ana Silva").expect("known").id;
        stack
            .zendesk
            .rename_user(ana, "Ana Silva-Costa")
            .expect("renamed");
        // More than a year later nothing is remembered of her.
        for item in e2e::table::items(&stack) {
            stack.dynamo.remove(e2e::table::pk(&item)).expect("removed");
        }
        send::text(&stack, ANA, "Hello again").await;
        settled(&stack).await;
        let names: Vec<String> = users_of(&stack, ANA)
            .into_iter()
            .map(|user| user.name)
            .collect();
        assert_eq!(names, ["Ana Silva-Costa"]);
    });
}

/// The ticket and the user of somebody whose profile has these two names.
async fn called(first: &str, last: &str) -> (Ticket, Person) {
    let stack = stack().await;
    let mut body = inbound_body("bo", "Hello", "dispatch-1");
    body["first_name"] = first.into();
    body["last_name"] = last.into();
    let answer = inbound(&stack, body.to_string()).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    settled(&stack).await;
    let ticket = tickets_of(&stack, "bo").pop().expect("a ticket");
    let user = users_of(&stack, "bo").pop().expect("a user");
    (ticket, user)
}

/// No name or subject holds one of these, and both are one short line.
async fn is_only_a_name(first: &str, last: &str, never: &[&str]) -> Vec<String> {
    let (ticket, user) = called(first, last).await;
    let mut wrong = Vec::new();
    for (what, text) in [("name", &user.name), ("subject", &ticket.subject)] {
        for never in never {
            if text.contains(never) {
                wrong.push(format!("the {what} holds {never:?}: {text:?}"));
            }
        }
        if text.chars().count() > 255 {
            wrong.push(format!(
                "the {what} is too long: {} characters",
                text.chars().count()
            ));
        }
        if text.trim().is_empty() {
            wrong.push(format!("the {what} is empty"));
        }
    }
    wrong
}

#[test]
fn dynamic_content_in_a_name_is_not_rendered() {
    case!(async {
        assert_eq!(
            is_only_a_name("{{dc.internal_macro}}", "Silva", &["{{"]).await,
            [""; 0]
        );
    });
}

#[test]
fn tags_of_liquid_in_a_name_are_not_rendered() {
    case!(async {
        let last = "{% for c in ticket.comments %}{{c.value}}{% endfor %}";
        assert_eq!(is_only_a_name("Bo", last, &["{%", "{{"]).await, [""; 0]);
    });
}

#[test]
fn a_placeholder_made_of_both_names_is_not_rendered() {
    case!(async {
        assert_eq!(is_only_a_name("{", "{dc.x}}", &["{{"]).await, [""; 0]);
        assert_eq!(is_only_a_name("{ {dc.x}", "}", &["{{"]).await, [""; 0]);
    });
}

#[test]
fn line_ends_and_control_characters_in_a_name_are_gone() {
    case!(async {
        let never = [
            "\n", "\r", "\t", "\u{0}", "\u{1b}", "\u{7f}", "\u{9b}", "\u{2028}",
        ];
        let wrong = is_only_a_name(
            "Bo\r\nBcc: all\u{0}",
            "X\u{1b}]0;\u{7f}\u{9b}\u{2028}Y\tZ",
            &never,
        )
        .await;
        assert_eq!(wrong, [""; 0]);
    });
}

#[test]
fn marks_of_direction_in_a_name_are_gone() {
    case!(async {
        let never = ["\u{202e}", "\u{202d}", "\u{2066}", "\u{2069}", "\u{200f}"];
        let wrong = is_only_a_name(
            "Bo\u{202e}gnp.exe",
            "\u{2066}x\u{2069}\u{202d}\u{200f}",
            &never,
        )
        .await;
        assert_eq!(wrong, [""; 0]);
    });
}

#[test]
fn two_long_names_are_cut_to_what_zendesk_takes() {
    case!(async {
        assert_eq!(
            is_only_a_name(&"b".repeat(255), &"x".repeat(255), &[]).await,
            [""; 0]
        );
    });
}

#[test]
fn a_name_of_nothing_visible_gives_way_to_the_number_or_the_id() {
    case!(async {
        assert_eq!(
            is_only_a_name("\u{200b}\u{3164}", "\u{202e}", &["\u{3164}", "\u{200b}"]).await,
            [""; 0]
        );
    });
}

#[test]
fn an_ordinary_name_of_any_script_stays_as_it_is() {
    case!(async {
        for (first, last) in [
            ("José María", "O'Neill-Ñíguez"),
            ("李", "小龍"),
            ("Zoë", "van der Berg"),
            ("नेहा", "शर्मा"),
        ] {
            let (ticket, user) = called(first, last).await;
            assert_eq!(user.name, format!("{first} {last}"));
            assert_eq!(ticket.subject, format!("SMS from {first} {last}"));
        }
    });
}
