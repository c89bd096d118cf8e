use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const REPLY: &str = include_str!("../../../tests/fixtures/zendesk/reply.json");
const SOLVED: &str = include_str!("../../../tests/fixtures/zendesk/solved.json");
const GUIDE_REPLY: &str = include_str!("../../../tests/fixtures/zendesk/guide-reply.json");
const GUIDE_SOLVED: &str = include_str!("../../../tests/fixtures/zendesk/guide-solved.json");
const MESSAGE: &str = "Hello Ana,\n\nplease restart \"Box 5\".\n\nJo";
const CAMPAIGN: &str = "11111111-2222-3333-4444-555555555555";
const NOW: i64 = 1_790_000_000_000;

fn event(parsed: Parsed) -> Incoming {
    match parsed {
        Parsed::Event(incoming) => *incoming,
        other => panic!("not an event: {other:?}"),
    }
}

fn reply_of(body: &str) -> (Incoming, Reply) {
    let incoming = event(reply(body.as_bytes(), Some("01INV"), NOW));
    match incoming.event.body.clone() {
        Body::Reply(reply) => (incoming, reply),
        other => panic!("not a reply: {other:?}"),
    }
}

fn solved_of(body: &str) -> (Incoming, Solved) {
    let incoming = event(solved(body.as_bytes(), Some("01INV"), None, NOW));
    match incoming.event.body.clone() {
        Body::Solved(solved) => (incoming, solved),
        other => panic!("not a solved: {other:?}"),
    }
}

fn problem(parsed: Parsed) -> String {
    match parsed {
        Parsed::Malformed(malformed) => malformed.to_string(),
        other => panic!("not malformed: {other:?}"),
    }
}

fn text(reply: &Reply) -> Option<&str> {
    reply.text.as_ref().map(Personal::as_str)
}

fn customer(incoming: &Incoming) -> Option<&str> {
    incoming.customer.as_ref().map(Customer::shown)
}

#[test]
fn the_contracts_reply_is_understood() {
    let (incoming, reply) = reply_of(REPLY);
    assert_eq!(customer(&incoming), Some("ana-7"));
    assert_eq!(incoming.event.received_at, NOW);
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive("reply", &["901"])
    );
    let by_invocation = DeliveryId::derive("invocation", &["01INV"]);
    assert_eq!(incoming.aliases, [Alias::Noted(by_invocation)]);
    let newest = [901, 899].map(CommentId::new).map(Option::unwrap);
    assert_eq!(reply.recent.as_deref(), Some(&newest[..]));
    assert_eq!(reply.ticket.map(TicketId::get), Some(35));
    assert_eq!(reply.comment.map(CommentId::get), Some(901));
    assert_eq!(text(&reply), Some(MESSAGE));
    assert_eq!(reply.author.as_str(), "Jo Agent");
    assert_eq!(reply.status.as_deref(), Some("open"));
    assert_eq!(reply.campaign, None);
}

#[test]
fn the_guides_reply_is_understood_without_its_header() {
    let (incoming, reply) = reply_of(GUIDE_REPLY);
    assert_eq!(customer(&incoming), Some("ana-7"));
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive("reply-text", &["01INV", "35", MESSAGE])
    );
    assert_eq!(reply.ticket.map(TicketId::get), Some(35));
    assert_eq!(reply.comment, None);
    assert_eq!(text(&reply), Some(MESSAGE));
    assert_eq!(reply.campaign.as_deref(), Some(CAMPAIGN));
}

#[test]
fn the_contracts_solved_is_understood() {
    let (incoming, solved) = solved_of(SOLVED);
    assert_eq!(customer(&incoming), Some("ana-7"));
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive("solved", &["35", "01INV"])
    );
    assert_eq!(solved.ticket.map(TicketId::get), Some(35));
    assert_eq!(
        solved.message.as_ref().map(Personal::as_str),
        Some("Your ticket has been closed")
    );
    assert_eq!(solved.campaign, None);
}

#[test]
fn an_empty_closing_message_is_none() {
    for body in [
        r#"{"ticket_id":"35","message":" "}"#,
        r#"{"ticket_id":"35","message":,}"#,
    ] {
        assert_eq!(solved_of(body).1.message, None);
    }
}

