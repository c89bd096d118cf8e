//! What waits to be sent to customers.
//!
//! In: the index `due`, and the items it names. Out: events that become SMS, the oldest first.

use serde_json::{Value, json};
use shared::conversation::state::{Entry, Lane};
use shared::conversation::store::{Held, Key};
use shared::message::Body;

use crate::Failure;
use crate::account::{Table, text};
use crate::columns::{fitted, hanging, terminal};
use crate::events::{self, moment, whose};

/// An event that becomes an SMS.
pub(super) struct Outgoing {
    /// Its conversation.
    pub(super) key: Key,
    /// The event.
    pub(super) entry: Entry,
    ticket: Option<String>,
}

/// Everything that waits to be sent, the oldest first.
///
/// # Errors
/// The table cannot be read.
pub(super) async fn read(table: &Table) -> Result<Vec<Outgoing>, Failure> {
    let keys: Vec<Key> = table
        .waiting()
        .await?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let mut all = Vec::new();
    for item in table.items(&keys).await? {
        let Some(key) = text(&item, "pk").and_then(Key::parse) else {
            continue;
        };
        let held = Held::read(&key, item);
        let current = held.state.ticket;
        let sent = held.mailbox.into_iter();
        for entry in sent.filter(|entry| matches!(entry.lane(), Lane::Braze | Lane::Automatic)) {
            let ticket = ticket(&entry.event.body).or_else(|| current.map(|id| id.to_string()));
            all.push(Outgoing {
                key: key.clone(),
                entry,
                ticket,
            });
        }
    }
    all.sort_by_key(|one| (one.entry.event.received_at, one.key.pk()));
    Ok(all)
}

/// The ticket the event names.
fn ticket(body: &Body) -> Option<String> {
    let ticket = match body {
        Body::Reply(reply) => reply.ticket,
        Body::Solved(solved) => solved.ticket,
        Body::Resend(resend) => resend.ticket,
        Body::Say(say) => say.ticket,
        Body::Text(_)
        | Body::Consent(_)
        | Body::Note(_)
        | Body::LateFiles(_)
        | Body::Attributes
        | Body::Unsubscribe
        | Body::Check(_)
        | Body::Other => None,
    };
    ticket.map(|ticket| ticket.to_string())
}

impl Outgoing {
    /// What it is, whose, its id, and its words where they were asked for.
    pub(super) fn lines(&self, with_text: bool) -> Vec<String> {
        let event = &self.entry.event;
        let ticket = self.ticket.as_deref().unwrap_or("-");
        let mut lines = fitted(&format!(
            "{}  {:<7}  ticket {ticket}  {}",
            moment(event.received_at),
            events::kind(&self.entry),
            whose(&self.key.pk()),
        ));
        lines.push(format!("    {}", event.delivery));
        if with_text {
            let words = events::text(&self.entry);
            let words = words.unwrap_or_else(|| "(in Zendesk, or the setting's)".to_owned());
            lines.extend(hanging("    ", &words, terminal()));
        }
        lines
    }

    /// Everything for scripts.
    pub(super) fn json(&self, with_text: bool) -> Value {
        let mut facts = events::facts(&self.entry);
        facts["conversation"] = json!(self.key.pk());
        if with_text {
            facts["text"] = json!(events::text(&self.entry));
        }
        facts
    }
}
