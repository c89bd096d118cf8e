//! A change of a ticket, by the API or by a person: audit, comment, fields, then the triggers.

use serde_json::{Value, json};

use super::catalogue;
use super::channel::Channel;
use super::config::AccountConfig;
use super::fields::{self, Fields, note};
use super::model::{AccountState, Attachment, Audit, Status, TicketComment};
use super::triggers;

/// What is changed in one go.
pub(super) struct Change {
    pub(super) by: u64,
    pub(super) via: Channel,
    pub(super) comment: Option<Words>,
    pub(super) status: Option<Status>,
    pub(super) custom_status: Option<u64>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) fields: Fields,
    pub(super) custom: Value,
    pub(super) creates: bool,
}

impl Change {
    pub(super) fn new(by: u64, via: Channel) -> Self {
        Self {
            by,
            via,
            comment: None,
            status: None,
            custom_status: None,
            tags: None,
            fields: Fields::default(),
            custom: json!({}),
            creates: false,
        }
    }
}

/// A comment to be added.
pub(super) struct Words {
    pub(super) author_id: u64,
    pub(super) body: String,
    pub(super) html: String,
    pub(super) public: bool,
    pub(super) attachments: Vec<Attachment>,
}

/// Makes the change, runs the triggers, and returns the id of the comment added.
pub(super) fn apply(
    state: &mut AccountState,
    config: &AccountConfig,
    now: i64,
    ticket_id: u64,
    mut change: Change,
) -> Option<u64> {
    let audit_id = state.next_id();
    state.tickets.get(&ticket_id)?;
    let mut events = Vec::new();
    let comment = written(state, now, audit_id, &mut change);
    let added = comment.as_ref().map(|comment| comment.id);
    let status = target_status(state, &change);
    let ticket = state.tickets.get_mut(&ticket_id)?;
    if let Some(comment) = comment {
        events.push(super::show::comment(&comment, false));
        ticket.comments.push(comment);
    }
    if let Some((status, custom_status, named)) = status {
        note(
            &mut events,
            "status",
            ticket.status.as_str(),
            status.as_str(),
        );
        if named {
            let before = ticket.custom_status_id;
            note(&mut events, "custom_status_id", before, custom_status);
        }
        (ticket.status, ticket.custom_status_id) = (status, custom_status);
    }
    if let Some(tags) = change.tags {
        note(&mut events, "tags", &ticket.tags, &tags);
        ticket.tags = tags;
    }
    fields::set(ticket, change.fields, &mut events);
    ticket.updated_at_ms = now;
    ticket.generated_at_ms = now;
    ticket.audits.push(Audit {
        id: audit_id,
        author_id: change.by,
        via: change.via.name().to_owned(),
        custom: change.custom,
        events,
        created_at_ms: now,
    });
    triggers::run(state, config, now, ticket_id, change.creates);
    added
}

/// The comment of the change, if its author is there.
fn written(
    state: &mut AccountState,
    now: i64,
    audit_id: u64,
    change: &mut Change,
) -> Option<TicketComment> {
    let words = change.comment.take()?;
    let author = state.users.get(&words.author_id)?.as_author();
    Some(TicketComment {
        id: state.next_id(),
        author,
        plain_body: super::html::to_text(&words.html),
        body: words.body,
        html_body: words.html,
        public: words.public,
        via: change.via.name().to_owned(),
        metadata: change.custom.clone(),
        attachments: words.attachments,
        audit_id,
        created_at_ms: now,
    })
}

/// Status and custom status the ticket gets, and whether the account has custom statuses at all. A
/// status without a custom one resets to the default of its category, even where the ticket is in
/// that category already.
fn target_status(state: &AccountState, change: &Change) -> Option<(Status, u64, bool)> {
    let chosen = change.custom_status.and_then(|id| {
        let mut known = state.custom_statuses.iter();
        known.find(|known| known.id == id)
    });
    let named = catalogue::has_custom_statuses(state);
    match (chosen, change.status) {
        (Some(custom), _) => Some((custom.category, custom.id, named)),
        (None, Some(status)) => Some((status, catalogue::default_status(state, status), named)),
        (None, None) => None,
    }
}
