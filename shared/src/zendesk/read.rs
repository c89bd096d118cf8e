//! Calls that only look.
//!
//! In: ids. Out: views of tickets, comments and deliveries. Imports only `net` and the
//! identifiers.

use super::answers::{
    MetricsAnswer, TicketAnswer, TicketRow, TicketsAnswer, UserAnswer, UserRow, milliseconds,
};
use super::client::Client;
use super::comments::CommentsAnswer;
use super::error::ZendeskError;
use super::types::{CommentView, TicketView};
use crate::message::{TicketId, UserId};
use crate::net::{Deadline, Request};

/// Largest page Zendesk gives.
pub(super) const PAGE: u32 = 100;

impl Client {
    /// The ticket as it is now, with its requester; `None` where it is gone.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn ticket(
        &self,
        ticket: TicketId,
        deadline: Deadline,
    ) -> Result<Option<TicketView>, ZendeskError> {
        let mut url = self.url(&format!("/tickets/{ticket}"));
        url.query_pairs_mut().append_pair("include", "users");
        let answer: TicketAnswer = match self.call(Request::get(url), deadline).await {
            Err(ZendeskError::NotFound) => return Ok(None),
            other => other?,
        };
        let TicketAnswer { ticket, users } = answer;
        let requester = self.requester(&ticket, users, deadline).await?;
        Ok(Some(ticket.view(requester)))
    }

    async fn requester(
        &self,
        ticket: &TicketRow,
        users: Vec<UserRow>,
        deadline: Deadline,
    ) -> Result<Option<UserRow>, ZendeskError> {
        let Some(id) = ticket.requester_id else {
            return Ok(None);
        };
        match users.into_iter().find(|user| user.id == id) {
            Some(user) => Ok(Some(user)),
            None => self.user(id, deadline).await,
        }
    }

    async fn user(&self, id: UserId, deadline: Deadline) -> Result<Option<UserRow>, ZendeskError> {
        let url = self.url(&format!("/users/{id}"));
        match self.call::<UserAnswer>(Request::get(url), deadline).await {
            Ok(answer) => Ok(Some(answer.user)),
            Err(ZendeskError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The tickets created with this external id; the list, not the search, which lags.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn tickets_by_external_id(
        &self,
        external_id: &str,
        deadline: Deadline,
    ) -> Result<Vec<TicketView>, ZendeskError> {
        let mut url = self.url("/tickets");
        url.query_pairs_mut()
            .append_pair("external_id", external_id);
        let answer: TicketsAnswer = self.call(Request::get(url), deadline).await?;
        Ok(answer
            .tickets
            .into_iter()
            .map(|ticket| ticket.view(None))
            .collect())
    }

    /// When the ticket was solved last, in milliseconds since the epoch (Zendesk's whole seconds);
    /// from its metrics, which its own times do not tell (reference, "Ticket Metrics").
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn solved_at(
        &self,
        ticket: TicketId,
        deadline: Deadline,
    ) -> Result<Option<i64>, ZendeskError> {
        let url = self.url(&format!("/tickets/{ticket}/metrics"));
        let answer: MetricsAnswer = self.call(Request::get(url), deadline).await?;
        Ok(answer
            .ticket_metric
            .solved_at
            .as_deref()
            .and_then(milliseconds))
    }

    /// The newest comments of a ticket, newest first, at most `limit` and never over 100.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn comments(
        &self,
        ticket: TicketId,
        limit: u32,
        deadline: Deadline,
    ) -> Result<Vec<CommentView>, ZendeskError> {
        let mut url = self.url(&format!("/tickets/{ticket}/comments"));
        url.query_pairs_mut()
            .append_pair("sort", "-created_at")
            .append_pair("include", "users")
            .append_pair("page[size]", &limit.clamp(1, PAGE).to_string());
        let answer: CommentsAnswer = self.call(Request::get(url), deadline).await?;
        Ok(answer.views())
    }
}
