//! The ticket's side of a path. Where Zendesk cannot be asked, the path is told without it.
//!
//! In: a ticket's id. Out: the ticket and its comments; why they are missing, on standard error.

use std::time::Duration;

use shared::message::TicketId;
use shared::net::Deadline;
use shared::zendesk::{Client, CommentView, TicketView, ZendeskError};

use crate::account::{Account, Terms};

/// Longest one call takes.
const LIMIT: Duration = Duration::from_secs(20);
/// Comments read of a ticket, the newest ones.
pub(super) const COMMENTS: u32 = 100;

/// Zendesk, where it can be asked.
pub(super) struct Desk {
    client: Option<Client>,
    terms: Terms,
}

impl Desk {
    pub(super) async fn of(account: &Account) -> Self {
        let client = account.zendesk().await;
        let client = client.inspect_err(|failure| not_asked(failure.told()));
        Self {
            client: client.ok(),
            terms: account.terms().clone(),
        }
    }

    pub(super) async fn ticket(&mut self, id: TicketId) -> Option<TicketView> {
        let answer = self.client.as_ref()?.ticket(id, Deadline::after(LIMIT));
        let answer = answer.await;
        self.told(answer)?
    }

    pub(super) async fn comments(&mut self, id: TicketId) -> Option<Vec<CommentView>> {
        let client = self.client.as_ref()?;
        let answer = client.comments(id, COMMENTS, Deadline::after(LIMIT)).await;
        self.told(answer)
    }

    /// Once it has failed it is not asked again.
    fn told<T>(&mut self, answer: Result<T, ZendeskError>) -> Option<T> {
        answer
            .inspect_err(|error| {
                not_asked(&self.terms.told(error.to_string(), error));
                self.client = None;
            })
            .ok()
    }
}

fn not_asked(why: &str) {
    eprintln!("bridge: the ticket is not shown: {why}");
}
