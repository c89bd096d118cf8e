//! A dead letter, as the table keeps it.
//!
//! In: its item. Out: what it is, whose it is, and what may be shown of it: texts, names and
//! numbers only where they were asked for.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::conversation::state::Entry;
use shared::conversation::store::Key;
use shared::message::Customer;

use crate::account::{Item, number, text};
use crate::events;
use crate::names_in::{names, names_number};

/// What marks the key of a dead letter.
pub(crate) const PREFIX: &str = "dead#";

/// A dead letter.
pub(crate) struct Letter {
    /// The delivery that failed, or an id of the body that could not be understood.
    pub id: String,
    /// `event`, or the function the request came to.
    pub source: String,
    /// Why, without personal data.
    pub cause: String,
    /// Key of the conversation it belonged to, where known.
    pub conversation: Option<String>,
    /// The event as JSON, or the raw request.
    pub content: Vec<u8>,
    /// When it became a dead letter, in milliseconds since the epoch.
    pub buried_at: i64,
    /// When a replay of it began that has not ended, likewise.
    pub replayed_at: Option<i64>,
}

impl Letter {
    /// Reads an item; others than dead letters are `None`.
    pub(crate) fn read(item: &Item) -> Option<Self> {
        let owned = |name| text(item, name).unwrap_or_default().to_owned();
        let content = match item.get("content") {
            Some(AttributeValue::S(text)) => text.clone().into_bytes(),
            Some(AttributeValue::B(blob)) => blob.as_ref().to_vec(),
            _ => vec![],
        };
        Some(Self {
            id: text(item, "pk")?.strip_prefix(PREFIX)?.to_owned(),
            source: owned("source"),
            cause: owned("cause"),
            conversation: text(item, "conversation").map(str::to_owned),
            content,
            buried_at: number(item, "buried_at").unwrap_or_default(),
            replayed_at: number(item, "replayed_at"),
        })
    }

    /// Its key in the table.
    pub(crate) fn pk(&self) -> String {
        format!("{PREFIX}{}", self.id)
    }

    /// The event, where it is one and can be read.
    pub(crate) fn entry(&self) -> Option<Entry> {
        let event = self.source == "event";
        let json = std::str::from_utf8(&self.content).ok()?;
        event.then(|| Entry::read(json).ok())?
    }

    /// What it is, in one word.
    pub(crate) fn kind(&self) -> &'static str {
        match (self.source.as_str(), self.entry()) {
            ("event", Some(entry)) => events::kind(&entry),
            ("event", None) => "unreadable",
            _ => "request",
        }
    }

    /// When it was received, in milliseconds since the epoch: the order of replays.
    pub(crate) fn received_at(&self) -> i64 {
        let entry = self.entry();
        entry.map_or(self.buried_at, |entry| entry.event.received_at)
    }

    /// Whether it is of this customer: by its conversation, or because its body names them.
    pub(crate) fn is_of(&self, customer: &Customer, tickets: &[u64]) -> bool {
        match &self.conversation {
            Some(key) if *key == Key::Customer(customer.clone()).pk() => true,
            Some(key) => tickets.iter().any(|id| *key == format!("ticket#{id}")),
            None => {
                let body = String::from_utf8_lossy(&self.content);
                match customer {
                    Customer::Id(id) => names(&body, id.as_str()),
                    Customer::Phone(phone) => names_number(&body, phone),
                }
            }
        }
    }

    /// The content in words: the event's texts, names, numbers and links, or the request as it came.
    pub(crate) fn content(&self) -> Vec<(&'static str, String)> {
        match self.entry() {
            Some(entry) => events::personal(&entry),
            None => vec![(
                "content",
                String::from_utf8_lossy(&self.content).into_owned(),
            )],
        }
    }

    /// Everything that may be shown; the content only with `content`, as it is
    /// stored.
    pub(crate) fn json(&self, content: bool) -> Value {
        let entry = self.entry();
        let mut shown = json!({
            "id": self.id,
            "kind": self.kind(),
            "source": self.source,
            "cause": self.cause,
            "conversation": self.conversation,
            "received_at": events::time(self.received_at()),
            "buried_at": events::time(self.buried_at),
        });
        if let Some(at) = self.replayed_at {
            shown["replay_begun_at"] = json!(events::time(at));
        }
        match entry {
            Some(entry) => shown["event"] = events::facts(&entry),
            None => shown["bytes"] = json!(self.content.len()),
        }
        if content {
            let text = String::from_utf8_lossy(&self.content);
            let parsed = serde_json::from_str(&text);
            shown["content"] = parsed.unwrap_or_else(|_| json!(text));
        }
        shown
    }
}

/// Sorts letters into the order in which they are replayed: as they were received.
pub(crate) fn in_order(letters: &mut [Letter]) {
    letters
        .sort_by_cached_key(|letter| (letter.received_at(), letter.buried_at, letter.id.clone()));
}
