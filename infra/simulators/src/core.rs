//! What both simulators keep: a state with a change counter, faults and holds.
//!
//! In: changes. Out: reads, and waiting for a condition without polling. Must not import a vendor.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::clock::Clock;
use crate::faults::{Effect, Fault, FaultBook};

/// State, change counter, faults and holds of one simulator.
pub(crate) struct Core<S> {
    pub(crate) clock: Clock,
    state: Mutex<S>,
    version: watch::Sender<u64>,
    faults: Mutex<FaultBook>,
    holds: watch::Sender<Holds>,
}

#[derive(Default)]
struct Holds {
    released: BTreeSet<String>,
    clearings: u64,
}

impl<S> Core<S> {
    pub(crate) fn new(clock: Clock, state: S) -> Self {
        Self {
            clock,
            state: Mutex::new(state),
            version: watch::Sender::new(0),
            faults: Mutex::default(),
            holds: watch::Sender::new(Holds::default()),
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

    /// Arms a fault; a hold of a name released earlier holds again.
    pub(crate) fn fault(&self, fault: Fault) {
        if let Effect::Hold(name) = &fault.effect {
            self.holds.send_modify(|holds| {
                holds.released.remove(name);
            });
        }
        locked(&self.faults).add(fault);
    }

    pub(crate) fn faults(&self) -> Vec<Fault> {
        locked(&self.faults).list().to_vec()
    }

    pub(crate) fn clear_faults(&self) {
        locked(&self.faults).clear();
        self.holds.send_modify(|holds| holds.clearings += 1);
    }

    pub(crate) fn meet(&self, operation: &str) -> Option<Effect> {
        locked(&self.faults).meet(operation)
    }

    pub(crate) fn release_hold(&self, name: &str) {
        self.holds.send_modify(|holds| {
            holds.released.insert(name.to_owned());
        });
    }

    /// Waits until the hold is released or the faults are cleared.
    pub(crate) async fn held(&self, name: &str) {
        let mut holds = self.holds.subscribe();
        let before = holds.borrow().clearings;
        let free = |holds: &Holds| holds.released.contains(name) || holds.clearings != before;
        let _ = holds.wait_for(free).await;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
