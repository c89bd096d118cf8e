//! Secrets that are changed while events flow: nothing genuine is refused or lost.

use std::collections::BTreeSet;

use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use local::{Options, Stack};
use serde_json::Value;
use simulators::braze::User;
use simulators::{Effect, Fault};

use crate::kit::{
    AGENT_SAYS, AGENT_SOLVES, CUSTOMER_TEXTS, Post, REPLY, SOLVED, assert_no_vendor_call,
    assert_not_authentic, inbox, stack, with_secret,
};

/// Events sent in each phase of a rotation.
const EVENTS: u32 = 6;

/// A phase's events one after the other, each with an id of its own; all must be let in.
async fn flow(stack: &Stack, phase: u32, post: impl Fn(&str) -> Post) {
    for number in 0..EVENTS {
        let id = (phase * 100 + number).to_string();
        let answer = post(&id).send(stack).await;
        assert_eq!(
            answer.outcome(),
            "delivered",
            "phase {phase}, {number}: {answer:?}"
        );
    }
}

/// The order of `docs/security.md`: the secret first, the sender second, the old value last.
/// `None` keeps the running environments, as a rotation does.
async fn rotate(stack: &Stack, key: &str, old: &str, post: impl Fn(&str, &str) -> Post) {
    flow(stack, 1, |id| post(old, id)).await;
    stack.secrets.set_key(&format!("{key}_previous"), old);
    stack.secrets.set_key(key, "rotated");
    flow(stack, 2, |id| post(old, id)).await;
    flow(stack, 3, |id| post("rotated", id)).await;
    // What was signed before the change and is still under way.
    flow(stack, 4, |id| post(old, id)).await;
    stack.secrets.set_key(&format!("{key}_previous"), "");
    flow(stack, 5, |id| post("rotated", id)).await;
}

