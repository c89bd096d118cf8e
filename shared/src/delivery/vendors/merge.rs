//! Where a merged ticket went.

use crate::conversation::step::TicketFacts;
use crate::message::TicketId;
use crate::net::Deadline;
use crate::zendesk::{self, ZendeskError};

use super::Clients;

impl Clients {
    /// A merged ticket's newest comments name the ticket it was merged into. Believed only where
    /// that ticket is the same customer's and takes comments (the wording is not documented).
    pub(super) async fn merge_target(
        &self,
        source: TicketId,
        deadline: Deadline,
    ) -> Result<Option<TicketFacts>, ZendeskError> {
        let requester = self
            .zendesk
            .ticket(source, deadline)
            .await?
            .and_then(|view| view.requester);
        let comments = self.zendesk.comments(source, 3, deadline).await?;
        let named = comments
            .iter()
            .flat_map(|comment| numbers(comment.plain_body.as_str()));
        for target in named.filter(|&named| named != source).take(2) {
            let Some(view) = self.zendesk.ticket(target, deadline).await? else {
                continue;
            };
            let usable = !matches!(
                view.status,
                zendesk::TicketStatus::Closed | zendesk::TicketStatus::Deleted
            );
            if usable && view.requester.is_some() && view.requester == requester {
                return Ok(Some(self.facts(view)));
            }
        }
        Ok(None)
    }
}

/// Ticket numbers written as `#123`.
fn numbers(text: &str) -> Vec<TicketId> {
    let after_hash = text.split('#').skip(1);
    let digits = after_hash.map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        &rest[..end]
    });
    digits.filter_map(|digits| digits.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_of_a_merge_is_read_from_the_comment() {
        let named = numbers("Request #12 was closed and merged into request #345. Ref #x");
        assert_eq!(named.iter().map(|t| t.get()).collect::<Vec<_>>(), [12, 345]);
    }
}
