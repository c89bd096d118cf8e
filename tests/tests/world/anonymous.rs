//! Customers whom Braze knows by their number alone: they texted START from a number that no profile had.

use e2e::case;
use e2e::send;
use e2e::view::{only_ticket, phone, public, ticket};
use e2e::{ANA_PHONE, agent, answered, settled, stack, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Person, Status};

use crate::crowd::CLOSING;

const NUMBER: &str = "+15550100042";

/// An anonymous profile of this number, which a keyword has made; then it texts.
async fn anonymous(stack: &Stack, text: &str) -> u64 {
    send::text(stack, NUMBER, "START").await;
    let answer = send::text(stack, NUMBER, text).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    settled(stack).await;
    answer.ticket()
}

/// A body of an anonymous profile; without a Braze id where that is empty.
fn body(number: &str, braze_id: &str, text: &str) -> Value {
    let mut body = send::inbound_body("", text, text);
    body["phone"] = json!(number);
    if !braze_id.is_empty() {
        body["braze_id"] = json!(braze_id);
    }
    body
}

async fn texted(stack: &Stack, body: &Value) -> send::Answer {
    let answer = send::inbound(stack, body.to_string()).await;
    settled(stack).await;
    answer
}

/// What was sent to Braze to which alias, in order.
fn sent_to_aliases(stack: &Stack) -> Vec<(String, String)> {
    let calls = stack.braze.calls().into_iter();
    let sends = calls.filter(|call| call.operation == "campaigns.trigger.send");
    let bodies = sends.map(|call| call.body);
    let to = |body: &Value| {
        let recipient = &body["recipients"][0];
        let alias = &recipient["user_alias"];
        assert_eq!(alias["alias_label"], "phone", "{body}");
        assert!(recipient.get("external_user_id").is_none(), "{body}");
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            word(&alias["alias_name"]),
            word(&recipient["trigger_properties"]["msg_body"]),
        )
    };
    bodies.map(|body| to(&body)).collect()
}

#[test]
fn a_customer_without_external_id_has_a_conversation() {
    case!(async {
        let stack = stack().await;
        let id = anonymous(&stack, "Is my order on its way?").await;
        assert_eq!(public(&ticket(&stack, id)), ["Is my order on its way?"]);
        answered(&stack, id, "It is.").await;
        assert_eq!(phone(&stack, NUMBER), ["It is."]);
        send::text(&stack, NUMBER, "And when?").await;
        agent(&stack, id, Comment::public("Today.").status(Status::Solved)).await;
        assert_eq!(phone(&stack, NUMBER), ["It is.", "Today.", CLOSING]);
        assert_eq!(only_ticket(&stack).id, id);
        let user = only_ticket(&stack).requester.id;
        let mut users = stack.zendesk.users().into_iter();
        let user = users.find(|known| known.id == user).expect("the requester");
        assert_eq!(user.phone.as_deref(), Some(NUMBER));
        assert!(
            user.user_fields
                .get("braze_external_id")
                .is_none_or(Value::is_null)
        );
        let sent = sent_to_aliases(&stack);
        assert!(sent.iter().all(|(to, _)| to == NUMBER), "{sent:?}");
        let profile = stack.braze.user(NUMBER).expect("a profile");
        assert_eq!(profile.external_id, "");
        assert_eq!(profile.attributes["zendesk_ticket"], json!(id.to_string()));
        assert_eq!(profile.attributes["zendesk_ticket_open"], json!(false));
    });
}

#[test]
fn an_opt_out_of_a_customer_without_external_id_is_kept() {
    case!(async {
        let stack = stack().await;
        let id = anonymous(&stack, "Is my order on its way?").await;
        send::text(&stack, NUMBER, "STOP").await;
        settled(&stack).await;
        answered(&stack, id, "It is.").await;
        assert_eq!(sent_to_aliases(&stack), []);
        assert!(
            ticket(&stack, id)
                .tags
                .contains(&"sms_opted_out".to_owned())
        );
        send::text(&stack, NUMBER, "START").await;
        settled(&stack).await;
        answered(&stack, id, "It is, I say.").await;
        assert_eq!(
            phone(&stack, NUMBER).last().map(String::as_str),
            Some("It is, I say.")
        );
    });
}

