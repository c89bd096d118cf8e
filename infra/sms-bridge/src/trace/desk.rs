//! The ticket's side of a path. Zendesk is asked when the path needs it, and not again once it failed.
//!
//! In: a ticket's id. Out: the ticket, its comments, when it was solved; why they are missing.

use std::time::Duration;

use shared::message::TicketId;
use shared::net::Deadline;
use shared::zendesk::{CommentView, TicketView, ZendeskClient, ZendeskError};

use crate::Failure;
use crate::account::Account;

/// Longest one call takes.
const LIMIT: Duration = Duration::from_secs(20);
/// Comments read of a ticket, the newest ones.
pub(super) const COMMENTS: u32 = 100;

/// Zendesk, as long as it can be asked.
pub(super) struct Desk<'a> {
    account: &'a Account,
    client: Option<ZendeskClient>,
    failure: Option<Failure>,
}

impl<'a> Desk<'a> {
    pub(super) fn of(account: &'a Account) -> Self {
        Self {
            account,
            client: None,
            failure: None,
        }
    }

    /// The ticket, if there is one.
    pub(super) async fn ticket(&mut self, id: TicketId) -> Option<TicketView> {
        let ask = async |client: &ZendeskClient, deadline| client.ticket(id, deadline).await;
        self.ask(ask).await?
    }

    pub(super) async fn comments(&mut self, id: TicketId) -> Vec<CommentView> {
        let ask =
            async |client: &ZendeskClient, deadline| client.comments(id, COMMENTS, deadline).await;
        self.ask(ask).await.unwrap_or_default()
    }

    /// When the ticket was solved last, in milliseconds since the epoch, by Zendesk's whole seconds.
    pub(super) async fn solved_at(&mut self, id: TicketId) -> Option<i64> {
        let ask = async |client: &ZendeskClient, deadline| client.solved_at(id, deadline).await;
        self.ask(ask).await?
    }

    /// Why something is missing, where something is.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure.as_ref().map(|failure| match failure {
            Failure::Usage(why) => Failure::Usage(format!("the ticket is not shown: {why}")),
            other => Failure::Broken(format!("the ticket is not shown: {}", other.told())),
        })
    }

    async fn ask<T>(
        &mut self,
        call: impl AsyncFnOnce(&ZendeskClient, Deadline) -> Result<T, ZendeskError>,
    ) -> Option<T> {
        if self.failure.is_some() {
            return None;
        }
        if self.client.is_none() {
            let client = self.account.zendesk().await;
            self.client = client.map_err(|failure| self.failure = Some(failure)).ok();
        }
        let answer = call(self.client.as_ref()?, Deadline::after(LIMIT)).await;
        let failed = |error: ZendeskError| {
            let why = self.account.terms().told(error.to_string(), &error);
            self.failure = Some(Failure::Broken(why));
        };
        answer.map_err(failed).ok()
    }
}
