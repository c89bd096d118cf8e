//! Dead letters, tried once more.
//!
//! In: a dead letter's item. Out: its event waiting in its conversation again under a new delivery,
//! or its raw request posted again as its sender would. What cannot be delivered still becomes a
//! dead letter once more.

use local::Stack;
use local::client::Client;
use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET, TABLE_NAME};
use serde_json::Value;
use shared::aws::AwsParts;
use shared::config::AwsEnv;
use shared::conversation::state::Entry;
use shared::conversation::store::{Accepted, Key, Lease, Leave, Settled, Store};
use shared::message::DeliveryId;
use shared::net::Http;
use shared::secrets::Secret;
use simulators::clock::rfc3339;
use simulators::signature::sign;

/// How long the conversation is held while the event is put back, in milliseconds.
const HELD: i64 = 5_000;

/// The dead letters, the oldest first, as items in DynamoDB's own JSON.
///
/// # Errors
/// When the table cannot be read.
pub(crate) fn letters(stack: &Stack) -> Result<Vec<Value>, String> {
    let mut items = stack.dynamo.items().map_err(|error| error.to_string())?;
    items.retain(|item| text(item, "pk").starts_with("dead#"));
    items.sort_by_key(|item| (number(item, "buried_at"), text(item, "pk").to_owned()));
    Ok(items)
}

/// Tries a letter once more; it is removed when its content is back on its way.
///
/// # Errors
/// One sentence, when it could not be put back.
pub(crate) async fn replay(stack: &Stack, letter: &Value) -> Result<(), String> {
    match text(letter, "source") {
        "event" => back_to_mailbox(stack, letter).await?,
        function => post_again(stack, function, text(letter, "content")).await?,
    }
    let removed = stack.dynamo.remove(text(letter, "pk"));
    removed.map_err(|error| error.to_string())
}

async fn back_to_mailbox(stack: &Stack, letter: &Value) -> Result<(), String> {
    let conversation = Key::parse(text(letter, "conversation"));
    let key = conversation.ok_or("this letter names no conversation")?;
    let mut entry: Entry = serde_json::from_str(text(letter, "content"))
        .map_err(|_| "this letter's event cannot be read".to_owned())?;
    let now = simulators::Clock::new().now_ms();
    let (old, at) = (entry.event.delivery.as_str().to_owned(), now.to_string());
    // Under its old name it would be taken for a duplicate; its day to be delivered begins anew.
    entry.event.delivery = DeliveryId::derive("replay", &[&old, &at]);
    entry.event.received_at = now;
    let lease = Lease {
        owner: format!("replay-{at}"),
        until: now + HELD,
    };
    let store = store(stack)?;
    let accepted = store.accept(&key, &entry, &[], &lease, now).await;
    match accepted.map_err(|error| error.to_string())? {
        Accepted::Held(mut held) => loop {
            let parked = store.settle(&mut held, Leave::Parked(now), &[], now).await;
            match parked.map_err(|error| error.to_string())? {
                Settled::Moved => {}
                Settled::Done | Settled::Lost => return Ok(()),
            }
        },
        Accepted::Stored(_) => Ok(()),
        Accepted::Duplicate => Err("this letter was replayed already".to_owned()),
        Accepted::Full(_) => Err("the conversation has no room: try again later".to_owned()),
    }
}

async fn post_again(stack: &Stack, function: &str, body: &str) -> Result<(), String> {
    let timestamp = rfc3339(simulators::Clock::new().now_ms());
    let signed = |secret: &str| {
        vec![
            (
                "x-zendesk-webhook-signature",
                sign(secret, &timestamp, body.as_bytes()),
            ),
            ("x-zendesk-webhook-signature-timestamp", timestamp.clone()),
        ]
    };
    let (route, headers) = match function {
        "zendesk-reply" => ("/zendesk/reply", signed(REPLY_SIGNING_SECRET)),
        "zendesk-solved" => ("/zendesk/solved", signed(SOLVED_SIGNING_SECRET)),
        "braze-inbound" => {
            let token = format!("Bearer {INBOUND_TOKEN}");
            ("/braze/inbound", vec![("authorization", token)])
        }
        other => return Err(format!("nobody knows where letters of {other} came from")),
    };
    let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let url = format!("{}{route}", stack.front_url());
    let client = Client::new(std::time::Duration::from_secs(20));
    let answer = client.post(&url, &headers, body.to_owned()).await;
    match answer.map_err(|error| error.to_string())?.status().as_u16() {
        200..=299 => Ok(()),
        400 => Err("the bridge still cannot understand it; it stays a dead letter".to_owned()),
        status => Err(format!(
            "the bridge answered {status}; it stays a dead letter"
        )),
    }
}

fn store(stack: &Stack) -> Result<Store, String> {
    let http = Http::new(None).map_err(|error| error.to_string())?;
    let env = AwsEnv {
        access_key_id: "AKIDLOCAL".to_owned(),
        secret_access_key: Secret::new("local".to_owned()),
        session_token: Some(Secret::new("replay/1".to_owned())),
        region: "us-east-1".to_owned(),
        dynamodb_endpoint: Some(stack.dynamo.url()),
        secretsmanager_endpoint: None,
    };
    Ok(Store::new(&AwsParts::new(&env, &http), TABLE_NAME))
}

pub(crate) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

pub(crate) fn number(item: &Value, name: &str) -> i64 {
    let number = item[name]["N"].as_str().unwrap_or_default();
    number.parse().unwrap_or_default()
}