#[test]
fn an_opt_out_before_any_text_is_kept() {
    case!(async {
        let stack = stack().await;
        let mut stop = body(NUMBER, "b-1", "STOP");
        stop["kind"] = json!("opted_out");
        assert_eq!(texted(&stack, &stop).await.outcome(), "delivered");
        let id = texted(&stack, &body(NUMBER, "b-1", "Hello?"))
            .await
            .ticket();
        answered(&stack, id, "Hello.").await;
        assert_eq!(sent_to_aliases(&stack), []);
    });
}

#[test]
fn one_number_is_one_conversation_however_it_is_written() {
    case!(async {
        let stack = stack().await;
        for (n, number) in [
            "+1 (555) 010-0042",
            "+1.555.010.0042",
            "tel:+1-555-010-0042",
            "001 555 010 0042",
            " +15550100042 ",
        ]
        .into_iter()
        .enumerate()
        {
            let answer = texted(&stack, &body(number, "", &format!("Text {n}"))).await;
            assert_eq!(answer.outcome(), "delivered", "{number}: {answer:?}");
        }
        assert_eq!(public(&only_ticket(&stack)).len(), 5);
    });
}

#[test]
fn without_external_id_and_number_nobody_can_be_answered() {
    case!(async {
        let stack = stack().await;
        for number in [
            "",
            "5550100042",
            "unknown",
            "+",
            "+123",
            "+12345678901234567890",
        ] {
            let answer = texted(&stack, &body(number, "b-1", "Hello?")).await;
            assert_eq!(answer.status, 400, "{number}: {answer:?}");
        }
        assert_eq!(stack.zendesk.tickets().len(), 0);
    });
}

#[test]
fn an_external_id_that_looks_like_the_key_of_a_number_is_an_id() {
    case!(async {
        let stack = stack().await;
        let first = texted(&stack, &body(NUMBER, "", "Hello")).await;
        for id in ["phone#15550100042", "phone#+15550100042", NUMBER] {
            let mut by_id = send::inbound_body(id, "Hello", "Hello");
            by_id["phone"] = json!(NUMBER);
            let answer = texted(&stack, &by_id).await;
            assert_eq!(answer.outcome(), "delivered", "{id}: {answer:?}");
            assert_ne!(answer.ticket(), first.ticket(), "{id}");
            let requester = ticket(&stack, answer.ticket()).requester;
            assert_eq!(requester.external_id.as_deref(), Some(id));
        }
        assert_eq!(stack.zendesk.tickets().len(), 4);
    });
}

#[test]
fn a_known_customer_with_the_same_number_is_somebody_else() {
    case!(async {
        let stack = stack().await;
        let anas = with_ticket(&stack).await;
        let others = texted(&stack, &body(ANA_PHONE, "b-1", "Who are you?"))
            .await
            .ticket();
        assert_ne!(others, anas);
        let (ana, other) = (
            ticket(&stack, anas).requester,
            ticket(&stack, others).requester,
        );
        assert_ne!(ana.id, other.id, "written as Ana");
        assert_eq!(public(&ticket(&stack, anas)), ["SUPPORT"]);
        answered(&stack, others, "We are the shop.").await;
        assert_eq!(
            sent_to_aliases(&stack),
            [(ANA_PHONE.to_owned(), "We are the shop.".to_owned())]
        );
    });
}

#[test]
fn a_zendesk_user_with_the_same_number_is_somebody_else() {
    case!(async {
        let stack = stack().await;
        let ben = stack
            .zendesk
            .add_user(Person::customer("Ben").phone(NUMBER));
        let id = texted(&stack, &body(NUMBER, "", "Hello")).await.ticket();
        assert_ne!(ticket(&stack, id).requester.id, ben);
    });
}

#[test]
fn logs_and_answers_name_no_number() {
    case!(async {
        let stack = stack().await;
        let id = anonymous(&stack, "Is my order on its way?").await;
        answered(&stack, id, "It is.").await;
        let lines = stack.logs.all().into_iter().map(|line| line.text);
        let lines: Vec<String> = lines.filter(|line| line.contains("5550100042")).collect();
        assert_eq!(lines, [""; 0]);
    });
}
