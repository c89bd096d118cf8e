//! `GET /incremental/ticket_events`: the audits of all tickets, one after the other.

use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::wire::{Answer, Ask};

use super::super::channel::Channel;
use super::super::model::{AccountState, Audit};
use super::super::work::{Outcome, Work};
use super::{LEFT_OUT_MS, page_size, start_ms};

/// The page from `start_time` on; with `include=comment_events`, comments with their texts.
pub(super) fn ticket_events(work: &Work<'_>, ask: &Ask) -> Outcome {
    let from = start_ms(work, ask)?;
    let state: &AccountState = work.state;
    let until = work.now - LEFT_OUT_MS;
    let mut audits: Vec<(u64, &Audit)> = Vec::new();
    for ticket in state.tickets.values() {
        let made = ticket.audits.iter();
        let made = made.filter(|audit| (from..=until).contains(&audit.created_at_ms));
        audits.extend(made.map(|audit| (ticket.id, audit)));
    }
    audits.sort_by_key(|(_, audit)| (audit.created_at_ms, audit.id));
    let size = page_size(ask);
    let end = audits.len() <= size;
    // A page ends with a whole second: the next one begins with its start.
    let last = audits.get(size - 1).map(|(_, audit)| second(audit));
    if let (false, Some(last)) = (end, last) {
        audits.retain(|(_, audit)| second(audit) <= last);
    }
    let texts = ask
        .param("include")
        .is_some_and(|list| list.contains("comment_events"));
    let rows: Vec<Value> = audits
        .iter()
        .map(|(ticket, audit)| row(*ticket, audit, texts))
        .collect();
    let end_time = audits
        .last()
        .map_or(from / 1_000, |(_, audit)| second(audit) + 1);
    let next = format!(
        "{}/api/v2/incremental/ticket_events.json?start_time={end_time}",
        work.base_url
    );
    let body = json!({"ticket_events": rows, "count": rows.len(), "end_of_stream": end,
        "end_time": end_time, "next_page": next});
    Ok(Answer::json(200, &body))
}

fn second(audit: &Audit) -> i64 {
    audit.created_at_ms.div_euclid(1_000)
}

fn row(ticket: u64, audit: &Audit, texts: bool) -> Value {
    let via = Channel::of(&audit.via).map_or("", Channel::title);
    let children = audit.events.iter().map(|event| child(event, via, texts));
    json!({"id": audit.id, "ticket_id": ticket, "timestamp": second(audit),
        "created_at": rfc3339(audit.created_at_ms), "updater_id": audit.author_id, "via": via,
        "event_type": "Audit", "system": {}, "metadata": {"custom": audit.custom},
        "child_events": children.collect::<Vec<_>>()})
}

fn child(event: &Value, via: &str, texts: bool) -> Value {
    if event["type"] == "Comment" {
        let mut shown = json!({"id": event["id"], "event_type": "Comment", "via": via,
            "comment_present": true, "comment_public": event["public"]});
        if texts {
            for key in [
                "author_id",
                "body",
                "html_body",
                "plain_body",
                "public",
                "attachments",
                "audit_id",
                "type",
            ] {
                shown[key] = event[key].clone();
            }
        }
        return shown;
    }
    let (field, value, was) = (
        event["field_name"].as_str().unwrap_or("comment_public"),
        event["value"].clone(),
        event["previous_value"].clone(),
    );
    let mut shown = json!({"id": event["id"], "event_type": event["type"], "via": via,
        "previous_value": was});
    shown[field] = value;
    shown
}
