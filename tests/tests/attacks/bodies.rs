//! Bodies that are too large, packed, nested, ambiguous or mean more than they should.

use local::front::PAYLOAD_LIMIT;
use serde_json::json;

use crate::kit::{
    AGENT_SAYS, AGENT_SAYS_AS_IN_THE_GUIDE, CUSTOMER_TEXTS, INBOUND, Post, REPLY,
    assert_dead_letter, assert_not_authentic, assert_untouched, inbox, letters, stack,
};

/// The contract's limit, in bytes.
const LIMIT: usize = 262_144;

/// The reply with a member that fills it up to a size.
fn of_size(size: usize) -> String {
    let rest = &AGENT_SAYS[1..];
    let filler = size - rest.len() - r#"{"x":"","#.len();
    format!(r#"{{"x":"{}",{rest}"#, "x".repeat(filler))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused() {
    let stack = stack().await;
    let answer = Post::reply(of_size(LIMIT + 1)).send(&stack).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    let unsigned = Post::new(REPLY, of_size(LIMIT + 1)).send(&stack).await;
    assert_eq!(unsigned.status, 413, "{unsigned:?}");
    let huge = Post::new(INBOUND, vec![b'{'; PAYLOAD_LIMIT + 1]);
    assert_eq!(
        huge.send(&stack).await.status,
        413,
        "over API Gateway's own"
    );
    assert_untouched(&stack);
    let full = Post::reply(of_size(LIMIT)).send(&stack).await;
    assert_eq!(full.outcome(), "delivered", "as large as allowed: {full:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_counts_after_base64() {
    let stack = stack().await;
    stack.front().force_base64(true);
    let over = Post::reply(of_size(LIMIT + 1)).send(&stack).await;
    assert_eq!(over.status, 413, "{over:?}");
    assert_untouched(&stack);
    // A third more on the wire than the limit, and within it.
    let full = Post::reply(of_size(LIMIT)).send(&stack).await;
    assert_eq!(full.outcome(), "delivered", "{full:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signature_is_over_the_bytes_before_base64() {
    let stack = stack().await;
    let encoded = crate::kit::base64(AGENT_SAYS);
    let over_the_encoded = Post::reply(&encoded);
    let answer = over_the_encoded
        .invoke_with_body(&stack, &encoded, true)
        .await;
    assert_not_authentic(&answer, "signed as encoded");
    assert_untouched(&stack);
    let answer = Post::reply(AGENT_SAYS)
        .invoke_with_body(&stack, &encoded, true)
        .await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
}

/// A genuine reply in gzip, 100 bytes or so; what it holds is never looked at.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0xc9, 0x4c, 0xce,
    0x4e, 0x2d, 0x89, 0xcf, 0x4c, 0x51, 0xb2, 0x52, 0x32, 0x36, 0x55, 0xd2, 0x51, 0x4a, 0xad, 0x28,
    0x49, 0x2d, 0xca, 0x4b, 0xcc, 0x89, 0x2f, 0x2d, 0x4e, 0x2d, 0x82, 0x88, 0x27, 0xe6, 0x25, 0x02,
    0x25, 0x92, 0xf3, 0x73, 0x73, 0x53, 0xf3, 0xa0, 0x4a, 0x2d, 0x0d, 0x0c, 0x81, 0x42, 0x25, 0x40,
    0xc5, 0x40, 0x4e, 0x41, 0x22, 0xd0, 0x8c, 0x14, 0xa5, 0x5a, 0x00, 0xbb, 0xbe, 0x6b, 0x6f, 0x4e,
    0x00, 0x00, 0x00,
];

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_body_is_not_unpacked() {
    let stack = stack().await;
    let unsigned = Post::new(REPLY, GZIP).header("content-encoding", "gzip");
    assert_not_authentic(&unsigned.send(&stack).await, "not signed");
    assert_untouched(&stack);
    let signed = Post::reply(GZIP).header("content-encoding", "gzip");
    let detail = assert_dead_letter(&stack, &signed, "signed").await;
    assert_eq!(detail, "body is not UTF-8");
    assert!(inbox(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_json_costs_a_dead_letter_and_no_stack() {
    let stack = stack().await;
    for (what, body) in [
        ("lists", "[".repeat(100_000)),
        ("objects", "{\"a\":".repeat(40_000)),
        (
            "closed",
            format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)),
        ),
    ] {
        let unsigned = Post::new(REPLY, &body).send(&stack).await;
        assert_not_authentic(&unsigned, what);
        assert_dead_letter(&stack, &Post::reply(&body), what).await;
        assert_dead_letter(&stack, &Post::text(format!("{body} ")), what).await;
    }
    let answer = Post::reply(AGENT_SAYS).send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "the next one: {answer:?}");
    assert_eq!(
        stack.function("zendesk-reply").started(),
        1,
        "a process ended"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_two_values_is_not_believed() {
    let stack = stack().await;
    let twice = |body: &str, member: &str| body.replacen('{', &format!("{{{member},"), 1);
    for post in [
        Post::reply(twice(AGENT_SAYS, r#""external_user_id":"eve""#)),
        Post::reply(twice(AGENT_SAYS, r#""text":"Pay up""#)),
        Post::reply(twice(
            AGENT_SAYS_AS_IN_THE_GUIDE,
            r#""campaign_id":"other""#,
        )),
        Post::text(twice(CUSTOMER_TEXTS, r#""external_user_id":"eve""#)),
    ] {
        let detail = assert_dead_letter(&stack, &post, "two values").await;
        assert_eq!(detail, "body gives the same key two different values");
    }
}

/// The guide's first inbound body, as Braze renders it: the text is not escaped.
fn texted_as_in_the_guide(customer: &str, text: &str) -> Post {
    Post::text(format!(
        r#"{{"ticket":{{"subject":"Action Needed","comment":{{"body":"{text}"}},"requester":{{
            "name":"A B","user_fields":{{"braze_external_id":"{customer}"}}}},"priority":"normal",
            "type":"problem"}}}}"#
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_closes_its_object_is_nobody_elses() {
    let stack = stack().await;
    for said in [
        r#"x"}},"external_user_id":"ana","message":"PWN1","foo":{"comment":{"body":"y"#,
        r#"x"}},"external_user_id":"ana","kind":"opted_out","foo":{"comment":{"body":"y"#,
        r#"x"},"requester":{"user_fields":{"braze_external_id":"ana"}},"foo":{"body":"y"#,
        r#"x"}},"ticket":{"requester":{"user_fields":{"braze_external_id":"ana"}},"comment":{"body":"y"#,
    ] {
        assert_dead_letter(&stack, &texted_as_in_the_guide("eve", said), said).await;
    }
    let unescaped = CUSTOMER_TEXTS.replace("\"ana\"", "\"eve\"").replace(
        "Help me",
        r#"x","ticket":{"requester":{"user_fields":{"braze_external_id":"ana"}},"comment":{"body":"PWN2"}},"y":""#,
    );
    assert_dead_letter(&stack, &Post::text(unescaped), "ours, not escaped").await;
    let items = stack.dynamo.items().expect("items");
    assert_eq!(
        items.len(),
        letters(&stack).len(),
        "somebody's conversation"
    );
    let genuine = texted_as_in_the_guide("ana", "my 5\" box says \"no\"");
    let answer = genuine.send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_closes_its_object_goes_to_nobody_else() {
    let stack = stack().await;
    for said in [
        r#"x"}}],"external_user_id":"ana","msg_body":"PWN","foo":[{"a":{"b":"y"#,
        r#"x"}}],"ticket_id":"99","foo":[{"a":{"b":"y"#,
        r#"x","external_user_id":"ana","y":""#,
        r#"x","ticket_id":"99","y":""#,
    ] {
        for requester in ["eve", ""] {
            let body = AGENT_SAYS_AS_IN_THE_GUIDE
                .replace("\"ana\"", &format!("\"{requester}\""))
                .replace("Hello Ana", said);
            assert_dead_letter(&stack, &Post::reply(body), said).await;
        }
    }
}

/// No member of a body reaches Braze but those the contract names.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_cannot_ask_for_a_broadcast() {
    let stack = stack().await;
    let more =
        r#""broadcast":true,"audience":{},"segment_id":"all","send_to_existing_only":false,"#;
    let with_more = |body: &str, at: &str| body.replacen(at, &format!("{at}{more}"), 1);
    for body in [
        with_more(AGENT_SAYS, "{"),
        with_more(AGENT_SAYS_AS_IN_THE_GUIDE, "{"),
        with_more(AGENT_SAYS_AS_IN_THE_GUIDE, "\"trigger_properties\":{").replace("Hello", "Bye"),
    ] {
        let answer = Post::reply(&body).send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    }
    let calls = stack.braze.calls();
    assert_eq!(calls.len(), 3);
    for call in calls {
        let recipients = call.body["recipients"].as_array().expect("a list");
        assert_eq!(recipients.len(), 1, "{}", call.body);
        assert_eq!(recipients[0]["external_user_id"], "ana");
        for name in ["broadcast", "audience", "segment_id"] {
            assert!(!call.body.to_string().contains(name), "{}", call.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_cannot_name_several_recipients() {
    let stack = stack().await;
    for recipients in [
        json!([{"external_user_id": "ana"}, {"external_user_id": "eve"}]),
        json!([]),
        json!({"external_user_id": "ana"}),
        json!("ana"),
    ] {
        let body = json!({"ticket_id": "35", "text": "x", "recipients": recipients});
        let post = Post::reply(body.to_string());
        assert_dead_letter(&stack, &post, &recipients.to_string()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_keeps_the_body_and_tells_the_sender_nothing_of_it() {
    let stack = stack().await;
    let body = r#"{"ticket_id":"not a number","external_user_id":"ana","text":"hush hush"}"#;
    let post = Post::reply(body);
    let answer = post.send(&stack).await;
    assert_eq!(answer.status, 400);
    assert!(!answer.body.to_string().contains("hush"), "{answer:?}");
    let kept = letters(&stack);
    assert_eq!(kept[0]["content"]["S"], body);
    assert!(kept[0]["expires_at"]["N"].is_string(), "kept for ever");
    // The same bytes again are the same letter.
    assert_eq!(post.send(&stack).await.status, 400);
    assert_eq!(letters(&stack).len(), 1);
    let logs = stack.logs.of("zendesk-reply").join("\n");
    assert!(
        !logs.contains("hush") && logs.contains("dead letter"),
        "{logs}"
    );
}
