//! What happens to tickets and profiles in Zendesk without any trigger is followed by its event stream, before a text or
//! an answer comes.

use std::time::Duration;

use e2e::case;
use e2e::send::{self, now_ms};
use e2e::table::{dead_letters, items, pk};
use e2e::view::phone;
use e2e::{ANA, answered, settled, stack_with, with_ticket};
use local::Stack;
use local::options::{EVENTS_SIGNING_SECRET, REPLY_SIGNING_SECRET};
use serde_json::{Value, json};
use simulators::zendesk::{Mode, Person};

const EVENTS: &str = "/zendesk/events";

/// A stack whose Zendesk posts its event types to the bridge.
async fn followed() -> Stack {
    stack_with(|options| options.zendesk_events = true).await
}

fn is_open(stack: &Stack) -> Value {
    let user = stack.braze.user(ANA).expect("known");
    user.attributes["zendesk_ticket_open"].clone()
}

fn memory(stack: &Stack, customer: &str) -> Value {
    let item = stack.dynamo.item(&format!("customer#{customer}"));
    let item = item.expect("the table").unwrap_or_default();
    serde_json::from_str(item["memory"]["S"].as_str().unwrap_or_default()).unwrap_or_default()
}

/// An event as Zendesk writes it.
fn event(kind: &str, id: &str, ticket: u64) -> Value {
    json!({"account_id": 7_654_321, "id": id, "time": simulators::clock::rfc3339(now_ms()),
        "type": format!("zen:event-type:{kind}"), "zendesk_event_version": "2022-11-06",
        "subject": format!("zen:ticket:{ticket}"), "event": {},
        "detail": {"id": ticket.to_string(), "tags": ["braze_sms"]}})
}

async fn told(stack: &Stack, body: &Value) -> send::Answer {
    send::signed(
        stack,
        EVENTS,
        EVENTS_SIGNING_SECRET,
        "INV",
        body.to_string(),
    )
    .await
}

#[test]
fn a_ticket_that_was_given_to_another_is_left_without_any_text_or_answer() {
    case!(async {
        let stack = followed().await;
        let id = with_ticket(&stack).await;
        assert_eq!(is_open(&stack), json!(true));
        let bob = stack.zendesk.knows_customer("bob", "Bob");
        stack.zendesk.change_requester(id, bob).expect("changed");
        settled(&stack).await;
        assert_eq!(is_open(&stack), json!(false));
        assert_eq!(memory(&stack, ANA)["ticket"], Value::Null);
        let text = send::text(&stack, ANA, "Hello again").await;
        assert_ne!(text.ticket(), id);
    });
}

#[test]
fn a_ticket_that_was_deleted_is_left() {
    case!(async {
        let stack = followed().await;
        let id = with_ticket(&stack).await;
        stack.zendesk.delete(id).expect("deleted");
        settled(&stack).await;
        assert_eq!(is_open(&stack), json!(false));
        assert_eq!(memory(&stack, ANA)["ticket"], Value::Null);
    });
}

#[test]
fn the_conversation_goes_on_where_its_ticket_was_merged_into() {
    case!(async {
        let stack = followed().await;
        let id = with_ticket(&stack).await;
        let open = |subject| stack.zendesk.agent_opens_sms_ticket(ANA, subject, "Hi");
        let target = open("The same matter");
        settled(&stack).await;
        stack.zendesk.merge(id, target).expect("merged");
        settled(&stack).await;
        assert_eq!(memory(&stack, ANA)["ticket"], json!(target));
        assert_eq!(is_open(&stack), json!(true));
    });
}

#[test]
fn the_conversation_goes_on_after_two_profiles_were_merged() {
    case!(async {
        // What a merge of users tells is not verified.
        for (about_the_winner, tickets_too, by_id) in [
            (false, false, false),
            (true, false, true),
            (true, true, false),
            (false, true, true),
        ] {
            let stack = stack_with(|options| {
                options.zendesk_events = true;
                let variants = &mut options.zendesk.variants;
                variants.user_merged_is_about_the_winner = about_the_winner;
                variants.user_merge_fires_requester_changed = tickets_too;
            })
            .await;
            let id = with_ticket(&stack).await;
            let loser = stack.zendesk.user_named("Ana Silva").expect("known").id;
            let winner = Person::customer("Ana (mail)").email("ana@x.example");
            let winner = match by_id {
                true => winner.field("braze_external_id", ANA),
                false => winner,
            };
            let winner = stack.zendesk.add_user(winner);
            stack.zendesk.merge_users(loser, winner).expect("merged");
            settled(&stack).await;
            let case = format!("{about_the_winner} {tickets_too} {by_id}");
            assert_eq!(memory(&stack, ANA)["user"], json!(winner), "{case}");
            assert_eq!(memory(&stack, ANA)["ticket"], json!(id), "{case}");
            assert_eq!(is_open(&stack), json!(true), "{case}");
            answered(&stack, id, "Hello").await;
            assert_eq!(phone(&stack, ANA), ["Hello"], "{case}");
        }
    });
}

