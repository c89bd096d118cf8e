//! The sample events under `events/`, sent through the real executables as they are, but signed anew.

use e2e::view::{only_ticket, phone, public};
use e2e::{ANA, settled, stack_with};
use local::Stack;
use local::binaries::workspace_root;
use local::options::{EVENTS_SIGNING_SECRET, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use serde_json::{Value, json};
use simulators::clock::rfc3339;
use simulators::signature::sign;

/// The token of Braze's events, which a stack has only where it is given.
const EVENTS_TOKEN: &str = "events-token";

/// A sample as it stands, with the account's own ticket and requester in the places of the sample's.
fn sample(stack: &Stack, name: &str) -> Value {
    let file = workspace_root().join(format!("events/{name}.json"));
    let mut text = std::fs::read_to_string(file).expect("a sample");
    if let Some(ticket) = stack.zendesk.tickets().first() {
        text = text.replace("1042", &ticket.id.to_string());
        text = text.replace("20978392", &ticket.requester.id.to_string());
    }
    serde_json::from_str(&text).expect("JSON")
}

/// Gives it to the function, as API Gateway would; the answer's status and body.
async fn given(stack: &Stack, function: &str, event: &Value) -> (u64, Value) {
    let answer = stack.function(function).invoke(event.to_string()).await;
    let answer: Value = serde_json::from_slice(&answer.expect("an answer")).expect("JSON");
    let body = answer["body"].as_str().unwrap_or_default();
    (
        answer["statusCode"].as_u64().unwrap_or_default(),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

/// The same, signed now with this secret.
async fn signed(stack: &Stack, function: &str, name: &str, secret: &str) -> (u64, Value) {
    let mut event = sample(stack, name);
    let now = rfc3339(e2e::send::now_ms());
    let body = event["body"].as_str().expect("a body").to_owned();
    let headers = &mut event["headers"];
    headers["x-zendesk-webhook-signature"] = json!(sign(secret, &now, body.as_bytes()));
    headers["x-zendesk-webhook-signature-timestamp"] = json!(now);
    given(stack, function, &event).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sample_is_understood_by_its_function() {
    let stack = stack_with(|options| {
        let token = json!(EVENTS_TOKEN);
        options
            .secret
            .insert("braze_events_token".to_owned(), token);
        options.zendesk_events = true;
    })
    .await;
    let text = sample(&stack, "braze-inbound");
    let (status, body) = given(&stack, "braze-inbound", &text).await;
    assert_eq!(
        (status, &body["outcome"]),
        (200, &json!("delivered")),
        "{body}"
    );
    let said = public(&only_ticket(&stack));
    assert_eq!(said, ["My box does not start. \"Error 7\", it says."]);

    // As it stands, a signature is old.
    let old = sample(&stack, "zendesk-reply");
    assert_eq!(given(&stack, "zendesk-reply", &old).await.0, 401);
    let (status, body) = signed(
        &stack,
        "zendesk-reply",
        "zendesk-reply",
        REPLY_SIGNING_SECRET,
    )
    .await;
    assert_eq!(
        (status, &body["outcome"]),
        (200, &json!("delivered")),
        "{body}"
    );
    assert_eq!(phone(&stack, ANA), ["Hello! Please restart the box."]);
    let secret = EVENTS_SIGNING_SECRET;
    let (status, body) = signed(&stack, "zendesk-reply", "zendesk-events", secret).await;
    assert_eq!(status, 200, "{body}");
    let secret = SOLVED_SIGNING_SECRET;
    let (status, body) = signed(&stack, "zendesk-solved", "zendesk-solved", secret).await;
    assert_eq!(
        (status, &body["outcome"]),
        (200, &json!("delivered")),
        "{body}"
    );
    assert_eq!(
        phone(&stack, ANA).len(),
        2,
        "the answer and the closing message"
    );
    let events = sample(&stack, "braze-events");
    let (status, body) = given(&stack, "braze-inbound", &events).await;
    assert_eq!(status, 200, "{body}");
    settled(&stack).await;

    let schedule = sample(&stack, "redelivery");
    let run = stack
        .function("redelivery")
        .invoke(schedule.to_string())
        .await;
    let run: Value = serde_json::from_slice(&run.expect("a run")).expect("JSON");
    assert!(run["delivered"].is_u64(), "{run}");
}

#[test]
fn there_is_a_sample_for_each_route_and_the_schedule() {
    let files = std::fs::read_dir(workspace_root().join("events")).expect("a folder");
    let names = files.map(|file| file.expect("a file").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "braze-events.json",
            "braze-inbound.json",
            "redelivery.json",
            "zendesk-events.json",
            "zendesk-reply.json",
            "zendesk-solved.json",
        ]
    );
}
