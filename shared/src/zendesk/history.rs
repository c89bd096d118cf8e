//! Looks into what happened to a ticket: its audits, page by page.
//!
//! In: ids. Out: what a lost answer's write left there, and what agents asked for. Imports only `net`
//! and the identifiers.

use std::ops::ControlFlow;

use reqwest::Url;

use super::audits::{AuditRow, AuditsAnswer, Page};
use super::client::Client;
use super::error::ZendeskError;
use super::read::PAGE;
use super::types::FoundDelivery;
use crate::message::{DeliveryId, TicketId};
use crate::net::{Deadline, Request};

/// Most pages walked; a ticket takes 5,000 comments and some more audits.
const MAX_PAGES: usize = 100;

/// A ticket has more audits than are walked, or a page leads elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("the ticket's audits cannot be walked to their end")]
struct EndlessAudits;

impl Client {
    /// Looks for a delivery on a ticket, by the marker that its write left on the audit.
    ///
    /// Zendesk's reference asks for the global `read` scope on audits; where they are forbidden the
    /// newest comments tell, whose `metadata` shows the same marker.
    ///
    /// # Errors
    /// [`ZendeskError`]; also where not all audits could be seen: absence is certain or not told.
    pub async fn find_delivery(
        &self,
        ticket: TicketId,
        marker: &str,
        deadline: Deadline,
    ) -> Result<Option<FoundDelivery>, ZendeskError> {
        match self.find_in_audits(ticket, marker, deadline).await {
            Err(ZendeskError::Forbidden) => self.find_in_comments(ticket, marker, deadline).await,
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
        let mut found = None;
        let look = |audit: &AuditRow| match audit.delivery() {
            Some(delivery) if delivery == marker => {
                found = Some(FoundDelivery {
                    comment: audit.comment(),
                });
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        };
        self.walk(ticket, deadline, look).await?;
        Ok(found)
    }

    /// Which of these notes are older than the last time the tag was added to the ticket. What was
    /// first is judged by the audits' times and ids: by Zendesk's clock alone, whatever the order of
    /// the pages. A trigger may have taken the tag off since.
    ///
    /// # Errors
    /// [`ZendeskError`].
    pub async fn notes_before_tag(
        &self,
        ticket: TicketId,
        notes: &[DeliveryId],
        tag: &str,
        deadline: Deadline,
    ) -> Result<Vec<DeliveryId>, ZendeskError> {
        let mut added = None;
        let mut seen = Vec::new();
        let look = |audit: &AuditRow| {
            if audit.adds_tag(tag) {
                added = added.max(Some(audit.place()));
            }
            let note = notes
                .iter()
                .find(|note| audit.delivery() == Some(note.as_str()));
            seen.extend(note.map(|note| (audit.place(), note.clone())));
            ControlFlow::Continue(())
        };
        self.walk(ticket, deadline, look).await?;
        let older = seen.into_iter().filter(|(place, _)| added > Some(*place));
        Ok(older.map(|(_, note)| note).collect())
    }

    /// Shows every audit, until told to stop.
    async fn walk(
        &self,
        ticket: TicketId,
        deadline: Deadline,
        mut look: impl FnMut(&AuditRow) -> ControlFlow<()>,
    ) -> Result<(), ZendeskError> {
        let mut url = self.audits_url(ticket);
        for _ in 0..MAX_PAGES {
            let answer: AuditsAnswer = self.call(Request::get(url), deadline).await?;
            let stopped = answer.audits.iter().try_for_each(&mut look).is_break();
            if stopped || !answer.page.meta.has_more {
                return Ok(());
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
