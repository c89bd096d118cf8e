//! What is written is what arrives: texts, files and courtesies, through the real executables.

use e2e::send::{self, inbound, inbound_body, reply_body};
use e2e::view::{Mark, calls_of, notes, only_ticket, phone, public, ticket};
use e2e::{
    ANA, PATIENCE, agent, answered, edit_zendesk, set, settled, stack, stack_with, with_ticket,
};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Status};

const CLOSING: &str = "Your ticket has been closed";

/// The line that docs/files.md adds to the reply trigger's body.
const ATTACHMENTS: &str = r#","attachments":"{% for file in ticket.latest_public_comment.attachments %}{{file.url}} {% endfor %}"}"#;

/// A stack whose reply trigger names a comment's files.
async fn with_named_files(setting: &str) -> (Stack, u64) {
    let stack = stack_with(|options| set(options, "FILES_OUT", setting)).await;
    edit_zendesk(&stack, |account| {
        let body = &mut account["triggers"][0]["actions"][0]["value"][1];
        let told = body
            .as_str()
            .expect("a body")
            .replace("}}\"}", &format!("}}}}\"{ATTACHMENTS}"));
        assert!(told.contains("attachments"), "{told}");
        *body = Value::from(told);
    });
    let id = with_ticket(&stack).await;
    (stack, id)
}

