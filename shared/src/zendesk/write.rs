//! Calls that change something at Zendesk.
//!
//! In: new users, tickets, comments, states. Out: what Zendesk made of them. Imports only `net`
//! and the identifiers.

use http::{HeaderValue, Method, StatusCode};

use super::answers::{UserAnswer, WrittenAnswer};
use super::bodies::{BrazeIdBody, TagsBody, TicketBody, UserBody};
use super::client::ZendeskClient;
use super::error::ZendeskError;
use super::types::{Appended, NewComment, NewUser, TicketStatus, TicketToCreate, Ticketed};
use crate::message::{CommentId, ExternalUserId, TicketField, TicketId, UserId};
use crate::net::{Deadline, Repeat, Request};

impl ZendeskClient {
    /// Creates a user; where Zendesk refuses the values, once more without phone and language: accounts name
    /// a refused number in their own words and language.
    ///
    /// # Errors
    /// [`ZendeskError`]: a status of 422 where the external id is taken, also by this call itself if its first
    /// answer was lost.
    pub async fn create_user(
        &self,
        user: &NewUser<'_>,
        deadline: Deadline,
    ) -> Result<UserId, ZendeskError> {
        let answer = self.answer(self.create_request(user), deadline).await?;
        let refused_with_phone = (user.phone.is_some() || user.locale.is_some())
            && answer.status == StatusCode::UNPROCESSABLE_ENTITY;
        let created: UserAnswer = if refused_with_phone {
            tracing::warn!("zendesk.refused_with_phone");
            let request = self.create_request(&NewUser {
                phone: None,
                locale: None,
                ..user.clone()
            });
            self.call(request, deadline).await?
        } else if answer.status.is_success() {
            answer
                .json()
                .map_err(|error| ZendeskError::of_body(true, error))?
        } else {
            return Err(ZendeskError::of_answer(true, &answer));
        };
        Ok(created.user.id)
    }

    fn create_request(&self, user: &NewUser<'_>) -> Request {
        Request::new(Method::POST, self.url("/users"), Repeat::Safe).json(&UserBody::of(user))
    }

    /// Writes the Braze id into a user's field, and nothing else. May be repeated.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn set_braze_id(
        &self,
        user: UserId,
        braze_id: &ExternalUserId,
        deadline: Deadline,
    ) -> Result<(), ZendeskError> {
        let url = self.url(&format!("/users/{user}"));
        let request = Request::new(Method::PUT, url, Repeat::Safe).json(&BrazeIdBody::of(braze_id));
        self.success(request, deadline).await.map(drop)
    }

    /// Writes the Braze id into a user's field, and as external id. May be repeated.
    ///
    /// # Errors
    /// [`ZendeskError`]: a status of 422 where the external id is taken.
    pub async fn name_user(
        &self,
        user: UserId,
        braze_id: &ExternalUserId,
        deadline: Deadline,
    ) -> Result<(), ZendeskError> {
        let url = self.url(&format!("/users/{user}"));
        let body = BrazeIdBody::of(braze_id).with_external_id(braze_id);
        let request = Request::new(Method::PUT, url, Repeat::Safe).json(&body);
        self.success(request, deadline).await.map(drop)
    }

    /// Creates a ticket, once per idempotency key for two hours.
    ///
    /// # Errors
    /// [`ZendeskError`]; after an unknown outcome repeat with the same key, or look for it with
    /// [`ZendeskClient::tickets_by_external_id`].
    pub async fn create_ticket(
        &self,
        ticket: &TicketToCreate<'_>,
        idempotency_key: &str,
        deadline: Deadline,
    ) -> Result<Ticketed, ZendeskError> {
        let key = HeaderValue::from_str(idempotency_key).map_err(ZendeskError::unavailable)?;
        let request = Request::new(Method::POST, self.url("/tickets"), Repeat::Safe)
            .header("idempotency-key", key)
            .json(&TicketBody::create(ticket));
        let created: WrittenAnswer = self.call(request, deadline).await?;
        let (comment, ticket) = (created.comment(), created.ticket);
        Ok(Ticketed {
            ticket: ticket.id,
            status: ticket.status,
            comment,
        })
    }

    /// Appends a comment. Zendesk has no key for it: never repeated here.
    ///
    /// # Errors
    /// [`ZendeskError`]; after an unknown outcome look with [`ZendeskClient::find_delivery`].
    pub async fn append(
        &self,
        ticket: TicketId,
        comment: &NewComment<'_>,
        deadline: Deadline,
    ) -> Result<Appended, ZendeskError> {
        let request = Request::new(Method::PUT, self.ticket_url(ticket), Repeat::Never)
            .json(&TicketBody::append(comment));
        let written: WrittenAnswer = self.call(request, deadline).await?;
        Ok(Appended {
            status: written.ticket.status,
            comment: written.comment(),
            requester: written.ticket.requester_id,
            tags: written.ticket.tags,
        })
    }

    /// Makes a comment private (reference, "Make Comment Private"). There is no way back; may be repeated.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn make_private(
        &self,
        ticket: TicketId,
        comment: CommentId,
        deadline: Deadline,
    ) -> Result<(), ZendeskError> {
        let path = format!("/tickets/{ticket}/comments/{comment}/make_private");
        let request = Request::new(Method::PUT, self.url(&path), Repeat::Safe);
        self.success(request, deadline).await.map(drop)
    }

    /// Sets a ticket's status. May be repeated.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn set_status(
        &self,
        ticket: TicketId,
        status: TicketStatus,
        deadline: Deadline,
    ) -> Result<(), ZendeskError> {
        let request = Request::new(Method::PUT, self.ticket_url(ticket), Repeat::Safe)
            .json(&TicketBody::status(status));
        self.success(request, deadline).await.map(drop)
    }

    /// Sets ticket fields. May be repeated.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn set_fields(
        &self,
        ticket: TicketId,
        fields: &[TicketField],
        deadline: Deadline,
    ) -> Result<(), ZendeskError> {
        let request = Request::new(Method::PUT, self.ticket_url(ticket), Repeat::Safe)
            .json(&TicketBody::fields(fields));
        self.success(request, deadline).await.map(drop)
    }

    /// Adds tags to those a ticket has. May be repeated.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn add_tags(
        &self,
        ticket: TicketId,
        tags: &[&str],
        deadline: Deadline,
    ) -> Result<(), ZendeskError> {
        let url = self.url(&format!("/tickets/{ticket}/tags"));
        let request = Request::new(Method::PUT, url, Repeat::Safe).json(&TagsBody { tags });
        self.success(request, deadline).await.map(drop)
    }

    /// Takes tags off a ticket. May be repeated.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn remove_tags(
        &self,
        ticket: TicketId,
        tags: &[&str],
        deadline: Deadline,
    ) -> Result<(), ZendeskError> {
        let url = self.url(&format!("/tickets/{ticket}/tags"));
        let request = Request::new(Method::DELETE, url, Repeat::Safe).json(&TagsBody { tags });
        self.success(request, deadline).await.map(drop)
    }

    fn ticket_url(&self, ticket: TicketId) -> reqwest::Url {
        self.url(&format!("/tickets/{ticket}"))
    }
}
