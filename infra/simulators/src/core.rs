//! What both simulators keep: a state with a change counter, and faults.
//!
//! In: changes. Out: reads, and waiting for a condition without polling. Must not import a vendor.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::clock::Clock;
use crate::faults::Faults;

/// State, change counter and faults of one simulator.
pub(crate) struct Core<S> {
    pub(crate) clock: Clock,
    state: Mutex<S>,
    version: watch::Sender<u64>,
    pub(crate) faults: Faults,
}

impl<S> Core<S> {
    pub(crate) fn new(clock: Clock, state: S) -> Self {
        Self {
            clock,
            state: Mutex::new(state),
            version: watch::Sender::new(0),
            faults: Faults::default(),
        }
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&locked(&self.state))
    }

    /// Changes the state and tells everyone who waits.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut S) -> T) -> T {
        let result = work(&mut locked(&self.state));
        self.version.send_modify(|version| *version += 1);
        result
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    pub(crate) async fn wait_until(&self, timeout: Duration, cond: impl Fn(&S) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let mut changes = self.subscribe();
        loop {
            changes.mark_unchanged();
            if self.read(&cond) {
                return true;
            }
            if !matches!(timeout_at(deadline, changes.changed()).await, Ok(Ok(()))) {
                return self.read(&cond);
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
