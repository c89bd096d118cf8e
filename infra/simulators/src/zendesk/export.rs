//! Incremental exports: every ticket, and every event of a ticket, that changed since a time.
//!
//! Administrators only, ten requests a minute; what changed within the last minute is left out.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::wire::{Answer, Ask};

use super::model::{AccountState, Ticket};
use super::work::{Outcome, Work};
use super::{limits, show};

mod events;

/// What is younger is left out, in milliseconds.
const LEFT_OUT_MS: i64 = 60 * 1_000;
/// Rows on a page where the caller does not say, and at most.
const PAGE: usize = 1_000;

/// Answers an export; `None` for another operation.
pub(super) fn answer(work: &mut Work<'_>, ask: &Ask, operation: &str) -> Option<Outcome> {
    let export = match operation {
        "incremental.tickets" => tickets,
        "incremental.ticket_events" => events::ticket_events,
        _ => return None,
    };
    Some(match limits::export(work) {
        Ok(()) => export(work, ask),
        Err(exceeded) => Err(exceeded.into()),
    })
}

/// `GET /incremental/tickets/cursor`: with `start_time` first, then with `cursor`.
fn tickets(work: &Work<'_>, ask: &Ask) -> Outcome {
    let from = match ask.param("cursor") {
        Some(cursor) => {
            decode(cursor).ok_or_else(|| refused("InvalidValue", "cursor is not valid"))?
        }
        None => (start_ms(work, ask)?, 0),
    };
    let state: &AccountState = work.state;
    let until = work.now - LEFT_OUT_MS;
    let rank = |ticket: &Ticket| (ticket.generated_at_ms, ticket.id);
    let leaves_out = ask.param("exclude_deleted") == Some("true");
    let mut changed: Vec<&Ticket> = state
        .tickets
        .values()
        .filter(|ticket| ticket.generated_at_ms <= until && rank(ticket) >= from)
        .filter(|ticket| !(leaves_out && ticket.deleted))
        .collect();
    changed.sort_by_key(|ticket| rank(ticket));
    let size = page_size(ask);
    let page = &changed[..changed.len().min(size)];
    // The next page begins behind the last row.
    let after = page
        .last()
        .map_or(from, |last| (last.generated_at_ms, last.id + 1));
    let cursor = encode(after);
    let shown = |ticket: &&Ticket| {
        let mut row = show::ticket(state, ticket, work.base_url);
        row["generated_timestamp"] = json!(ticket.generated_at_ms.div_euclid(1_000));
        if ticket.deleted {
            row["status"] = json!("deleted");
        }
        row
    };
    let rows: Vec<Value> = page.iter().map(shown).collect();
    let url = format!(
        "{}/api/v2/incremental/tickets/cursor.json?cursor={cursor}",
        work.base_url
    );
    let users: Vec<Value> = match ask.param("include").unwrap_or_default() {
        list if list.split(',').any(|one| one == "users") => requesters(work, page),
        _ => vec![],
    };
    let mut body = json!({"tickets": rows, "after_url": url, "after_cursor": cursor,
        "before_url": null, "before_cursor": null, "end_of_stream": changed.len() <= size});
    if !users.is_empty() {
        body["users"] = json!(users);
    }
    Ok(Answer::json(200, &body))
}

/// The users of a page's tickets, each once (reference, "Incremental Ticket Export": tickets' sideloads).
fn requesters(work: &Work<'_>, page: &[&Ticket]) -> Vec<Value> {
    let ids: BTreeSet<u64> = page.iter().map(|ticket| ticket.requester.id).collect();
    let users = ids.iter().filter_map(|id| work.state.users.get(id));
    users.map(|user| show::user(user, work.base_url)).collect()
}

/// `start_time`, in milliseconds; refused if it is missing or younger than a minute.
fn start_ms(work: &Work<'_>, ask: &Ask) -> Result<i64, Answer> {
    let start: i64 = ask
        .param("start_time")
        .and_then(|start| start.parse().ok())
        .ok_or_else(|| refused("InvalidValue", "start_time must be a Unix time in seconds"))?;
    let start = start.saturating_mul(1_000);
    if start > work.now - LEFT_OUT_MS {
        let text = "Too recent start_time. Use a start_time older than 60 seconds";
        return Err(refused("StartTimeTooRecent", text));
    }
    Ok(start)
}

fn page_size(ask: &Ask) -> usize {
    let wanted = ask.param("per_page").and_then(|size| size.parse().ok());
    wanted.unwrap_or(PAGE).clamp(1, PAGE)
}

fn refused(error: &str, description: &str) -> Answer {
    Answer::json(422, &json!({"error": error, "description": description}))
}

/// A cursor: the time in milliseconds and the id it begins at.
fn encode((at_ms, id): (i64, u64)) -> String {
    URL_SAFE_NO_PAD.encode(format!("{at_ms}||{id}"))
}

fn decode(cursor: &str) -> Option<(i64, u64)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (at, id) = text.split_once("||")?;
    Some((at.parse().ok()?, id.parse().ok()?))
}
