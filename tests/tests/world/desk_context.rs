//! What Braze's campaign adds to a text: context for the agent, where the ticket belongs, the language.

use e2e::case;
use e2e::send::{self, inbound_body};
use e2e::view::{calls_of, notes, only_ticket, phone, public};
use e2e::{ANA, edit_zendesk, set, settled, stack, stack_with};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Status, Ticket};

/// Ana texts with more members in the body; her ticket when all is done.
async fn texted(stack: &Stack, more: Value) -> Ticket {
    let answer = send_with(stack, "Where is my parcel?", "d-1", more).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    only_ticket(stack)
}

async fn send_with(stack: &Stack, text: &str, dispatch: &str, more: Value) -> send::Answer {
    let mut body = inbound_body(ANA, text, dispatch);
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let answer = send::inbound(stack, body.to_string()).await;
    settled(stack).await;
    answer
}

/// Two groups, brands and forms, and a number field, under ids of their own.
async fn sorted() -> Stack {
    let stack = stack().await;
    edit_zendesk(&stack, |account| {
        for (list, id) in [("groups", 501), ("brands", 502), ("ticket_forms", 503)] {
            let list = account[list].as_array_mut().expect("a list");
            list.push(json!({"id": id, "name": "Second"}));
        }
        let fields = account["ticket_fields"].as_array_mut().expect("a list");
        fields.push(json!({"id": 504, "title": "Order", "kind": "text"}));
        fields.push(json!({"id": 505, "title": "Count", "kind": "integer"}));
    });
    stack
}

#[test]
fn context_is_one_internal_note_when_a_ticket_opens_and_only_then() {
    case!(async {
        let stack = stack().await;
        let context = json!({"context": {"plan": "gold", "orders": 3, "last campaign": ""}});
        let ticket = texted(&stack, context.clone()).await;
        assert_eq!(
            notes(&ticket),
            ["Customer context from Braze:\norders: 3\nplan: gold"]
        );
        send_with(&stack, "Hello?", "d-2", context).await;
        let ticket = only_ticket(&stack);
        assert_eq!((notes(&ticket).len(), public(&ticket).len()), (1, 2));
    });
}

#[test]
fn context_shows_no_template_code_and_no_formatting_and_has_a_limit() {
    case!(async {
        let stack = stack().await;
        let context = json!({"context": {"plan": "<b>x</b> **y**\n# {{ticket.id}} {% if a %}\u{7}",
            "huge": "v".repeat(60_000), "unfilled": "{{custom_attribute.${plan}}}"}});
        let ticket = texted(&stack, context).await;
        let note = ticket.comments.iter().find(|comment| !comment.public);
        let note = note.expect("a note");
        assert!(
            note.plain_body
                .contains("plan: <b>x</b> **y** # ticket.id if a"),
            "{}",
            note.plain_body
        );
        assert!(
            note.html_body.contains("&lt;b&gt;x&lt;/b&gt; **y**"),
            "{}",
            note.html_body
        );
        assert!(note.plain_body.chars().count() < 600 && !note.plain_body.contains("unfilled"));
    });
}

#[test]
fn a_campaigns_ticket_goes_before_the_settings_and_adds_to_the_tags() {
    case!(async {
        let stack = sorted().await;
        let ticket = json!({"ticket": {"group_id": "501", "brand_id": 502, "ticket_form_id": "503",
            "priority": "high", "type": "problem", "subject": "Parcel of {name}", "tags": ["vip", "parcel"],
            "custom_fields": [{"id": 504, "value": "A-1"}]}});
        let ticket = texted(&stack, ticket).await;
        assert_eq!(
            (ticket.group_id, ticket.brand_id, ticket.ticket_form_id),
            (Some(501), 502, 503)
        );
        assert_eq!(
            (ticket.priority.as_deref(), ticket.kind.as_deref()),
            (Some("high"), Some("problem"))
        );
        assert!(
            ticket.subject.starts_with("Parcel of "),
            "{}",
            ticket.subject
        );
        assert_eq!(ticket.tags, ["braze_sms", "parcel", "vip"]);
        assert_eq!(ticket.custom_fields[&504], "A-1");
        assert_eq!(notes(&ticket), [""; 0]);
    });
}

#[test]
fn an_id_that_zendesk_refuses_does_not_lose_the_text_and_the_note_names_it() {
    case!(async {
        let stack = sorted().await;
        let wish = json!({"ticket": {"group_id": 999, "brand_id": 502, "priority": "high",
            "custom_fields": [{"id": 505, "value": "many"}]}});
        let ticket = texted(&stack, wish).await;
        assert_eq!(public(&ticket), ["Where is my parcel?"]);
        assert_eq!(
            (ticket.brand_id, ticket.priority.as_deref()),
            (502, Some("high"))
        );
        let [note] = &notes(&ticket)[..] else {
            panic!("one note")
        };
        assert!(
            note.contains("group_id") && note.contains("custom_fields"),
            "{note}"
        );
        assert!(!note.contains("brand_id"), "{note}");
        let keys: Vec<String> = calls_of(stack.zendesk.calls(), "tickets.create")
            .iter()
            .filter_map(|call| call.header("idempotency-key").map(str::to_owned))
            .collect();
        let mut different = keys.clone();
        different.dedup();
        assert_eq!((keys.len(), different.len()), (3, 3), "{keys:?}");
    });
}

#[test]
fn what_cannot_be_used_is_named_and_the_bridges_own_tags_are_refused() {
    case!(async {
        let odd = [
            (
                json!({"ticket": {"tags": "vip sms_resend SMS_CSAT_5 sms_opted_out"}}),
                "sms_resend",
            ),
            (
                json!({"ticket": {"group_id": "{{x}}", "status": "closed"}}),
                "group_id, status",
            ),
            (
                json!({"ticket": {"priority": "very", "type": ["a"]}}),
                "priority, type",
            ),
            (json!({"ticket": "yes"}), "ticket"),
            (json!({"context": [1, 2]}), "context"),
        ];
        for (more, named) in odd {
            let stack = stack().await;
            let ticket = texted(&stack, more.clone()).await;
            assert!(
                ticket
                    .tags
                    .iter()
                    .all(|tag| tag == "vip" || tag == "braze_sms"),
                "{more}"
            );
            let [note] = &notes(&ticket)[..] else {
                panic!("one note for {more}")
            };
            assert!(note.contains(named), "{more}: {note}");
        }
    });
}

#[test]
fn the_language_is_the_new_users_and_chooses_the_closing_text() {
    case!(async {
        let stack = stack_with(|options| {
            set(options, "SOLVED_MESSAGE", "Closed.");
            set(options, "SOLVED_MESSAGE_FR", "Votre demande est close.");
        })
        .await;
        let ticket = texted(&stack, json!({"language": "fr-CA"})).await;
        let user = stack.zendesk.user_named("Ana Silva");
        let users = stack.zendesk.users();
        let user = user.or_else(|| {
            users
                .into_iter()
                .find(|user| user.id == ticket.requester.id)
        });
        assert_eq!(user.expect("her").locale.to_lowercase(), "fr-ca");
        stack
            .zendesk
            .set_status(ticket.id, Status::Solved)
            .expect("solved");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Votre demande est close."]);
    });
}
