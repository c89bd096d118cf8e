//! What a Zendesk webhook on event types tells: a ticket has another requester, was merged or deleted, two users became
//! one (reference, "Ticket events" and "User events"; what `event` holds of a merge is not documented).
//!
//! In: the raw body of `POST /zendesk/events`. Out: the tickets or users it is about, "not for us", or malformed.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::delivery_of_body;
use super::field::malformed;
use super::ids::{DeliveryId, ExternalUserId, TicketId, UserId};
use super::json;
use super::malformed::Malformed;

/// Before the name of every event type.
const PREFIX: &str = "zen:event-type:";

/// The event types that the bridge follows. A webhook may bring others, too.
pub const FOLLOWED: [&str; 5] = [
    "zen:event-type:ticket.merged",
    "zen:event-type:ticket.permanently_deleted",
    "zen:event-type:ticket.requester_changed",
    "zen:event-type:ticket.soft_deleted",
    "zen:event-type:user.merged",
];

/// Most tickets or users that one event is about: it names two.
const MOST: usize = 4;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// Something happened on these tickets.
    OnTickets(DeliveryId, Vec<TicketId>, Option<i64>),
    /// These users became one; the external id is that of the one described, while they had it.
    UsersMerged(DeliveryId, Vec<UserId>, Option<ExternalUserId>, Option<i64>),
    /// An event of another type.
    NotForUs(&'static str),
    /// It cannot be understood.
    Malformed(Malformed),
}

/// Reads the body of `POST /zendesk/events`. Times are in milliseconds since the epoch, by Zendesk's clock.
pub fn happened(body: &[u8]) -> Happened {
    read(body).unwrap_or_else(Happened::Malformed)
}

fn read(body: &[u8]) -> Result<Happened, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("body", "is not UTF-8"))?;
    let document = json::strict(text).ok_or_else(|| malformed("body", "is not JSON"))?;
    let body_id = delivery_of_body(body);
    let told = document.value;
    let Some(kind) = told["type"].as_str() else {
        return Err(malformed("type", "is missing"));
    };
    let Some((about, _)) = kind
        .strip_prefix(PREFIX)
        .filter(|_| FOLLOWED.contains(&kind))
        .and_then(|kind| kind.split_once('.'))
    else {
        return Ok(Happened::NotForUs(
            "an event of a type that is not followed",
        ));
    };
    let id = told["id"].as_str().filter(|id| !id.is_empty());
    let id = id.map_or(body_id, |id| DeliveryId::derive("happened", &[id]));
    let at = told["time"].as_str().and_then(milliseconds);
    if about == "user" {
        let users = ids(&told, "user")
            .filter_map(UserId::new)
            .collect::<Vec<_>>();
        if users.is_empty() {
            return Err(malformed("detail.id", "names no user"));
        }
        let external_id = told["detail"]["external_id"].as_str();
        let external_id = external_id.and_then(|id| id.parse().ok());
        return Ok(Happened::UsersMerged(id, users, external_id, at));
    }
    let tickets = ids(&told, "ticket")
        .filter_map(TicketId::new)
        .collect::<Vec<_>>();
    if tickets.is_empty() {
        return Err(malformed("detail.id", "names no ticket"));
    }
    Ok(Happened::OnTickets(id, tickets, at))
}

/// The ids of one kind: the event's subject, and every other that it names (`target_ticket_id`, `user.id`).
fn ids(told: &Value, kind: &str) -> impl Iterator<Item = u64> {
    let mut found = Vec::new();
    let subject = told["subject"].as_str().unwrap_or_default();
    found.extend(number(&told["detail"]["id"]));
    found.extend(
        subject
            .strip_prefix(&format!("zen:{kind}:"))
            .and_then(|id| id.parse::<u64>().ok()),
    );
    let suffix = format!("{kind}_id");
    for (name, value) in told["event"].as_object().into_iter().flatten() {
        if name.ends_with(&suffix) {
            found.extend(number(value));
        } else if name.ends_with(kind) {
            found.extend(number(&value["id"]));
        }
    }
    let mut once = Vec::new();
    for id in found {
        if !once.contains(&id) && once.len() < MOST {
            once.push(id);
        }
    }
    once.into_iter()
}

