//! Tickets through the API: made, listed, shown and changed, or refused as Zendesk refuses.

use serde_json::{Value, json};

use crate::wire::{Answer, Ask};

use super::auth::Caller;
use super::change::{Change, apply};
use super::channel::Channel;
use super::people::{add, blank, delete_as, follows};
use super::work::{Outcome, Work, id, invalid, not_found, tags, warned};
use super::{fields, limits, paging, show};

use sent::{
    changed_tags, custom, custom_status, followup_source, refuse_closed, refuse_collision,
    refuse_suspended, requester, status, ticket_object, words,
};

mod sent;

/// Answers the calls about tickets but their creation.
pub(super) fn answer(
    work: &mut Work<'_>,
    ask: &Ask,
    caller: &Caller,
    verb: &str,
    id: &str,
) -> Outcome {
    match verb {
        "list" => Ok(list(work, ask)),
        "show" => one(work, ask, id),
        "update" => update(work, ask, caller, id),
        "delete" => delete(work, caller, id),
        "add_tags" => add_tags(work, ask, caller, id),
        "remove_tags" => remove_tags(work, ask, caller, id),
        _ => Err(not_found()),
    }
}

/// `POST /tickets`.
pub(super) fn create(work: &mut Work<'_>, ask: &Ask, caller: &Caller) -> Outcome {
    let (mut sent, mut dropped) = ticket_object(ask)?;
    let source = followup_source(work, &sent);
    let requester = requester(work, &mut sent, source.as_ref(), caller, &mut dropped)?;
    refuse_suspended("requester", &requester)?;
    let words = words(work, &sent, requester.id, true)?
        .ok_or_else(|| invalid("description", "Description: cannot be blank", "BlankValue"))?;
    let (status, custom_status) = (status(&sent)?, custom_status(work, &sent)?);
    let fields = fields::sent(work, &sent)?;
    let submitter = id(&sent, "submitter_id").unwrap_or(caller.user_id);
    let mut ticket = blank(work, requester.as_author(), submitter, Channel::Api);
    ticket.subject = words.body.chars().take(150).collect();
    if let Some(source) = &source {
        follows(&mut ticket, source);
    }
    let ticket_id = add(work, ticket);
    let mut change = Change::new(caller.user_id, Channel::Api);
    change.comment = Some(words);
    change.status = status;
    change.custom_status = custom_status;
    change.tags = sent.get("tags").map(tags);
    change.fields = fields;
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
fn list(work: &Work<'_>, ask: &Ask) -> Answer {
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
fn one(work: &Work<'_>, ask: &Ask, ticket: &str) -> Outcome {
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
fn update(work: &mut Work<'_>, ask: &Ask, caller: &Caller, ticket: &str) -> Outcome {
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
    let mut change = Change::new(caller.user_id, Channel::Api);
    change.comment = words;
    change.status = status(&sent)?;
    change.custom_status = custom_status(work, &sent)?;
    change.tags = changed_tags(&ticket, &sent);
    change.fields = fields::sent(work, &sent)?;
    change.custom = custom(&sent);
    apply(work.state, work.config, work.now, ticket.id, change);
    Ok(warned(shown(work, ticket.id, 200)?, &dropped))
}

/// `DELETE /tickets/{id}`.
fn delete(work: &mut Work<'_>, caller: &Caller, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?.id;
    delete_as(work, ticket, caller.user_id).map_err(|_| not_found())?;
    Ok(Answer::empty(204))
}

/// `PUT /tickets/{id}/tags`: adds.
fn add_tags(work: &mut Work<'_>, ask: &Ask, caller: &Caller, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?.clone();
    let body = ask.json().unwrap_or_default();
    limits::update(work, caller.user_id, ticket.id)?;
    refuse_closed(work, &ticket)?;
    let mut all = ticket.tags.clone();
    all.extend(tags(&body["tags"]));
    let all = tags(&json!(all));
    let mut change = Change::new(caller.user_id, Channel::Api);
    change.tags = Some(all.clone());
    apply(work.state, work.config, work.now, ticket.id, change);
    Ok(Answer::json(200, &json!({"tags": all})))
}

/// `DELETE /tickets/{id}/tags`: takes away.
fn remove_tags(work: &mut Work<'_>, ask: &Ask, caller: &Caller, ticket: &str) -> Outcome {
    let ticket = work.ticket(ticket)?.clone();
    let body = ask.json().unwrap_or_default();
    limits::update(work, caller.user_id, ticket.id)?;
    refuse_closed(work, &ticket)?;
    let gone = tags(&body["tags"]);
    let mut left = ticket.tags.clone();
    left.retain(|tag| !gone.contains(tag));
    let mut change = Change::new(caller.user_id, Channel::Api);
    change.tags = Some(left.clone());
    apply(work.state, work.config, work.now, ticket.id, change);
    Ok(Answer::json(200, &json!({"tags": left})))
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