/// In an environment that starts after the rotation, the old value opens nothing.
async fn assert_over(stack: &Stack, function: &str, old: &Post, new: &Post) {
    stack.function(function).end_idle().await;
    assert_not_authentic(&old.send(stack).await, "the old value after the rotation");
    let answer = new.send(stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
}

fn reply(secret: &str, id: &str) -> Post {
    let body = AGENT_SAYS
        .replace("901", id)
        .replace("Hello Ana", &format!("Reply {id}."));
    Post::signed(REPLY, secret, body)
}

fn solved(secret: &str, id: &str) -> Post {
    let body = AGENT_SOLVES
        .replace("35", id)
        .replace("\"ana\"", &format!("\"user-{id}\""));
    Post::signed(SOLVED, secret, body)
}

fn text(token: &str, id: &str) -> Post {
    let body = CUSTOMER_TEXTS
        .replace("d-1", id)
        .replace("Help me", &format!("Text {id}."));
    Post::bearer(&format!("Bearer {token}"), body)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reply_secret_is_rotated_without_a_loss() {
    let stack = stack().await;
    rotate(
        &stack,
        "zendesk_reply_signing_secret",
        REPLY_SIGNING_SECRET,
        reply,
    )
    .await;
    let told: BTreeSet<String> = inbox(&stack).into_iter().collect();
    assert_eq!(told.len() as u32, 5 * EVENTS, "{told:?}");
    assert_eq!(inbox(&stack).len(), told.len(), "something came twice");
    let (old, new) = (reply(REPLY_SIGNING_SECRET, "901"), reply("rotated", "902"));
    assert_over(&stack, "zendesk-reply", &old, &new).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_solved_secret_is_rotated_without_a_loss() {
    let stack = stack().await;
    stack
        .zendesk
        .every_ticket_is_of("user-{ticket}", &["braze_sms"]);
    rotate(
        &stack,
        "zendesk_solved_signing_secret",
        SOLVED_SIGNING_SECRET,
        solved,
    )
    .await;
    assert_eq!(stack.braze.sends().len() as u32, 5 * EVENTS);
    let (old, new) = (
        solved(SOLVED_SIGNING_SECRET, "901"),
        solved("rotated", "902"),
    );
    assert_over(&stack, "zendesk-solved", &old, &new).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbound_token_is_rotated_without_a_loss() {
    let stack = stack().await;
    rotate(&stack, "braze_inbound_token", INBOUND_TOKEN, text).await;
    let tickets = stack.zendesk.tickets();
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].comments.len() as u32, 5 * EVENTS);
    let (old, new) = (text(INBOUND_TOKEN, "901"), text("rotated", "902"));
    assert_over(&stack, "braze-inbound", &old, &new).await;
}

/// Whoever floods the door must not keep a function from noticing a new key.
#[tokio::test(flavor = "multi_thread")]
async fn forgeries_before_a_rotation_do_not_hide_the_new_key() {
    let stack = with_secret("braze_api_key", "revoked-key").await;
    for number in 0..3 {
        let forged = reply("guessed", &number.to_string());
        assert_not_authentic(&forged.send(&stack).await, "a guess");
    }
    stack
        .secrets
        .set_key("braze_api_key", &Options::default().braze.api_key);
    flow(&stack, 1, |id| reply(REPLY_SIGNING_SECRET, id)).await;
    assert_eq!(inbox(&stack).len() as u32, EVENTS);
}

/// Neither sender repeats what was refused, so the first request under the new secret must be let in.
#[tokio::test(flavor = "multi_thread")]
async fn a_forgery_before_a_rotation_does_not_hide_the_new_secret() {
    let stack = stack().await;
    for forged in [reply("guessed", "1"), text("guessed", "1")] {
        assert_not_authentic(&forged.send(&stack).await, "a guess");
    }
    let signing = "zendesk_reply_signing_secret";
    for (key, old) in [
        (signing, REPLY_SIGNING_SECRET),
        ("braze_inbound_token", INBOUND_TOKEN),
    ] {
        stack.secrets.set_key(&format!("{key}_previous"), old);
        stack.secrets.set_key(key, "rotated");
    }
    for genuine in [reply("rotated", "2"), text("rotated", "2")] {
        let answer = genuine.send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    }
}

/// Warm environments with the old credentials in their cache.
async fn warm(stack: &Stack) {
    let ignored = AGENT_SAYS.replace("\"Agent\"", "\"End-user\"");
    let answer = Post::reply(ignored).send(stack).await;
    assert_eq!(answer.outcome(), "ignored", "{answer:?}");
    let preview = CUSTOMER_TEXTS.replace("d-1", "dispatch_id_for_unsent_campaign");
    let answer = Post::text(preview).send(stack).await;
    assert_eq!(answer.outcome(), "ignored", "{answer:?}");
    assert_no_vendor_call(stack);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_braze_key_is_read_again_after_one_refusal() {
    let stack = with_secret("braze_api_key", "revoked-key").await;
    warm(&stack).await;
    stack
        .secrets
        .set_key("braze_api_key", &Options::default().braze.api_key);
    flow(&stack, 1, |id| reply(REPLY_SIGNING_SECRET, id)).await;
    let statuses: Vec<_> = stack.braze.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses[0], Some(401));
    assert_eq!(
        statuses
            .iter()
            .filter(|status| **status == Some(401))
            .count(),
        1
    );
    assert_eq!(inbox(&stack).len() as u32, EVENTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_oauth_secret_is_read_again_after_one_refusal() {
    let stack = with_secret("zendesk_oauth_client_secret", "revoked-secret").await;
    warm(&stack).await;
    let genuine = Options::default().zendesk.oauth_client_secret;
    stack
        .secrets
        .set_key("zendesk_oauth_client_secret", &genuine);
    flow(&stack, 1, |id| text(INBOUND_TOKEN, id)).await;
    let asked: Vec<_> = token_calls(&stack);
    assert_eq!(asked, [Some(401), Some(200)]);
    assert_eq!(stack.zendesk.tickets()[0].comments.len() as u32, EVENTS);
}

fn token_calls(stack: &Stack) -> Vec<Option<u16>> {
    let calls = stack.zendesk.calls();
    let tokens = calls.iter().filter(|call| call.path == "/oauth/tokens");
    tokens.map(|call| call.status).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_in_the_middle_is_renewed_once() {
    let stack = stack().await;
    flow(&stack, 1, |id| text(INBOUND_TOKEN, id)).await;
    assert_eq!(token_calls(&stack).len(), 1);
    stack.zendesk.revoke_tokens();
    flow(&stack, 2, |id| text(INBOUND_TOKEN, id)).await;
    assert_eq!(token_calls(&stack), [Some(200), Some(200)]);
    assert_eq!(stack.zendesk.tickets()[0].comments.len() as u32, 2 * EVENTS);
}

/// `redelivery` works on eight conversations at once in one process: all of them meet the revoked
/// token, and one of them renews it.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_under_many_conversations_is_no_storm() {
    const CUSTOMERS: usize = 24;
    let stack = stack().await;
    let wait = |round: usize| {
        let stack = &stack;
        async move {
            stack.zendesk.fault(Fault::always("*", Effect::status(503)));
            for number in 0..CUSTOMERS {
                let id = format!("user-{number}");
                stack
                    .braze
                    .add_user(User::new(&id, "A", "B", &format!("+1555100{number:04}")));
                let post = text(INBOUND_TOKEN, &format!("{round}-{number}"));
                let body = String::from_utf8(post.body.clone()).expect("text");
                let post = Post::text(body.replace("\"ana\"", &format!("\"{id}\"")));
                let answer = post.send(stack).await;
                assert_eq!(answer.outcome(), "queued", "{answer:?}");
            }
            stack.zendesk.clear_faults();
            make_due(stack);
        }
    };
    wait(1).await;
    stack.redeliver().await.expect("an answer");
    assert_eq!(stack.zendesk.tickets().len(), CUSTOMERS);
    wait(2).await;
    stack.zendesk.revoke_tokens();
    let before = token_calls(&stack).len();
    stack.redeliver().await.expect("an answer");
    let comments: usize = stack
        .zendesk
        .tickets()
        .iter()
        .map(|t| t.comments.len())
        .sum();
    assert_eq!(comments, 2 * CUSTOMERS);
    assert_eq!(token_calls(&stack).len() - before, 1, "one renewal for all");
}

/// Ends the pause of every conversation, as if the time had passed.
fn make_due(stack: &Stack) {
    for item in stack.dynamo.items().expect("items") {
        if item["due_at"].is_null() {
            continue;
        }
        let memory = item["memory"]["S"].as_str().expect("a state");
        let mut memory: Value = serde_json::from_str(memory).expect("JSON");
        memory["zendesk_wait"] = Value::Null;
        let changes = serde_json::json!({
            "due_at": {"N": "1"}, "memory": {"S": memory.to_string()}
        });
        let pk = item["pk"]["S"].as_str().expect("a key");
        stack.dynamo.edit(pk, &changes).expect("edited");
    }
}
