//! A ticket as it was at an earlier time, which is how a search index that lags sees it.

use serde_json::Value;

use super::model::{AccountState, Status, Ticket};

/// The ticket before everything that happened after this time; `None` where it was not there yet.
/// What leaves no audit (a merge of users, a deletion) cannot be undone.
pub(super) fn as_of(state: &AccountState, ticket: &Ticket, at_ms: i64) -> Option<Ticket> {
    if ticket.created_at_ms > at_ms {
        return None;
    }
    let mut before = ticket.clone();
    let late = |audit: &&super::Audit| audit.created_at_ms > at_ms;
    let undone: Vec<_> = before.audits.iter().filter(late).cloned().collect();
    for event in undone.iter().rev().flat_map(|a| a.events.iter().rev()) {
        if event["type"] == "Change" {
            undo(state, &mut before, event);
        }
    }
    before.audits.retain(|audit| audit.created_at_ms <= at_ms);
    before
        .comments
        .retain(|comment| comment.created_at_ms <= at_ms);
    if let Some(last) = before.audits.last().filter(|_| !undone.is_empty()) {
        before.updated_at_ms = last.created_at_ms;
    }
    Some(before)
}

/// Takes back what searches look at.
fn undo(state: &AccountState, ticket: &mut Ticket, event: &Value) {
    let was = &event["previous_value"];
    match event["field_name"].as_str().unwrap_or_default() {
        "status" => {
            let status = was.as_str().and_then(Status::parse);
            ticket.status = status.unwrap_or(ticket.status);
        }
        "tags" => ticket.tags = super::work::tags(was),
        "requester_id" => {
            let user = was.as_u64().and_then(|id| state.users.get(&id));
            if let Some(user) = user {
                ticket.requester = user.as_author();
            }
        }
        "subject" => ticket.subject = was.as_str().unwrap_or_default().to_owned(),
        "external_id" => ticket.external_id = was.as_str().map(str::to_owned),
        _ => {}
    }
}
