//! The schedule's work: conversations that are due are taken and drained, some at a time.
//!
//! In: the index `due`, the time. Out: a summary. What is due is read shard by shard in turn, so
//! that no shard waits for another, and as fast as it is worked on, so that a slow conversation
//! holds up no other.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;

use crate::conversation::queue;
use crate::conversation::step::Ending;
use crate::conversation::store::{Due, Key, SHARDS, Storage, StoreError};
use crate::telemetry::hops;

use super::drain::Drained;
use super::{Bridge, Endings, Taken, Vendors, Work, doubt};

/// Conversations worked on at the same time, and so the most calls a vendor gets at once. Enough for
/// a limit of 1,000 requests a minute at a second each.
const CONCURRENCY: usize = 16;

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
    /// Ended with an unknown outcome; a note tells the agent.
    pub unknown: u32,
    /// Became dead letters.
    pub dead: u32,
    /// Tickets that changed, compared with their conversations.
    pub compared: u32,
    /// Events no webhook had reported, found on their tickets.
    pub found: u32,
    /// Age of the oldest event in the conversations taken, when they were taken, in seconds.
    pub oldest_s: u64,
    /// How long it takes until all that waits had its turn within the bridge's share of ticket updates, in
    /// seconds; zero where nothing had to be put off.
    pub drain_s: u64,
}

/// A conversation with those its events were handed on to, and how old its oldest event was, in
/// milliseconds.
type Worked = (Vec<Drained>, i64);

impl<V, S> Bridge<V, S>
where
    V: Vendors + Send + Sync + 'static,
    S: Storage + Send + Sync + 'static,
{
    /// Drains what is due until nothing is, or the time is up.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the index cannot be read; what was under way is brought to its end.
    pub async fn redeliver(self: &Arc<Self>, work: &Work) -> Result<Summary, StoreError> {
        let mut run = Run::default();
        loop {
            let now = self.clock.now();
            let over = work.is_over(now);
            let limited = self.vendors.limited_until(now, run.running.len());
            if !over && limited.is_none() && run.running.len() < CONCURRENCY {
                if let Some(due) = run.next() {
                    let (bridge, work) = (Arc::clone(self), work.clone());
                    run.running.spawn(async move {
                        let (worked, _) = hops::collected(bridge.work_off(&due, &work)).await;
                        (due, worked)
                    });
                    continue;
                }
                if run.barren < SHARDS {
                    match self.store.due(run.shard, now, PAGE).await {
                        Ok(due) => run.read(due),
                        Err(error) => return run.end_with(error).await,
                    }
                    continue;
                }
            }
            // What was put off within the run has its turn within the run, or within the next one.
            let turn = || self.updates.next_turn(now, self.updates_allowed());
            // A limit beyond the end of the run is the next run's.
            let pause = limited.or_else(turn);
            let pause = pause.filter(|&until| !over && !work.is_over(until));
            if run.running.is_empty() && pause.is_none() {
                run.summary.drain_s = self.drain_s(now).await;
                return Ok(run.summary);
            }
            if run.wait(pause.map(|until| until.saturating_sub(now))).await {
                // Something may have become due.
                run.barren = 0;
            }
        }
    }

    /// How long the rest takes where updates of tickets were put off, in seconds.
    async fn drain_s(&self, now: i64) -> u64 {
        let allowed = self.updates_allowed();
        let Some(allowed) = allowed.filter(|_| self.updates.next_turn(now, allowed).is_some())
        else {
            return 0;
        };
        match self.store.waiting().await {
            Ok(waiting) => waiting.saturating_mul(60).div_ceil(allowed.max(1).into()),
            Err(error) => {
                tracing::warn!(error = %error, "waiting conversations were not counted");
                0
            }
        }
    }

    async fn work_off(&self, due: &Due, work: &Work) -> Option<Worked> {
        match due {
            Due::Conversation(key) => self.drain_due(key, work).await,
            Due::Watch(customer) => {
                let work = &work.part(&Key::Customer(customer.clone()));
                match Box::pin(self.look_after(customer, work)).await {
                    Ok(()) => Some((vec![], 0)),
                    Err(error) => {
                        tracing::warn!(error = %error, "a customer's messages were not checked");
                        None
                    }
                }
            }
        }
    }

    async fn drain_due(&self, key: &Key, work: &Work) -> Option<Worked> {
        let work = &work.part(key);
        let now = self.clock.now();
        let taken = match self.store.take_due(key, &work.lease(now), now).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(error = %error, "due conversation not taken");
                None
            }
        };
        let (mut held, before) = taken?;
        // An item that a person made due earlier in the table is to go now.
        if before.is_parked() && before.until < queue::due_at(&held.mailbox, &held.state) {
            held.state.wake();
        }
        let received = held.mailbox.iter().map(|entry| entry.event.received_at);
        let age = received
            .min()
            .map_or(0, |oldest| now.saturating_sub(oldest));
        let conversation = Taken {
            held: doubt(held, &before),
            taken_over: true,
        };
        let drained = Box::pin(self.drain_all(conversation, work)).await;
        for conversation in &drained {
            self.log_run(conversation, work);
        }
        Some((drained, age))
    }
}

/// A run under way.
#[derive(Default)]
struct Run {
    /// Read from the index, not taken yet.
    due: VecDeque<Due>,
    /// Being worked on: an index that lags behind the table still lists them.
    busy: HashSet<Due>,
    running: JoinSet<(Due, Option<Worked>)>,
    /// The shard to be read next.
    shard: u8,
    /// Shards read since a conversation could be taken: when it is all of them, nothing is due.
    barren: u8,
    summary: Summary,
}

impl Run {
    fn next(&mut self) -> Option<Due> {
        while let Some(key) = self.due.pop_front() {
            if self.busy.insert(key.clone()) {
                return Some(key);
            }
        }
        None
    }

    fn read(&mut self, due: Vec<Due>) {
        self.due.extend(due);
        self.shard = (self.shard + 1) % SHARDS;
        self.barren += 1;
    }

    /// Waits until a conversation is done, or for so many milliseconds; says whether they are over.
    async fn wait(&mut self, pause: Option<i64>) -> bool {
        let pause = pause.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
        let over = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(done) = self.running.join_next() => {
                self.note(done);
                false
            }
            () = over => true,
        }
    }

    fn note(&mut self, done: Result<(Due, Option<Worked>), tokio::task::JoinError>) {
        match done {
            Ok((key, drained)) => {
                self.busy.remove(&key);
                if let Some((drained, age)) = drained {
                    self.barren = 0;
                    for conversation in &drained {
                        self.summary.count(&conversation.endings);
                        self.summary.count_found(conversation.found);
                    }
                    let age_s = u64::try_from(age / 1000).unwrap_or(0);
                    self.summary.oldest_s = self.summary.oldest_s.max(age_s);
                }
            }
            // Its key stays busy: no second attempt in this run. The error itself is not logged, it
            // quotes the panic's message.
            Err(error) => {
                let panicked = error.is_panic();
                tracing::error!(panicked, "the task of a conversation failed");
            }
        }
    }

    async fn end_with(mut self, error: StoreError) -> Result<Summary, StoreError> {
        while let Some(done) = self.running.join_next().await {
            self.note(done);
        }
        Err(error)
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
        for ended in endings.values() {
            match &ended.ending {
                Ending::Delivered => self.delivered += 1,
                // Handed on: it ends in its customer's conversation.
                Ending::Queued => {}
                Ending::Ignored(_) | Ending::Duplicate => self.settled += 1,
                Ending::Unknown => self.unknown += 1,
                Ending::Dead(_) => self.dead += 1,
            }
        }
    }
}
