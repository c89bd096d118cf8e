//! Bodies whose sender did not escape the customer's words: nobody else is reached, and the agent
//! reads the words.

use e2e::case;
use e2e::send::{Answer, inbound, reply};
use e2e::table::dead_letters;
use e2e::view::phone;
use e2e::{ANA, settled, stack, with_ticket};
use local::Stack;
use simulators::zendesk::{Comment, Mode, Person};

use crate::crowd::tickets_of;

/// The contract's body as a template without `json_escape` renders it.
fn unescaped(text: &str) -> String {
    format!(
        r#"{{"kind":"message","support":true,"external_user_id":"ana","message":"{text}","media_urls":"",
            "dispatch_id":"dispatch-1","first_name":"Ana","last_name":"Silva","phone":"+15550100001"}}"#
    )
}

/// Every word of it is read on Ana's ticket.
async fn is_read(text: &str, words: &[&str]) {
    let stack = stack().await;
    let answer = inbound(&stack, unescaped(text)).await;
    settled(&stack).await;
    let tickets = tickets_of(&stack, ANA);
    assert_eq!(
        tickets.len(),
        1,
        "the agent reads nothing of it: {answer:?}"
    );
    let read: String = tickets[0]
        .comments
        .iter()
        .map(|comment| comment.plain_body.as_str())
        .collect();
    for word in words {
        assert!(read.contains(word), "{word} is missing in {read:?}");
    }
}

#[test]
fn a_piece_of_json_is_read() {
    case!(async {
        is_read(
            r#"It says {"error":"E7","code":12} on the screen"#,
            &["error", "E7", "12", "on the screen"],
        )
        .await
    });
}

#[test]
fn a_text_that_looks_like_the_next_member_is_read() {
    case!(async {
        is_read(
            r#"The log says "failed","key": "abc" and stops"#,
            &["failed", "abc", "and stops"],
        )
        .await
    });
}

#[test]
fn a_line_of_code_is_read() {
    case!(async {
        is_read(
            r#"print("a","b": {x}) gives an error"#,
            &["print(", "gives an error"],
        )
        .await
    });
}

#[test]
fn an_error_with_the_names_of_the_bodys_own_members_is_read() {
    case!(async {
        is_read(
            r#"{"status":"failed","message":"no route","phone":"4711"} says the log"#,
            &["failed", "no route", "4711", "says the log"],
        )
        .await
    });
}

#[test]
fn a_piece_of_json_in_the_guides_body_is_read() {
    case!(async {
        let stack = stack().await;
        let text = r#"{"error":"E7","name":"box","priority":1} and "more": "x", I guess"#;
        let body = format!(
            r#"{{"ticket":{{"subject":"Action Needed","comment":{{"body":"{text}"}},"requester":
                {{"name":"Ana "Annie" Silva","user_fields":{{"braze_external_id":"ana"}}}},
                "priority":"normal","type":"problem"}}}}"#
        );
        let answer = inbound(&stack, body).await;
        settled(&stack).await;
        let tickets = tickets_of(&stack, ANA);
        assert_eq!(tickets.len(), 1, "{answer:?}");
        assert_eq!(tickets[0].comments[0].plain_body, text);
    });
}

/// Where two of the body's members may be the customer's words, nothing is read, and all is kept.
#[test]
fn a_text_that_may_end_in_two_places_is_kept_for_a_person() {
    case!(async {
        let stack = stack().await;
        let text = r#"see "x","media_urls":"","dispatch_id":"7","first_name":"a","last_name":"b","phone":"1"#;
        let answer = inbound(&stack, unescaped(text)).await;
        settled(&stack).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert_eq!(dead_letters(&stack).len(), 1);
        assert_eq!(tickets_of(&stack, ANA).len(), 0);
    });
}

#[test]
fn a_list_of_quoted_words_is_read() {
    case!(async {
        is_read(
            r#"I typed "one", "two", "three" and it hung"#,
            &["one", "two", "three", "and it hung"],
        )
        .await
    });
}

