//! What people do in Zendesk's own screens.
//!
//! In: method calls. Out: changes of the state, and the triggers they fire. Imports change and
//! work.

use super::auth::api_user;
use super::change::{Change, Via, Words, apply};
use super::model::{Author, Role, Status, Ticket, User};
use super::work::Work;
use super::{html, uploads, users};

mod comment;

pub use comment::{Comment, DeskError};

use comment::DEFAULT_AGENT;

/// An agent submits a comment.
pub(super) fn agent_comments(
    work: &mut Work<'_>,
    ticket: u64,
    comment: Comment,
) -> Result<u64, DeskError> {
    let current = changeable(work, ticket)?.status;
    let agent = agent(work, &comment.agent);
    let files = comment
        .attachments
        .iter()
        .map(|(name, kind, bytes)| uploads::store(work, name, kind, bytes).1);
    let attachments = files.collect();
    let mut change = Change::new(agent, Via::Web);
    change.comment = Some(Words {
        author_id: agent,
        html: html::from_editor(&comment.text),
        body: comment.text,
        public: comment.public,
        attachments,
    });
    change.status = comment
        .status
        .or((current == Status::New).then_some(Status::Open));
    apply(work.state, work.config, work.now, ticket, change).ok_or(DeskError::NoTicket(ticket))
}

/// An agent opens a ticket for a customer.
pub(super) fn opens_ticket(
    work: &mut Work<'_>,
    external_id: &str,
    subject: &str,
    text: &str,
) -> u64 {
    let requester = customer(work, external_id);
    let agent = agent(work, DEFAULT_AGENT);
    let requester = work
        .user(requester)
        .map(User::as_author)
        .unwrap_or_else(|| Author {
            id: requester,
            name: external_id.to_owned(),
            role: Role::EndUser,
            external_id: None,
        });
    let id = new_ticket(work, requester, agent, subject, Via::Web, None);
    let mut change = Change::new(agent, Via::Web);
    change.comment = Some(Words {
        author_id: agent,
        html: html::from_editor(text),
        body: text.to_owned(),
        public: true,
        attachments: Vec::new(),
    });
    change.status = Some(Status::Open);
    change.creates = true;
    apply(work.state, work.config, work.now, id, change);
    id
}

/// An agent changes the status.
pub(super) fn set_status(
    work: &mut Work<'_>,
    ticket: u64,
    status: Status,
) -> Result<(), DeskError> {
    changeable(work, ticket)?;
    let mut change = Change::new(agent(work, DEFAULT_AGENT), Via::Web);
    change.status = Some(status);
    apply(work.state, work.config, work.now, ticket, change);
    Ok(())
}

/// An automation closes a ticket.
pub(super) fn close(work: &mut Work<'_>, ticket: u64) -> Result<(), DeskError> {
    work.state
        .ticket(ticket)
        .ok_or(DeskError::NoTicket(ticket))?;
    let mut change = Change::new(api_user(work.state), Via::Rule);
    change.status = Some(Status::Closed);
    apply(work.state, work.config, work.now, ticket, change);
    Ok(())
}

/// An agent deletes a ticket.
pub(super) fn delete(work: &mut Work<'_>, ticket: u64) -> Result<(), DeskError> {
    let found = work
        .state
        .tickets
        .get_mut(&ticket)
        .filter(|ticket| !ticket.deleted);
    found.ok_or(DeskError::NoTicket(ticket))?.deleted = true;
    Ok(())
}

/// An agent merges a ticket into another.
pub(super) fn merge(work: &mut Work<'_>, source: u64, target: u64) -> Result<(), DeskError> {
    changeable(work, target)?;
    let mut tags = changeable(work, source)?.tags.clone();
    tags.push("closed_by_merge".to_owned());
    tags.sort();
    let agent = agent(work, DEFAULT_AGENT);
    let note = |text: String| Words {
        author_id: agent,
        html: html::from_editor(&text),
        body: text,
        public: false,
        attachments: Vec::new(),
    };
    let mut closing = Change::new(agent, Via::Rule);
    closing.comment = Some(note(format!(
        "This request was closed and merged into request #{target}."
    )));
    closing.status = Some(Status::Closed);
    closing.tags = Some(tags);
    apply(work.state, work.config, work.now, source, closing);
    let mut telling = Change::new(agent, Via::Rule);
    telling.comment = Some(note(format!(
        "Request #{source} was closed and merged into this request."
    )));
    apply(work.state, work.config, work.now, target, telling);
    Ok(())
}

