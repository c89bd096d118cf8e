//! Tickets through the API: create, list, show, update, add tags.
//!
//! In: the tickets' API calls. Out: tickets made and changed, or refused as Zendesk refuses.
//! Imports work, change, users and show.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::auth::Caller;
use super::change::{Change, Via, apply};
use super::model::{Status, Ticket, User};
use super::work::{Outcome, Work, id, invalid, not_found, tags, text, warned};
use super::{limits, paging, show};

use sent::{
    changed_tags, custom, followup_source, refuse_closed, refuse_collision, requester, status,
    ticket_object, words,
};

mod sent;

/// `POST /tickets`.
pub(super) fn create(work: &mut Work<'_>, ask: &Ask, caller: &Caller) -> Outcome {
    let (mut sent, mut dropped) = ticket_object(ask)?;
    let source = followup_source(work, &sent)?;
    let requester = requester(work, &mut sent, caller, &mut dropped)?;
    let words = words(work, &sent, requester.id, true)?
        .ok_or_else(|| invalid("description", "Description: cannot be blank", "BlankValue"))?;
    let status = status(&sent)?.unwrap_or(Status::New);
    let ticket_id = work.state.last_ticket + 1;
    work.state.last_ticket = ticket_id;
    let mut all_tags = sent.get("tags").map(tags).unwrap_or_default();
    all_tags.extend(
        source
            .as_ref()
            .map(|source| source.tags.clone())
            .unwrap_or_default(),
    );
    let ticket = Ticket {
        id: ticket_id,
        subject: text(&sent, "subject")
            .or_else(|| {
                source
                    .as_ref()
                    .map(|source| format!("Re: {}", source.subject))
            })
            .unwrap_or_else(|| words.body.chars().take(150).collect()),
        status,
        priority: text(&sent, "priority"),
        kind: text(&sent, "type"),
        tags: tags(&json!(all_tags)),
        submitter_id: id(&sent, "submitter_id").unwrap_or(caller.user_id),
        requester: requester.as_author(),
        external_id: text(&sent, "external_id"),
        via_followup_source_id: source.map(|source| source.id),
        via: "api".to_owned(),
        custom_fields: sent
            .get("custom_fields")
            .cloned()
            .unwrap_or_else(|| json!([])),
        comments: Vec::new(),
        audits: Vec::new(),
        deleted: false,
        created_at_ms: work.now,
        updated_at_ms: work.now,
    };
    work.state.tickets.insert(ticket_id, ticket);
    let mut change = Change::new(caller.user_id, Via::Api);
    change.comment = Some(words);
    change.custom = custom(&sent);
    change.creates = true;
    apply(work.state, work.config, work.now, ticket_id, change);
    let location = format!("{}/api/v2/tickets/{ticket_id}.json", work.base_url);
    Ok(warned(
        shown(work, ticket_id, 201)?.with("location", &location),
        &dropped,
    ))
}

/// `GET /tickets`, with `external_id=`.
pub(super) fn list(work: &Work<'_>, ask: &Ask) -> Answer {
    let wanted = ask.param("external_id");
    let found = work.state.tickets.values().filter(|ticket| {
        !ticket.deleted && wanted.is_none_or(|id| ticket.external_id.as_deref() == Some(id))
    });
    let rows = found
        .map(|t| (t.id, show::ticket(work.state, t, work.base_url)))
        .collect();
    Answer::json(200, &paging::page(ask, work.base_url, "tickets", rows))
}

/// `GET /tickets/{id}/metrics`.
pub(super) fn metrics(work: &Work<'_>, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?;
    Ok(Answer::json(
        200,
        &json!({"ticket_metric": show::metrics(ticket)}),
    ))
}

/// `GET /tickets/{id}`, with `include=users`.
pub(super) fn one(work: &Work<'_>, ask: &Ask, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?;
    let mut answer = json!({"ticket": show::ticket(work.state, ticket, work.base_url)});
    if ask
        .param("include")
        .is_some_and(|list| list.split(',').any(|name| name == "users"))
    {
        let people = [ticket.requester.id, ticket.submitter_id];
        answer["users"] = sideloaded(work, &people);
    }
    Ok(Answer::json(200, &answer))
}