async fn solve(stack: &Stack, ticket: u64) {
    let solved = stack.zendesk.set_status(ticket, Status::Solved);
    assert!(solved.is_ok(), "{solved:?}");
    settled(stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_text_reads_on_the_ticket_as_it_was_typed() {
    let stack = stack().await;
    let typed = [
        "# no heading\n* no list\n- nor this\n**bold** _x_ `code` ~~gone~~",
        "<b>not bold</b> <script>alert(1)</script> <!-- gone? -->",
        "{{ticket.id}} {% if true %} ${x} &amp; &lt;br&gt; &#123; &nbsp;",
        "![](https://x.example/i.png) [a](https://x.example) https://x.example/?a=1&b=2",
        "👨\u{200d}👩\u{200d}👧 🇫🇷 ❤\u{fe0f} 👍🏽 e\u{301} ç",
        "שלום \u{202e}abc\u{202c} مرحبا \u{200f}x",
        "one\n\n\ntwo  spaces   three\ttab",
        "'single' \"double\" \\ back / %s %00 $(x) ;--",
        "ＦＵＬＬ \u{3000}漢字 ภาษา\u{200b}ไทย",
    ];
    let mut last = 0;
    for (index, text) in typed.iter().enumerate() {
        let body = inbound_body(ANA, text, &format!("dispatch-{index}"));
        let answer = inbound(&stack, body.to_string()).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        last = answer.ticket();
    }
    assert_eq!(public(&ticket(&stack, last)), typed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_screen_can_show_is_made_visible_and_nothing_is_lost() {
    let stack = stack().await;
    for (index, (body, want)) in [
        (
            json!("a\u{0}b\u{7}c\u{1b}[31m\u{7f}").to_string(),
            "a␀b␇c␛[31m␡",
        ),
        (json!("one\r\ntwo\rthree").to_string(), "one\ntwo\nthree"),
        (json!("\u{1}").to_string(), "␁"),
        (
            r#""half \ud83d of it \udc4d""#.to_owned(),
            "half \u{fffd} of it \u{fffd}",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let text = inbound_body(ANA, "TEXT", &format!("dispatch-{index}")).to_string();
        let answer = inbound(&stack, text.replace("\"TEXT\"", &body)).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        assert_eq!(
            public(&only_ticket(&stack)).last().map(String::as_str),
            Some(want)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_not_utf_8_arrives_with_the_letter_marked() {
    let stack = stack().await;
    let mut body = br#"{"external_user_id":"ana","dispatch_id":"d1","message":"caf"#.to_vec();
    body.extend(b"\xe9 ok\"}");
    let answer = inbound(&stack, body).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_eq!(public(&only_ticket(&stack)), ["caf\u{fffd} ok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn html_of_any_depth_reaches_the_phone_as_text() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let nested = format!(
        "{}Hi{}",
        "<div><ul>".repeat(5_000),
        "</ul></div>".repeat(4_000)
    );
    let link =
        "<p><a href=\"javascript:alert(1)\">Press</a> <a href=\"https://x.example/a\">here</a></p>";
    for (comment, (html, want)) in [
        (nested.as_str(), "Hi"),
        (link, "Press here: https://x.example/a"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = reply_body(id, ANA, 900 + comment as u64, html);
        let answer = send::reply(&stack, "INV", body.to_string()).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        assert_eq!(phone(&stack, ANA).last().map(String::as_str), Some(want));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_arrives_in_numbered_messages_in_order_and_its_parts_are_counted() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let sentence = "Please restart the box and tell me what you see. ";
    let text = sentence.repeat(80);
    answered(&stack, id, text.trim_end()).await;
    let inbox = stack.braze.inbox(ANA);
    assert_eq!(inbox.len(), 3);
    let mut joined = String::new();
    for (index, sms) in inbox.iter().enumerate() {
        let piece = sms.body.strip_suffix(&format!(" ({}/3)", index + 1));
        let piece = piece.expect("its number");
        assert!(piece.ends_with('.') && (1..=10).contains(&sms.segments));
        joined.push_str(piece);
        joined.push(' ');
    }
    assert_eq!(joined, text);
    let parts = format!("\"SmsParts\":{}", inbox[0].segments);
    let counted = |line: &local::logs::LogLine| line.text.contains(&parts);
    assert!(stack.logs.wait_for(PATIENCE, counted).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_stays_with_the_agent_where_that_is_wanted() {
    let stack = stack_with(|options| {
        set(options, "SIGNATURE_SEPARATOR", "--");
        set(options, "SPLIT_LIGATURES", "true");
        set(options, "COST_NOTE", "always");
    })
    .await;
    let id = with_ticket(&stack).await;
    answered(&stack, id, "Bonjour ma sœur\n--\nJo, Support").await;
    assert_eq!(phone(&stack, ANA), ["Bonjour ma soeur"]);
    assert_eq!(
        notes(&ticket(&stack, id)),
        ["SMS cost: 1 part in 1 message, GSM-7"]
    );
    answered(&stack, id, "--\nJo, Support").await;
    assert_eq!(phone(&stack, ANA).len(), 1);
    let told = notes(&ticket(&stack, id));
    assert!(told[1].contains("no text"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_trigger_names_is_told_at_once() {
    let (stack, id) = with_named_files("note").await;
    let mark = Mark::now(&stack);
    answered(&stack, id, "Without a file").await;
    assert_eq!(
        mark.since(&stack).0,
        Vec::<String>::new(),
        "an ordinary answer asks nothing"
    );
    let comment = Comment::public("See the plan").file("plan.pdf", "application/pdf", b"%PDF-1.7");
    agent(&stack, id, comment).await;
    assert_eq!(phone(&stack, ANA), ["Without a file", "See the plan"]);
    let told = notes(&ticket(&stack, id));
    assert!(
        told.len() == 1 && told[0].contains("file not sent by SMS (plan.pdf)"),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nobody_named_is_told_at_the_solve() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let comment = Comment::public("See the plan").file("plan.pdf", "application/pdf", b"%PDF-1.7");
    agent(&stack, id, comment).await;
    assert!(notes(&ticket(&stack, id)).is_empty());
    solve(&stack, id).await;
    let told = notes(&ticket(&stack, id));
    assert!(
        told.len() == 1 && told[0].contains("file not sent by SMS (plan.pdf)"),
        "{told:?}"
    );
    assert_eq!(ticket(&stack, id).status, Status::Solved);
    assert_eq!(phone(&stack, ANA), ["See the plan", CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_to_files_go_below_the_text_whether_the_trigger_names_them_or_not() {
    for named in [true, false] {
        let (stack, id) = if named {
            with_named_files("links").await
        } else {
            let stack = stack_with(|options| set(options, "FILES_OUT", "links")).await;
            let id = with_ticket(&stack).await;
            (stack, id)
        };
        let comment =
            Comment::public("See the plan").file("plan.pdf", "application/pdf", b"%PDF-1.7");
        agent(&stack, id, comment).await;
        let comments = ticket(&stack, id).comments;
        let url = &comments.last().expect("a comment").attachments[0].content_url;
        assert_eq!(phone(&stack, ANA), [format!("See the plan\n{url}")]);
        let asked = calls_of(stack.zendesk.calls(), "comments.list").len();
        assert_eq!(asked, usize::from(!named));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_handed_to_the_campaign() {
    let (stack, id) = with_named_files("media").await;
    let comment = Comment::public("Like this")
        .file("plan.pdf", "application/pdf", b"%PDF-1.7")
        .file("a b.png", "image/png", b"\x89PNG");
    agent(&stack, id, comment).await;
    let sms = stack.braze.inbox(ANA).remove(0);
    let files = &ticket(&stack, id).comments[1].attachments;
    assert_eq!(sms.body, "Like this");
    assert_eq!(
        sms.trigger_properties["media_url"],
        files[1].content_url.as_str()
    );
    let told = notes(&ticket(&stack, id));
    assert!(
        told.len() == 1 && told[0].contains("(plan.pdf)"),
        "{told:?}"
    );
    answered(&stack, id, "Without").await;
    let sms = stack.braze.inbox(ANA).remove(1);
    assert!(sms.trigger_properties.get("media_url").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn spam_is_closed_without_a_word() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    stack.zendesk.add_tags(id, &["spam"]).expect("tagged");
    solve(&stack, id).await;
    assert!(phone(&stack, ANA).is_empty());
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_answers_by_itself_gets_no_closing_message() {
    let stack = stack_with(|options| set(options, "LOOP_FUSE", "3")).await;
    let id = with_ticket(&stack).await;
    for _ in 0..5 {
        let text = send::text(&stack, ANA, "I am driving").await;
        assert_eq!(text.outcome(), "delivered", "{text:?}");
    }
    settled(&stack).await;
    let told = notes(&ticket(&stack, id));
    assert!(told.len() == 1 && told[0].contains("3 times"), "{told:?}");
    assert_eq!(
        public(&ticket(&stack, id)).len(),
        6,
        "every text is on the ticket"
    );
    solve(&stack, id).await;
    assert!(phone(&stack, ANA).is_empty());
    answered(&stack, id, "Call us").await;
    assert_eq!(phone(&stack, ANA), ["Call us"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_on_the_ticket_as_note_and_tag_and_is_kept_without_one() {
    let stack = stack_with(|options| e2e::set(options, "TEXT_TICKETS", "any")).await;
    let before = send::text(&stack, ANA, "STOP").await;
    assert!(
        before.status < 300 && stack.zendesk.tickets().is_empty(),
        "{before:?}"
    );
    let id = stack.zendesk.agent_opens_ticket(ANA, "Call", "Hello");
    settled(&stack).await;
    assert!(phone(&stack, ANA).is_empty());
    let told = notes(&ticket(&stack, id));
    assert!(
        told.len() == 1 && told[0].contains("once they text START"),
        "{told:?}"
    );

    send::text(&stack, ANA, "START").await;
    settled(&stack).await;
    answered(&stack, id, "Welcome back").await;
    assert_eq!(phone(&stack, ANA), ["Welcome back"]);

    send::text(&stack, ANA, "STOP").await;
    send::text(&stack, ANA, "HELP").await;
    settled(&stack).await;
    assert_eq!(ticket(&stack, id).tags, ["sms_help", "sms_opted_out"]);
    send::text(&stack, ANA, "START").await;
    settled(&stack).await;
    assert_eq!(ticket(&stack, id).tags, ["sms_help"]);
    assert_eq!(notes(&ticket(&stack, id)).len(), 5);
}
