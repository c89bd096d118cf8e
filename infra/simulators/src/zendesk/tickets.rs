//! Tickets through the API: create, list, show, update, add tags.
//!
//! In: the tickets' API calls. Out: tickets made and changed, or refused as Zendesk refuses.
//! Imports work, change, users and show.

use serde_json::{Map, Value, json};

use crate::clock::rfc3339;
use crate::wire::{Answer, Ask};

use super::auth::Caller;
use super::change::{Change, Via, Words, apply};
use super::model::{Status, Ticket, User};
use super::work::{
    Outcome, Work, drop_unknown, flag, id, invalid, not_found, object, tags, text, warned,
};
use super::{html, limits, paging, show, uploads, users};

const KEYS: &[&str] = &[
    "comment",
    "requester_id",
    "requester",
    "submitter_id",
    "subject",
    "priority",
    "type",
    "status",
    "tags",
    "additional_tags",
    "remove_tags",
    "custom_fields",
    "external_id",
    "metadata",
    "via_followup_source_id",
    "assignee_id",
    "assignee_email",
    "group_id",
    "organization_id",
    "brand_id",
    "ticket_form_id",
    "custom_status_id",
    "due_at",
    "problem_id",
    "collaborators",
    "collaborator_ids",
    "additional_collaborators",
    "email_ccs",
    "followers",
    "recipient",
    "safe_update",
    "updated_stamp",
    "raw_subject",
    "macro_ids",
    "voice_comment",
    "sharing_agreement_ids",
    "attribute_value_ids",
];
const COMMENT_KEYS: &[&str] = &[
    "body",
    "html_body",
    "public",
    "author_id",
    "uploads",
    "type",
];
const REQUESTER_KEYS: &[&str] = &[
    "email",
    "locale",
    "locale_id",
    "name",
    "organization",
    "role",
    "verified",
];

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

fn ticket_object(ask: &Ask) -> Result<(Map<String, Value>, Vec<String>), Answer> {
    let mut sent = object(ask, "ticket")?;
    let mut dropped = drop_unknown(&mut sent, KEYS);
    if let Some(Value::Object(comment)) = sent.get_mut("comment") {
        dropped.extend(drop_unknown(comment, COMMENT_KEYS));
    }
    Ok((sent, dropped))
}

fn followup_source(work: &Work<'_>, sent: &Map<String, Value>) -> Result<Option<Ticket>, Answer> {
    let Some(source) = id(sent, "via_followup_source_id") else {
        return Ok(None);
    };
    let source = work
        .state
        .ticket(source)
        .filter(|source| source.status == Status::Closed);
    source.cloned().map(Some).ok_or_else(|| {
        let text = "Via followup source: must be a closed ticket";
        invalid("via_followup_source_id", text, "InvalidValue")
    })
}

/// `requester_id`, or `requester` with its few documented keys, or the caller.
fn requester(
    work: &mut Work<'_>,
    sent: &mut Map<String, Value>,
    caller: &Caller,
    dropped: &mut Vec<String>,
) -> Result<User, Answer> {
    let unknown = || {
        invalid(
            "requester",
            "Requester: is not a valid user",
            "InvalidValue",
        )
    };
    let id = match (id(sent, "requester_id"), sent.get_mut("requester")) {
        (Some(id), _) => id,
        (None, Some(Value::Object(person))) => {
            dropped.extend(drop_unknown(person, REQUESTER_KEYS));
            let email = text(person, "email");
            let known = work
                .state
                .users
                .values()
                .find(|u| email.is_some() && u.email == email);
            match known.map(|user| user.id) {
                Some(id) => id,
                None => {
                    let id = users::create(work, person)?;
                    if let Some(user) = work.state.users.get_mut(&id) {
                        user.email = email;
                    }
                    id
                }
            }
        }
        (None, _) => caller.user_id,
    };
    work.user(id).cloned().ok_or_else(unknown)
}

/// The comment sent; one without words is no comment.
fn words(
    work: &mut Work<'_>,
    sent: &Map<String, Value>,
    default_author: u64,
    default_public: bool,
) -> Result<Option<Words>, Answer> {
    let Some(Value::Object(comment)) = sent.get("comment") else {
        return Ok(None);
    };
    let author_id = id(comment, "author_id").unwrap_or(default_author);
    if work.user(author_id).is_none() {
        return Err(invalid(
            "author_id",
            "Author: is not a valid user",
            "InvalidValue",
        ));
    }
    let (body, html) = match (text(comment, "html_body"), text(comment, "body")) {
        (Some(sent), _) => (html::to_text(&sent), html::from_html(&sent)),
        (None, Some(sent)) => (sent.clone(), html::from_markdown(&sent)),
        (None, None) => return Ok(None),
    };
    if body.trim().is_empty() {
        return Ok(None);
    }
    let attachments = uploads::take(work, comment.get("uploads"))?;
    let public = flag(comment, "public").unwrap_or(default_public);
    Ok(Some(Words {
        author_id,
        body,
        html,
        public,
        attachments,
    }))
}

fn status(sent: &Map<String, Value>) -> Result<Option<Status>, Answer> {
    let Some(name) = text(sent, "status") else {
        return Ok(None);
    };
    Status::parse(&name)
        .map(Some)
        .ok_or_else(|| invalid("status", "Status: is not valid", "InvalidValue"))
}

fn custom(sent: &Map<String, Value>) -> Value {
    sent.get("metadata")
        .filter(|metadata| metadata.is_object())
        .cloned()
        .unwrap_or(json!({}))
}

fn refuse_closed(work: &Work<'_>, ticket: &Ticket) -> Result<(), Answer> {
    if ticket.status != Status::Closed {
        return Ok(());
    }
    let key = &work.config.variants.closed_key;
    let body = json!({"error": "RecordInvalid", "description": "Record validation errors",
        "details": {key: [{"description": "Status: closed prevents ticket update"}]}});
    Err(Answer::json(422, &body))
}

fn refuse_collision(ticket: &Ticket, sent: &Map<String, Value>) -> Result<(), Answer> {
    if flag(sent, "safe_update") != Some(true) {
        return Ok(());
    }
    let stamp = text(sent, "updated_stamp").unwrap_or_default();
    // Both are `YYYY-MM-DDTHH:MM:SSZ`, so the order of the text is that of the time.
    if stamp.is_empty() || rfc3339(ticket.updated_at_ms) > stamp {
        let body = json!({"error": "UpdateConflict",
            "description": "Safe Update prevented the update due to outdated ticket data. Please \
                fetch the latest ticket data and try again."});
        return Err(Answer::json(409, &body));
    }
    Ok(())
}

/// `tags` overwrites; `additional_tags` and `remove_tags` do what they say.
fn changed_tags(ticket: &Ticket, sent: &Map<String, Value>) -> Option<Vec<String>> {
    let list = |key: &str| sent.get(key).map(tags);
    list("tags")
        .or(list("additional_tags"))
        .or(list("remove_tags"))?;
    let mut all = list("tags").unwrap_or_else(|| ticket.tags.clone());
    all.extend(list("additional_tags").unwrap_or_default());
    let gone = list("remove_tags").unwrap_or_default();
    all.retain(|tag| !gone.contains(tag));
    Some(tags(&json!(all)))
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
