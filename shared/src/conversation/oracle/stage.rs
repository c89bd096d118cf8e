//! A conversation whose mailbox is worked off, as `delivery/drain.rs` does it: what is next, and what
//! becomes of an event when a run of it ended.

use super::cast;
use super::drive::Ran;
use super::events;
use super::policy::Policy;
use super::seen::{Seen, day};
use super::state::{Entry, State};
use super::states;
use super::tape::Tape;
use crate::conversation::queue;
use crate::message::{Body, DeliveryId};

/// How long a holder that vanished is waited for, in milliseconds.
const LEASE: i64 = 20_000;

/// What a story begins with, and what comes in later.
pub(super) struct Opening {
    pub(super) policy: Policy,
    pub(super) state: State,
    seen: Seen,
    /// Before which run each event comes.
    pub(super) events: Vec<(usize, Entry)>,
}

impl Opening {
    pub(super) fn of(tape: &mut Tape) -> Self {
        let policy = states::policy(tape);
        let first = events::fresh(tape, 0);
        let mut events = vec![(0, first)];
        for number in 1..=tape.below(4) {
            let mut entry = events::fresh(tape, number);
            let before = tape.pick(&[0, 0, 1, 2, 3]);
            if before > 0 {
                entry.event.received_at = 0;
            }
            if tape.percent(15) {
                events::begun(tape, &mut entry);
            }
            events.push((before, entry));
        }
        Self {
            policy,
            state: states::state(tape),
            seen: states::seen(tape),
            events,
        }
    }
}

/// The conversation's item and the clock.
pub(super) struct Stage {
    pub(super) state: State,
    pub(super) mailbox: Vec<Entry>,
    pub(super) seen: Seen,
    pub(super) now: i64,
    waiting: Vec<(usize, Entry)>,
}

impl Stage {
    pub(super) fn new(opening: &Opening) -> Self {
        let mut waiting = opening.events.clone();
        waiting.reverse();
        waiting.sort_by_key(|(before, _)| std::cmp::Reverse(*before));
        Self {
            state: opening.state.clone(),
            mailbox: vec![],
            seen: opening.seen.clone(),
            now: cast::NOW,
            waiting,
        }
    }

    /// The event that is run next; time passes until one can be.
    pub(super) fn next(&mut self, run: usize) -> Option<usize> {
        while let Some((before, mut entry)) = self.waiting.pop() {
            if before > run && !self.mailbox.is_empty() {
                self.waiting.push((before, entry));
                break;
            }
            if entry.event.received_at == 0 {
                entry.event.received_at = self.now;
            }
            self.accept(entry);
        }
        if self.mailbox.is_empty() {
            return None;
        }
        queue::drop_repeats(&mut self.mailbox);
        self.now = self.now.max(queue::due_at(&self.mailbox, &self.state));
        queue::pick(&self.mailbox, &self.state, self.now)
    }

    fn accept(&mut self, entry: Entry) {
        let delivery = &entry.event.delivery;
        if !self.seen.contains(delivery) {
            self.seen.insert(day(self.now), delivery.marker());
            self.mailbox.push(entry);
        }
    }

    /// The worker vanished before it wrote anything down: what is stored is as it was, and the event is
    /// in doubt.
    pub(super) fn vanished(&mut self, index: usize, stored: (State, Vec<Entry>)) {
        (self.state, self.mailbox) = stored;
        let progress = &mut self.mailbox[index].progress;
        progress.doubtful = true;
        progress.breaks = progress.breaks.saturating_add(1);
        progress.tried = progress.tried.or(self.state.ticket);
        self.now += LEASE;
    }

    /// A run of an event ended, and that is written down.
    pub(super) fn ended(&mut self, index: usize, ran: Ran) {
        let lane = self.mailbox[index].lane();
        if !matches!(ran, Ran::Later(..) | Ran::OutOfTime) {
            *self.state.wait(lane) = None;
        }
        match ran {
            Ran::Checkpoint | Ran::OutOfTime => {}
            Ran::Later(not_before, trouble) => {
                let entry = &mut self.mailbox[index];
                entry.progress.trouble = trouble;
                let delivery = entry.event.delivery.clone();
                queue::postpone(&mut self.state, lane, &delivery, self.now, not_before);
            }
            Ran::After(first) => {
                self.remember(first.iter().map(|new| new.event.delivery.clone()));
                let first = queue::with_older_answers(&mut self.mailbox, index, first);
                self.mailbox.splice(index..index, first);
            }
            Ran::Over { follow, .. } => {
                let known = |new: &Entry| {
                    let mut all = self.mailbox.iter();
                    all.any(|entry| entry.event.delivery == new.event.delivery)
                };
                let follow: Vec<Entry> = follow.into_iter().filter(|new| !known(new)).collect();
                let replies = follow
                    .iter()
                    .filter(|new| matches!(new.event.body, Body::Reply(_)));
                let found: Vec<DeliveryId> =
                    replies.map(|new| new.event.delivery.clone()).collect();
                self.remember(found);
                self.mailbox.remove(index);
                self.mailbox.splice(index..index, follow);
            }
        }
    }

    pub(super) fn deliveries(&self) -> Vec<DeliveryId> {
        let all = self.mailbox.iter();
        all.map(|entry| entry.event.delivery.clone()).collect()
    }

    fn remember(&mut self, deliveries: impl IntoIterator<Item = DeliveryId>) {
        for delivery in deliveries {
            self.seen.insert(day(self.now), delivery.marker());
        }
    }
}