/// An agent adds tags.
pub(super) fn add_tags(work: &mut Work<'_>, ticket: u64, tags: &[String]) -> Result<(), DeskError> {
    let mut all = changeable(work, ticket)?.tags.clone();
    all.extend(tags.iter().cloned());
    let mut change = Change::new(agent(work, DEFAULT_AGENT), Via::Web);
    change.tags = Some(super::work::tags(&serde_json::json!(all)));
    apply(work.state, work.config, work.now, ticket, change);
    Ok(())
}

/// The customer writes an e-mail.
pub(super) fn end_user_comments(
    work: &mut Work<'_>,
    ticket: u64,
    text: &str,
) -> Result<u64, DeskError> {
    let found = work
        .state
        .ticket(ticket)
        .ok_or(DeskError::NoTicket(ticket))?
        .clone();
    let requester = found.requester.clone();
    let mut change = Change::new(requester.id, Via::Email);
    change.comment = Some(Words {
        author_id: requester.id,
        html: html::from_editor(text),
        body: text.to_owned(),
        public: true,
        attachments: Vec::new(),
    });
    let ticket = match found.status {
        Status::Closed => {
            let subject = format!("Re: {}", found.subject);
            change.creates = true;
            let by = requester.id;
            new_ticket(work, requester, by, &subject, Via::Email, Some(found.id))
        }
        Status::Pending | Status::Hold | Status::Solved => {
            change.status = Some(Status::Open);
            ticket
        }
        Status::New | Status::Open => ticket,
    };
    apply(work.state, work.config, work.now, ticket, change).ok_or(DeskError::NoTicket(ticket))
}

fn changeable<'a>(work: &'a Work<'_>, ticket: u64) -> Result<&'a Ticket, DeskError> {
    let found = work
        .state
        .ticket(ticket)
        .ok_or(DeskError::NoTicket(ticket))?;
    match found.status {
        Status::Closed => Err(DeskError::Closed(ticket)),
        _ => Ok(found),
    }
}

/// The agent of this name, made if there is none.
fn agent(work: &mut Work<'_>, name: &str) -> u64 {
    let known = work
        .state
        .users
        .values()
        .find(|user| user.role == Role::Agent && user.name == name);
    match known.map(|user| user.id) {
        Some(id) => id,
        None => users::add(work.state, work.now, name, Role::Agent, None),
    }
}

/// The customer with this id in the account's user field or as external id, made if there is none.
fn customer(work: &mut Work<'_>, external_id: &str) -> u64 {
    let key = work.config.custom_field.clone().unwrap_or_default();
    let known = work.state.users.values().find(|user| {
        user.user_fields.get(&key).and_then(|value| value.as_str()) == Some(external_id)
            || user.external_id.as_deref() == Some(external_id)
    });
    if let Some(known) = known {
        return known.id;
    }
    let id = users::add(work.state, work.now, external_id, Role::EndUser, None);
    if let Some(user) = work.state.users.get_mut(&id) {
        user.external_id = Some(external_id.to_owned());
        if !key.is_empty() {
            user.user_fields.insert(key, external_id.into());
        }
    }
    id
}

fn new_ticket(
    work: &mut Work<'_>,
    requester: Author,
    submitter_id: u64,
    subject: &str,
    via: Via,
    follows: Option<u64>,
) -> u64 {
    let id = work.state.last_ticket + 1;
    work.state.last_ticket = id;
    let ticket = Ticket {
        id,
        subject: subject.to_owned(),
        status: Status::New,
        priority: None,
        kind: None,
        tags: Vec::new(),
        requester,
        submitter_id,
        external_id: None,
        via_followup_source_id: follows,
        via: via.channel().to_owned(),
        custom_fields: serde_json::json!([]),
        comments: Vec::new(),
        audits: Vec::new(),
        deleted: false,
        created_at_ms: work.now,
        updated_at_ms: work.now,
    };
    work.state.tickets.insert(id, ticket);
    id
}
