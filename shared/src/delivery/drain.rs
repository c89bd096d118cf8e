//! Deliver and settle: takes a held conversation's events in order until none can be done now.

use std::time::Duration;

use crate::conversation::flow::{self, Context, Done, Pause};
use crate::conversation::queue;
use crate::conversation::state::Entry;
use crate::conversation::step::Ending;
use crate::conversation::store::{Claim, Held, Key, Leave, Settled, Storage, StoreError};
use crate::message::{Body, DeliveryId, TicketId};
use crate::telemetry::metrics::{self, Metric};

use super::calls::Leased;
use super::{Bridge, Ended, Endings, Vendors, Work};

/// How often a settling write is tried when the table does not answer.
const SETTLE_TRIES: u32 = 4;

/// A conversation that is ours.
pub(super) struct Taken {
    pub(super) held: Held,
    /// What was under way in it, if anything, may have been done.
    pub(super) taken_over: bool,
}

impl Taken {
    /// It was free.
    pub(super) fn free(held: Held) -> Self {
        Self {
            held,
            taken_over: false,
        }
    }
}

/// What became of a conversation's events.
pub(super) struct Drained {
    pub(super) key: Key,
    /// The ticket it is on now.
    pub(super) ticket: Option<TicketId>,
    pub(super) endings: Endings,
    /// Events that no webhook had reported, found by looks at tickets.
    pub(super) found: usize,
    /// When what is left of it is due, in milliseconds since the epoch.
    pub(super) due_at: Option<i64>,
}

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// Drains a conversation, then those that its events were handed on to.
    pub(super) async fn drain_all(&self, first: Taken, work: &Work) -> Vec<Drained> {
        let mut taken = vec![first];
        let mut drained = Vec::new();
        while let Some(next) = taken.pop() {
            drained.push(self.drain(next, work, &mut taken).await);
        }
        drained
    }

    /// Works on the mailbox until it is empty, waits, or the time is up. Leaves the conversation
    /// settled, or to its lease's end where the table does not answer.
    async fn drain(&self, conversation: Taken, work: &Work, taken: &mut Vec<Taken>) -> Drained {
        let Taken {
            mut held,
            taken_over,
        } = conversation;
        let (mut endings, mut found) = (Endings::new(), 0);
        let doubtful = held.mailbox.iter().any(|entry| entry.progress.doubtful);
        // What a vanished holder may have done is written down before anything else is.
        let mut ours = self.bury_poison(&mut held).await
            && (!taken_over || !doubtful || self.write_doubt(&mut held, work).await);
        while ours {
            queue::drop_repeats(&mut held.mailbox);
            let now = self.clock.now();
            // The next holder must know what was being worked on: an answer that came in while the
            // accepting write of its "solved" got no answer goes first, and the lease names the solved.
            let next = next_index(&held, work, now).filter(|&index| is_claimed(&held, index));
            let markers = match next {
                Some(index) => {
                    let looks = matches!(held.mailbox[index].event.body, Body::Check(_));
                    let work_on = self.work_on(&mut held, index, work, &mut endings, taken);
                    let markers = Box::pin(work_on).await;
                    if looks {
                        found += count_found(&held, &markers);
                    }
                    markers
                }
                None => vec![],
            };
            ours = self.settle(&mut held, work, &markers).await;
        }
        Drained {
            due_at: (held.is_parked() && !held.mailbox.is_empty()).then_some(held.until),
            key: held.key,
            ticket: held.state.ticket,
            endings,
            found,
        }
    }

    /// Works on an event, and carries what came of it over into the mailbox. Returns deliveries to
    /// remember.
    async fn work_on(
        &self,
        held: &mut Held,
        index: usize,
        work: &Work,
        endings: &mut Endings,
        taken: &mut Vec<Taken>,
    ) -> Vec<DeliveryId> {
        let mut calls = Leased {
            bridge: self,
            key: &held.key,
            work,
            until: held.until,
        };
        let context = Context {
            key: &held.key,
            policy: &self.policy,
            seen: &held.seen,
            owner: held.owner.as_ref(),
        };
        let entry = &mut held.mailbox[index];
        let done = match flow::run(&mut calls, context, &mut held.state, entry).await {
            Ok(done) => done,
            Err(pause) => return self.paused(held, index, pause),
        };
        let ended = match done {
            Done::Ended { ending, follow } => Some((ending, follow)),
            Done::Forward { customer } => {
                let ending = self.hand_on(customer, entry, work, taken).await;
                ending.map(|ending| (ending, vec![]))
            }
            Done::Dead {
                refusal,
                follow,
                before,
            } => match self.put_dead_letter(&held.key, entry, &refusal).await {
                true => Some((Ending::Dead(refusal), follow)),
                // To be refused once more; what may have been done stays in doubt.
                false => {
                    held.state = *before;
                    None
                }
            },
        };
        match ended {
            Some((ending, follow)) => ended_as(held, index, ending, follow, endings),
            None => self.paused(held, index, Pause::Later(None, None)),
        }
    }

    /// The event stays in the mailbox.
    fn paused(&self, held: &mut Held, index: usize, pause: Pause) -> Vec<DeliveryId> {
        let entry = &held.mailbox[index];
        let wait = held.state.wait(entry.lane());
        match pause {
            Pause::OutOfTime => vec![],
            Pause::Later(not_before, _) => {
                let (lane, delivery) = (entry.lane(), entry.event.delivery.clone());
                let now = self.clock.now();
                queue::postpone(&mut held.state, lane, &delivery, now, not_before);
                vec![]
            }
            Pause::Checkpoint => {
                *wait = None;
                vec![]
            }
            Pause::TakenOver(entries, seen) => {
                *wait = None;
                // What takes over may be a keyword, which overtakes texts of its own item.
                held.mailbox.splice(0..0, entries);
                held.seen.extend(&seen);
                held.brought.extend(&seen);
                vec![]
            }
            Pause::After(entries) => {
                *wait = None;
                let found = entries.iter().map(|entry| entry.event.delivery.clone());
                let found = found.collect();
                let answers = queue::pull_older_answers_forward(&mut held.mailbox, index, entries);
                held.mailbox.splice(index..index, answers);
                found
            }
        }
    }

    /// Writes down what a vanished holder may have done. Where the item cannot grow by that, a lease that names no
    /// event says it, too: the next holder doubts everything that was under way.
    async fn write_doubt(&self, held: &mut Held, work: &Work) -> bool {
        match self.try_settle(held, work, &[]).await {
            Ok(ours) => ours,
            Err(StoreError::TooLarge) => matches!(held.claim(), Some(Claim::Any)),
            Err(_) => false,
        }
    }

    /// Writes the conversation back; says whether there is more to do under the lease.
    async fn settle(&self, held: &mut Held, work: &Work, markers: &[DeliveryId]) -> bool {
        let settled = self.try_settle(held, work, markers).await;
        settled.unwrap_or(false)
    }

    async fn try_settle(
        &self,
        held: &mut Held,
        work: &Work,
        markers: &[DeliveryId],
    ) -> Result<bool, StoreError> {
        let mut tries = 0;
        loop {
            let now = self.clock.now();
            let leave = match next_index(held, work, now) {
                _ if held.mailbox.is_empty() => Leave::Idle,
                Some(on) => Leave::Working {
                    on,
                    until: work.lease(now).until,
                },
                None => Leave::Parked(queue::due_at(&held.mailbox, &held.state).max(now)),
            };
            match self.store.settle(held, leave, markers, now).await {
                Ok(Settled::Done) => return Ok(matches!(leave, Leave::Working { .. })),
                Ok(Settled::Moved) => {
                    if !self.bury_poison(held).await {
                        return Ok(false);
                    }
                }
                Ok(Settled::Lost) => {
                    tracing::warn!("the conversation was taken over before it was settled");
                    return Ok(false);
                }
                Err(error) => {
                    tries += 1;
                    tracing::warn!(error = %error, attempt = tries, "not settled");
                    let is_final = matches!(error, StoreError::TooLarge);
                    if is_final || tries >= SETTLE_TRIES || held.until <= now {
                        return Err(error);
                    }
                    tokio::time::sleep(Duration::from_millis(50 << tries)).await;
                }
            }
        }
    }
}

