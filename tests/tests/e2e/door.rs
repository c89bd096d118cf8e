//! Who gets in, what is answered to what cannot be understood, and how a function starts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::send::{self, Answer, inbound, inbound_body, now_ms, post, reply_body, solved_body};
use e2e::table::{dead_letters, items};
use e2e::view::{Mark, only_ticket, phone, public};
use e2e::{ANA, PATIENCE, set, settled, stack, stack_with, with_ticket};
use local::Stack;
use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use local::pool::InvokeError;
use local::secrets::{access_denied, down};
use serde_json::json;
use simulators::clock::rfc3339;
use simulators::signature::{TEST_BUTTON_SECRET, sign};
use simulators::zendesk::Mode;
use simulators::{Effect, Fault};

const REPLY: &str = "/zendesk/reply";
const SOLVED: &str = "/zendesk/solved";
const INBOUND: &str = "/braze/inbound";
const MINUTE: i64 = 60_000;

fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 401, "{answer:?}");
    assert_eq!(answer.content_type, "application/problem+json");
    assert_eq!(answer.body["status"], 401);
    assert!(answer.body.get("detail").is_none(), "{answer:?}");
    assert!(answer.body.get("outcome").is_none(), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_the_secret() {
    let stack = stack().await;
    let reply = reply_body(35, ANA, 901, "Hello").to_string();
    let text = inbound_body(ANA, "Hello", "d-1").to_string();
    let now = rfc3339(now_ms());
    let right = sign(REPLY_SIGNING_SECRET, &now, reply.as_bytes());
    let signature = "x-zendesk-webhook-signature";
    let timestamp = "x-zendesk-webhook-signature-timestamp";
    for headers in [
        vec![],
        vec![(signature, right.as_str())],
        vec![(timestamp, now.as_str())],
        vec![(signature, ""), (timestamp, now.as_str())],
        vec![(signature, "no base64!"), (timestamp, now.as_str())],
        vec![(signature, right.as_str()), (timestamp, "yesterday")],
        vec![(signature, &right[..8]), (timestamp, now.as_str())],
        vec![("authorization", "Bearer inbound-token")],
    ] {
        assert_refused(&post(&stack, REPLY, &headers, reply.clone()).await);
    }
    let token = format!("Bearer {INBOUND_TOKEN}");
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        INBOUND_TOKEN,
        &token[..token.len() - 1],
        &format!("{token}x"),
        "Basic aW5ib3VuZC10b2tlbg==",
    ] {
        let headers = [("authorization", value)];
        assert_refused(&post(&stack, INBOUND, &headers, text.clone()).await);
    }
    assert_refused(&post(&stack, INBOUND, &[], text).await);
    let empty = Vec::new();
    assert_refused(&post(&stack, INBOUND, &[], empty).await);
    assert_refused(&post(&stack, SOLVED, &[], "not json").await);
    assert!(items(&stack).is_empty());
    assert!(stack.dynamo.calls().is_empty());
    assert!(stack.braze.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_another_webhook_or_body_or_time_opens_nothing() {
    let stack = stack().await;
    stack.zendesk.every_ticket_is_of(ANA, &["braze_sms"]);
    let body = reply_body(35, ANA, 901, "Hello").to_string();
    for secret in [SOLVED_SIGNING_SECRET, TEST_BUTTON_SECRET, INBOUND_TOKEN, ""] {
        assert_refused(&send::signed(&stack, REPLY, secret, "INV", body.clone()).await);
    }
    for minutes in [-6, 6, -60 * 24] {
        let at = now_ms() + minutes * MINUTE;
        let secret = REPLY_SIGNING_SECRET;
        assert_refused(&send::signed_at(&stack, REPLY, secret, "INV", body.clone(), at).await);
    }
    let now = rfc3339(now_ms());
    let signature = sign(REPLY_SIGNING_SECRET, &now, body.as_bytes());
    let headers = [
        ("x-zendesk-webhook-signature", signature.as_str()),
        ("x-zendesk-webhook-signature-timestamp", now.as_str()),
    ];
    let forged = body.replace("Hello", "Forged");
    assert_refused(&post(&stack, REPLY, &headers, forged).await);
    assert!(items(&stack).is_empty());
    let honest = post(&stack, REPLY, &headers, body.clone()).await;
    assert_eq!(honest.outcome(), "delivered");
    let at = now_ms() - 4 * MINUTE;
    let late = send::signed_at(&stack, REPLY, REPLY_SIGNING_SECRET, "INV", body, at).await;
    assert_eq!(late.outcome(), "duplicate");
    assert_eq!(phone(&stack, ANA), ["Hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_and_what_is_not_for_us_name_their_ticket_too() {
    let stack = stack().await;
    let first = with_ticket(&stack).await;
    let text = inbound_body(ANA, "Any news?", "d-7").to_string();
    for outcome in ["delivered", "duplicate"] {
        let answer = inbound(&stack, text.clone()).await;
        assert_eq!((answer.outcome(), answer.ticket()), (outcome, first));
    }
    // A duplicate's own ticket, also where the conversation has moved on.
    stack.zendesk.webhook_delivery(Mode::Held);
    let second = stack.zendesk.agent_opens_ticket(ANA, "Order", "Hello");
    let tagged = stack.zendesk.add_tags(second, &["braze_sms"]);
    tagged.expect("tagged");
    for (ticket, comment, outcome) in [
        (first, 901, "delivered"),
        (second, 902, "delivered"),
        (first, 901, "duplicate"),
    ] {
        let body = reply_body(ticket, ANA, comment, "Hello").to_string();
        let answer = send::reply(&stack, "INV", body).await;
        assert_eq!((answer.outcome(), answer.ticket()), (outcome, ticket));
    }
    let mut own = reply_body(first, ANA, 903, "Hello");
    own["author_role"] = json!("End-user");
    let answer = send::reply(&stack, "INV", own.to_string()).await;
    assert_eq!((answer.outcome(), answer.ticket()), ("ignored", first));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_button_is_refused_and_breaks_nothing() {
    let stack = stack().await;
    let endpoint = format!("{}{REPLY}", stack.front_url());
    let pressed = stack.zendesk.press_test_button(&endpoint, "{}").await;
    assert_eq!(pressed.status, Some(401));
    with_ticket(&stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_previous_secrets_open_too() {
    let stack = stack_with(|options| {
        for (key, value) in [
            ("zendesk_reply_signing_secret_previous", "old-reply"),
            ("zendesk_solved_signing_secret_previous", "old-solved"),
            ("braze_inbound_token_previous", "old-token"),
        ] {
            options.secret.insert(key.to_owned(), json!(value));
        }
    })
    .await;
    let text = inbound_body(ANA, "Hello", "d-1").to_string();
    let old = [("authorization", "Bearer old-token")];
    let answer = post(&stack, INBOUND, &old, text).await;
    assert_eq!(answer.outcome(), "delivered");
    let id = answer.ticket();
    let reply = reply_body(id, ANA, 901, "Hi").to_string();
    let answer = send::signed(&stack, REPLY, "old-reply", "INV1", reply).await;
    assert_eq!(answer.outcome(), "delivered");
    let solved = solved_body(id, ANA).to_string();
    let answer = send::signed(&stack, SOLVED, "old-solved", "INV2", solved).await;
    assert_eq!(answer.outcome(), "delivered");
    let reply = reply_body(id, ANA, 902, "Hi").to_string();
    assert_refused(&send::signed(&stack, REPLY, "old-solved", "INV3", reply).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn rotated_secrets_are_noticed_without_a_restart() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let reply = |comment| reply_body(id, ANA, comment, "Hi").to_string();
    let answer = send::reply(&stack, "INV1", reply(901)).await;
    assert_eq!(answer.outcome(), "delivered");

    stack
        .secrets
        .set_key("zendesk_reply_signing_secret", "rotated");
    stack.secrets.set_key("braze_inbound_token", "rotated-too");
    let answer = send::signed(&stack, REPLY, "rotated", "INV2", reply(902)).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_refused(&send::reply(&stack, "INV3", reply(903)).await);
    let text = inbound_body(ANA, "more", "d-2").to_string();
    let new = [("authorization", "Bearer rotated-too")];
    let answer = post(&stack, INBOUND, &new, text).await;
    assert_eq!(answer.outcome(), "delivered");
    for function in ["zendesk-reply", "braze-inbound"] {
        assert_eq!(stack.function(function).started(), 1, "{function}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_does_not_hammer_secrets_manager() {
    let stack = stack().await;
    with_ticket(&stack).await;
    let before = stack.secrets.reads();
    for number in 0..20 {
        let token = format!("Bearer guess-{number}");
        let headers = [("authorization", token.as_str())];
        assert_refused(&post(&stack, INBOUND, &headers, "{}").await);
    }
    let reads = stack.secrets.reads() - before;
    assert!(reads <= 3, "{reads} reads for twenty guesses");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_braze_key_is_noticed_without_a_restart() {
    let stack = stack_with(|options| {
        let key = "braze_api_key".to_owned();
        options.secret.insert(key, json!("outdated"));
    })
    .await;
    stack.zendesk.every_ticket_is_of(ANA, &["braze_sms"]);
    let unproven = post(&stack, REPLY, &[], "{}").await;
    assert_eq!(unproven.status, 401);
    stack.secrets.set_key("braze_api_key", "braze-rest-key");
    let reply = reply_body(35, ANA, 901, "Hi").to_string();
    let answer = send::reply(&stack, "INV1", reply).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_eq!(phone(&stack, ANA), ["Hi"]);
    assert_eq!(stack.function("zendesk-reply").started(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_observe_mode_everybody_gets_in_and_it_is_logged() {
    let stack = stack_with(|options| set(options, "SIGNATURE_MODE", "observe")).await;
    let text = inbound_body(ANA, "Hello", "d-1").to_string();
    let answer = post(&stack, INBOUND, &[], text).await;
    assert_eq!(answer.outcome(), "delivered");
    let reply = reply_body(answer.ticket(), ANA, 901, "Hi").to_string();
    let answer = send::signed(&stack, REPLY, "wrong", "INV1", reply).await;
    assert_eq!(answer.outcome(), "delivered");
    let solved = solved_body(answer.ticket(), ANA).to_string();
    let stale = now_ms() - 60 * MINUTE;
    let secret = SOLVED_SIGNING_SECRET;
    let answer = send::signed_at(&stack, SOLVED, secret, "INV2", solved, stale).await;
    assert_eq!(answer.outcome(), "delivered");
    for function in ["braze-inbound", "zendesk-reply", "zendesk-solved"] {
        let warned = |line: &local::logs::LogLine| {
            line.function == function && line.text.contains("not authentic")
        };
        assert!(stack.logs.wait_for(PATIENCE, warned).await.is_some());
    }
}

/// The routes for event streams are closed until the secret has what opens them: what comes by them is no reply
/// and no text.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_by_the_routes_for_event_streams_is_not_taken_for_a_message() {
    let stack = stack().await;
    let reply = reply_body(1, ANA, 901, "Hi").to_string();
    let answer = send::signed(
        &stack,
        "/zendesk/events",
        REPLY_SIGNING_SECRET,
        "INV1",
        reply,
    )
    .await;
    assert_eq!(answer.status, 401);
    let token = format!("Bearer {INBOUND_TOKEN}");
    let bearer = ("authorization", token.as_str());
    let text = inbound_body(ANA, "Hello", "d-1").to_string();
    let answer = post(&stack, "/braze/events", &[bearer], text).await;
    assert_eq!(answer.status, 401);
    assert!(items(&stack).is_empty());
    assert!(stack.zendesk.calls().is_empty() && stack.braze.calls().is_empty());
}

/// Route, body, and the field that is named.
const MALFORMED: [(&str, &[u8], &str); 15] = [
    (REPLY, b"not json at all", "body"),
    (REPLY, b"", "body"),
    (REPLY, b"[1,2]", "body"),
    (REPLY, b"null", "body"),
    (
        REPLY,
        b"\xff\xfe{\"ticket_id\":\"35\",\"text\":\"Hi\"}",
        "body",
    ),
    (REPLY, b"{\"text\":\"Hello\"}", "external_user_id"),
    (
        REPLY,
        b"{\"ticket_id\":\"thirty\",\"external_user_id\":\"ana\",\"text\":\"Hi\"}",
        "ticket_id",
    ),
    (
        REPLY,
        b"{\"ticket_id\":35,\"external_user_id\":\"ana\",\"text\":{\"a\":1}}",
        "text",
    ),
    (
        REPLY,
        b"{\"ticket_id\":35,\"external_user_id\":[\"ana\"],\"text\":\"Hi\"}",
        "external_user_id",
    ),
    (SOLVED, b"{\"status\":\"Solved\"}", "external_user_id"),
    (SOLVED, b"}{", "body"),
    (INBOUND, b"{\"message\":\"Hi\"}", "external_user_id"),
    (
        INBOUND,
        b"{\"external_user_id\":\"ana\",\"message\":\"Hi\",\"kind\":\"spam\"}",
        "kind",
    ),
    (
        INBOUND,
        b"{\"external_user_id\":\"ana\",\"message\":[\"Hi\"]}",
        "message",
    ),
    (INBOUND, b"\xc3\x28", "body"),
];

/// An authentic body that cannot be understood, on every route it fits.
async fn malformed(stack: &Stack, route: &str, body: &[u8]) -> Answer {
    match route {
        REPLY => send::reply(stack, "INV1", body).await,
        SOLVED => send::solved(stack, "INV1", body).await,
        _ => inbound(stack, body).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_understood_is_answered_by_field_and_kept() {
    let stack = stack().await;
    for (number, (route, body, field)) in MALFORMED.into_iter().enumerate() {
        let answer = malformed(&stack, route, body).await;
        let shown = String::from_utf8_lossy(body);
        assert_eq!(answer.status, 400, "{route} {shown}: {answer:?}");
        assert_eq!(answer.content_type, "application/problem+json");
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(field), "{route} {shown}: {detail}");
        let letters = dead_letters(&stack);
        assert!(letters.len() <= number + 1);
        let kept = |letter: &serde_json::Value| match std::str::from_utf8(body) {
            Ok(text) => letter["content"]["S"] == text,
            Err(_) => letter["content"]["B"] == STANDARD.encode(body),
        };
        assert!(letters.iter().any(kept), "{route} {shown} is not kept");
    }
    assert!(stack.zendesk.tickets().is_empty());
    assert!(stack.braze.calls().is_empty());
    assert!(e2e::table::waiting(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
    let stack = stack().await;
    let limit = 256 * 1024;
    let mut body = inbound_body(ANA, "Hello", "d-1");
    let bare = body.to_string().len();
    body["padding"] = json!("x".repeat(limit - bare - ",\"padding\":\"\"".len()));
    let body = body.to_string();
    assert_eq!(body.len(), limit);
    assert_eq!(inbound(&stack, format!("{body} ")).await.status, 413);
    let oversized = vec![b'x'; 2 * limit];
    assert_eq!(send::reply(&stack, "INV1", oversized).await.status, 413);
    assert!(items(&stack).is_empty());
    assert_eq!(inbound(&stack, body).await.outcome(), "delivered");
    assert_eq!(public(&only_ticket(&stack)), ["Hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_from_brazes_preview_is_not_for_us() {
    let stack = stack().await;
    let mark = Mark::now(&stack);
    let body = inbound_body(ANA, "Hello", "dispatch_id_for_unsent_campaign");
    let answer = inbound(&stack, body.to_string()).await;
    assert_eq!((answer.status, answer.outcome()), (200, "ignored"));
    assert!(answer.body["reason"].is_string());
    assert!(!answer.delivery().is_empty());
    assert_eq!(mark.since(&stack), (vec![], vec![]));
    assert!(items(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_secrets_manager_the_sender_is_asked_to_come_again() {
    for fault in [down(), access_denied(), Effect::Drop] {
        let stack = stack().await;
        stack
            .secrets
            .faults()
            .add(Fault::always("GetSecretValue", fault));
        let text = inbound_body(ANA, "Hello", "d-1").to_string();
        let answer = inbound(&stack, text.clone()).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.retry_after.as_deref(), Some("5"));
        assert!(items(&stack).is_empty());
        stack.secrets.faults().clear();
        let answer = inbound(&stack, text).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_no_json_lets_nobody_in_and_shows_nothing() {
    let stack = stack().await;
    stack
        .secrets
        .set("{\"braze_api_key\":\"QQSECRETQQ\"".to_owned());
    let text = inbound_body(ANA, "Hello", "d-1").to_string();
    let answer = inbound(&stack, text).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(
        stack
            .logs
            .all()
            .iter()
            .all(|line| !line.text.contains("QQSECRETQQ"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_wrong_settings_are_named_at_once_and_the_function_exits() {
    let stack = stack_with(|options| {
        for name in ["TABLE_NAME", "SECRET_ID"] {
            options.variables.insert(name.to_owned(), None);
        }
        set(options, "ZENDESK_BASE_URL", "http://qqhost.example");
        set(options, "BRAZE_BASE_URL", "qqnourl");
        set(options, "OPEN_ON", "qqmaybe");
        set(options, "REOPEN_WINDOW_DAYS", "qqmany");
        set(options, "SIGNATURE_MODE", "qqnever");
    })
    .await;
    for function in [
        "braze-inbound",
        "zendesk-reply",
        "zendesk-solved",
        "redelivery",
    ] {
        let failed = stack.function(function).invoke("{}").await;
        let Err(InvokeError::InitFailed(status)) = failed else {
            panic!("{function} did not fail at its start: {failed:?}");
        };
        assert!(!status.contains("exit status: 0"), "{status}");
        assert!(status.contains("exit status"), "{status}");
        let output = stack.logs.of(function).join("\n");
        for name in [
            "TABLE_NAME",
            "SECRET_ID",
            "ZENDESK_BASE_URL",
            "BRAZE_BASE_URL",
            "OPEN_ON",
            "REOPEN_WINDOW_DAYS",
            "SIGNATURE_MODE",
        ] {
            assert!(output.contains(name), "{name} in {output}");
        }
        assert!(!output.contains("qq"), "values are not shown: {output}");
        assert!(!output.contains("panicked"), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_missing_in_the_secret_are_named() {
    let stack = stack_with(|options| {
        for key in ["braze_api_key", "zendesk_oauth_client_secret"] {
            options.secret.insert(key.to_owned(), json!(""));
        }
    })
    .await;
    inbound(&stack, inbound_body(ANA, "Hello", "d-1").to_string()).await;
    let named = |line: &local::logs::LogLine| {
        line.text.contains("braze_api_key") && line.text.contains("zendesk_oauth_client_secret")
    };
    assert!(stack.logs.wait_for(PATIENCE, named).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_legacy_token_does_where_there_is_no_oauth_client() {
    let stack = stack_with(|options| {
        let legacy = [
            ("zendesk_oauth_client_id", ""),
            ("zendesk_oauth_client_secret", ""),
            ("zendesk_email", "bridge@example.com"),
            ("zendesk_api_token", "zendesk-legacy-token"),
        ];
        for (key, value) in legacy {
            options.secret.insert(key.to_owned(), json!(value));
        }
    })
    .await;
    with_ticket(&stack).await;
    settled(&stack).await;
    let tokens = e2e::view::calls_of(stack.zendesk.calls(), "oauth.token");
    assert!(tokens.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_answers_for_another_and_the_functions_ignore_other_paths() {
    let stack = stack().await;
    for route in ["/", "/zendesk", "/zendesk/reply/", "/redelivery"] {
        let answer = post(&stack, route, &[], "{}").await;
        assert_eq!(answer.status, 404, "{route}");
    }
    assert!(items(&stack).is_empty());
}
