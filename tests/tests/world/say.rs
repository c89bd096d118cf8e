//! Texts that no agent wrote: an automatic first answer, a notice.

use std::time::Duration;

use e2e::case;
use e2e::send::{Answer, reply, text};
use e2e::table::{dead_letters, let_time_pass, redelivered, waiting};
use e2e::view::{Mark, notes, phone, public, ticket};
use e2e::{ANA, answered, set, settled, stack, stack_with, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::braze::User;
use simulators::zendesk::{Person, Status};
use simulators::{Effect, Fault};

const HELLO: &str = "We got your message and answer within two hours.";

fn body(id: u64, say: &str) -> Value {
    json!({"ticket_id": id.to_string(), "external_user_id": ANA, "tags": "braze_sms", "say": say})
}

async fn say(stack: &Stack, invocation: &str, body: &Value) -> Answer {
    let answer = reply(stack, invocation, body.to_string()).await;
    settled(stack).await;
    answer
}

/// The night lasts from an hour ago to so many minutes from now, by UTC.
fn until_in(minutes: i64) -> String {
    let now = e2e::send::now_ms() / 60_000;
    let clock = |at: i64| format!("{:02}:{:02}", at.div_euclid(60) % 24, at % 60);
    format!("{}-{} UTC", clock(now - 60), clock(now + minutes))
}

#[test]
fn the_customer_is_texted_and_the_agent_reads_what() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let answer = say(&stack, "s1", &body(id, HELLO)).await;
        assert_eq!(
            (answer.outcome(), answer.ticket()),
            ("delivered", id),
            "{answer:?}"
        );
        assert_eq!(phone(&stack, ANA), [HELLO]);
        let shown = ticket(&stack, id);
        assert!(
            notes(&shown).iter().any(|note| note.contains(HELLO)),
            "{shown:?}"
        );
        assert_eq!(public(&shown).len(), 1, "no public comment");
    });
}

#[test]
fn once_for_one_invocation() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        say(&stack, "s1", &body(id, HELLO)).await;
        assert_eq!(
            say(&stack, "s1", &body(id, HELLO)).await.outcome(),
            "duplicate"
        );
        stack.pass(Duration::from_secs(2 * 60 * 60)).await.unwrap();
        assert_eq!(
            say(&stack, "s1", &body(id, HELLO)).await.outcome(),
            "duplicate"
        );
        assert_eq!(phone(&stack, ANA), [HELLO]);
    });
}

#[test]
fn the_same_text_once_an_hour_and_three_texts_an_hour() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        for (number, words) in [HELLO, HELLO, "Two", "Three", "Four"].iter().enumerate() {
            say(&stack, &format!("s{number}"), &body(id, words)).await;
        }
        assert_eq!(phone(&stack, ANA), [HELLO, "Two", "Three"]);
        stack.pass(Duration::from_secs(61 * 60)).await.unwrap();
        say(&stack, "later", &body(id, HELLO)).await;
        assert_eq!(phone(&stack, ANA), [HELLO, "Two", "Three", HELLO]);
    });
}

#[test]
fn once_hours_holds_for_the_conversation_whatever_numbers_stand_in_the_text() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        for (number, hours) in [json!(24), json!("24"), json!(1)].iter().enumerate() {
            let mut body = body(id, &format!("Your request {number} is here."));
            body["once_hours"] = hours.clone();
            say(&stack, &format!("s{number}"), &body).await;
        }
        assert_eq!(phone(&stack, ANA), ["Your request 0 is here."]);
        stack.pass(Duration::from_secs(23 * 60 * 60)).await.unwrap();
        let mut again = body(id, "Your request 3 is here.");
        again["once_hours"] = json!(24);
        assert_eq!(say(&stack, "s3", &again).await.outcome(), "ignored");
        stack.pass(Duration::from_secs(2 * 60 * 60)).await.unwrap();
        assert_eq!(say(&stack, "s4", &again).await.outcome(), "delivered");
        assert_eq!(phone(&stack, ANA).len(), 2);
    });
}

#[test]
fn nothing_is_reopened_or_closed() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack.zendesk.set_status(id, Status::Solved).unwrap();
        settled(&stack).await;
        say(&stack, "s1", &body(id, HELLO)).await;
        assert_eq!(ticket(&stack, id).status, Status::Solved);
        let user = stack.braze.user(ANA).unwrap();
        assert_eq!(user.attributes["zendesk_ticket_open"], false);
        text(&stack, ANA, "One more thing").await;
        settled(&stack).await;
        say(&stack, "s2", &body(id, "Welcome back")).await;
        assert_eq!(ticket(&stack, id).status, Status::Open);
        let user = stack.braze.user(ANA).unwrap();
        assert_eq!(user.attributes["zendesk_ticket_open"], true);
        assert!(phone(&stack, ANA).ends_with(&["Welcome back".to_owned()]));
    });
}

#[test]
fn what_is_blank_or_malformed_is_not_said() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let mark = Mark::now(&stack);
        for (number, blank) in ["", " ", "\n\t", "\u{a0}"].into_iter().enumerate() {
            assert_eq!(
                say(&stack, &format!("b{number}"), &body(id, blank))
                    .await
                    .outcome(),
                "ignored",
                "{blank:?}"
            );
        }
        for (member, value) in [
            ("once_hours", json!("soon")),
            ("once_hours", json!(-1)),
            ("say", json!({})),
            ("say", json!("Hello {{ticket.id}}")),
        ] {
            let mut wrong = body(id, HELLO);
            wrong[member] = value;
            assert_eq!(say(&stack, member, &wrong).await.status, 400, "{wrong}");
        }
        let (zendesk, braze) = mark.since(&stack);
        assert_eq!(
            (zendesk.len(), braze.len()),
            (0, 0),
            "{zendesk:?} {braze:?}"
        );
    });
}

