//! Calls that only look.
//!
//! In: ids. Out: views of tickets, comments and deliveries. Imports only `net` and the
//! identifiers.

use reqwest::Url;

use super::answers::{
    MetricsAnswer, TicketAnswer, TicketRow, TicketsAnswer, UserAnswer, UserRow, UsersAnswer,
};
use super::audits::{AuditRow, AuditsAnswer, Page};
use super::client::ZendeskClient;
use super::comments::CommentsAnswer;
use super::error::ZendeskError;
use super::times::milliseconds;
use super::types::{CommentView, FoundDelivery, FoundUser, TicketHistory, TicketView};
use crate::message::{TicketId, UserId};
use crate::net::{Deadline, Request};

/// Largest page Zendesk gives.
const PAGE: u32 = 100;
/// Most pages walked; a ticket takes 5,000 comments and some more audits.
const MAX_PAGES: usize = 100;

/// A ticket has more audits than are walked, or a page leads elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("the ticket's audits cannot be walked to their end")]
struct EndlessAudits;

impl ZendeskClient {
    /// The users with this external id, as Zendesk matches them: in whatever case.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn users_with(
        &self,
        external_id: &str,
        deadline: Deadline,
    ) -> Result<Vec<FoundUser>, ZendeskError> {
        let mut url = self.url("/users/search");
        url.query_pairs_mut()
            .append_pair("external_id", external_id);
        let answer: UsersAnswer = self.call(Request::get(url), deadline).await?;
        Ok(answer.users.into_iter().map(UserRow::found).collect())
    }

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

    /// A user; `None` where they are gone: deleted, as one that was merged into another is. What Zendesk answers
    /// for such a user is not documented: none, or one who is not active.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn active_user(
        &self,
        id: UserId,
        deadline: Deadline,
    ) -> Result<Option<FoundUser>, ZendeskError> {
        let user = self.user(id, deadline).await?;
        let active = user.filter(|user| user.active != Some(false));
        Ok(active.map(UserRow::found))
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
        let request = || Request::get(url.clone());
        let answer: MetricsAnswer = match self.call(request(), deadline).await {
            // Whether `tickets:read` is enough for metrics is not documented.
            Err(ZendeskError::Forbidden) => {
                let reader = self.reader(deadline).await?;
                reader.call(request(), deadline).await?
            }
            told => told?,
        };
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

    /// Looks for a delivery on a ticket, by the marker that its write left on the audit.
    ///
    /// Zendesk's reference asks for the global `read` scope on audits; where they are forbidden the
    /// newest comments tell, whose `metadata` shows the same marker, and where that is not shown, the audits as
    /// a token with that scope sees them.
    ///
    /// # Errors
    /// [`ZendeskError`]; also where not all audits could be seen: absence is certain or not reported.
    pub async fn find_delivery(
        &self,
        ticket: TicketId,
        marker: &str,
        deadline: Deadline,
    ) -> Result<Option<FoundDelivery>, ZendeskError> {
        match self.find_in_audits(ticket, marker, deadline).await {
            Err(ZendeskError::Forbidden) => {}
            told => return told,
        }
        match self.find_in_comments(ticket, marker, deadline).await {
            Err(ZendeskError::Forbidden) => {
                let reader = self.reader(deadline).await?;
                reader.find_in_audits(ticket, marker, deadline).await
            }
            told => told,
        }
    }

    async fn find_in_comments(
        &self,
        ticket: TicketId,
        marker: &str,
        deadline: Deadline,
    ) -> Result<Option<FoundDelivery>, ZendeskError> {
        let comments = self.comments(ticket, PAGE, deadline).await?;
        let found = comments
            .iter()
            .find(|comment| comment.delivery.as_deref() == Some(marker));
        if let Some(comment) = found {
            return Ok(Some(FoundDelivery {
                comment: Some(comment.id),
            }));
        }
        let readable = comments.iter().any(|comment| comment.has_metadata);
        if readable {
            Ok(None)
        } else {
            Err(ZendeskError::Forbidden)
        }
    }

    async fn find_in_audits(
        &self,
        ticket: TicketId,
        marker: &str,
        deadline: Deadline,
    ) -> Result<Option<FoundDelivery>, ZendeskError> {
        let found = self.walk_audits(ticket, deadline, |audit| {
            let found = audit.delivery() == Some(marker);
            found.then(|| FoundDelivery {
                comment: audit.comment(),
            })
        });
        found.await
    }

    /// Since when the ticket is its requester's and carries the tag; from its audits. Where these are
    /// forbidden to a token that may read everything as well, nothing is reported.
    ///
    /// # Errors
    /// [`ZendeskError`]; also where not all audits could be seen.
    pub async fn history(
        &self,
        ticket: TicketId,
        tag: Option<&str>,
        deadline: Deadline,
    ) -> Result<TicketHistory, ZendeskError> {
        let told = match self.told_by_audits(ticket, tag, deadline).await {
            Err(ZendeskError::Forbidden) => match self.reader(deadline).await {
                Ok(reader) => reader.told_by_audits(ticket, tag, deadline).await,
                Err(error) => Err(error),
            },
            told => told,
        };
        match told {
            Err(ZendeskError::Forbidden) => Ok(TicketHistory::default()),
            told => told,
        }
    }

    async fn told_by_audits(
        &self,
        ticket: TicketId,
        tag: Option<&str>,
        deadline: Deadline,
    ) -> Result<TicketHistory, ZendeskError> {
        let mut history = TicketHistory::default();
        self.walk_audits::<()>(ticket, deadline, |audit| {
            audit.tell(&mut history, tag);
            None
        })
        .await?;
        Ok(history)
    }

    /// Walks the audits, the oldest first, until one is what is looked for.
    async fn walk_audits<T>(
        &self,
        ticket: TicketId,
        deadline: Deadline,
        mut look: impl FnMut(&AuditRow) -> Option<T>,
    ) -> Result<Option<T>, ZendeskError> {
        let mut url = self.audits_url(ticket);
        for _ in 0..MAX_PAGES {
            let answer: AuditsAnswer = self.call(Request::get(url), deadline).await?;
            if let Some(found) = answer.audits.iter().find_map(&mut look) {
                return Ok(Some(found));
            }
            if !answer.page.meta.has_more {
                return Ok(None);
            }
            url = self.next_page(ticket, &answer.page)?;
        }
        Err(ZendeskError::unavailable(EndlessAudits))
    }

    fn audits_url(&self, ticket: TicketId) -> Url {
        let mut url = self.url(&format!("/tickets/{ticket}/audits"));
        url.query_pairs_mut()
            .append_pair("page[size]", &PAGE.to_string());
        url
    }

    /// The next page, on this host only: the credentials go with the request.
    fn next_page(&self, ticket: TicketId, page: &Page) -> Result<Url, ZendeskError> {
        let next = page
            .links
            .next
            .as_deref()
            .and_then(|next| Url::parse(next).ok());
        if let Some(next) = next.filter(|next| self.is_own(next)) {
            return Ok(next);
        }
        let cursor = page.meta.after_cursor.as_deref();
        let cursor = cursor.ok_or_else(|| ZendeskError::unavailable(EndlessAudits))?;
        let mut url = self.audits_url(ticket);
        url.query_pairs_mut().append_pair("page[after]", cursor);
        Ok(url)
    }
}
