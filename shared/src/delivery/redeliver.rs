//! The schedule's work: conversations that are due are taken and drained, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;

use crate::conversation::step::Ending;
use crate::conversation::store::{Key, SHARDS, Storage, StoreError};

use super::{Bridge, Endings, Vendors, Work, doubt};

/// Conversations worked on at the same time.
const CONCURRENCY: usize = 8;

/// Conversations read from a shard of the index at once.
const PAGE: i32 = 32;

/// What a run did, in events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Conversations taken.
    pub conversations: u32,
    /// Delivered.
    pub delivered: u32,
    /// Not for us, or done before.
    pub settled: u32,
    /// Ended with an unknown outcome; the agent is told.
    pub unknown: u32,
    /// Became dead letters.
    pub dead: u32,
    /// Conversations compared with their tickets.
    pub compared: u32,
    /// Events no webhook had reported, found by the comparison.
    pub found: u32,
}

impl<V, S> Bridge<V, S>
where
    V: Vendors + Send + Sync + 'static,
    S: Storage + Send + Sync + 'static,
{
    /// Drains what is due until nothing is, or the time is up.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the index cannot be read.
    pub async fn redeliver(self: &Arc<Self>, work: &Work) -> Result<Summary, StoreError> {
        let mut summary = Summary::default();
        for shard in 0..SHARDS {
            loop {
                let now = self.clock.now();
                if work.is_over(now) {
                    return Ok(summary);
                }
                let due = self.store.due(shard, now, PAGE).await?;
                let taken = self.drain_all(due, work, &mut summary).await;
                if taken == 0 {
                    break;
                }
            }
        }
        Ok(summary)
    }

    /// Drains conversations side by side; says how many could be taken.
    async fn drain_all(
        self: &Arc<Self>,
        due: Vec<Key>,
        work: &Work,
        summary: &mut Summary,
    ) -> usize {
        let mut due = due.into_iter();
        let mut running = JoinSet::new();
        let mut taken = 0;
        loop {
            while running.len() < CONCURRENCY && !work.is_over(self.clock.now()) {
                if self.vendors.limited_until(self.clock.now()).is_some() {
                    break;
                }
                let Some(key) = due.next() else { break };
                let (bridge, work) = (Arc::clone(self), work.clone());
                running.spawn(async move { bridge.drain_due(&key, &work).await });
            }
            match running.join_next().await {
                None if self.sit_out_limit(work).await => {}
                None => return taken,
                Some(Ok(Some(endings))) => {
                    taken += 1;
                    summary.count(&endings);
                }
                Some(Ok(None)) => {}
                // Never the error itself: it quotes the panic's message.
                Some(Err(error)) => {
                    let panicked = error.is_panic();
                    tracing::error!(panicked, "a conversation's run ended badly");
                }
            }
        }
    }

    /// Waits for a vendor's rate limit to end, where it ends within the run; says whether it waited.
    async fn sit_out_limit(&self, work: &Work) -> bool {
        let now = self.clock.now();
        let Some(until) = self.vendors.limited_until(now) else {
            return false;
        };
        if work.is_over(until) {
            return false;
        }
        let pause = u64::try_from(until.saturating_sub(now)).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        true
    }

    async fn drain_due(&self, key: &Key, work: &Work) -> Option<Endings> {
        let work = &work.part(key);
        let now = self.clock.now();
        let taken = match self.store.take_due(key, &work.lease(now), now).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(error = %error, "due conversation not taken");
                None
            }
        };
        let (held, before) = taken?;
        let mut endings = Endings::new();
        self.drain(doubt(held, &before), true, work, &mut endings)
            .await;
        Some(endings)
    }
}

impl Summary {
    pub(super) fn count_found(&mut self, events: usize) {
        self.found = self
            .found
            .saturating_add(u32::try_from(events).unwrap_or(u32::MAX));
    }

    fn count(&mut self, endings: &Endings) {
        self.conversations += 1;
        for ending in endings.values() {
            match ending {
                Ending::Delivered | Ending::Queued => self.delivered += 1,
                Ending::Ignored(_) | Ending::Duplicate => self.settled += 1,
                Ending::Unknown => self.unknown += 1,
                Ending::Dead(_) => self.dead += 1,
            }
        }
    }
}