#[test]
fn the_guides_solved_is_understood_with_its_stray_comma() {
    assert!(serde_json::from_str::<Value>(GUIDE_SOLVED).is_err());
    let (incoming, solved) = solved_of(GUIDE_SOLVED);
    assert_eq!(customer(&incoming), Some("ana-7"));
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive("solved", &["ana-7", "01INV"])
    );
    assert_eq!(solved.ticket, None);
    assert_eq!(
        solved.message.as_ref().map(Personal::as_str),
        Some("Your ticket has been closed")
    );
    assert_eq!(solved.campaign.as_deref(), Some(CAMPAIGN));
}

#[test]
fn either_shape_is_accepted_on_either_route() {
    assert_eq!(customer(&solved_of(REPLY).0), Some("ana-7"));
    assert_eq!(customer(&solved_of(GUIDE_REPLY).0), Some("ana-7"));
    assert_eq!(
        text(&reply_of(GUIDE_SOLVED).1),
        Some("Your ticket has been closed")
    );
    // The contract's solved body brings no comment, so the text is asked for.
    assert_eq!(text(&reply_of(SOLVED).1), None);
}

#[test]
fn the_guides_ticket_may_be_a_number_and_its_attributes_may_be_missing() {
    let body = |attributes: Value| {
        json!({"campaign_id": CAMPAIGN, "recipients": [{"external_user_id": 77,
            "trigger_properties": {"msg_body": "Hi"}, "attributes": attributes}]})
        .to_string()
    };
    let (incoming, reply) = reply_of(&body(json!({"zendesk_ticket": 35})));
    assert_eq!(customer(&incoming), Some("77"));
    assert_eq!(reply.ticket.map(TicketId::get), Some(35));
    for nothing in [
        Value::Null,
        json!({}),
        json!({"zendesk_ticket": ""}),
        json!("x"),
    ] {
        assert_eq!(reply_of(&body(nothing)).1.ticket, None);
    }
}

#[test]
fn values_may_be_of_any_scalar_type_and_further_members_do_not_matter() {
    let (incoming, reply) = reply_of(
        &json!({"ticket_id": 35, "comment_id": 901, "external_user_id": null, "status": null,
            "author_name": false, "text": 12, "campaign_id": "", "tags": ["a"], "extra": {"b": 1}})
        .to_string(),
    );
    assert_eq!(incoming.customer, None);
    assert_eq!(text(&reply), Some("12"));
    assert_eq!(
        (reply.author.as_str(), reply.status, reply.campaign),
        ("", None, None)
    );
}

#[test]
fn a_comment_by_the_customer_is_not_sent_back_to_them() {
    for role in ["end-user", "end_user", "End user", "END-USER", " enduser "] {
        for (body, ticket) in [
            (
                json!({"author_role": role, "ticket_id": "35", "text": "hi"}).to_string(),
                Some("35"),
            ),
            (json!({"author_role": role}).to_string(), None),
            (
                json!({"author_role": role, "ticket_id": "x"}).to_string(),
                None,
            ),
            (
                format!("{{\"author_role\":\"{role}\",\"ticket_id\":\"35\",\"text\":{{{{\"hi"),
                Some("35"),
            ),
        ] {
            let ticket = ticket.map(|id| id.parse().expect("an id"));
            assert_eq!(
                reply(body.as_bytes(), None, NOW),
                Parsed::NotForUs("comment by an end user", ticket),
                "{body}"
            );
        }
    }
    for (role, unknown) in [
        (json!("agent"), false),
        (json!("Admin"), false),
        (json!(""), true),
        (json!(null), true),
        (json!(0), true),
        (json!("friend-user"), true),
        (json!("Endbenutzer"), true),
        (json!("Agente"), true),
    ] {
        let body = json!({"author_role": role, "ticket_id": "35", "text": "hi"}).to_string();
        let reply = reply_of(&body).1;
        assert_eq!(
            (text(&reply), reply.role_unknown),
            (Some("hi"), unknown),
            "{role}"
        );
    }
    let body = json!({"author_role": "end-user", "ticket_id": "35"}).to_string();
    assert_eq!(solved_of(&body).1.ticket.map(TicketId::get), Some(35));
}

