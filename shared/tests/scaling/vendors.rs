//! Zendesk as its limit of updates sees it: a time per call, and so many ticket updates in any minute
//! for the whole account, agents' own saves included.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::conversation::state::Trouble;
use shared::conversation::step::{Comment, Failure, Outcome, Step, Written};
use shared::conversation::store::Vendor;
use shared::delivery::{Clock, UnderWay, Vendors};
use shared::message::CommentId;
use shared::net::Deadline;

/// How long a call to Zendesk takes.
pub const LATENCY: Duration = Duration::from_millis(300);

const MINUTE: i64 = 60_000;

/// Zendesk; clones are the same account, seen from another environment.
#[derive(Clone)]
pub struct Zendesk {
    account: Arc<Account>,
    clock: Clock,
    /// Until when this environment knows of a limit.
    limited: Arc<AtomicI64>,
}

struct Account {
    updates_per_minute: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    updates: Updated,
    refused: u64,
    saves: Saves,
    /// Ticket and marker of every comment, in order.
    appended: Vec<(u64, String)>,
}

/// What agents saved in their own screens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saves {
    pub tried: u64,
    /// Refused because the account's updates of that minute were used up.
    pub refused: u64,
}

/// When the updates of the last minute were made.
#[derive(Default)]
pub struct Updated(VecDeque<i64>);

impl Updated {
    /// Takes one of the minute's updates, or says when there is one again.
    pub fn take(&mut self, now: i64, most: usize) -> Result<(), i64> {
        while self.0.front().is_some_and(|at| at + MINUTE <= now) {
            self.0.pop_front();
        }
        if self.0.len() < most {
            self.0.push_back(now);
            return Ok(());
        }
        let oldest = self.0.front().copied().unwrap_or(now);
        // Zendesk tells whole seconds.
        Err(now + (oldest + MINUTE - now + 999) / 1_000 * 1_000)
    }
}

impl Zendesk {
    pub fn new(updates_per_minute: u64, clock: Clock) -> Self {
        let account = Account {
            updates_per_minute: usize::try_from(updates_per_minute).expect("small"),
            state: Mutex::default(),
        };
        Self {
            account: Arc::new(account),
            clock,
            limited: Arc::default(),
        }
    }

    /// The same account from an environment that knows nothing yet.
    pub fn elsewhere(&self) -> Self {
        Self {
            limited: Arc::default(),
            ..self.clone()
        }
    }

    pub fn appended(&self) -> Vec<(u64, String)> {
        self.state().appended.clone()
    }

    /// Calls answered with 429.
    pub fn refused(&self) -> u64 {
        self.state().refused
    }

    /// An agent saves a ticket.
    pub fn save(&self) {
        let now = self.clock.now();
        let mut state = self.state();
        state.saves.tried += 1;
        if state
            .updates
            .take(now, self.account.updates_per_minute)
            .is_err()
        {
            state.saves.refused += 1;
        }
    }

    pub fn saves(&self) -> Saves {
        self.state().saves
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.account.state.lock().expect("unpoisoned")
    }

    fn limited(&self, now: i64) -> Option<i64> {
        Some(self.limited.load(Ordering::Relaxed)).filter(|until| *until > now)
    }

    fn append(&self, comment: &Comment) -> Outcome {
        let now = self.clock.now();
        let mut state = self.state();
        if let Err(until) = state.updates.take(now, self.account.updates_per_minute) {
            state.refused += 1;
            self.limited.fetch_max(until, Ordering::Relaxed);
            return Outcome::Failed(Failure::Later(Some(until), Trouble::Limited));
        }
        let entry = (comment.ticket.get(), comment.marker.as_str().to_owned());
        state.appended.push(entry);
        let number = u64::try_from(state.appended.len()).expect("small");
        Outcome::Posted(Written {
            ticket: comment.ticket,
            status: comment.status,
            comment: CommentId::new(number),
            requester: None,
            tags: None,
        })
    }
}

impl Vendors for Zendesk {
    async fn execute(&self, step: &Step, _: Deadline) -> Outcome {
        if let Some(until) = self.limited(self.clock.now()) {
            return Outcome::Failed(Failure::Later(Some(until), Trouble::Limited));
        }
        tokio::time::sleep(LATENCY).await;
        match step {
            Step::Append(comment) => self.append(comment),
            other => panic!("a text on an open ticket needs no {}", other.name()),
        }
    }

    fn limited_until(&self, under_way: UnderWay, now: i64) -> Option<i64> {
        let limited = self.limited(now);
        limited.filter(|_| under_way.vendor == Vendor::Zendesk)
    }
}
