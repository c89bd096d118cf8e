//! What no webhook reported is looked for: Zendesk is asked which tickets changed, and each of the bridge's is
//! compared with its conversation. What it costs follows what changes, not how many conversations there are.
//!
//! In: the watermark, Zendesk's export. Out: looks at tickets, which are events like others
//! (`conversation/flow/compare.rs`), and the next watermark.

use crate::conversation::flow::COMPARED;
use crate::conversation::state::Entry;
use crate::conversation::step::{Ending, TicketFacts};
use crate::conversation::store::{Accepted, Key, Storage, StoreError, Vendor, Watermark};
use crate::message::{Body, Check, DeliveryId, Event};
use crate::net::Deadline;

use super::changes::{Changes, From, TicketChange};
use super::{Bridge, Summary, Taken, UnderWay, Vendors, Work};

/// Pages read in a run, of the ten a minute that Zendesk lets through for a whole account.
const PAGES: usize = 4;

/// Tickets looked at in a run: each costs Zendesk two to four calls.
const LOOKS: usize = 100;

/// How far back a run looks at most, and where its watermark cannot be right, in milliseconds: for so long
/// it is surely known which answers were sent.
const LONGEST: i64 = 48 * 60 * 60 * 1000;

/// From a watermark this old on, in milliseconds, everybody's changes since then are too many to read: the search
/// names the bridge's own.
const LONG_AGO: i64 = 30 * 60 * 1000;

/// Meanwhile what just happened is read all the same: since this long ago, in milliseconds, and so many pages.
const JUST_NOW: i64 = 150 * 1000;
const PAGES_OF_JUST_NOW: usize = 2;

/// What a run may still do.
struct Left {
    pages: usize,
    looks: usize,
}

impl<V: Vendors + Sync, S: Storage + Watermark + Sync> Bridge<V, S> {
    /// Looks at the tickets that changed since the last run, as far as time and calls allow; the next run
    /// goes on there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the table cannot be read or written.
    pub async fn reconcile(&self, work: &Work, summary: &mut Summary) -> Result<(), StoreError> {
        let now = self.clock.now();
        if work.is_over(now) || self.is_zendesk_limited(now) {
            return Ok(());
        }
        let since = begin(self.store.watermark().await?, now);
        let by_search = now.saturating_sub(since) > LONG_AGO;
        let from = |since, by_search| From {
            since,
            page: None,
            by_search,
            tag: self.policy.tag.clone(),
        };
        let mut left = Left {
            pages: PAGES_OF_JUST_NOW,
            looks: LOOKS,
        };
        if by_search {
            let just_now = from(now.saturating_sub(JUST_NOW), false);
            self.read(just_now, &mut left, work, summary).await?;
        }
        left.pages = PAGES - usize::from(by_search) * PAGES_OF_JUST_NOW;
        let from = from(since, by_search);
        let reached = self.read(from, &mut left, work, summary).await?;
        let watermark = reached.min(now).max(since);
        self.store.set_watermark(watermark).await
    }

    /// Reads pages and looks at their tickets; says up to when every change was looked at.
    async fn read(
        &self,
        mut from: From,
        left: &mut Left,
        work: &Work,
        summary: &mut Summary,
    ) -> Result<i64, StoreError> {
        let since = from.since;
        let mut reached = since;
        while left.pages > 0 {
            left.pages -= 1;
            let Some(changes) = self.page(&from, work).await else {
                break;
            };
            let tickets = changes.tickets;
            if !self
                .look_at(tickets, since, &mut left.looks, work, summary)
                .await?
            {
                break;
            }
            reached = reached.max(changes.reached.unwrap_or(since));
            match changes.next {
                None => break,
                next if next == from.page => {
                    tracing::warn!("a page of changed tickets is named as the one after itself");
                    break;
                }
                next => from.page = next,
            }
            if left.pages == 0 && reached == since {
                tracing::warn!("more tickets changed in a second than are looked at in a run");
                reached = since.saturating_add(1000);
            }
        }
        Ok(reached)
    }

    async fn page(&self, from: &From, work: &Work) -> Option<Changes> {
        let time = work.call_time(self.clock.now(), i64::MAX)?;
        match self.vendors.changed(from, Deadline::after(time)).await {
            Ok(changes) => Some(changes),
            Err(error) => {
                tracing::warn!(error = %error, "Zendesk does not say which tickets changed");
                None
            }
        }
    }

    /// Looks at each; `false`: not at all of them, time or calls are used up.
    async fn look_at(
        &self,
        changed: Vec<TicketChange>,
        since: i64,
        looks: &mut usize,
        work: &Work,
        summary: &mut Summary,
    ) -> Result<bool, StoreError> {
        for changed in changed {
            let now = self.clock.now();
            if *looks == 0 || work.is_over(now) || self.is_zendesk_limited(now) {
                return Ok(false);
            }
            *looks -= usize::from(self.look(changed, since, work, summary).await?);
        }
        Ok(true)
    }

    fn is_zendesk_limited(&self, now: i64) -> bool {
        let nothing = UnderWay::nothing(Vendor::Zendesk);
        self.vendors.limited_until(nothing, now).is_some()
    }

    /// Whether Zendesk was asked. A change is looked at once while the watermark stays where it is; after
    /// that the conversation knows when it was compared.
    async fn look(
        &self,
        changed: TicketChange,
        since: i64,
        work: &Work,
        summary: &mut Summary,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let TicketFacts {
            ticket,
            requester,
            customer,
            ..
        } = changed.facts;
        let change = [
            ticket.get().to_string(),
            changed.at.unwrap_or(now).to_string(),
            since.to_string(),
        ];
        let delivery = DeliveryId::derive("changed", &change.each_ref().map(String::as_str));
        let user = requester.filter(|_| customer.is_none());
        let entry = Entry::fresh(Event {
            delivery: delivery.clone(),
            received_at: now,
            body: Body::Check(Check {
                ticket: Some(ticket),
                user,
                at: changed.at,
            }),
        });
        let key = customer.map_or(Key::Ticket(ticket), |id| Key::Customer(id.into()));
        let lease = work.lease(now);
        let accepted = self.store.accept(&key, &entry, &[], &lease, now);
        let conversation = match accepted.await? {
            Accepted::Held(held) => Taken::free(held),
            Accepted::Stored(seen) => match self.take_over(seen, work).await {
                Some(conversation) => conversation,
                None => return Ok(true),
            },
            Accepted::Duplicate(_) => return Ok(false),
            Accepted::Full(_) => {
                tracing::warn!(ticket.id = ticket.get(), "no room for a look at a ticket");
                return Ok(false);
            }
        };
        let mut asked = true;
        for drained in Box::pin(self.drain_all(conversation, work)).await {
            summary.count_found(drained.found);
            let ended = drained.endings.get(&delivery);
            asked &= ended.is_none_or(|ended| ended.ending != Ending::Ignored(COMPARED));
        }
        summary.compared += u32::from(asked);
        Ok(asked)
    }
}

/// The time from which changes are asked for: the watermark, where it can be right.
fn begin(watermark: Option<i64>, now: i64) -> i64 {
    let known = watermark.filter(|at| *at <= now);
    known.unwrap_or(i64::MIN).max(now.saturating_sub(LONGEST))
}

#[cfg(test)]
mod tests;
