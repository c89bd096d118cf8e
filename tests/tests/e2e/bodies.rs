//! Every shape of body the senders are known to write.

use std::time::Duration;

use e2e::send::{self, inbound};
use e2e::view::{Mark, only_ticket, phone, public, ticket};
use e2e::{ANA, agent, edit_zendesk, settled, stack, stack_with, with_ticket};
use local::Stack;
use local::options::{REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use serde_json::{Value, json};
use simulators::braze::{BodyFormat, Campaign, Inbound, User};
use simulators::zendesk::{Comment, DateStyle, Status, Trigger, TriggerCondition};

const GUIDE_CAMPAIGN: &str = "11111111-2222-3333-4444-555555555555";
const GUIDE_REPLY: &str = include_str!("../../fixtures/zendesk/guide-reply.json");
const GUIDE_SOLVED: &str = include_str!("../../fixtures/zendesk/guide-solved.json");
const GUIDE_INBOUND: &str = include_str!("../../fixtures/braze/guide-inbound.json");
const REPLY: &str = include_str!("../../fixtures/zendesk/reply.json");
const SOLVED: &str = include_str!("../../fixtures/zendesk/solved.json");
const INBOUND: &str = include_str!("../../fixtures/braze/inbound.json");

const TEXT: &str = "Hello Ana,\n\nplease restart \"Box 5\".\n\nJo";

/// The body printed in the guide, as a template.
const GUIDE_TEMPLATE: &str = r#"{"campaign_id":"11111111-2222-3333-4444-555555555555","recipients":[{"external_user_id":"{{ticket.requester.custom_fields.braze_external_id}}",
 "trigger_properties":{"msg_body":"{{ticket.latest_public_comment_html}}"},
 "attributes":{"zendesk_ticket":"{{ticket.id}}","zendesk_ticket_open":"true"}}]}"#;
const GUIDE_SOLVED_TEMPLATE: &str = r#"{"campaign_id":"11111111-2222-3333-4444-555555555555","recipients":[{"external_user_id":"{{ticket.requester.custom_fields.braze_external_id}}",
 "trigger_properties":{"msg_body":"Your ticket has been closed"}
 ,
 ,
 "attributes":{"zendesk_ticket_open":"false"}}]}"#;

async fn with_guide(change: impl FnOnce(&mut local::Options)) -> Stack {
    let stack = stack_with(change).await;
    let braze = &stack.braze;
    braze.add_campaign(Campaign::new(GUIDE_CAMPAIGN, "Guide"));
    braze.add_user(User::new("ana-7", "Ana", "Lima", "+15550100007"));
    stack
}

