//! Compares open conversations with their tickets now and then, so that a reply whose webhook never
//! came is still delivered. A few each run: the vendors' rate belongs to the customers.

use crate::conversation::seen;
use crate::conversation::state::{Entry, Status};
use crate::conversation::store::{Held, StoreError};
use crate::message::{Body, DeliveryId, Event};

use super::{Bridge, Endings, Summary, Vendors, Work};

/// Conversations read each run.
const PAGE: i32 = 100;

/// Conversations compared each run; each costs Zendesk two calls.
const CHECKS: usize = 5;

/// How long a comparison is good for, in milliseconds.
const GOOD_FOR: i64 = 30 * 60 * 1000;

/// How long it is good for where nothing has happened for days, in milliseconds; well below the time
/// for which an answer is known to be sent or not.
const GOOD_FOR_SILENT: i64 = 12 * 60 * 60 * 1000;

/// How long an answer may have had files that nobody told of, in milliseconds.
const FILES_WAIT: i64 = 60 * 1000;

impl<V: Vendors> Bridge<V> {
    /// Reads the next page of conversations and compares those that are open and lately active.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the table cannot be read.
    pub async fn compare_some(&self, work: &Work, summary: &mut Summary) -> Result<(), StoreError> {
        let now = self.clock.now();
        if work.is_over(now) || self.vendors.limited_until(now, 0).is_some() {
            return Ok(());
        }
        let (page, mut next) = self.store.page(self.store.cursor().await?, PAGE).await?;
        let mut checks = 0;
        let mut read_to = None;
        for read in page {
            let pk = read.key.pk();
            if is_worth_it(&read, now) {
                if checks == CHECKS || work.is_over(self.clock.now()) {
                    // The rest of the page is for the next run.
                    next = read_to;
                    break;
                }
                checks += 1;
                self.compare(read, work, summary).await?;
            }
            read_to = Some(pk);
        }
        self.store.set_cursor(next.as_deref()).await
    }

    async fn compare(
        &self,
        read: Held,
        work: &Work,
        summary: &mut Summary,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let delivery = DeliveryId::derive("check", &[&read.key.pk(), &now.to_string()]);
        let entry = Entry::fresh(Event {
            delivery,
            received_at: now,
            body: Body::Check,
        });
        let Some(held) = self.store.begin(read, entry, &work.lease(now)).await? else {
            return Ok(());
        };
        let mut endings = Endings::new();
        Box::pin(self.drain(held, false, work, &mut endings)).await;
        summary.compared += 1;
        // The comparison itself is not an event of the customer's.
        summary.count_found(endings.len().saturating_sub(1));
        Ok(())
    }
}

/// Idle, and either open and not just compared, or with answers whose files nobody named.
fn is_worth_it(read: &Held, now: i64) -> bool {
    let active = seen::days(now).any(|day| read.seen.count(day) > 0);
    let state = &read.state;
    let closed = state.status == Some(Status::Closed);
    let over = closed || (state.is_done() && state.closing_told);
    let good_for = if active { GOOD_FOR } else { GOOD_FOR_SILENT };
    let is_old = !over && now.saturating_sub(state.checked_at.max(state.since)) > good_for;
    let unseen = state.files_unseen;
    let may_have_files = unseen > 0 && now.saturating_sub(unseen) > FILES_WAIT;
    read.mailbox.is_empty() && state.ticket.is_some() && (is_old || may_have_files)
}
