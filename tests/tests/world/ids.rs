//! Two Braze ids are two people, however alike they look to Zendesk.

use e2e::case;
use e2e::send::{self, inbound, inbound_body};
use e2e::table::{dead_letters, items, pk};
use e2e::view::{phone, public};
use e2e::{ANA, answered, settled, stack, with_ticket};
use local::Stack;
use serde_json::json;
use simulators::braze::User;
use simulators::zendesk::{Person, Role};

use crate::crowd::{tickets_of, users_of};

/// Somebody with a phone whose Braze id is this one.
async fn another_texts(stack: &Stack, id: &str, text: &str) {
    stack
        .braze
        .add_user(User::new(id, "Mallory", "X", "+15550100066"));
    let answer = send::text(stack, id, text).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    settled(stack).await;
}

/// Both have a ticket and a Zendesk user of their own, and answers go where they belong.
async fn are_two_people(id: &str) {
    let stack = stack().await;
    let anas = with_ticket(&stack).await;
    another_texts(&stack, id, "Mallory's text").await;
    answered(&stack, anas, "Your PIN is 1234").await;
    assert_eq!(phone(&stack, id), [""; 0], "Ana's answer");
    assert_eq!(phone(&stack, ANA), ["Your PIN is 1234"]);
    assert_eq!(users_of(&stack, ANA).len(), 1, "Ana is renamed");
    assert_eq!(users_of(&stack, ANA)[0].name, "Ana Silva");
    let [theirs] = tickets_of(&stack, id)
        .try_into()
        .expect("a ticket of their own");
    assert_eq!(public(&theirs), ["Mallory's text"]);
    answered(&stack, theirs.id, "Hello Mallory").await;
    assert_eq!(phone(&stack, id), ["Hello Mallory"]);
}

#[test]
fn an_id_in_capitals_is_another_person() {
    case!(async { are_two_people("ANA").await });
}

#[test]
fn an_id_in_mixed_case_is_another_person() {
    case!(async { are_two_people("aNa").await });
}

#[test]
fn an_id_whose_letters_lower_to_the_same_is_another_person() {
    case!(async {
        let stack = stack().await;
        for (id, text) in [
            ("STRASSE-ÄRZTE", "one"),
            ("strasse-ärzte", "two"),
            ("Strasse-Ärzte", "three"),
        ] {
            another_texts(&stack, id, text).await;
        }
        for (id, text) in [
            ("STRASSE-ÄRZTE", "one"),
            ("strasse-ärzte", "two"),
            ("Strasse-Ärzte", "three"),
        ] {
            let tickets = tickets_of(&stack, id);
            assert_eq!(tickets.len(), 1, "{id}");
            assert_eq!(public(&tickets[0]), [text], "{id}");
        }
    });
}

#[test]
fn an_id_with_an_accent_or_of_full_width_is_another_person() {
    case!(async {
        for id in ["aná", "ａｎａ", "ana\u{301}", "an\u{430}"] {
            are_two_people(id).await;
        }
    });
}

#[test]
fn the_second_of_two_alike_ids_keeps_its_ticket_when_the_first_texts_again() {
    case!(async {
        let stack = stack().await;
        another_texts(&stack, "CRM-7", "one").await;
        another_texts(&stack, "crm-7", "two").await;
        another_texts(&stack, "CRM-7", "three").await;
        let texts = |id: &str| {
            let tickets = tickets_of(&stack, id);
            tickets.iter().flat_map(public).collect::<Vec<String>>()
        };
        assert_eq!(texts("CRM-7"), ["one", "three"]);
        assert_eq!(texts("crm-7"), ["two"]);
    });
}

/// White space around an id is malformed: 400, a dead letter, and Ana's conversation is untouched.
async fn is_malformed(id: &str) {
    let stack = stack().await;
    let anas = with_ticket(&stack).await;
    let answer = inbound(
        &stack,
        inbound_body(id, "I am Ana", "dispatch-1").to_string(),
    )
    .await;
    settled(&stack).await;
    assert_eq!(answer.status, 400, "{id:?}: {answer:?}");
    assert_eq!(dead_letters(&stack).len(), 1, "{id:?}");
    assert_eq!(
        public(&e2e::view::ticket(&stack, anas)),
        ["SUPPORT"],
        "{id:?} wrote as Ana"
    );
    assert_eq!(stack.zendesk.tickets().len(), 1, "{id:?}");
}

