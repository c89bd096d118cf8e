//! Deliver and settle: takes a held conversation's events in order until none can be done now.

use std::time::Duration;

use crate::conversation::flow::{self, Calling, Calls, Done, Pause};
use crate::conversation::plan::{self, Context};
use crate::conversation::queue;
use crate::conversation::state::Entry;
use crate::conversation::step::{Ending, Next, Outcome, Step, Verdict};
use crate::conversation::store::{Claim, Held, Key, Leave, Settled, Storage};
use crate::message::{Body, DeliveryId, ExternalUserId, TicketId};
use crate::net::Deadline;
use crate::telemetry::metrics::{self, Metric};

use super::{Bridge, Ended, Endings, Vendors, Work};

/// Steps one event may take before it is put aside; no flow needs half of them.
const MAX_STEPS: usize = 24;

/// How often a settling write is tried when the table does not answer.
const SETTLE_TRIES: u32 = 4;

/// What working on one event came to.
enum Run {
    /// As decided.
    Verdict(Verdict),
    /// The time is up; nothing was attempted since the last write.
    OutOfTime,
}

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// Works on the mailbox until it is empty, waits, or the time is up. Leaves the conversation
    /// settled, or to its lease's end where the table does not answer.
    pub(super) async fn drain(
        &self,
        mut held: Held,
        taken_over: bool,
        work: &Work,
        endings: &mut Endings,
    ) -> Option<TicketId> {
        if !self.bury_poison(&mut held).await {
            return held.state.ticket;
        }
        let doubtful = held.mailbox.iter().any(|entry| entry.progress.doubtful);
        // What a vanished holder may have done is written down before anything else is.
        if taken_over && doubtful && !self.settle(&mut held, work, &[]).await {
            return held.state.ticket;
        }
        loop {
            queue::drop_repeats(&mut held.mailbox);
            let now = self.clock.now();
            let Some(index) = next_index(&held, work, now) else {
                if self.settle(&mut held, work, &[]).await {
                    continue;
                }
                break;
            };
            // Whoever takes over must know what was being worked on: an answer that came in while the
            // accepting write of its "solved" got no answer goes first, and the lease names the solved.
            if !is_claimed(&held, index) {
                if self.settle(&mut held, work, &[]).await {
                    continue;
                }
                break;
            }
            let run = Box::pin(self.run(&mut held, index, work)).await;
            let markers = self.take_note(&mut held, index, run, endings);
            if !self.settle(&mut held, work, &markers).await {
                break;
            }
        }
        held.state.ticket
    }

    /// Decides and executes, step by step, until the event has a verdict.
    async fn run(&self, held: &mut Held, index: usize, work: &Work) -> Run {
        let customer = match held.key.clone() {
            Key::Customer(customer) => customer,
            Key::Ticket(ticket) => {
                let verdict = self.forward(held, index, ticket, work).await;
                let Held {
                    key,
                    state,
                    mailbox,
                    ..
                } = held;
                let entry = &mut mailbox[index];
                let before = Box::new(state.clone());
                return self.kept(key, state, entry, before, verdict).await.into();
            }
        };
        if flow::tells(&held.mailbox[index].event.body) {
            return self.flow(held, index, &customer, work).await;
        }
        let key = held.key.clone();
        let Held {
            state,
            mailbox,
            seen,
            until,
            ..
        } = held;
        let entry = &mut mailbox[index];
        for _ in 0..MAX_STEPS {
            let now = self.clock.now();
            let context = Context {
                customer: &customer,
                policy: &self.policy,
                seen,
                now,
            };
            let before = Box::new(state.clone());
            let verdict = match plan::next(&context, state, entry) {
                Next::Settled(verdict) => verdict,
                Next::Step(step) => {
                    let Some(time) = work.call_time(now, *until) else {
                        return Run::OutOfTime;
                    };
                    let outcome = self.vendors.execute(&step, Deadline::after(time)).await;
                    tracing::debug!(delivery.id = %entry.event.delivery, step = step.name(), ok = !matches!(outcome, Outcome::Failed(_)), "step");
                    let context = Context {
                        now: self.clock.now(),
                        ..context
                    };
                    plan::apply(&context, state, entry, &step, outcome)
                }
            };
            match verdict {
                Verdict::Again => {}
                verdict => return self.kept(&key, state, entry, before, verdict).await.into(),
            }
        }
        tracing::error!(delivery.id = %entry.event.delivery, "no end in sight, put aside for later");
        Run::Verdict(Verdict::Wait(None))
    }

    /// Works on an event as its flow says.
    async fn flow(
        &self,
        held: &mut Held,
        index: usize,
        customer: &ExternalUserId,
        work: &Work,
    ) -> Run {
        let mut calls = Leased {
            bridge: self,
            work,
            until: held.until,
        };
        let Held {
            key,
            state,
            mailbox,
            seen,
            ..
        } = held;
        let context = flow::Context {
            customer,
            policy: &self.policy,
            seen,
        };
        let entry = &mut mailbox[index];
        let verdict = match flow::run(&mut calls, context, state, entry).await {
            Ok(Done::Ended { ending, follow }) => Verdict::Done(ending, follow),
            Ok(Done::Dead {
                refusal,
                follow,
                before,
            }) => {
                let verdict = Verdict::Done(Ending::Dead(refusal), follow);
                self.kept(key, state, entry, before, verdict).await
            }
            Err(Pause::Later(not_before, _)) => Verdict::Wait(not_before),
            Err(Pause::Checkpoint) => Verdict::Checkpoint,
            Err(Pause::After(entries)) => Verdict::After(entries),
            Err(Pause::OutOfTime) => return Run::OutOfTime,
        };
        Run::Verdict(verdict)
    }

    /// Carries a verdict over into the mailbox; returns deliveries to remember.
    fn take_note(
        &self,
        held: &mut Held,
        index: usize,
        run: Run,
        endings: &mut Endings,
    ) -> Vec<DeliveryId> {
        let now = self.clock.now();
        let lane = held.mailbox[index].lane();
        let verdict = match run {
            Run::Verdict(verdict) => verdict,
            Run::OutOfTime => return vec![],
        };
        let failed = held.state.wait(lane).map_or(0, |wait| wait.attempts);
        if !matches!(verdict, Verdict::Wait(_)) {
            *held.state.wait(lane) = None;
        }
        match verdict {
            Verdict::Again | Verdict::Checkpoint => vec![],
            Verdict::Wait(not_before) => {
                let delivery = held.mailbox[index].event.delivery.clone();
                queue::postpone(&mut held.state, lane, &delivery, now, not_before);
                vec![]
            }
            Verdict::After(entries) => {
                let ids = entries
                    .iter()
                    .map(|entry| entry.event.delivery.clone())
                    .collect();
                let answers = queue::with_older_answers(&mut held.mailbox, index, entries);
                held.mailbox.splice(index..index, answers);
                ids
            }
            Verdict::Done(ending, follow) => {
                let known = |new: &Entry| {
                    held.mailbox
                        .iter()
                        .any(|entry| entry.event.delivery == new.event.delivery)
                };
                let follow: Vec<Entry> = follow.into_iter().filter(|new| !known(new)).collect();
                let found: Vec<DeliveryId> = follow
                    .iter()
                    .filter(|entry| matches!(entry.event.body, Body::Reply(_)))
                    .map(|entry| entry.event.delivery.clone())
                    .collect();
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
                    attempts: failed.saturating_add(1),
                };
                endings.insert(done.event.delivery, ended);
                found
            }
        }
    }

    /// Writes the conversation back; says whether there is more to do under the lease.
    async fn settle(&self, held: &mut Held, work: &Work, markers: &[DeliveryId]) -> bool {
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
                Ok(Settled::Done) => return matches!(leave, Leave::Working { .. }),
                Ok(Settled::Moved) => {
                    if !self.bury_poison(held).await {
                        return false;
                    }
                }
                Ok(Settled::Lost) => {
                    tracing::warn!("the conversation was taken over before it was settled");
                    return false;
                }
                Err(error) => {
                    tries += 1;
                    tracing::warn!(error = %error, attempt = tries, "not settled");
                    if tries >= SETTLE_TRIES || held.until <= now {
                        return false;
                    }
                    tokio::time::sleep(Duration::from_millis(50 << tries)).await;
                }
            }
        }
    }
}

/// The calls that can be made while a conversation is held.
struct Leased<'a, V, S> {
    bridge: &'a Bridge<V, S>,
    work: &'a Work,
    /// When the lease ends, in milliseconds since the epoch.
    until: i64,
}

impl<V: Vendors + Sync, S: Sync> Calls for Leased<'_, V, S> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        Box::pin(async move {
            let time = self.work.call_time(self.now(), self.until)?;
            let vendors = &self.bridge.vendors;
            let outcome = vendors.execute(step, Deadline::after(time)).await;
            tracing::debug!(
                step = step.name(),
                ok = !matches!(outcome, Outcome::Failed(_)),
                "step"
            );
            Some(outcome)
        })
    }

    fn now(&self) -> i64 {
        self.bridge.clock.now()
    }
}

impl From<Verdict> for Run {
    fn from(verdict: Verdict) -> Self {
        Self::Verdict(verdict)
    }
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
