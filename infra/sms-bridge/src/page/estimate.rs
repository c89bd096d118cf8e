//! What an answer will cost, before it is sent, as the bridge will send it.
//!
//! In: a ticket, what is written. Out: one line. The page runs with the usual settings.

use serde_json::Value;
use shared::conversation::policy::Style;
use shared::text::{answer, sms};

use super::Room;
use crate::replay::text;

/// The tag of tickets that are texted about.
const TAG: &str = "braze_sms";

/// Messages and parts of an answer, or why none is sent.
pub(super) fn line(room: &Room, ticket: u64, written: &str) -> String {
    if let Some(why) = silent(room, ticket) {
        return format!("no SMS: {why}");
    }
    let style = Style::default();
    let fitted = sms::fit_with(&answer::plain(written, &style.signature), style.ligatures);
    let (messages, parts) = (fitted.messages.len(), fitted.segments.iter().sum::<usize>());
    if messages == 0 {
        return "no SMS: nothing is left of it".to_owned();
    }
    if messages > style.max_messages {
        return format!(
            "no SMS: it takes {messages} messages, and {} are allowed",
            style.max_messages
        );
    }
    let encoding = match (fitted.encoding, fitted.forced_by) {
        (sms::Encoding::Gsm7, _) => "GSM-7".to_owned(),
        (sms::Encoding::Ucs2, Some(letter)) => {
            format!("UCS-2, because of \u{201c}{letter}\u{201d}")
        }
        (sms::Encoding::Ucs2, None) => "UCS-2".to_owned(),
    };
    match (messages, parts) {
        (1, 1) => format!("1 SMS part, {encoding}"),
        (1, parts) => format!("{parts} SMS parts, {encoding}"),
        _ => format!("{messages} messages, {parts} SMS parts, {encoding}"),
    }
}

/// Why an answer on this ticket is not sent, as far as is known before.
fn silent(room: &Room, ticket: u64) -> Option<&'static str> {
    let shown = room.stack.zendesk.ticket(ticket)?;
    if !shown.tags.iter().any(|tag| tag == TAG) {
        return Some("the ticket lacks the tag braze_sms");
    }
    let items = room.stack.dynamo.items().unwrap_or_default();
    let memories = items.iter().map(|item| text(item, "memory"));
    let memory = memories
        .filter_map(|memory| serde_json::from_str::<Value>(memory).ok())
        .find(|memory| memory["ticket"].as_u64() == Some(ticket))?;
    if memory["opted_out"] == true {
        return Some("the customer opted out");
    }
    let unsubscribed = memory["subscription"]["is"] == "unsubscribed";
    unsubscribed.then_some("the customer is not subscribed")
}
