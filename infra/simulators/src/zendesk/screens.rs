//! The handle's methods for what people do with tickets in Zendesk's screens.

use super::Zendesk;
use super::model::Status;
use super::people::{self, Comment, DeskError, NewTicket};

mod setup;
mod users;
mod webhooks;

impl Zendesk {
    /// An agent submits a comment, and with it perhaps a status; fires triggers. Returns the
    /// comment's id.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn agent_comments(&self, ticket: u64, comment: Comment) -> Result<u64, DeskError> {
        self.account
            .change(|work| people::agent_comments(work, ticket, comment))
    }

    /// An agent opens a ticket for a customer with a public first comment. The customer is found
    /// by the configured user field or the external id, or made. Returns the ticket's id.
    pub fn agent_opens_ticket(&self, external_id: &str, subject: &str, text: &str) -> u64 {
        self.account
            .change(|work| people::opens_ticket(work, external_id, subject, text))
    }

    /// The same, with the tag of tickets that are texted about, where there is one.
    pub fn agent_opens_sms_ticket(&self, external_id: &str, subject: &str, text: &str) -> u64 {
        self.account
            .change(|work| people::opens_sms_ticket(work, external_id, subject, text))
    }

    /// A ticket comes in by e-mail, web form or chat, or an agent opens one; fires triggers. Returns
    /// its id.
    ///
    /// # Errors
    /// When there is no such requester.
    pub fn open_ticket(&self, ticket: NewTicket) -> Result<u64, DeskError> {
        self.account.change(|work| people::open(work, ticket))
    }

    /// A user writes an e-mail that opens a ticket; fires triggers. Returns the ticket's id.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn email_ticket(&self, user: u64, subject: &str, text: &str) -> Result<u64, DeskError> {
        self.open_ticket(NewTicket::email(user, subject, text))
    }

    /// An agent makes another user the requester; fires triggers.
    ///
    /// # Errors
    /// When the ticket cannot be changed, or there is no such user.
    pub fn change_requester(&self, ticket: u64, user: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::change_requester(work, ticket, user))
    }

    /// An agent chooses a custom status; fires triggers.
    ///
    /// # Errors
    /// When the ticket cannot be changed, or there is no such status.
    pub fn set_custom_status(&self, ticket: u64, status: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::set_custom_status(work, ticket, status))
    }

    /// An agent changes the status without a comment; fires triggers.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn set_status(&self, ticket: u64, status: Status) -> Result<(), DeskError> {
        self.account
            .change(|work| people::set_status(work, ticket, status))
    }

    /// The account's automation closes a ticket.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn close(&self, ticket: u64) -> Result<(), DeskError> {
        self.account.change(|work| people::close(work, ticket))
    }

    /// An agent deletes a ticket.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn delete(&self, ticket: u64) -> Result<(), DeskError> {
        self.account.change(|work| people::delete(work, ticket))
    }

    /// An agent merges one ticket into another: the source is closed and tagged
    /// `closed_by_merge`, both get an internal note.
    ///
    /// # Errors
    /// When one of them cannot be changed.
    pub fn merge(&self, source: u64, target: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::merge(work, source, target))
    }

    /// An agent adds tags.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn add_tags(&self, ticket: u64, tags: &[&str]) -> Result<(), DeskError> {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self.account
            .change(|work| people::add_tags(work, ticket, &tags))
    }

    /// An agent applies a macro, which `POST /macros` made, and submits; fires triggers.
    ///
    /// # Errors
    /// When the ticket cannot be changed, or there is no such active macro.
    pub fn apply_macro(&self, ticket: u64, id: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::apply_macro(work, ticket, id))
    }

    /// An agent takes tags away.
    ///
    /// # Errors
    /// When the ticket cannot be changed.
    pub fn remove_tags(&self, ticket: u64, tags: &[&str]) -> Result<(), DeskError> {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self.account
            .change(|work| people::remove_tags(work, ticket, &tags))
    }

    /// The customer comments by e-mail; a pending or solved ticket opens, a closed one gets a
    /// follow-up. Returns the comment's id.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn end_user_comments(&self, ticket: u64, text: &str) -> Result<u64, DeskError> {
        self.account
            .change(|work| people::end_user_comments(work, ticket, text))
    }
}
