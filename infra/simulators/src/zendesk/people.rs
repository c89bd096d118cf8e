//! What people do with tickets in Zendesk's own screens, and the triggers they fire.

use serde_json::json;

use super::change::{Change, Words, apply};
use super::channel::Channel;
use super::fields::Fields;
use super::model::{AccountUser, Status, Ticket};
use super::work::Work;
use super::{html, limits, macros, uploads, users};

mod comment;
mod ending;
mod merging;
mod new_ticket;
mod person;
mod profiles;

pub use comment::{Comment, DeskError};
pub use new_ticket::NewTicket;
pub(super) use new_ticket::appears;
pub use person::Person;

pub(super) use ending::{close, delete, delete_as, merge};
pub(super) use merging::merge as merge_users;
pub(super) use new_ticket::{add, blank, follows, open};
pub(super) use profiles::{add_user, edit, suspend};

use comment::DEFAULT_AGENT;

/// An agent submits a comment.
pub(super) fn agent_comments(
    work: &mut Work<'_>,
    ticket: u64,
    comment: Comment,
) -> Result<u64, DeskError> {
    let current = changeable(work, ticket)?.status;
    let custom_status = comment.custom_status;
    known_status(work, custom_status)?;
    let agent = users::agent(work, &comment.agent);
    let files = comment
        .attachments
        .iter()
        .map(|(name, kind, bytes)| uploads::store(work, name, kind, bytes).1);
    let attachments = files.collect();
    let mut change = Change::new(agent, Channel::Web);
    change.comment = Some(Words {
        public: comment.public,
        attachments,
        ..spoken(agent, &comment.text)
    });
    change.custom_status = custom_status;
    change.status = comment
        .status
        .or((current == Status::New && custom_status.is_none()).then_some(Status::Open));
    save(work, ticket, change)?.ok_or(DeskError::NoTicket(ticket))
}

/// An agent opens a ticket for the customer of this Braze id.
pub(super) fn opens_ticket(
    work: &mut Work<'_>,
    external_id: &str,
    subject: &str,
    text: &str,
) -> u64 {
    let requester = users::customer(work, external_id);
    // The customer is there, having been made a moment ago at the latest.
    open(work, NewTicket::proactive(requester, subject, text)).unwrap_or_default()
}

/// The same, as a ticket that is texted about: with the tag that the bundle's triggers ask for.
pub(super) fn opens_sms_ticket(
    work: &mut Work<'_>,
    external_id: &str,
    subject: &str,
    text: &str,
) -> u64 {
    let requester = users::customer(work, external_id);
    let tag = super::standard::tag(work);
    let tags: Vec<&str> = tag.as_deref().into_iter().collect();
    let new = NewTicket::proactive(requester, subject, text).tags(&tags);
    open(work, new).unwrap_or_default()
}

/// An agent changes the status.
pub(super) fn set_status(
    work: &mut Work<'_>,
    ticket: u64,
    status: Status,
) -> Result<(), DeskError> {
    by_agent(work, ticket, |change| change.status = Some(status))
}

/// An agent chooses a custom status.
pub(super) fn set_custom_status(
    work: &mut Work<'_>,
    ticket: u64,
    id: u64,
) -> Result<(), DeskError> {
    known_status(work, Some(id))?;
    by_agent(work, ticket, |change| change.custom_status = Some(id))
}

/// An agent makes another user the requester.
pub(super) fn change_requester(
    work: &mut Work<'_>,
    ticket: u64,
    user: u64,
) -> Result<(), DeskError> {
    let requester = work.user(user).map(AccountUser::as_author);
    let requester = requester.ok_or(DeskError::NoUser(user))?;
    by_agent(work, ticket, |change| {
        change.fields = Fields {
            requester: Some(requester),
            ..Fields::default()
        };
    })
}

/// An agent adds tags.
pub(super) fn add_tags(work: &mut Work<'_>, ticket: u64, tags: &[String]) -> Result<(), DeskError> {
    let mut all = changeable(work, ticket)?.tags.clone();
    all.extend(tags.iter().cloned());
    let all = super::work::tags(&json!(all));
    by_agent(work, ticket, |change| change.tags = Some(all))
}

/// An agent takes tags away.
pub(super) fn remove_tags(
    work: &mut Work<'_>,
    ticket: u64,
    tags: &[String],
) -> Result<(), DeskError> {
    let mut left = changeable(work, ticket)?.tags.clone();
    left.retain(|tag| !tags.contains(tag));
    by_agent(work, ticket, |change| change.tags = Some(left))
}

/// An agent applies a macro and submits.
pub(super) fn apply_macro(work: &mut Work<'_>, ticket: u64, id: u64) -> Result<(), DeskError> {
    let found = changeable(work, ticket)?.clone();
    let mut known = work.state.macros.iter();
    let known = known.find(|known| known.id == id && known.active).cloned();
    let known = known.ok_or(DeskError::NoMacro(id))?;
    by_agent(work, ticket, |change| macros::fill(&known, &found, change))
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
    if work.user(requester.id).is_some_and(|user| user.suspended) {
        return Err(DeskError::Suspended(requester.id));
    }
    let mut change = Change::new(requester.id, Channel::Email);
    change.comment = Some(spoken(requester.id, text));
    let ticket = match found.status {
        Status::Closed => {
            change.creates = true;
            let by = requester.id;
            let mut ticket = blank(work, requester, by, Channel::Email);
            follows(&mut ticket, &found);
            add(work, ticket)
        }
        Status::Pending | Status::Hold | Status::Solved => {
            change.status = Some(Status::Open);
            ticket
        }
        Status::New | Status::Open => ticket,
    };
    apply(work.state, work.config, work.now, ticket, change).ok_or(DeskError::NoTicket(ticket))
}

/// A public comment without files, typed into the editor.
fn spoken(author_id: u64, text: &str) -> Words {
    Words {
        author_id,
        html: html::from_editor(text),
        body: text.to_owned(),
        public: true,
        attachments: Vec::new(),
    }
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

fn known_status(work: &Work<'_>, id: Option<u64>) -> Result<(), DeskError> {
    let known = |id| work.state.custom_statuses.iter().any(|s| s.id == id);
    match id.filter(|id| !known(*id)) {
        Some(id) => Err(DeskError::NoCustomStatus(id)),
        None => Ok(()),
    }
}

/// The usual agent saves a change.
fn by_agent(
    work: &mut Work<'_>,
    ticket: u64,
    fill: impl FnOnce(&mut Change),
) -> Result<(), DeskError> {
    changeable(work, ticket)?;
    let mut change = Change::new(users::agent(work, DEFAULT_AGENT), Channel::Web);
    fill(&mut change);
    save(work, ticket, change).map(|_| ())
}

/// An agent presses "submit": it counts as an update of the account and of the ticket.
fn save(work: &mut Work<'_>, ticket: u64, change: Change) -> Result<Option<u64>, DeskError> {
    let taken = limits::update(work, change.by, ticket);
    taken.map_err(|exceeded| DeskError::Limited(exceeded.wait))?;
    Ok(apply(work.state, work.config, work.now, ticket, change))
}
