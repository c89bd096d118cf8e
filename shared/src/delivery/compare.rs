//! Compares conversations with their tickets now and then, until these are closed, so that a reply
//! whose webhook never came is still delivered. A few each run: the vendors' rate belongs to the customers.

use crate::conversation::seen;
use crate::conversation::state::{Entry, State, Status};
use crate::conversation::store::{Held, Pages, Storage, StoreError};
use crate::message::{Body, Check, DeliveryId, Event};

use super::{Bridge, Summary, Taken, Vendors, Work};

/// Conversations read each run.
const PAGE: i32 = 100;

/// Conversations compared each run; each costs Zendesk two calls.
const CHECKS: usize = 5;

/// How many of these may be of tickets whose solve the customer was told of: little is expected
/// there, and most tickets are such.
const CHECKS_OF_TOLD: usize = 2;

/// How long a comparison is good for, in milliseconds.
const GOOD_FOR: i64 = 30 * 60 * 1000;

/// How long it is good for where the customer was told of a solve or nothing has happened for days,
/// in milliseconds; well below the time for which an answer is known to be sent or not.
const GOOD_FOR_SILENT: i64 = 12 * 60 * 60 * 1000;

/// How long an answer may have had files that nobody told of, in milliseconds.
const FILES_WAIT: i64 = 60 * 1000;

impl<V: Vendors + Sync, S: Storage + Pages + Sync> Bridge<V, S> {
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
        let mut of_told = 0;
        let mut read_to = None;
        for read in page {
            let pk = read.key.pk();
            let told = is_told(&read.state);
            let is_next = !told || of_told < CHECKS_OF_TOLD;
            if is_worth_it(&read, now) && is_next {
                of_told += usize::from(told);
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
            body: Body::Check(Check::default()),
        });
        let Some(held) = self.store.begin(read, entry, &work.lease(now)).await? else {
            return Ok(());
        };
        let drained = Box::pin(self.drain_all(Taken::free(held), work)).await;
        let ended: usize = drained.iter().map(|drained| drained.endings.len()).sum();
        summary.compared += 1;
        // The comparison itself is not an event of the customer's.
        summary.count_found(ended.saturating_sub(1));
        Ok(())
    }
}

/// The customer was told that the ticket is solved.
fn is_told(state: &State) -> bool {
    state.is_done() && state.closing_told
}

/// Idle, on a ticket that is not closed and was not compared lately; or with answers whose files
/// nobody named.
fn is_worth_it(read: &Held, now: i64) -> bool {
    let active = seen::days(now).any(|day| read.seen.count(day) > 0);
    let state = &read.state;
    // The agent may have asked for what is in doubt.
    let expects = !is_told(state) || !state.unsure.is_empty();
    let good_for = if active && expects {
        GOOD_FOR
    } else {
        GOOD_FOR_SILENT
    };
    let last = state.checked_at.max(state.since);
    let is_closed = state.status == Some(Status::Closed);
    let is_old = !is_closed && now.saturating_sub(last) > good_for;
    let unseen = state.files_unseen;
    let may_have_files = unseen > 0 && now.saturating_sub(unseen) > FILES_WAIT;
    read.mailbox.is_empty() && state.ticket.is_some() && (is_old || may_have_files)
}