#[test]
fn who_opted_out_gets_nothing() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack.braze.customer_texts(ANA, "STOP", &[]).await;
        settled(&stack).await;
        assert_eq!(
            say(&stack, "s1", &body(id, HELLO)).await.outcome(),
            "ignored"
        );
        assert!(!phone(&stack, ANA).contains(&HELLO.to_owned()));
    });
}

#[test]
fn on_another_customers_ticket_nobody_is_texted() {
    case!(async {
        let stack = stack().await;
        let own = with_ticket(&stack).await;
        stack
            .braze
            .add_user(User::new("bo", "Bo", "X", "+15550100009"));
        let others = text(&stack, "bo", "Hello").await.ticket();
        settled(&stack).await;
        for (number, ticket) in [others, 999_999].into_iter().enumerate() {
            let answer = say(&stack, &format!("s{number}"), &body(ticket, HELLO)).await;
            assert_eq!(answer.outcome(), "ignored", "{answer:?}");
        }
        let nobody = json!({"ticket_id": others, "external_user_id": "never-texted", "say": HELLO});
        assert_eq!(say(&stack, "s9", &nobody).await.outcome(), "ignored");
        assert_eq!(phone(&stack, ANA), [""; 0]);
        assert_eq!(phone(&stack, "bo"), [""; 0]);
        // The conversation is where it was.
        answered(&stack, own, "Hello Ana").await;
        assert_eq!(phone(&stack, ANA), ["Hello Ana"]);
    });
}

#[test]
fn without_an_id_the_ticket_tells_whose_it_is() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let mut nameless = body(id, HELLO);
        nameless["external_user_id"] = json!("");
        say(&stack, "s1", &nameless).await;
        assert_eq!(phone(&stack, ANA), [HELLO]);
    });
}

#[test]
fn the_spend_guard_and_no_closing_tags_hold_for_automatic_texts() {
    case!(async {
        let limited = |options: &mut _| set(options, "PARTS_PER_CUSTOMER_DAY", "1");
        let stack = stack_with(limited).await;
        let id = with_ticket(&stack).await;
        say(&stack, "s1", &body(id, HELLO)).await;
        assert_eq!(
            say(&stack, "s2", &body(id, "More")).await.outcome(),
            "ignored"
        );
        assert_eq!(phone(&stack, ANA), [HELLO]);
        let told = notes(&ticket(&stack, id));
        assert_eq!(
            told.iter()
                .filter(|note| note.contains("PARTS_PER_"))
                .count(),
            1,
            "{told:?}"
        );
    });
}

#[test]
fn quiet_hours_are_waited_for_and_hold_up_no_answer() {
    case!(async {
        let night = until_in(90);
        let stack = stack_with(|options| set(options, "QUIET_HOURS", &night)).await;
        let id = with_ticket(&stack).await;
        assert_eq!(
            say(&stack, "s1", &body(id, HELLO)).await.outcome(),
            "queued"
        );
        answered(&stack, id, "Hello Ana").await;
        text(&stack, ANA, "Thanks").await;
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Hello Ana"], "answers do not wait");
        let_time_pass(&stack);
        stack.redeliver().await.unwrap();
        assert_eq!(phone(&stack, ANA), ["Hello Ana"], "the night is not over");
        assert_eq!((waiting(&stack).len(), dead_letters(&stack).len()), (1, 0));
    });
}

#[test]
fn outside_of_the_quiet_hours_nothing_waits() {
    case!(async {
        let over = until_in(-5);
        let stack = stack_with(|options| set(options, "QUIET_HOURS", &over)).await;
        let id = with_ticket(&stack).await;
        assert_eq!(
            say(&stack, "s1", &body(id, HELLO)).await.outcome(),
            "delivered"
        );
        assert_eq!(phone(&stack, ANA), [HELLO]);
    });
}

#[test]
fn a_text_of_unknown_outcome_is_not_repeated_and_told() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let lost = Fault::once("campaigns.trigger.send", Effect::DropAfter);
        stack.braze.fault(lost);
        say(&stack, "s1", &body(id, HELLO)).await;
        redelivered(&stack).await;
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), [HELLO]);
        let told = notes(&ticket(&stack, id));
        assert!(
            told.iter().any(|note| note.contains("not known")),
            "{told:?}"
        );
    });
}

#[test]
fn braze_down_keeps_it_for_later_and_no_answer_waits_behind_it() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack
            .braze
            .fault(Fault::once("campaigns.trigger.send", Effect::status(503)));
        assert_eq!(
            say(&stack, "s1", &body(id, HELLO)).await.outcome(),
            "queued"
        );
        answered(&stack, id, "Hello Ana").await;
        assert_eq!(phone(&stack, ANA), ["Hello Ana"]);
        redelivered(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Hello Ana", HELLO]);
    });
}

#[test]
fn a_ticket_of_somebody_without_a_conversation_is_not_adopted() {
    case!(async {
        let stack = stack().await;
        stack
            .braze
            .add_user(User::new("bo", "Bo", "X", "+15550100009"));
        let person = Person::customer("Bo X").email("bo@x.example");
        let person = stack
            .zendesk
            .add_user(person.field("braze_external_id", "bo"));
        let mail = stack
            .zendesk
            .email_ticket(person, "Contract", "Please send it.")
            .unwrap();
        settled(&stack).await;
        let body = json!({"ticket_id": mail, "external_user_id": "bo", "say": HELLO});
        say(&stack, "s1", &body).await;
        let own = text(&stack, "bo", "Hello").await.ticket();
        assert_ne!(own, mail);
    });
}