#[test]
fn events_that_zendesk_did_not_sign_change_nothing() {
    case!(async {
        let stack = followed().await;
        let id = with_ticket(&stack).await;
        let calls = stack.zendesk.calls().len();
        let before = items(&stack);
        let body = event("ticket.soft_deleted", "e-1", id).to_string();
        let post = |secret: &'static str, at| {
            send::signed_at(&stack, EVENTS, secret, "INV", body.clone(), at)
        };
        let hour = 60 * 60 * 1000;
        for (secret, at) in [
            ("another secret", now_ms()),
            ("", now_ms()),
            (REPLY_SIGNING_SECRET, now_ms()),
            ("dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==", now_ms()),
            (EVENTS_SIGNING_SECRET, now_ms() - hour),
            (EVENTS_SIGNING_SECRET, now_ms() + hour),
        ] {
            assert_eq!(post(secret, at).await.status, 401, "{secret}");
        }
        let unsigned = send::post(&stack, EVENTS, &[], body.clone()).await;
        assert_eq!(unsigned.status, 401);
        assert_eq!(
            (items(&stack), stack.zendesk.calls().len()),
            (before, calls)
        );
    });
}

#[test]
fn without_its_secret_the_route_is_closed_and_with_two_both_open_it() {
    case!(async {
        let keys = [
            "zendesk_events_signing_secret",
            "zendesk_events_signing_secret_previous",
        ];
        for (now, before, status) in [
            ("", "", 401),
            ("", EVENTS_SIGNING_SECRET, 200),
            ("new-signing-secret", EVENTS_SIGNING_SECRET, 200),
            ("new-signing-secret", "", 401),
        ] {
            let stack = stack_with(|options| {
                for (key, value) in keys.iter().zip([now, before]) {
                    options.secret.insert((*key).to_owned(), json!(value));
                }
            })
            .await;
            let answer = told(&stack, &event("ticket.created", "e-1", 1)).await;
            assert_eq!(answer.status, status, "{now:?} {before:?}");
        }
    });
}

#[test]
fn types_nobody_asked_for_and_tickets_of_others_are_ignored_with_a_reason() {
    case!(async {
        let stack = followed().await;
        let mail = stack
            .zendesk
            .add_user(Person::customer("Mia").email("mia@x.example"));
        let foreign = stack
            .zendesk
            .email_ticket(mail, "Hello", "By mail")
            .expect("opened");
        settled(&stack).await;
        let (before, calls) = (items(&stack), stack.zendesk.calls().len());
        for kind in [
            "ticket.status_changed",
            "ticket.comment_added",
            "ticket.no_such_type",
            "user.created",
            "organization.created",
            "",
            // Nobody texts about it.
            "ticket.soft_deleted",
            "ticket.requester_changed",
            "ticket.merged",
        ] {
            let answer = told(&stack, &event(kind, "e-1", foreign)).await;
            assert_eq!(
                (answer.status, answer.outcome()),
                (200, "ignored"),
                "{kind}"
            );
            assert!(
                answer.body["reason"]
                    .as_str()
                    .is_some_and(|why| !why.is_empty())
            );
        }
        assert_eq!(
            (items(&stack), stack.zendesk.calls().len()),
            (before, calls)
        );
    });
}

#[test]
fn bodies_that_cannot_be_read_are_kept_as_dead_letters() {
    case!(async {
        let stack = followed().await;
        let bodies: [&[u8]; 6] = [
            b"",
            b"{",
            b"[1]",
            b"\xff\xfe",
            br#"{"type": 7}"#,
            br#"{"type": "zen:event-type:ticket.merged", "detail": {"id": "x"}}"#,
        ];
        for body in bodies {
            let answer = send::signed(&stack, EVENTS, EVENTS_SIGNING_SECRET, "INV", body).await;
            assert_eq!(answer.status, 400, "{body:?}");
            assert!(answer.content_type.contains("problem+json"));
        }
        assert_eq!(dead_letters(&stack).len(), bodies.len());
        assert!(stack.zendesk.calls().is_empty());
    });
}

#[test]
fn an_event_that_comes_late_or_again_does_no_harm() {
    case!(async {
        let stack = followed().await;
        let id = with_ticket(&stack).await;
        stack.zendesk.webhook_delivery(Mode::Held);
        let bob = stack.zendesk.knows_customer("bob", "Bob");
        let ana = stack.zendesk.user_named("Ana Silva").expect("known").id;
        for user in [bob, ana] {
            stack.zendesk.change_requester(id, user).expect("changed");
        }
        // By then the ticket is hers again.
        let held = stack.zendesk.held_webhooks();
        assert_eq!(held.len(), 2);
        for _ in 0..2 {
            for one in held.iter().rev() {
                told(&stack, &serde_json::from_str(&one.payload).expect("JSON")).await;
            }
        }
        stack.zendesk.webhook_delivery(Mode::Immediate);
        settled(&stack).await;
        assert_eq!(memory(&stack, ANA)["ticket"], json!(id));
        assert_eq!(is_open(&stack), json!(true));
        answered(&stack, id, "Hello").await;
        // Of hours ago, and of a ticket she is not on any more.
        let passed = stack.pass(Duration::from_secs(5 * 60 * 60)).await;
        passed.expect("time passes");
        let late = event("ticket.requester_changed", "e-9", id);
        for (body, outcome) in [(&late, "delivered"), (&late, "duplicate")] {
            assert_eq!(told(&stack, body).await.outcome(), outcome);
        }
        assert_eq!(phone(&stack, ANA), ["Hello"]);
        let foreign = |item: &Value| !pk(item).contains(ANA) && pk(item).starts_with("customer#");
        assert!(!items(&stack).iter().any(foreign));
    });
}
