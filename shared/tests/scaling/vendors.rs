//! Zendesk as a limit sees it: a time per call, and so many calls a minute.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::conversation::state::Trouble;
use shared::conversation::step::{Comment, Failure, Outcome, Step};
use shared::delivery::{Clock, Vendors};
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
    per_minute: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    minute: i64,
    used: u64,
    refused: u64,
    /// Ticket and marker of every comment, in order.
    appended: Vec<(u64, String)>,
}

impl Zendesk {
    pub fn new(per_minute: u64, clock: Clock) -> Self {
        let account = Account {
            per_minute,
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

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.account.state.lock().expect("unpoisoned")
    }

    fn append(&self, comment: &Comment) -> Outcome {
        let now = self.clock.now();
        let mut state = self.state();
        if state.minute != now / MINUTE {
            state.minute = now / MINUTE;
            state.used = 0;
        }
        if state.used >= self.account.per_minute {
            state.refused += 1;
            let until = (now / MINUTE + 1) * MINUTE;
            self.limited.fetch_max(until, Ordering::Relaxed);
            return Outcome::Failed(Failure::Later(Some(until), Trouble::Limited));
        }
        state.used += 1;
        let entry = (comment.ticket.get(), comment.marker.as_str().to_owned());
        state.appended.push(entry);
        let number = u64::try_from(state.appended.len()).expect("small");
        Outcome::Posted {
            ticket: comment.ticket,
            status: comment.status,
            comment: CommentId::new(number),
        }
    }
}

impl Vendors for Zendesk {
    async fn execute(&self, step: &Step, _: Deadline) -> Outcome {
        if let Some(until) = self.limited_until(self.clock.now(), 0) {
            return Outcome::Failed(Failure::Later(Some(until), Trouble::Limited));
        }
        tokio::time::sleep(LATENCY).await;
        match step {
            Step::Append(comment) => self.append(comment),
            other => panic!("a text on an open ticket needs no {}", other.name()),
        }
    }

    fn limited_until(&self, now: i64, _under_way: usize) -> Option<i64> {
        Some(self.limited.load(Ordering::Relaxed)).filter(|until| *until > now)
    }
}
