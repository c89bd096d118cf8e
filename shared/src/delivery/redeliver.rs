//! The schedule's work: conversations that are due are taken and drained, some at a time.
//!
//! In: the index `due`, the time. Out: a summary. What waits for one vendor is read and drained without what
//! waits for the other, so that neither holds up the other, and shard by shard in turn, so that no shard waits
//! for another; as fast as it is worked on, so that a slow conversation holds up no other. Runs side by side
//! begin with shards of their own.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;

use crate::conversation::queue;
use crate::conversation::step::Ending;
use crate::conversation::store::{Due, Key, Storage, StoreError, Vendor, Waits};
use crate::telemetry::hops;

use super::drain::Drained;
use super::{Bridge, Endings, Side, Taken, UnderWay, Vendors, Work, doubt};

/// Conversations read from a shard of the index at once, for each vendor.
const PAGE: i32 = 32;

/// What waits for a vendor that is down is looked at after so long, in milliseconds.
const STAYS: i64 = 60 * 60 * 1000;

/// A run that comes back sees what falls due within so long, in milliseconds: first and second pauses. A
/// request's lease is longer and seldom ends.
const AHEAD: i64 = 5_000;

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
        let mut run = Run::new(work.side());
        loop {
            let now = self.clock.now();
            let over = work.is_over(now);
            let open: Vec<Vendor> = match over {
                true => vec![],
                false => (Vendor::ALL.into_iter())
                    .filter(|&vendor| self.may_begin(&run, vendor, now))
                    .collect(),
            };
            let down = |vendor| self.vendors.down_until(vendor, now).is_some();
            if let Some((vendor, due)) = run.next(&open, down, now) {
                let (bridge, work) = (Arc::clone(self), work.clone());
                run.queue(vendor).running.spawn(async move {
                    let (worked, _) = hops::collected(bridge.work_off(&due, &work)).await;
                    (due, worked)
                });
                continue;
            }
            if let Some((shard, vendors)) = run.next_shard(&open) {
                let ahead = if work.comes_back() { AHEAD } else { 0 };
                let until = now.saturating_add(ahead);
                match self.store.due(shard, &vendors, until, PAGE).await {
                    Ok(due) => run.read(due, now),
                    Err(error) => return run.end_with(error).await,
                }
                continue;
            }
            let pause = self.pause(&run, work, now).filter(|_| !over);
            if run.is_idle() && pause.is_none() {
                run.summary.drain_s = self.drain_s(&run, now).await;
                return Ok(run.summary);
            }
            let pause = pause.map(|until| until.saturating_sub(now));
            if run.wait(pause, work.comes_back()).await {
                run.look_again(self.clock.now());
            }
        }
    }

    /// One more conversation may begin for a vendor.
    fn may_begin(&self, run: &Run, vendor: Vendor, now: i64) -> bool {
        let under_way = run.under_way(vendor);
        under_way.conversations < self.policy.drained_at_once as usize
            && self.vendors.limited_until(under_way, now).is_none()
    }

    /// When there may be something to do again within the run: a limit ends, an update of a ticket that was put
    /// off has its turn, or a pause is over.
    fn pause(&self, run: &Run, work: &Work, now: i64) -> Option<i64> {
        let limited = |vendor| self.vendors.limited_until(run.under_way(vendor), now);
        let limits = Vendor::ALL.into_iter().filter_map(limited);
        let turn = self.updates.next_turn(now, self.updates_allowed());
        // A vendor that is down is tried again by a run that comes back, where there is something to try it with.
        let pauses = run.queues.iter().filter_map(|queue| {
            let down_until = self.vendors.down_until(queue.vendor, now);
            match down_until {
                Some(until) => (work.comes_back() && !queue.due.is_empty()).then_some(until),
                None => queue.later.first().copied(),
            }
        });
        let all = limits.chain(turn).chain(pauses);
        // What lies beyond the end of the run is the next run's.
        all.filter(|&until| !work.is_over(until)).min()
    }

    /// How long the rest takes, in seconds: where updates of tickets were put off, within the bridge's share;
    /// where the time was up before all were taken, at the pace of this run.
    async fn drain_s(&self, run: &Run, now: i64) -> u64 {
        let allowed = self.updates_allowed();
        let allowed = allowed.filter(|&one| self.updates.next_turn(now, Some(one)).is_some());
        let mut longest = 0;
        for queue in &run.queues {
            let a_minute = match (queue.vendor, allowed) {
                (Vendor::Zendesk, Some(allowed)) => u64::from(allowed),
                _ if queue.is_dry(run.shards.len()) => continue,
                // Nobody knows when it is back.
                (vendor, _) if self.vendors.down_until(vendor, now).is_some() => continue,
                _ => queue.taken.saturating_mul(run.side.of.into()),
            };
            match self.store.waiting(queue.vendor).await {
                Ok(waiting) => {
                    let seconds = waiting.saturating_mul(60).div_ceil(a_minute.max(1));
                    longest = longest.max(seconds);
                }
                Err(error) => {
                    tracing::warn!(error = %error, "waiting conversations were not counted");
                }
            }
        }
        longest
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
struct Run {
    side: Side,
    /// The run's own shards, then those of the runs beside it.
    shards: Vec<u8>,
    /// How many are its own.
    own: usize,
    /// Its own shard to be read next.
    turn: usize,
    queues: [Queue; 2],
    /// Being worked on: an index that lags behind the table still lists them.
    busy: HashSet<Due>,
    summary: Summary,
}

/// How the task of a conversation ended.
type Joined = Result<(Due, Option<Worked>), tokio::task::JoinError>;

/// What waits for one vendor.
struct Queue {
    vendor: Vendor,
    /// Read from the index, not taken yet.
    due: VecDeque<Waits>,
    running: JoinSet<(Due, Option<Worked>)>,
    /// Shards read since a conversation could be taken: when it is all of them, nothing is due.
    barren: usize,
    /// When something falls due soon, in milliseconds since the epoch.
    later: BTreeSet<i64>,
    /// Conversations taken.
    taken: u64,
}

impl Queue {
    fn of(vendor: Vendor) -> Self {
        Self {
            vendor,
            due: VecDeque::new(),
            running: JoinSet::new(),
            barren: 0,
            later: BTreeSet::new(),
            taken: 0,
        }
    }

    fn is_dry(&self, shards: usize) -> bool {
        self.due.is_empty() && self.barren >= shards
    }
}

impl Run {
    fn new(side: Side) -> Self {
        let (shards, own) = side.shards();
        Self {
            side,
            shards,
            own,
            turn: 0,
            queues: Vendor::ALL.map(Queue::of),
            busy: HashSet::new(),
            summary: Summary::default(),
        }
    }

    fn queue(&mut self, vendor: Vendor) -> &mut Queue {
        &mut self.queues[vendor as usize]
    }

    fn under_way(&self, vendor: Vendor) -> UnderWay {
        UnderWay {
            vendor,
            conversations: self.queues[vendor as usize].running.len(),
            runs: self.side.of,
        }
    }

    /// The next of what was read, for a vendor that is open. What waits for one that is down stays as it is, so that
    /// all of it is due when the vendor is back; what has stayed for long is looked at, and may be given up.
    fn next(
        &mut self,
        open: &[Vendor],
        is_down: impl Fn(Vendor) -> bool,
        now: i64,
    ) -> Option<(Vendor, Due)> {
        for &vendor in open {
            let least = now.saturating_sub(if is_down(vendor) { STAYS } else { 0 });
            let queue = &mut self.queues[vendor as usize].due;
            while let Some(index) = queue.iter().position(|one| one.at <= least) {
                let taken = queue.remove(index).map(|one| one.due);
                if let Some(due) = taken.filter(|due| self.busy.insert(due.clone())) {
                    return Some((vendor, due));
                }
            }
        }
        None
    }

    /// The shard to be read next, and for which vendors: the others' shards where nothing is due in its own.
    fn next_shard(&mut self, open: &[Vendor]) -> Option<(u8, Vec<Vendor>)> {
        let barren = |vendor: Vendor| self.queues[vendor as usize].barren;
        let least = open.iter().map(|&vendor| barren(vendor)).min();
        let least = least.filter(|&least| least < self.shards.len())?;
        let is_wanted = |vendor: &Vendor| match least < self.own {
            true => barren(*vendor) < self.own,
            false => barren(*vendor) == least,
        };
        let wanted = open.iter().copied().filter(is_wanted).collect();
        let shard = match least < self.own {
            true => self.turn % self.own,
            false => least,
        };
        self.turn += 1;
        for &vendor in &wanted {
            self.queues[vendor as usize].barren += 1;
        }
        Some((self.shards[shard], wanted))
    }

    fn read(&mut self, waits: Vec<Waits>, now: i64) {
        for one in waits {
            let queue = self.queue(one.vendor);
            match one.at <= now {
                true => queue.due.push_back(one),
                false => {
                    queue.later.insert(one.at);
                }
            }
        }
    }

    /// Something may have become due.
    fn look_again(&mut self, now: i64) {
        for queue in &mut self.queues {
            queue.barren = 0;
            // It is read again.
            queue.due.clear();
            queue.later = queue.later.split_off(&now.saturating_add(1));
        }
    }

    /// Waits until a conversation is done, or for so many milliseconds; says whether they are over.
    async fn wait(&mut self, pause: Option<i64>, comes_back: bool) -> bool {
        let pause = pause.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
        let over = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        let [zendesk, braze] = &mut self.queues;
        let (vendor, done) = tokio::select! {
            Some(done) = zendesk.running.join_next() => (zendesk.vendor, done),
            Some(done) = braze.running.join_next() => (braze.vendor, done),
            () = over => return true,
        };
        self.note(vendor, done, comes_back);
        false
    }

    fn is_idle(&self) -> bool {
        self.queues.iter().all(|queue| queue.running.is_empty())
    }

    fn note(&mut self, vendor: Vendor, done: Joined, comes_back: bool) {
        match done {
            Ok((due, worked)) => {
                self.busy.remove(&due);
                let queue = self.queue(vendor);
                if let Some((drained, age)) = worked {
                    queue.barren = 0;
                    queue.taken += 1;
                    if comes_back {
                        queue
                            .later
                            .extend(drained.iter().filter_map(|one| one.due_at));
                    }
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
        while !self.is_idle() {
            self.wait(None, false).await;
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
