//! The sandbox's dead letters, replayed as on a live table.
//!
//! In: a running stack. Out: its letters for the page, and one of them tried once more.

use local::Stack;
use local::options::TABLE_NAME;
use serde_json::Value;
use shared::aws::AwsParts;
use shared::config::AwsEnv;
use shared::net::Http;
use shared::secrets::{Secret, Secrets};

use crate::account::Table;
use crate::dead::{Doors, Letter, Replayed, Replays};

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

/// Tries letters once more; each is removed when its content is back on its way.
///
/// # Errors
/// One sentence, when one could not be put back.
pub(crate) async fn replay(stack: &Stack, letters: &[Value]) -> Result<(), String> {
    let http = Http::new(None).map_err(|error| error.to_string())?;
    let table = table(stack, &http);
    let url = |path: &str| format!("{}{path}", stack.front_url());
    let secrets = Secrets::parse(&stack.secrets.text()).map_err(|error| error.to_string())?;
    let doors = Doors {
        reply: url("/zendesk/reply"),
        solved: url("/zendesk/solved"),
        events: url("/zendesk/events"),
        inbound: url("/braze/inbound"),
        secrets,
        http,
    };
    let mut chosen = Vec::new();
    for letter in letters {
        let item = table.item(text(letter, "pk")).await;
        let item = item.map_err(|failure| failure.told().to_owned())?;
        chosen.extend(item.as_ref().and_then(Letter::read));
    }
    crate::dead::in_order(&mut chosen);
    let mut replays = Replays::new(table, Some(doors), false);
    for letter in &chosen {
        let now = simulators::Clock::new().now_ms();
        let replayed = replays.replay(letter, now).await;
        if let Replayed::Stays(why) = replayed.map_err(|failure| failure.told().to_owned())? {
            return Err(format!("{why}; it stays a dead letter"));
        }
    }
    Ok(())
}

fn table(stack: &Stack, http: &Http) -> Table {
    let env = AwsEnv {
        access_key_id: "AKIDLOCAL".to_owned(),
        secret_access_key: Secret::new("local".to_owned()),
        session_token: Some(Secret::new("replay/1".to_owned())),
        region: "us-east-1".to_owned(),
        dynamodb_endpoint: Some(stack.dynamo.url()),
        secretsmanager_endpoint: None,
    };
    Table::of(&AwsParts::new(&env, http), TABLE_NAME)
}

pub(crate) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

pub(crate) fn number(item: &Value, name: &str) -> i64 {
    let number = item[name]["N"].as_str().unwrap_or_default();
    number.parse().unwrap_or_default()
}