/// The event leaves the mailbox, others follow in its place. Returns deliveries to remember.
fn ended_as(
    held: &mut Held,
    index: usize,
    ending: Ending,
    mut follow: Vec<Entry>,
    endings: &mut Endings,
) -> Vec<DeliveryId> {
    let wait = held.state.wait(held.mailbox[index].lane()).take();
    let waits = |new: &Entry| {
        let mut all = held.mailbox.iter();
        all.any(|entry| entry.event.delivery == new.event.delivery)
    };
    follow.retain(|new| !waits(new));
    let answers = follow
        .iter()
        .filter(|new| matches!(new.event.body, Body::Reply(_)));
    let found = answers.map(|new| new.event.delivery.clone()).collect();
    let done = held.mailbox.remove(index);
    held.mailbox.splice(index..index, follow);
    if matches!(ending, Ending::Unknown) {
        metrics::emit(&[(Metric::Unknown, 1)], &[]);
    }
    let ended = Ended {
        ending,
        kind: done.event.body.kind(),
        sender: done.event.body.sender(),
        received_at: done.event.received_at,
        attempts: wait.map_or(1, |wait| wait.attempts.saturating_add(1)),
    };
    endings.insert(done.event.delivery, ended);
    found
}

/// How many of these, which a look at a ticket led to, a webhook should have reported.
fn count_found(held: &Held, markers: &[DeliveryId]) -> usize {
    let is_lost = |body: &Body| matches!(body, Body::Reply(_) | Body::Solved(_) | Body::Resend(_));
    let all = held.mailbox.iter().map(|entry| &entry.event);
    let found = all.filter(|event| is_lost(&event.body) && markers.contains(&event.delivery));
    let found = found.count();
    if found > 0 {
        let found = u64::try_from(found).unwrap_or(u64::MAX);
        metrics::emit(&[(Metric::LostWebhooks, found)], &[]);
    }
    found
}

fn is_claimed(held: &Held, index: usize) -> bool {
    match held.claim() {
        Some(Claim::Any) => queue::heads(&held.mailbox).contains(&index),
        Some(Claim::Delivery(id)) => held.mailbox[index].event.delivery.as_str() == id,
        None => false,
    }
}

fn next_index(held: &Held, work: &Work, now: i64) -> Option<usize> {
    if work.is_over(now) {
        None
    } else {
        queue::pick(&held.mailbox, &held.state, now)
    }
}