/// The users of these ids, once each.
pub(super) fn sideloaded(work: &Work<'_>, ids: &[u64]) -> Value {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let users = ids.iter().filter_map(|id| work.user(*id));
    users.map(|user| show::user(user, work.base_url)).collect()
}

/// `PUT /tickets/{id}`.
pub(super) fn update(work: &mut Work<'_>, ask: &Ask, caller: &Caller, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?.clone();
    let (sent, dropped) = ticket_object(ask)?;
    limits::update(work, caller.user_id, ticket.id)?;
    refuse_closed(work, &ticket)?;
    refuse_collision(&ticket, &sent)?;
    let last_public = ticket.comments.last().is_none_or(|last| last.public);
    let words = words(work, &sent, caller.user_id, last_public)?;
    if words.is_some() && ticket.comments.len() >= work.config.limits.comments_per_ticket {
        let text = "Ticket: has reached the maximum number of comments";
        return Err(invalid("base", text, "TooManyComments"));
    }
    let mut change = Change::new(caller.user_id, Via::Api);
    change.comment = words;
    change.status = status(&sent)?;
    change.tags = changed_tags(&ticket, &sent);
    change.custom = custom(&sent);
    set_plain_fields(work, ticket.id, &sent)?;
    apply(work.state, work.config, work.now, ticket.id, change);
    Ok(warned(shown(work, ticket.id, 200)?, &dropped))
}

/// `PUT /tickets/{id}/tags`: adds.
pub(super) fn add_tags(work: &mut Work<'_>, ask: &Ask, caller: &Caller, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?.clone();
    let body = ask.json().unwrap_or_default();
    limits::update(work, caller.user_id, ticket.id)?;
    refuse_closed(work, &ticket)?;
    let mut all = ticket.tags.clone();
    all.extend(tags(&body["tags"]));
    let all = tags(&json!(all));
    let mut change = Change::new(caller.user_id, Via::Api);
    change.tags = Some(all.clone());
    apply(work.state, work.config, work.now, ticket.id, change);
    Ok(Answer::json(200, &json!({"tags": all})))
}

/// `DELETE /tickets/{id}/tags`: takes away.
pub(super) fn remove_tags(
    work: &mut Work<'_>,
    ask: &Ask,
    caller: &Caller,
    ticket: &str,
) -> Outcome {
    let ticket = work.ticket(ticket)?.clone();
    let body = ask.json().unwrap_or_default();
    limits::update(work, caller.user_id, ticket.id)?;
    refuse_closed(work, &ticket)?;
    let gone = tags(&body["tags"]);
    let mut left = ticket.tags.clone();
    left.retain(|tag| !gone.contains(tag));
    let mut change = Change::new(caller.user_id, Via::Api);
    change.tags = Some(left.clone());
    apply(work.state, work.config, work.now, ticket.id, change);
    Ok(Answer::json(200, &json!({"tags": left})))
}

fn set_plain_fields(
    work: &mut Work<'_>,
    ticket: u64,
    sent: &Map<String, Value>,
) -> Result<(), Answer> {
    let requester = match id(sent, "requester_id") {
        None => None,
        Some(id) => Some(work.user(id).map(User::as_author).ok_or_else(|| {
            invalid(
                "requester",
                "Requester: is not a valid user",
                "InvalidValue",
            )
        })?),
    };
    let ticket = work.state.tickets.get_mut(&ticket).ok_or_else(not_found)?;
    ticket.requester = requester.unwrap_or_else(|| ticket.requester.clone());
    ticket.subject = text(sent, "subject").unwrap_or_else(|| ticket.subject.clone());
    ticket.priority = text(sent, "priority").or(ticket.priority.take());
    ticket.kind = text(sent, "type").or(ticket.kind.take());
    ticket.external_id = text(sent, "external_id").or(ticket.external_id.take());
    if let Some(fields) = sent.get("custom_fields") {
        ticket.custom_fields = fields.clone();
    }
    Ok(())
}

fn shown(work: &Work<'_>, ticket: u64, status: u16) -> Outcome {
    let ticket = work.state.ticket(ticket).ok_or_else(not_found)?;
    let audit = ticket
        .audits
        .last()
        .map(|audit| show::audit(audit, ticket.id));
    let ticket = show::ticket(work.state, ticket, work.base_url);
    Ok(Answer::json(
        status,
        &json!({"ticket": ticket, "audit": audit}),
    ))
}