/// The triggers as the guide has them, in place of the bundle's own.
fn install_guide(stack: &Stack) {
    edit_zendesk(stack, |account| account["triggers"] = json!([]));
    let reply = vec![
        ("comment_is_public", "is", "requester_can_see_comment"),
        ("current_via_id", "is_not", "5"),
    ];
    let solved = vec![("status", "value", "solved")];
    for (route, secret, body, all) in [
        (
            "/zendesk/reply",
            REPLY_SIGNING_SECRET,
            GUIDE_TEMPLATE,
            reply,
        ),
        (
            "/zendesk/solved",
            SOLVED_SIGNING_SECRET,
            GUIDE_SOLVED_TEMPLATE,
            solved,
        ),
    ] {
        let endpoint = format!("{}{route}", stack.front_url());
        let webhook = stack.zendesk.add_webhook("guide", &endpoint, secret);
        let condition = |(field, operator, value): (&str, &str, &str)| TriggerCondition {
            field: field.to_owned(),
            operator: operator.to_owned(),
            value: json!(value),
        };
        stack.zendesk.add_trigger(Trigger {
            id: 0,
            title: format!("Guide {route}"),
            description: String::new(),
            active: true,
            category_id: None,
            all: all.into_iter().map(condition).collect(),
            any: Vec::new(),
            actions: vec![json!({"field": "notification_webhook", "value": [webhook, body]})],
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contracts_bodies_are_understood_as_printed() {
    let stack = with_guide(|_| {}).await;
    let text = inbound(&stack, INBOUND).await;
    assert_eq!(text.outcome(), "delivered", "{text:?}");
    let id = text.ticket();
    let comment = &public(&only_ticket(&stack))[0];
    assert!(comment.contains("SUPPORT my \"box\" is dead"), "{comment}");

    let reply = REPLY.replace("\"35\"", &format!("\"{id}\""));
    let answer = send::reply(&stack, "INV1", reply).await;
    assert_eq!((answer.outcome(), answer.ticket()), ("delivered", id));
    let solved = SOLVED.replace("\"35\"", &format!("\"{id}\""));
    let answer = send::solved(&stack, "INV2", solved).await;
    assert_eq!((answer.outcome(), answer.ticket()), ("delivered", id));
    assert_eq!(
        phone(&stack, "ana-7"),
        [TEXT, "Your ticket has been closed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_may_be_numbers_and_everything_optional_may_be_null() {
    let stack = stack().await;
    stack
        .braze
        .add_user(User::new("4711", "Num", "Ber", "+15550104711"));
    let body = json!({"kind": null, "support": null, "external_user_id": 4711, "message": "Hi",
        "media_urls": null, "dispatch_id": null, "first_name": null, "last_name": null,
        "phone": null});
    let text = inbound(&stack, body.to_string()).await;
    assert_eq!(text.outcome(), "delivered", "{text:?}");
    let id = text.ticket();

    let body = json!({"ticket_id": id, "status": null, "external_user_id": 4711,
        "comment_id": 9_007_199_254_740_995_u64, "author_name": null, "author_role": null,
        "text": "Hello"});
    let answer = send::reply(&stack, "INV1", body.to_string()).await;
    assert_eq!((answer.outcome(), answer.ticket()), ("delivered", id));
    let again = send::reply(&stack, "INV2", body.to_string()).await;
    assert_eq!(again.outcome(), "duplicate");
    let body = json!({"ticket_id": id, "status": null, "external_user_id": 4711, "message": null});
    let answer = send::solved(&stack, "INV3", body.to_string()).await;
    assert_eq!(answer.outcome(), "delivered");
    assert_eq!(
        phone(&stack, "4711"),
        ["Hello", "Your ticket has been closed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_bodies_are_understood_as_printed() {
    let stack = with_guide(|_| {}).await;
    let text = inbound(&stack, GUIDE_INBOUND).await;
    assert_eq!(text.outcome(), "delivered", "{text:?}");
    let ticket = only_ticket(&stack);
    assert_eq!(public(&ticket), ["SUPPORT my box is dead"]);
    assert_eq!(ticket.requester.external_id.as_deref(), Some("ana-7"));
    assert_eq!(ticket.requester.name, "Ana Lima");

    let reply = GUIDE_REPLY.replace("\"35\"", &format!("\"{}\"", ticket.id));
    let answer = send::reply(&stack, "INV1", reply.clone()).await;
    assert_eq!(
        (answer.outcome(), answer.ticket()),
        ("delivered", ticket.id)
    );
    assert_eq!(phone(&stack, "ana-7"), [TEXT]);
    assert_eq!(stack.braze.sends()[0].campaign_id, GUIDE_CAMPAIGN);
    assert_eq!(
        stack.braze.sends()[0].attributes["zendesk_ticket_open"],
        json!(true)
    );

    let again = send::reply(&stack, "INV1", reply).await;
    assert_eq!(again.outcome(), "duplicate");
    let answer = send::solved(&stack, "INV2", GUIDE_SOLVED).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    let again = send::solved(&stack, "INV2", GUIDE_SOLVED).await;
    assert_eq!(again.outcome(), "duplicate");
    assert_eq!(
        phone(&stack, "ana-7"),
        [TEXT, "Your ticket has been closed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_inbound_body_is_a_support_message() {
    let stack = with_guide(|options| e2e::set(options, "OPEN_ON", "keyword")).await;
    let url = format!("{}/braze/inbound", stack.front_url());
    let mut campaigns = Inbound::new(&url, local::options::INBOUND_TOKEN);
    campaigns.format = BodyFormat::Guide;
    stack.braze.set_inbound(campaigns);
    let text = send::text(&stack, ANA, "support").await;
    assert_eq!(text.outcome(), "delivered", "{text:?}");
    assert_eq!(public(&only_ticket(&stack)), ["support"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_triggers_deliver_every_paragraph_in_any_date_style() {
    // A line of dashes within the text is Markdown's rule, not the end of a header: what is before it stays.
    let text = "Hello Ana,\n\nplease hold \"reset\".\n\n-----\n\nThen wait, 5 minutes\n\nJo";
    let read = "Hello Ana,\n\nplease hold \"reset\".\n\nThen wait, 5 minutes\n\nJo";
    for style in [DateStyle::English, DateStyle::French, DateStyle::Iso] {
        for escaping in [true, false] {
            let stack = with_guide(|options| {
                options.zendesk.variants.date_style = style;
                options.zendesk.variants.json_escaping = escaping;
            })
            .await;
            install_guide(&stack);
            let id = with_ticket(&stack).await;
            let last = Comment::public(text).by("Jo Agent").status(Status::Solved);
            agent(&stack, id, last).await;
            assert_eq!(
                phone(&stack, ANA),
                [read, "Your ticket has been closed"],
                "{style:?}, escaping: {escaping}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_equal_answers_of_the_guide_are_two_texts() {
    let stack = with_guide(|_| {}).await;
    install_guide(&stack);
    let id = with_ticket(&stack).await;
    agent(&stack, id, Comment::public("Please wait.")).await;
    // Two equal bodies signed in the same second are one signature: a replay.
    stack.zendesk.clock().advance(Duration::from_secs(2));
    agent(&stack, id, Comment::public("Please wait.")).await;
    assert_eq!(phone(&stack, ANA), ["Please wait.", "Please wait."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_answers_of_the_guide_are_not_sent_again_by_the_solve() {
    let stack = with_guide(|_| {}).await;
    install_guide(&stack);
    let id = with_ticket(&stack).await;
    let answers: Vec<String> = (1..=9).map(|n| format!("Answer {n}")).collect();
    for answer in &answers {
        agent(&stack, id, Comment::public(answer.as_str())).await;
    }
    let done = stack.zendesk.set_status(id, Status::Solved);
    done.expect("solved");
    settled(&stack).await;
    let closing = vec!["Your ticket has been closed".to_owned()];
    assert_eq!(phone(&stack, ANA), [answers, closing].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_in_base64_are_the_same_bodies() {
    let stack = stack().await;
    stack.front().force_base64(true);
    let id = with_ticket(&stack).await;
    agent(&stack, id, Comment::public("Grüße, Ana 🙂")).await;
    agent(&stack, id, Comment::public("Bye").status(Status::Solved)).await;
    let texts = phone(&stack, ANA);
    assert_eq!(
        texts,
        ["Grüße, Ana 🙂", "Bye", "Your ticket has been closed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_external_id_is_looked_up_by_ticket() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let mut body = send::reply_body(id, "", 901, "Hello");
    let answer = send::reply(&stack, "INV1", body.to_string()).await;
    assert_eq!((answer.status, answer.ticket()), (200, id), "{answer:?}");
    body["external_user_id"] = Value::Null;
    let again = send::reply(&stack, "INV1", body.to_string()).await;
    assert_eq!(again.outcome(), "duplicate");
    let solved = send::solved_body(id, "").to_string();
    send::solved(&stack, "INV2", solved).await;
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Hello", "Your ticket has been closed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_on_a_ticket_of_somebody_unknown_to_braze_is_not_for_us() {
    let stack = stack().await;
    let id = stack
        .zendesk
        .agent_opens_ticket("nobody", "By mail", "Hello");
    settled(&stack).await;
    edit_zendesk(&stack, |account| {
        for user in account["users"].as_object_mut().into_iter().flatten() {
            user.1["external_id"] = Value::Null;
            user.1["user_fields"] = json!({});
        }
        for ticket in account["tickets"].as_object_mut().into_iter().flatten() {
            ticket.1["requester"]["external_id"] = Value::Null;
        }
    });
    let mark = Mark::now(&stack);
    for (route, body) in [
        (0, send::reply_body(id, "", 901, "Hello")),
        (1, send::solved_body(id, "")),
    ] {
        let answer = match route {
            0 => send::reply(&stack, "INV1", body.to_string()).await,
            _ => send::solved(&stack, "INV2", body.to_string()).await,
        };
        assert_eq!((answer.status, answer.outcome()), (200, "ignored"));
        assert!(answer.body["reason"].is_string());
    }
    assert!(mark.since(&stack).1.is_empty());
    assert!(e2e::table::waiting(&stack).is_empty());
    assert_eq!(ticket(&stack, id).comments.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_broken_by_the_text_in_it_is_still_delivered_whole() {
    let stack = stack_with(|options| options.zendesk.variants.json_escaping = false).await;
    let text = "it says \"E5\",\nthen \"E6\"\tand \\ blinks";
    let body = format!(
        "{{\"kind\":\"message\",\"support\":true,\"external_user_id\":\"{ANA}\",\"message\":\"{text}\",\
         \"media_urls\":\"\",\"dispatch_id\":\"d-1\",\"first_name\":\"Ana \"the\" \",\"last_name\":\"\",\
         \"phone\":\"\"}}"
    );
    let answer = inbound(&stack, body).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    let id = answer.ticket();
    assert_eq!(public(&only_ticket(&stack)), [text]);

    let reply = "Press \"reset\",\nthen say \"yes\": {\"a\": 1}";
    agent(&stack, id, Comment::public(reply)).await;
    assert_eq!(phone(&stack, ANA), [reply]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_placeholder_leaves_an_unquoted_hole_and_nothing_is_lost() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let body = format!(
        "{{\"ticket_id\":{id},\"status\":,\"external_user_id\":\"{ANA}\",\"comment_id\":,\
         \"author_name\":\"\",\"author_role\":\"Agent\",\"text\":\"Hello\"}}"
    );
    let answer = send::reply(&stack, "INV1", body).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_eq!(phone(&stack, ANA), ["Hello"]);
}
