//! Customers whom Braze knows by their number alone: they texted START from a number that no profile had.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::table::redelivered;
use e2e::view::{only_ticket, phone, public, ticket};
use e2e::{ANA_PHONE, agent, answered, settled, stack, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::braze::Alias;
use simulators::zendesk::{Comment, Mode, Person, Status};
use simulators::{Effect, Fault};

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

async fn days_pass(stack: &Stack, days: u64) {
    let passed = stack.pass(Duration::from_secs(days * 24 * 60 * 60)).await;
    passed.expect("time passes");
}

/// A body of a profile that has an external id by now.
fn known(id: &str, number: &str, braze_id: &str, text: &str) -> Value {
    let mut body = body(number, braze_id, text);
    body["external_user_id"] = json!(id);
    body
}

#[test]
fn a_customer_who_becomes_known_goes_on_where_they_were() {
    case!(async {
        let stack = stack().await;
        let id = anonymous(&stack, "Is my order on its way?").await;
        answered(&stack, id, "It is.").await;
        let alias = Alias {
            alias_name: NUMBER.to_owned(),
            alias_label: "phone".to_owned(),
        };
        stack.braze.identify(&alias, "nina");
        let text = send::text(&stack, "nina", "And when?").await;
        settled(&stack).await;
        assert_eq!(
            (text.outcome(), text.ticket()),
            ("delivered", id),
            "{text:?}"
        );
        let now = only_ticket(&stack);
        assert_eq!(
            public(&now),
            ["Is my order on its way?", "It is.", "And when?"]
        );
        assert_eq!(now.requester.external_id.as_deref(), Some("nina"));
        agent(&stack, id, Comment::public("Today.").status(Status::Solved)).await;
        assert_eq!(phone(&stack, "nina"), ["It is.", "Today.", CLOSING]);
        let calls = stack.braze.calls().into_iter();
        let sends = calls.filter(|call| call.operation == "campaigns.trigger.send");
        let to: Vec<Value> = sends
            .map(|call| call.body["recipients"][0]["external_user_id"].clone())
            .collect();
        assert_eq!(to, [Value::Null, json!("nina"), json!("nina")]);
        // Nothing is kept twice.
        let left = stack.dynamo.item("phone#15550100042").expect("a table");
        let left = left.expect("an item that leads on").to_string();
        assert!(
            !left.contains("_aside") && !left.contains("Is my order"),
            "{left}"
        );
    });
}

#[test]
fn an_opt_out_goes_over_with_the_conversation() {
    case!(async {
        for first in ["text", "opt-in of another kind"] {
            let stack = stack().await;
            let id = texted(&stack, &body(NUMBER, "b-1", "Hello?"))
                .await
                .ticket();
            let mut stop = body(NUMBER, "b-1", "STOP");
            stop["kind"] = json!("opted_out");
            texted(&stack, &stop).await;
            let mut now = known("nina", NUMBER, "b-1", "Anyone?");
            if first != "text" {
                now["kind"] = json!("help");
            }
            let answer = texted(&stack, &now).await;
            assert_eq!(answer.ticket(), id, "{answer:?}");
            answered(&stack, id, "Hello.").await;
            assert_eq!(stack.braze.sends().len(), 0, "{first}");
        }
    });
}

#[test]
fn an_opt_out_without_a_ticket_goes_over_too() {
    case!(async {
        let stack = stack().await;
        let mut stop = body(NUMBER, "b-1", "STOP");
        stop["kind"] = json!("opted_out");
        texted(&stack, &stop).await;
        // Neither the number nor how it is written matters.
        let id = texted(&stack, &known("nina", "", "b-1", "Hello?"))
            .await
            .ticket();
        answered(&stack, id, "Hello.").await;
        assert_eq!(stack.braze.sends().len(), 0);
        assert!(
            ticket(&stack, id)
                .tags
                .contains(&"sms_opted_out".to_owned())
        );
    });
}

#[test]
fn an_opt_out_is_kept_through_the_campaigns_as_they_are_set_up() {
    case!(async {
        let stack = stack().await;
        send::text(&stack, NUMBER, "START").await;
        send::text(&stack, NUMBER, "STOP").await;
        settled(&stack).await;
        let alias = Alias {
            alias_name: NUMBER.to_owned(),
            alias_label: "phone".to_owned(),
        };
        stack.braze.identify(&alias, "nina");
        let id = send::text(&stack, "nina", "Hello?").await.ticket();
        settled(&stack).await;
        answered(&stack, id, "Hello.").await;
        assert_eq!(stack.braze.sends().len(), 0);
        assert!(
            ticket(&stack, id)
                .tags
                .contains(&"sms_opted_out".to_owned())
        );
    });
}

#[test]
fn the_number_alone_moves_no_conversation() {
    case!(async {
        let stack = stack().await;
        let first = texted(&stack, &body(NUMBER, "b-1", "Hello?"))
            .await
            .ticket();
        for (id, braze_id) in [("nina", "b-2"), ("nora", "")] {
            let other = texted(&stack, &known(id, NUMBER, braze_id, "I am new"))
                .await
                .ticket();
            assert_ne!(other, first, "{id}");
            let (one, two) = (
                ticket(&stack, first).requester,
                ticket(&stack, other).requester,
            );
            assert_ne!(one.id, two.id, "{id}");
        }
        answered(&stack, first, "Hello.").await;
        assert_eq!(
            sent_to_aliases(&stack),
            [(NUMBER.to_owned(), "Hello.".to_owned())]
        );
    });
}

#[test]
fn what_waits_goes_over_in_order_and_once() {
    case!(async {
        let stack = stack().await;
        let id = texted(&stack, &body(NUMBER, "b-1", "One")).await.ticket();
        stack
            .zendesk
            .fault(Fault::always("tickets.update", Effect::status(503)));
        for text in ["Two", "Three"] {
            texted(&stack, &body(NUMBER, "b-1", text)).await;
        }
        texted(&stack, &known("nina", NUMBER, "b-1", "Four")).await;
        stack.zendesk.clear_faults();
        redelivered(&stack).await;
        settled(&stack).await;
        assert_eq!(
            public(&only_ticket(&stack)),
            ["One", "Two", "Three", "Four"]
        );
        assert_eq!(only_ticket(&stack).id, id);
    });
}

#[test]
fn late_webhooks_from_before_find_the_conversation() {
    case!(async {
        let stack = stack().await;
        let id = texted(&stack, &body(NUMBER, "b-1", "One")).await.ticket();
        stack.zendesk.webhook_delivery(Mode::Held);
        agent(&stack, id, Comment::public("Hello.")).await;
        texted(&stack, &known("nina", NUMBER, "b-1", "Two")).await;
        let late = texted(&stack, &body(NUMBER, "b-1", "A late one")).await;
        assert_eq!(late.ticket(), id, "{late:?}");
        let again = texted(&stack, &body(NUMBER, "b-1", "One")).await;
        assert_eq!(again.outcome(), "duplicate", "{again:?}");
        let texts = public(&only_ticket(&stack));
        assert_eq!(texts, ["One", "Hello.", "Two", "A late one"]);
        // The answer's webhook was rendered before, and names nobody.
        stack.zendesk.webhook_delivery(Mode::Immediate);
        stack.zendesk.release_all().await;
        settled(&stack).await;
        assert_eq!(stack.braze.sends().len(), 1);
        assert_eq!(stack.braze.sends()[0].external_user_id, "nina");
    });
}

#[test]
fn the_first_webhook_of_an_anonymous_profile_may_come_after_it_is_known() {
    case!(async {
        let stack = stack().await;
        let id = texted(&stack, &known("nina", NUMBER, "b-1", "Two"))
            .await
            .ticket();
        let late = texted(&stack, &body(NUMBER, "b-1", "One")).await;
        assert_eq!(
            (late.outcome(), late.ticket()),
            ("delivered", id),
            "{late:?}"
        );
        assert_eq!(public(&only_ticket(&stack)), ["Two", "One"]);
    });
}

#[test]
fn a_conversation_under_the_id_keeps_its_open_ticket() {
    case!(async {
        let stack = stack().await;
        let own = texted(&stack, &known("nina", "", "", "I know you"))
            .await
            .ticket();
        let other = texted(&stack, &body(NUMBER, "b-1", "By phone"))
            .await
            .ticket();
        let now = texted(&stack, &known("nina", NUMBER, "b-1", "It is me"))
            .await
            .ticket();
        assert_eq!(now, own);
        assert_eq!(public(&ticket(&stack, own)), ["I know you", "It is me"]);
        // The other ticket is theirs as well.
        answered(&stack, other, "And who are you?").await;
        let sends = stack.braze.sends();
        assert_eq!(sends.len(), 1);
        assert_eq!(sends[0].external_user_id, "nina");
    });
}

#[test]
fn a_number_of_another_profile_is_another_person() {
    case!(async {
        let stack = stack().await;
        let first = texted(&stack, &body(NUMBER, "b-1", "I am the first"))
            .await
            .ticket();
        let second = texted(&stack, &body(NUMBER, "b-2", "I am the second"))
            .await
            .ticket();
        assert_ne!(first, second);
        let (one, two) = (
            ticket(&stack, first).requester,
            ticket(&stack, second).requester,
        );
        assert_ne!(one.id, two.id, "written as the first");
        // What is meant for the first does not reach the second.
        answered(&stack, first, "Your PIN is 1234").await;
        assert_eq!(sent_to_aliases(&stack), []);
        answered(&stack, second, "Hello").await;
        assert_eq!(
            sent_to_aliases(&stack),
            [(NUMBER.to_owned(), "Hello".to_owned())]
        );
        let again = texted(&stack, &body(NUMBER, "b-2", "Thank you, and when?")).await;
        assert_eq!(again.ticket(), second);
    });
}

#[test]
fn a_number_without_a_braze_id_is_another_persons_after_the_time_to_reopen() {
    case!(async {
        let stack = stack().await;
        let first = texted(&stack, &body(NUMBER, "", "I am the first"))
            .await
            .ticket();
        let mut stop = body(NUMBER, "", "STOP");
        stop["kind"] = json!("opted_out");
        agent(
            &stack,
            first,
            Comment::public("Bye.").status(Status::Solved),
        )
        .await;
        days_pass(&stack, 20).await;
        let again = texted(&stack, &body(NUMBER, "", "I am still here")).await;
        assert_eq!(again.ticket(), first);
        agent(
            &stack,
            first,
            Comment::public("Bye again.").status(Status::Solved),
        )
        .await;
        texted(&stack, &stop).await;
        days_pass(&stack, 29).await;
        let second = texted(&stack, &body(NUMBER, "", "I am the second"))
            .await
            .ticket();
        assert_ne!(first, second);
        let (one, two) = (
            ticket(&stack, first).requester,
            ticket(&stack, second).requester,
        );
        assert_ne!(one.id, two.id, "written as the first");
        // Nobody said that the number may be texted again.
        let before = stack.braze.sends().len();
        answered(&stack, second, "Hello").await;
        assert_eq!(stack.braze.sends().len(), before);
    });
}

#[test]
fn a_number_is_anothers_after_its_person_became_known() {
    case!(async {
        let stack = stack().await;
        let first = texted(&stack, &body(NUMBER, "b-1", "I am the first"))
            .await
            .ticket();
        texted(&stack, &known("nina", NUMBER, "b-1", "I am Nina")).await;
        for (n, braze_id) in ["b-2", ""].into_iter().enumerate() {
            let text = format!("I am new {n}");
            let second = texted(&stack, &body(NUMBER, braze_id, &text))
                .await
                .ticket();
            assert_ne!(first, second, "{braze_id}");
            let (one, two) = (
                ticket(&stack, first).requester,
                ticket(&stack, second).requester,
            );
            assert_ne!(one.id, two.id, "{braze_id}");
        }
        answered(&stack, first, "Nina, your PIN is 1234").await;
        let sends = stack.braze.sends();
        assert_eq!(sends.len(), 1);
        assert_eq!(sends[0].external_user_id, "nina");
    });
}