#[test]
fn an_id_with_blanks_around_it_is_malformed() {
    case!(async {
        for id in [" ana", "ana ", "\tana", "ana\n"] {
            is_malformed(id).await;
        }
    });
}

#[test]
fn an_id_with_blanks_of_other_scripts_around_it_is_malformed() {
    case!(async {
        for id in ["ana\u{a0}", "\u{3000}ana", "ana\u{2028}", "\u{2003}ana"] {
            is_malformed(id).await;
        }
    });
}

#[test]
fn an_opt_out_of_an_id_with_a_blank_is_not_anas() {
    case!(async {
        for id in ["ana\u{a0}", " ana"] {
            let stack = stack().await;
            let ticket = with_ticket(&stack).await;
            let mut body = inbound_body(id, "STOP", "dispatch-1");
            body["kind"] = json!("opted_out");
            let answer = inbound(&stack, body.to_string()).await;
            settled(&stack).await;
            assert_eq!(answer.status, 400, "{answer:?}");
            answered(&stack, ticket, "Hello Ana").await;
            assert_eq!(phone(&stack, ANA), ["Hello Ana"]);
        }
    });
}

#[test]
fn an_id_with_a_character_without_width_is_another_person_or_malformed() {
    case!(async {
        let stack = stack().await;
        let anas = with_ticket(&stack).await;
        for id in ["ana\u{200b}", "\u{feff}ana", "a\u{ad}na"] {
            inbound(&stack, inbound_body(id, "I am Ana", id).to_string()).await;
            settled(&stack).await;
        }
        assert_eq!(public(&e2e::view::ticket(&stack, anas)), ["SUPPORT"]);
        assert_eq!(users_of(&stack, ANA).len(), 1);
    });
}

/// A colleague's profile in Zendesk whose external id is this one.
fn with_staff(stack: &Stack, role: Role, external_id: &str) -> u64 {
    stack.zendesk.add_user(Person {
        role,
        ..Person::customer("Jane Admin").external_id(external_id)
    })
}

/// The colleague keeps name, number and id, and nothing is written as them.
async fn staff_are_left_alone(role: Role, external_id: &str, id: &str) {
    let stack = stack().await;
    let jane = with_staff(&stack, role, external_id);
    another_texts(&stack, id, "I am the boss").await;
    let users = stack.zendesk.users();
    let now = users
        .iter()
        .find(|user| user.id == jane)
        .expect("a colleague");
    assert_eq!(now.name, "Jane Admin");
    assert_eq!(now.phone, None);
    assert_eq!(now.external_id.as_deref(), Some(external_id));
    for ticket in stack.zendesk.tickets() {
        assert_ne!(ticket.requester.id, jane);
        assert!(
            ticket
                .comments
                .iter()
                .all(|comment| comment.author.id != jane)
        );
    }
    assert_eq!(tickets_of(&stack, id).len(), 1, "the text is nowhere");
    assert!(
        items(&stack)
            .iter()
            .all(|item| !pk(item).starts_with("dead#"))
    );
}

#[test]
fn an_id_that_is_an_administrators_external_id_writes_as_somebody_else() {
    case!(async { staff_are_left_alone(Role::Admin, "jane@acme.com", "jane@acme.com").await });
}

#[test]
fn an_id_like_an_administrators_external_id_writes_as_somebody_else() {
    case!(async { staff_are_left_alone(Role::Admin, "jane@acme.com", "Jane@Acme.com").await });
}

#[test]
fn an_id_that_is_an_agents_external_id_writes_as_somebody_else() {
    case!(async {
        staff_are_left_alone(Role::Agent, "4711", "4711").await;
        staff_are_left_alone(Role::Agent, "SSO|jane", "sso|JANE").await;
    });
}
