//! `bridge forget`: everything the table holds of one customer, removed.
//!
//! In: a Braze external id, the table. Out: which items went. Reaches the table only: Zendesk and
//! Braze keep what is theirs.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use clap::Args;
use serde_json::{Value, json};

use crate::Failure;
use crate::account::{self, Item, Table, talk};

/// Members of a body that name the customer.
const NAMES: [&str; 2] = ["external_user_id", "braze_external_id"];

/// Remove everything the table holds of one customer.
#[derive(Args)]
pub(crate) struct Forget {
    /// The customer's Braze external id.
    user: String,
    /// An older ticket of the customer, whose waiting look-up goes as well; may be repeated.
    #[arg(long, value_name = "ID")]
    ticket: Vec<u64>,
    /// Only show what would be removed.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

/// What there is of the customer, in the order it is removed.
struct Found {
    /// Keys; the conversation comes last, because it names the ticket.
    keys: Vec<String>,
    waiting: usize,
    looked_at: usize,
}

impl Forget {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let found = self.find(&table).await?;
        let removes = !found.keys.is_empty() && !self.dry_run;
        if !self.account.json {
            talk::say(&shown(&found));
        } else if removes && !self.yes {
            eprintln!("{}", shown(&found));
        }
        if removes {
            if !self.yes {
                talk::confirm("Remove these items for good?")?;
            }
            for key in &found.keys {
                table.remove(key).await?;
            }
        }
        if self.account.json {
            talk::say_json(&json!({
                "looked_at": found.looked_at,
                "keys": found.keys,
                "waiting_events": found.waiting,
                "removed": removes,
            }));
        } else if removes {
            talk::say("Removed. Backups of the table forget in up to 35 days.");
            talk::say("Zendesk and Braze keep what they have: delete the user there as well.");
        }
        Ok(())
    }

    async fn find(&self, table: &Table) -> Result<Found, Failure> {
        let user = self.user.trim();
        let own = format!("customer#{user}");
        let conversation = table.item(&own).await?;
        let mut tickets: BTreeSet<u64> = self.ticket.iter().copied().collect();
        tickets.extend(conversation.as_ref().and_then(ticket));
        let look_ups: BTreeSet<String> = tickets.iter().map(|id| format!("ticket#{id}")).collect();
        let mut keys = BTreeSet::new();
        let looked_at = table
            .each(|item| {
                let Some(pk) = text(item, "pk") else { return };
                if look_ups.contains(pk)
                    || (pk.starts_with("dead#") && is_of(item, &own, &look_ups, user))
                {
                    keys.insert(pk.to_owned());
                }
            })
            .await?;
        let mut keys: Vec<String> = keys.into_iter().collect();
        keys.extend(conversation.is_some().then_some(own));
        let waiting = conversation
            .as_ref()
            .and_then(|item| item.get("mailbox")?.as_l().ok());
        Ok(Found {
            keys,
            waiting: waiting.map_or(0, Vec::len),
            looked_at,
        })
    }
}

/// Whether a dead letter is of the customer: by its conversation, or because its body names them.
fn is_of(letter: &Item, own: &str, look_ups: &BTreeSet<String>, user: &str) -> bool {
    if let Some(conversation) = text(letter, "conversation") {
        return conversation == own || look_ups.contains(conversation);
    }
    match letter.get("content") {
        Some(AttributeValue::S(content)) => names(content, user),
        Some(AttributeValue::B(content)) => names(&String::from_utf8_lossy(content.as_ref()), user),
        _ => false,
    }
}

/// Whether a body, whole or damaged, gives the customer's id.
fn names(content: &str, user: &str) -> bool {
    let quoted = Value::from(user).to_string();
    NAMES.iter().any(|name| {
        let key = format!("\"{name}\"");
        content.match_indices(&key).any(|(at, _)| {
            let rest = content[at + key.len()..].trim_start();
            let Some(value) = rest.strip_prefix(':').map(str::trim_start) else {
                return false;
            };
            let number = value.strip_prefix(user).is_some_and(ends_a_value);
            value.starts_with(&quoted) || number
        })
    })
}

fn ends_a_value(rest: &str) -> bool {
    rest.trim_start()
        .chars()
        .next()
        .is_none_or(|c| matches!(c, ',' | '}' | ']'))
}

fn text<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// The ticket a conversation is on.
fn ticket(conversation: &Item) -> Option<u64> {
    let memory: Value = serde_json::from_str(text(conversation, "memory")?).ok()?;
    memory["ticket"].as_u64()
}

fn shown(found: &Found) -> String {
    let mut lines = vec![format!(
        "{} items looked at, {} of this customer:",
        found.looked_at,
        found.keys.len()
    )];
    lines.extend(found.keys.iter().map(|key| format!("  {key}")));
    if found.waiting > 0 {
        lines.push(format!(
            "{} events of the conversation are not delivered yet and would be lost.",
            found.waiting
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_names_a_customer_by_their_whole_id_only() {
        for (content, of_them) in [
            (r#"{"external_user_id":"ana"}"#, true),
            (r#"{"external_user_id" : "ana", "text": "cut o"#, true),
            (
                r#"{"ticket":{"requester":{"user_fields":{"braze_external_id":"ana"}}}}"#,
                true,
            ),
            (r#"{"external_user_id":"ana-2"}"#, false),
            (r#"{"external_user_id":"eve","text":"ana"}"#, false),
            (r#"{"text":"\"external_user_id\":\"ana\""}"#, false),
            ("", false),
        ] {
            assert_eq!(names(content, "ana"), of_them, "{content}");
        }
        assert!(names(r#"{"external_user_id": 7 }"#, "7"));
        assert!(!names(r#"{"external_user_id":77}"#, "7"));
        assert!(names(r#"{"external_user_id":"a\"b"}"#, "a\"b"));
    }
}