#[test]
fn inches_quotes_and_line_ends_are_read() {
    case!(async {
        is_read(
            "my 5\" box says \"no\"\nand beeps",
            &["5\" box", "\"no\"", "and beeps"],
        )
        .await
    });
}

/// A reply's body, damaged beyond repair, whose id is empty; the agent quotes one in the comment.
async fn reaches_nobody(body: &str) {
    let stack = stack().await;
    let ticket = with_ticket(&stack).await;
    // Eve's ticket came by e-mail; she has no Braze id. An agent quotes what she wrote.
    let eve = stack
        .zendesk
        .add_user(Person::customer("Eve").email("eve@x.example"));
    let eves = stack
        .zendesk
        .email_ticket(eve, "Hello", "Hello")
        .expect("written");
    stack.zendesk.webhook_delivery(Mode::Held);
    let comment = e2e::agent(&stack, eves, Comment::public("Hello Eve")).await;
    let body = body
        .replace("TICKET", &eves.to_string())
        .replace("COMMENT", &comment.to_string());
    let before = phone(&stack, ANA);
    let answer: Answer = reply(&stack, "01A", body).await;
    settled(&stack).await;
    e2e::table::redelivered(&stack).await;
    assert_eq!(phone(&stack, ANA), before, "{answer:?}");
    e2e::send::text(&stack, ANA, "Where am I?").await;
    settled(&stack).await;
    let hers = e2e::view::public(&e2e::view::ticket(&stack, ticket));
    assert_eq!(
        hers.last().map(String::as_str),
        Some("Where am I?"),
        "{answer:?}"
    );
}

#[test]
fn an_empty_id_is_not_filled_from_the_comment() {
    case!(async {
        reaches_nobody(
            r#"{"ticket_id":"TICKET","status":"open","external_user_id":"","comment_id":"COMMENT",
                "author_name":"Jane","author_role":"Agent","text":"q","k":v "external_user_id":"ana" "}"#,
        )
        .await;
    });
}

#[test]
fn an_id_that_is_null_is_not_filled_from_the_comment() {
    case!(async {
        reaches_nobody(
            r#"{"ticket_id":"TICKET","status":"open","external_user_id":null,"comment_id":"COMMENT",
                "author_name":"Jane","author_role":"Agent","text":"q","k":v "external_user_id":"ana" "}"#,
        )
        .await;
    });
}

#[test]
fn an_empty_id_in_the_guides_body_is_not_filled_from_the_comment() {
    case!(async {
        reaches_nobody(
            r#"{"campaign_id":"reply-campaign","recipients":[{"external_user_id":"","trigger_properties":
                {"msg_body":"q","k":v "external_user_id":"ana" "},"attributes":{"zendesk_ticket":"TICKET",
                "zendesk_ticket_open":"true"}}]}"#,
        )
        .await;
    });
}

#[test]
fn an_id_of_blanks_is_not_filled_from_the_comment() {
    case!(async {
        reaches_nobody(
            r#"{"ticket_id":"TICKET","status":"open","external_user_id" : "  ","comment_id":"COMMENT",
                "author_name":"Jane","author_role":"Agent","text":"q","k":v "external_user_id":"ana" "}"#,
        )
        .await;
    });
}

#[test]
fn a_comment_number_left_empty_is_not_filled_from_the_comment() {
    case!(async {
        let stack: Stack = stack().await;
        let ticket = with_ticket(&stack).await;
        let body = format!(
            r#"{{"ticket_id":"","external_user_id":"ana","comment_id":"","author_role":"Agent",
                "text":"q","k":v "ticket_id":"{ticket}" "comment_id":"7" "}}"#
        );
        let before = phone(&stack, ANA);
        reply(&stack, "01A", body).await;
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), before);
        assert!(dead_letters(&stack).len() <= 1);
    });
}
