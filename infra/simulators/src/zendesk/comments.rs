//! A ticket's comments and audits: lists, and comments made private.

use serde_json::json;

use crate::wire::{Answer, Ask};

use super::auth::Caller;
use super::model::Audit;
use super::tickets::sideloaded;
use super::work::{Outcome, Work, not_found};
use super::{events, limits, paging, show};

/// `GET /tickets/{id}/comments`, oldest first unless `sort=-created_at`.
pub(super) fn list(work: &Work<'_>, ask: &Ask, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?;
    let metadata = work.config.variants.comment_metadata;
    let mut rows: Vec<_> = ticket
        .comments
        .iter()
        .map(|c| (c.id, show::comment(c, metadata)))
        .collect();
    if ask.param("sort") == Some("-created_at") || ask.param("sort_order") == Some("desc") {
        rows.reverse();
    }
    let mut body = paging::page(ask, work.base_url, "comments", rows);
    if ask
        .param("include")
        .is_some_and(|list| list.split(',').any(|name| name == "users"))
    {
        let authors: Vec<u64> = ticket
            .comments
            .iter()
            .map(|comment| comment.author.id)
            .collect();
        body["users"] = sideloaded(work, &authors);
    }
    Ok(Answer::json(200, &body))
}

/// `GET /tickets/{id}/audits`, oldest first.
pub(super) fn audits(work: &Work<'_>, ask: &Ask, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?;
    let rows = ticket
        .audits
        .iter()
        .map(|audit| (audit.id, show::audit(audit, ticket.id)));
    Ok(Answer::json(
        200,
        &paging::page(ask, work.base_url, "audits", rows.collect()),
    ))
}

/// `PUT /tickets/{id}/comments/{comment_id}/make_private`: no way back, no trigger.
pub(super) fn make_private(work: &mut Work<'_>, caller: &Caller, ids: &[String]) -> Outcome {
    let [ticket, comment] = ids else {
        return Err(not_found());
    };
    let ticket = work.ticket(ticket)?.id;
    if work.config.variants.make_private_is_an_update {
        limits::update(work, caller.user_id, ticket)?;
    }
    let (audit, now) = (work.state.next_id(), work.now);
    let found = work.state.tickets.get_mut(&ticket).ok_or_else(not_found)?;
    let mut comments = found.comments.iter_mut();
    let made = comments.find(|known| known.id.to_string() == *comment);
    let made = made.ok_or_else(not_found)?;
    made.public = false;
    let id = made.id;
    let event = json!({"id": id, "type": "CommentPrivacyChange", "comment_id": id,
        "public": false});
    found.audits.push(Audit {
        id: audit,
        author_id: caller.user_id,
        via: "api".to_owned(),
        custom: json!({}),
        events: vec![event],
        created_at_ms: now,
    });
    (found.updated_at_ms, found.generated_at_ms) = (now, now);
    let event = json!({"comment": {"id": id.to_string()}});
    let kind = "ticket.comment_made_private";
    events::of_ticket(work.state, now, ticket, caller.user_id, kind, event);
    Ok(Answer::empty(200))
}
