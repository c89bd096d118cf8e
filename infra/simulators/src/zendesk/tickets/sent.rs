//! What a ticket call sent, taken apart, and refused where Zendesk refuses.

use serde_json::{Map, Value, json};

use crate::clock::rfc3339;
use crate::wire::{Answer, Ask};

use super::super::auth::Caller;
use super::super::change::Words;
use super::super::model::{AccountUser, Status, Ticket};
use super::super::work::{Work, drop_unknown, flag, id, invalid, object, tags, text};
use super::super::{html, uploads, users};

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

pub(super) fn ticket_object(ask: &Ask) -> Result<(Map<String, Value>, Vec<String>), Answer> {
    let mut sent = object(ask, "ticket")?;
    let mut dropped = drop_unknown(&mut sent, KEYS);
    if let Some(Value::Object(comment)) = sent.get_mut("comment") {
        dropped.extend(drop_unknown(comment, COMMENT_KEYS));
    }
    Ok((sent, dropped))
}

/// The closed ticket to be followed; for any other ticket the field has no effect.
pub(super) fn followup_source(work: &Work<'_>, sent: &Map<String, Value>) -> Option<Ticket> {
    let source = work.state.ticket(id(sent, "via_followup_source_id")?);
    source
        .filter(|source| source.status == Status::Closed)
        .cloned()
}

/// A 422 where agents suspended the user.
pub(super) fn refuse_suspended(key: &str, user: &AccountUser) -> Result<(), Answer> {
    if !user.suspended {
        return Ok(());
    }
    let text = format!("Requester: {} is suspended.", user.name);
    Err(invalid(key, &text, "UserSuspended"))
}

/// `requester_id`, or `requester` with its few documented keys, or that of the ticket followed, or
/// the caller.
pub(super) fn requester(
    work: &mut Work<'_>,
    sent: &mut Map<String, Value>,
    source: Option<&Ticket>,
    caller: &Caller,
    dropped: &mut Vec<String>,
) -> Result<AccountUser, Answer> {
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
            let is = |user: &AccountUser| email.as_ref().is_some_and(|email| user.has_email(email));
            let known = work.state.find_user(is);
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
        (None, _) => source.map_or(caller.user_id, |source| source.requester.id),
    };
    work.user(id).cloned().ok_or_else(unknown)
}

/// The comment sent; one without words is no comment.
pub(super) fn words(
    work: &mut Work<'_>,
    sent: &Map<String, Value>,
    default_author: u64,
    default_public: bool,
) -> Result<Option<Words>, Answer> {
    let Some(Value::Object(comment)) = sent.get("comment") else {
        return Ok(None);
    };
    let author_id = id(comment, "author_id").unwrap_or(default_author);
    let author = work.user(author_id).ok_or_else(|| {
        let text = "Author: is not a valid user";
        invalid("author_id", text, "InvalidValue")
    })?;
    if work.config.variants.suspended_author_refused {
        refuse_suspended("author_id", author)?;
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

pub(super) fn status(sent: &Map<String, Value>) -> Result<Option<Status>, Answer> {
    let Some(name) = text(sent, "status") else {
        return Ok(None);
    };
    Status::parse(&name)
        .map(Some)
        .ok_or_else(|| invalid("status", "Status: is not valid", "InvalidValue"))
}

/// The custom status of this id, if the account has it.
pub(super) fn custom_status(
    work: &Work<'_>,
    sent: &Map<String, Value>,
) -> Result<Option<u64>, Answer> {
    let Some(id) = id(sent, "custom_status_id") else {
        return Ok(None);
    };
    let known = work.state.custom_statuses.iter().any(|s| s.id == id);
    known.then_some(Some(id)).ok_or_else(|| {
        let text = "Custom status: is not valid";
        invalid("custom_status_id", text, "InvalidValue")
    })
}

pub(super) fn custom(sent: &Map<String, Value>) -> Value {
    sent.get("metadata")
        .filter(|metadata| metadata.is_object())
        .cloned()
        .unwrap_or(json!({}))
}

pub(super) fn refuse_closed(work: &Work<'_>, ticket: &Ticket) -> Result<(), Answer> {
    if ticket.status != Status::Closed {
        return Ok(());
    }
    let key = &work.config.variants.closed_key;
    let body = json!({"error": "RecordInvalid", "description": "Record validation errors",
        "details": {key: [{"description": "Status: closed prevents ticket update"}]}});
    Err(Answer::json(422, &body))
}

pub(super) fn refuse_collision(ticket: &Ticket, sent: &Map<String, Value>) -> Result<(), Answer> {
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
pub(super) fn changed_tags(ticket: &Ticket, sent: &Map<String, Value>) -> Option<Vec<String>> {
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
