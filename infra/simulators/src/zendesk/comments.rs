//! Lists of a ticket's comments and audits.
//!
//! In: list calls. Out: pages. Imports work, paging and show.

use crate::wire::{Answer, Ask};

use super::tickets::sideloaded;
use super::work::{Outcome, Work};
use super::{paging, show};

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