#[test]
fn an_empty_comment_is_an_event_and_a_missing_one_is_asked_for() {
    let of = |body: Value| reply_of(&body.to_string()).1;
    assert_eq!(
        text(&of(json!({"ticket_id": 35, "comment_id": 9, "text": ""}))),
        Some("")
    );
    assert_eq!(
        text(&of(json!({"ticket_id": 35, "comment_id": 9, "text": null}))),
        None
    );
    assert_eq!(text(&of(json!({"ticket_id": 35}))), None);
    assert_eq!(
        text(&of(json!({"external_user_id": "a", "comment_id": 9}))),
        None
    );
    assert_eq!(
        problem(reply(br#"{"external_user_id":"a"}"#, None, NOW)),
        "text is missing, and neither ticket_id nor comment_id says where to find it"
    );
}

#[test]
fn a_body_that_names_nobody_is_malformed() {
    let want = "external_user_id and ticket_id are both missing";
    for body in [
        r#"{}"#,
        r#"{"text":"hi","comment_id":"9"}"#,
        r#"{"ticket_id":"","external_user_id":" ","text":"hi"}"#,
        r#"{"recipients":[{"trigger_properties":{"msg_body":"hi"}}]}"#,
        r#"{"recipients":null,"text":"hi"}"#,
    ] {
        assert_eq!(problem(reply(body.as_bytes(), None, NOW)), want, "{body}");
        assert_eq!(
            problem(solved(body.as_bytes(), None, None, NOW)),
            want,
            "{body}"
        );
    }
}

const MALFORMED: &[(&str, &str)] = &[
    (r#"{"ticket_id":"secret/../1","text":"hi"}"#, "ticket_id"),
    (
        r#"{"ticket_id":"99999999999999999999999","text":"hi"}"#,
        "ticket_id",
    ),
    (r#"{"ticket_id":35.5,"text":"hi"}"#, "ticket_id"),
    (r#"{"ticket_id":["secret"],"text":"hi"}"#, "ticket_id"),
    (
        r#"{"ticket_id":"{{ticket.id}}","text":"secret"}"#,
        "ticket_id",
    ),
    (
        r#"{"ticket_id":{{ticket.id}},"text":"secret"}"#,
        "ticket_id",
    ),
    (
        r#"{"ticket_id":1,"comment_id":"secret","text":"hi"}"#,
        "comment_id",
    ),
    (r#"{"ticket_id":1,"text":{"secret":1}}"#, "text"),
    (
        r#"{"ticket_id":1,"external_user_id":"se\ncret","text":"hi"}"#,
        "external_user_id",
    ),
    (
        r#"{"ticket_id":1,"external_user_id":{"secret":1},"text":"hi"}"#,
        "external_user_id",
    ),
    (
        r#"{"ticket_id":1,"campaign_id":"secret secret","text":"hi"}"#,
        "campaign_id",
    ),
    (r#"{"recipients":[]}"#, "recipients"),
    (
        r#"{"recipients":{"external_user_id":"secret"}}"#,
        "recipients",
    ),
    (
        r#"{"recipients":[{"external_user_id":"a"},{"external_user_id":"b"}]}"#,
        "body",
    ),
    (
        r#"{"recipients":[{"external_user_id":"a"},{"trigger_properties":{}}]}"#,
        "recipients",
    ),
    (
        r#"{"recipients":[{"external_user_id":"a"}],"text":"secret"}"#,
        "recipients",
    ),
    (r#"["secret"]"#, "body"),
    (r#"{"ticket_id":1,"ticket_id":2,"text":"secret"}"#, "body"),
    ("secret", "body"),
    ("", "body"),
];

#[test]
fn what_is_malformed_is_named_and_never_quoted() {
    for (body, field) in MALFORMED {
        let problem = problem(reply(body.as_bytes(), None, NOW));
        assert!(
            problem.starts_with(&format!("{field} ")),
            "{problem} for {body}"
        );
        assert!(
            !problem.contains("secret") && !problem.contains('9'),
            "{problem}"
        );
    }
    assert_eq!(problem(reply(b"\xff\xfe{", None, NOW)), "body is not UTF-8");
}

#[test]
fn an_unquoted_empty_placeholder_loses_nothing() {
    let body = REPLY.replace("\"35\"", "").replace("\"901\"", "");
    let (incoming, reply) = reply_of(&body);
    assert_eq!(customer(&incoming), Some("ana-7"));
    assert_eq!((reply.ticket, reply.comment), (None, None));
    assert_eq!(text(&reply), Some(MESSAGE));
}

#[test]
fn an_unescaped_text_is_repaired_whole() {
    let written = "Hello \"Ana\",\n\n5\" screen, \\o/ and \"that\", ok\n\"Jo\"";
    let body = format!(
        "{{\"ticket_id\":\"35\",\"external_user_id\":\"ana-7\",\"comment_id\":\"901\",\"text\":\"{written}\"}}"
    );
    assert_eq!(text(&reply_of(&body).1), Some(written));
}

/// A comment that closes its object, in the guide's body and in the contract's.
#[test]
fn a_comment_that_is_not_escaped_moves_no_id() {
    const SAID: &str = r#"Hello Ana,\n\nplease restart \"Box 5\".\n\nJo"#;
    for said in [
        r#"x"}}],"external_user_id":"victim","msg_body":"PWN","foo":[{"a":{"b":"y"#,
        r#"x"}}],"msg_body":"PWN","foo":[{"a":{"b":"y"#,
        r#"x"}}],"ticket_id":"99","comment_id":"7","foo":[{"a":{"b":"y"#,
        r#"x"},"attributes":{"zendesk_ticket":"99"},"foo":{"b":"y"#,
        r#"x","external_user_id":"victim","y":""#,
        r#"x","ticket_id":"99","y":""#,
        r#"x"}},{"external_user_id":"victim","trigger_properties":{"msg_body":"PWN"#,
    ] {
        for (id, body) in [("ana-7", GUIDE_REPLY), ("", GUIDE_REPLY)] {
            let body = body.replace(SAID, said).replace("ana-7", id);
            assert!(body.contains(said), "{body}");
            problem(reply(body.as_bytes(), Some("01INV"), NOW));
        }
    }
    let recipients = r#"x","recipients":[{"external_user_id":"victim","trigger_properties":{"msg_body":"PWN"}}],"y":""#;
    for id in ["ana-7", ""] {
        let body = REPLY.replace(SAID, recipients).replace("ana-7", id);
        assert!(body.contains(recipients), "{body}");
        problem(reply(body.as_bytes(), Some("01INV"), NOW));
    }
}

#[test]
fn the_guides_id_is_the_recipients_own() {
    let body = r#"{"recipients":[{"trigger_properties":{"msg_body":"x","external_user_id":"victim"},
        "attributes":{"zendesk_ticket":"35"}}]}"#;
    let (incoming, reply) = reply_of(body);
    assert_eq!(incoming.customer, None);
    assert_eq!(reply.ticket.map(TicketId::get), Some(35));
}

#[test]
fn a_text_whose_end_is_uncertain_is_asked_for_where_that_is_possible() {
    let hostile = r#"He said "x","y":"z" and left"#;
    let with =
        |ids: &str| format!("{{{ids}\"external_user_id\":\"ana-7\",\"text\":\"{hostile}\"}}");
    assert_eq!(text(&reply_of(&with("\"ticket_id\":\"35\",")).1), None);
    assert_eq!(text(&reply_of(&with("\"comment_id\":\"9\",")).1), None);
    assert_eq!(text(&reply_of(&with("")).1), Some("He said \"x"));
}

#[test]
fn a_body_beyond_repair_still_names_its_comment() {
    let body = r#"{"ticket_id":"35","comment_id":"901","external_user_id":"ana-7","author_role":"agent",
        "campaign_id":"c-1","status":"Pending","text":"{"a":"b","c":{"d" "e"}}"}"#;
    let (incoming, reply) = reply_of(body);
    assert_eq!(customer(&incoming), Some("ana-7"));
    assert_eq!(
        incoming.event.delivery,
        DeliveryId::derive("reply", &["901"])
    );
    assert_eq!(reply.ticket.map(TicketId::get), Some(35));
    assert_eq!(text(&reply), None);
    assert_eq!(reply.campaign.as_deref(), Some("c-1"));
    assert_eq!(reply.status.as_deref(), Some("pending"));
    let (_, solved) = solved_of(r#"{"ticket_id":"35","message":"a" "b"}}"#);
    assert_eq!(solved.message, None);
}

#[test]
fn a_retry_is_the_same_delivery_and_another_comment_is_not() {
    let id = |body: &str, invocation: &str| {
        event(reply(body.as_bytes(), Some(invocation), NOW))
            .event
            .delivery
    };
    assert_eq!(id(REPLY, "a"), id(REPLY, "b"));
    assert_ne!(id(REPLY, "a"), id(&REPLY.replace("901", "902"), "a"));
    assert_eq!(id(GUIDE_REPLY, "a"), id(GUIDE_REPLY, "a"));
    assert_ne!(id(GUIDE_REPLY, "a"), id(GUIDE_REPLY, "b"));
    assert_ne!(
        id(GUIDE_REPLY, "a"),
        id(&GUIDE_REPLY.replace("Box", "Bag"), "a")
    );
    let solve = |invocation, at, now| {
        event(solved(SOLVED.as_bytes(), invocation, at, now))
            .event
            .delivery
    };
    assert_eq!(
        solve(Some("a"), Some("t1"), 0),
        solve(Some("a"), Some("t2"), 9)
    );
    assert_ne!(solve(Some("a"), None, 0), solve(Some("b"), None, 0));
    assert_ne!(solve(None, Some("t1"), 0), solve(Some(""), Some("t2"), 0));
    assert_ne!(solve(None, None, 0), solve(None, None, 86_400_000));
}

#[test]
fn no_text_name_or_customer_shows_in_debug_output() {
    let shown = format!("{:?}", reply(REPLY.as_bytes(), None, NOW));
    for private in ["Hello", "Jo", "ana-7"] {
        assert!(!shown.contains(private), "{shown}");
    }
}

#[test]
fn hostile_bodies_of_256_kb_are_read_in_linear_time() {
    let start = std::time::Instant::now();
    for unit in [
        "\"",
        "\\\"",
        "\",\"",
        "{\"ticket_id\":",
        "\"ticket_id\":\"1\",",
        "\"ticket_id\" ",
        "\n",
        "[",
        "----------\n\n",
        "\\ud800",
        "\"a\":{\"recipients\":[",
    ] {
        for lead in ["", "{\"ticket_id\":\"35\",\"text\":\"", "{\"a\":[\""] {
            let body = format!("{lead}{}", unit.repeat(262_144 / unit.len()));
            let _ = reply(body.as_bytes(), None, NOW);
            let _ = crate::message::braze_inbound(body.as_bytes(), None, NOW);
        }
    }
    // A second or two where reading is linear; one quadratic pass takes many minutes.
    assert!(start.elapsed().as_secs() < 60);
}

fn fragments() -> impl Strategy<Value = String> {
    let pieces = vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\\u",
        "d800",
        " ",
        "\n",
        "1",
        "true",
        "null",
        "\"ticket_id\"",
        "\"recipients\"",
        "\"external_user_id\"",
        "\"text\"",
        "\"msg_body\"",
        "\"a\"",
        "\"trigger_properties\"",
        "\"comment_id\":\"7\"",
        "\"author_role\":\"end-user\"",
        "é",
        "{{",
        "1e999",
        "----------\n\nA, 1\n\n",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = reply(&body, Some("i"), NOW);
        let _ = solved(&body, None, None, i64::MIN);
    }

    #[test]
    fn anything_like_json_is_answered_without_a_panic(body in fragments()) {
        let _ = reply(body.as_bytes(), Some("i"), NOW);
        let _ = solved(format!("{{{body}").as_bytes(), None, None, NOW);
    }

    #[test]
    fn a_text_that_was_escaped_arrives_unchanged(written in any::<String>()) {
        prop_assume!(strip_header(&written) == written);
        let body = json!({"ticket_id": "35", "comment_id": "9", "text": written}).to_string();
        let (_, reply) = reply_of(&body);
        prop_assert_eq!(text(&reply), Some(written.as_str()));
        let broken = body.replacen("\"9\"", "", 1);
        let (_, reply) = reply_of(&broken);
        prop_assert_eq!(text(&reply), Some(written.as_str()));
    }
}

#[test]
fn a_request_to_send_again_is_one_event_per_invocation() {
    let body = br#"{"ticket_id":"35","external_user_id":"ana","resend":"true"}"#;
    let parsed = |invocation| match reply(body, Some(invocation), 0) {
        Parsed::Event(incoming) => *incoming,
        other => panic!("{other:?}"),
    };
    let one = parsed("01A");
    assert!(matches!(&one.event.body, Body::Resend(resend) if resend.ticket.is_some()));
    assert_eq!(one.event.delivery, parsed("01A").event.delivery);
    assert_ne!(one.event.delivery, parsed("01B").event.delivery);
}

#[test]
fn the_time_of_an_invocation_is_read_from_its_id() {
    assert_eq!(
        ulid_time("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        Some(1_469_922_850_259)
    );
    for other in [
        "",
        "01ARZ3NDEK",
        "11111111-2222-3333-4444-555555555555",
        "01ARZ3NDEUTSV4RRFFQ69G5FAV",
    ] {
        assert_eq!(ulid_time(other), None, "{other}");
    }
}
