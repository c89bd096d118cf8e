//! A change of a ticket, whoever makes it: audit, comment, status, then the triggers.
//!
//! In: a [`Change`] from the API or from a person. Out: the ticket changed, triggers run. Imports
//! the state and the trigger engine.

use serde_json::{Value, json};

use super::config::Config;
use super::model::{Attachment, Audit, State, Status, Ticket, TicketComment};
use super::triggers::{self, Happened};

/// Channels a change can come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    /// The web screens.
    Web,
    /// E-mail.
    Email,
    /// The API: "web service" in trigger conditions.
    Api,
    /// Zendesk's own automations and merges.
    Rule,
}

impl Via {
    /// The number in `current_via_id` conditions.
    pub(super) fn id(self) -> u64 {
        match self {
            Self::Web => 0,
            Self::Email => 4,
            Self::Api => 5,
            Self::Rule => 8,
        }
    }

    pub(super) fn channel(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Email => "email",
            Self::Api => "api",
            Self::Rule => "rule",
        }
    }
}

/// What is changed in one go.
pub(super) struct Change {
    pub(super) by: u64,
    pub(super) via: Via,
    pub(super) comment: Option<Words>,
    pub(super) status: Option<Status>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) custom: Value,
    pub(super) creates: bool,
}

impl Change {
    pub(super) fn new(by: u64, via: Via) -> Self {
        Self {
            by,
            via,
            comment: None,
            status: None,
            tags: None,
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
    state: &mut State,
    config: &Config,
    now: i64,
    ticket_id: u64,
    change: Change,
) -> Option<u64> {
    let audit_id = state.next_id();
    let comment_id = state.next_id();
    let author = change
        .comment
        .as_ref()
        .and_then(|words| state.users.get(&words.author_id));
    let author = author.map(super::User::as_author);
    let before = state.tickets.get(&ticket_id)?.status;
    let mut events = Vec::new();
    let ticket = state.tickets.get_mut(&ticket_id)?;
    let mut added = None;
    let mut spoke_publicly = None;
    if let (Some(words), Some(author)) = (change.comment, author) {
        let comment = TicketComment {
            id: comment_id,
            author,
            plain_body: super::html::to_text(&words.html),
            body: words.body,
            html_body: words.html,
            public: words.public,
            via: change.via.channel().to_owned(),
            metadata: change.custom.clone(),
            attachments: words.attachments,
            audit_id,
            created_at_ms: now,
        };
        added = Some(comment_id);
        spoke_publicly = Some(comment.public);
        events.push(super::show::comment(&comment, false));
        ticket.comments.push(comment);
    }
    set_fields(ticket, change.status, change.tags, &mut events);
    ticket.updated_at_ms = now;
    ticket.audits.push(Audit {
        id: audit_id,
        author_id: change.by,
        via: change.via.channel().to_owned(),
        custom: change.custom,
        events,
        created_at_ms: now,
    });
    let happened = Happened {
        ticket_id,
        before: (!change.creates).then_some(before),
        spoke_publicly,
        via_id: change.via.id(),
        by: change.by,
    };
    triggers::run(state, config, now, &happened);
    added
}

fn set_fields(
    ticket: &mut Ticket,
    status: Option<Status>,
    tags: Option<Vec<String>>,
    events: &mut Vec<Value>,
) {
    let mut changed = |field: &str, was: Value, is: Value| {
        events.push(
            json!({"id": events.len() + 1, "type": "Change", "field_name": field,
            "previous_value": was, "value": is}),
        );
    };
    if let Some(status) = status.filter(|status| *status != ticket.status) {
        changed(
            "status",
            json!(ticket.status.as_str()),
            json!(status.as_str()),
        );
        ticket.status = status;
    }
    if let Some(tags) = tags.filter(|tags| *tags != ticket.tags) {
        changed("tags", json!(ticket.tags), json!(tags));
        ticket.tags = tags;
    }
}
