//! What an agent submits, and why it may not work.

use super::super::model::Status;

/// The agent where none is named.
pub(super) const DEFAULT_AGENT: &str = "Ada Agent";

/// What an agent writes into a ticket.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The text; paragraphs are separated by newlines.
    pub text: String,
    /// Public reply or internal note.
    pub public: bool,
    /// The status submitted with it.
    pub status: Option<Status>,
    /// The custom status submitted with it.
    pub custom_status: Option<u64>,
    /// Name of the agent, who is made up if there is none of this name.
    pub agent: String,
    /// Files: name, media type, bytes.
    pub attachments: Vec<(String, String, Vec<u8>)>,
}

impl Comment {
    /// A public reply by the agent "Ada Agent".
    pub fn public(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            public: true,
            status: None,
            custom_status: None,
            agent: DEFAULT_AGENT.to_owned(),
            attachments: Vec::new(),
        }
    }

    /// An internal note by the same agent.
    pub fn note(text: &str) -> Self {
        Self {
            public: false,
            ..Self::public(text)
        }
    }

    /// Submitted with this status.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = Some(status);
        self
    }

    /// Submitted with this custom status.
    #[must_use]
    pub fn custom_status(mut self, id: u64) -> Self {
        self.custom_status = Some(id);
        self
    }

    /// By the agent of this name.
    #[must_use]
    pub fn by(mut self, agent: &str) -> Self {
        self.agent = agent.to_owned();
        self
    }

    /// With a file.
    #[must_use]
    pub fn file(mut self, name: &str, content_type: &str, bytes: &[u8]) -> Self {
        self.attachments
            .push((name.to_owned(), content_type.to_owned(), bytes.to_vec()));
        self
    }
}

/// Why a person could not do that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// There is no such ticket, or it was deleted.
    #[error("there is no ticket {0}")]
    NoTicket(u64),
    /// The ticket is closed.
    #[error("ticket {0} is closed")]
    Closed(u64),
    /// There is no such user, or the user was merged into another.
    #[error("there is no user {0}")]
    NoUser(u64),
    /// The user is suspended: what they write goes to the view of suspended tickets.
    #[error("user {0} is suspended")]
    Suspended(u64),
    /// Only end users can be merged, and not with themselves.
    #[error("user {0} cannot be merged: only two different end users can")]
    NotMergeable(u64),
    /// There is no such custom status.
    #[error("there is no custom status {0}")]
    NoCustomStatus(u64),
    /// There is no such macro.
    #[error("there is no macro {0}")]
    NoMacro(u64),
    /// The account's or the ticket's limit of updates is met.
    #[error("Zendesk's limit of ticket updates is met; there is a place again in {0} s")]
    Limited(i64),
    /// There is no such held webhook.
    #[error("there is no held webhook {0}")]
    NotHeld(u64),
}