/// Zendesk writes ids as text here, and as numbers elsewhere.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}

fn milliseconds(time: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(kind: &str, detail: &Value, event: &Value) -> Happened {
        let body = json!({"account_id": 1, "id": "e-1", "time": "2026-11-30T11:00:00Z", "detail": detail,
            "type": format!("zen:event-type:{kind}"), "subject": "zen:ticket:35", "event": event});
        happened(body.to_string().as_bytes())
    }

    fn tickets(of: &Happened) -> Vec<u64> {
        match of {
            Happened::OnTickets(_, tickets, _) => tickets.iter().map(|id| id.get()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_event_is_about_the_tickets_that_it_names() {
        let own = json!({"id": "35"});
        let changed = json!({"previous": "7", "current": "8"});
        assert_eq!(
            tickets(&told("ticket.requester_changed", &own, &changed)),
            [35]
        );
        for event in [
            json!({"target_ticket_id": "36"}),
            json!({"target_ticket_id": 36}),
            json!({"ticket": {"id": "36"}}),
        ] {
            assert_eq!(tickets(&told("ticket.merged", &own, &event)), [35, 36]);
        }
        // Only the subject says it, or a number does.
        for detail in [json!({}), json!({"id": 35}), Value::Null, json!("x")] {
            assert_eq!(
                tickets(&told("ticket.soft_deleted", &detail, &json!({}))),
                [35]
            );
        }
    }

    #[test]
    fn a_merge_of_users_names_both_and_perhaps_the_external_id_that_is_gone() {
        let event = json!({"user": {"id": "8"}});
        for (external_id, known) in [
            (json!("ana"), true),
            (json!(" "), false),
            (json!(null), false),
        ] {
            let detail = json!({"id": "7", "external_id": external_id});
            let Happened::UsersMerged(_, users, external_id, at) =
                told("user.merged", &detail, &event)
            else {
                panic!("not taken for a merge")
            };
            let users: Vec<u64> = users.iter().map(|id| id.get()).collect();
            assert_eq!(users, [7, 8]);
            assert_eq!(external_id.is_some(), known);
            assert_eq!(at, Some(1_796_036_400_000));
        }
    }

    #[test]
    fn types_nobody_asked_for_are_not_for_us_and_the_rest_is_malformed() {
        for kind in [
            "ticket.status_changed",
            "ticket.",
            "user.created",
            "article.published",
            "",
        ] {
            let of = told(kind, &json!({"id": "35"}), &json!({}));
            assert!(matches!(of, Happened::NotForUs(_)), "{kind}: {of:?}");
        }
        for body in [
            "",
            "{",
            "[]",
            "null",
            "7",
            "{\"type\":7}",
            "{\"id\":\"e\"}",
            "\u{0}",
            "{\"type\":\"zen:event-type:ticket.merged\"}",
            "{\"type\":\"zen:event-type:ticket.merged\",\"detail\":{\"id\":\"-1\"},\"subject\":\"zen:ticket:x\"}",
            "{\"type\":\"zen:event-type:user.merged\",\"detail\":{\"id\":0}}",
        ] {
            let of = happened(body.as_bytes());
            assert!(matches!(of, Happened::Malformed(_)), "{body}: {of:?}");
        }
        assert!(matches!(happened(b"\xff"), Happened::Malformed(_)));
    }

    #[test]
    fn an_event_that_comes_again_is_the_same_and_a_time_that_is_none_is_left_out() {
        let one = || told("ticket.merged", &json!({"id": "35"}), &json!({}));
        assert_eq!(one(), one());
        let body = br#"{"type":"zen:event-type:ticket.merged","detail":{"id":"35"},"time":"soon"}"#;
        assert!(matches!(happened(body), Happened::OnTickets(_, _, None)));
    }
}
