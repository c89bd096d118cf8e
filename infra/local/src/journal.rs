//! What the functions were invoked with, and how each invocation ended.
//!
//! In: invocations as the pools make them. Out: the latest of them, and a counter that grows with
//! every change. Knows nothing of what an event says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use tokio::sync::watch;

use crate::environment::InvokeError;

/// Invocations remembered; the oldest are forgotten first.
const KEPT: usize = 2_000;

/// One invocation of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Counted from 1 over all functions.
    pub number: u64,
    /// The function's name.
    pub function: String,
    /// The environment it ran in, from 1; 0: none yet.
    pub environment: u64,
    /// Whether the environment was started for it.
    pub cold: bool,
    /// The event.
    pub event: Bytes,
    /// When it began.
    pub at: SystemTime,
    /// How long it took, and what came of it; `None`: still running.
    pub end: Option<(Duration, Result<Bytes, InvokeError>)>,
}

/// The latest invocations of all functions; clones share them.
#[derive(Clone, Default)]
pub struct Journal {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    entries: Mutex<VecDeque<Invocation>>,
    changes: watch::Sender<u64>,
}

impl Journal {
    /// The invocations remembered, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Invocation> {
        self.entries().iter().cloned().collect()
    }

    /// A number that grows with every change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Forgets the invocations that have ended.
    pub fn clear(&self) {
        self.entries().retain(|entry| entry.end.is_none());
        self.changed();
    }

    pub(crate) fn begin(&self, function: String, event: Bytes) -> Open {
        let mut entries = self.entries();
        // Every change counts, so that no two invocations get the same number.
        let number = *self.inner.changes.borrow() + 1;
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back(Invocation {
            number,
            function,
            environment: 0,
            cold: false,
            event,
            at: SystemTime::now(),
            end: None,
        });
        self.changed();
        drop(entries);
        Open {
            journal: self.clone(),
            number,
            began: Instant::now(),
        }
    }

    fn changed(&self) {
        self.inner.changes.send_modify(|changes| *changes += 1);
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Invocation>> {
        self.inner
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// An invocation that has not ended.
pub(crate) struct Open {
    journal: Journal,
    number: u64,
    began: Instant,
}

impl Open {
    pub(crate) fn cold(&self) {
        self.change(|entry| entry.cold = true);
    }

    pub(crate) fn runs_in(&self, environment: u64) {
        self.change(|entry| entry.environment = environment);
    }

    pub(crate) fn end(&self, result: &Result<Bytes, InvokeError>) {
        self.change(|entry| entry.end = Some((self.began.elapsed(), result.clone())));
    }

    fn change(&self, work: impl FnOnce(&mut Invocation)) {
        let mut entries = self.journal.entries();
        let mut newest_first = entries.iter_mut().rev();
        if let Some(entry) = newest_first.find(|entry| entry.number == self.number) {
            work(entry);
        }
        self.journal.changed();
    }
}
