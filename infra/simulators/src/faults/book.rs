//! The faults armed at one stand-in, which of them a call meets, and the calls that wait.
//!
//! In: operations. Out: effects, carried out. Imports the faults and the server only.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::{Effect, Fault};
use crate::serve::{Reply, hang};

/// The armed faults of one stand-in; clones share them.
#[derive(Clone, Default)]
pub struct Faults {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    armed: Mutex<Vec<Fault>>,
    holds: watch::Sender<BTreeMap<String, Hold>>,
    met: AtomicUsize,
    stuck: watch::Sender<usize>,
}

#[derive(Default)]
struct Hold {
    is_open: bool,
    /// How often it was opened.
    openings: u64,
    waiting: usize,
}

impl Faults {
    /// Arms a fault behind those already armed; a hold that was released holds again.
    pub fn add(&self, fault: Fault) {
        if let Effect::Hold(name) = &fault.effect {
            self.change(|holds| holds.entry(name.clone()).or_default().is_open = false);
        }
        self.armed().push(fault);
    }

    /// The faults armed.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.armed().clone()
    }

    /// Disarms all faults and releases every hold.
    pub fn clear(&self) {
        self.armed().clear();
        self.change(|holds| holds.values_mut().for_each(Hold::open));
    }

    /// Lets the calls of this hold go on, also those that come to it later, until a fault with its name is
    /// armed again.
    pub fn release(&self, name: &str) {
        self.change(|holds| holds.entry(name.to_owned()).or_default().open());
    }

    /// Waits until `count` calls wait in the hold; false when the time is over.
    pub async fn wait_held(&self, name: &str, count: usize, limit: Duration) -> bool {
        let mut holds = self.inner.holds.subscribe();
        let reached =
            holds.wait_for(|holds| holds.get(name).map_or(0, |hold| hold.waiting) >= count);
        matches!(tokio::time::timeout(limit, reached).await, Ok(Ok(_)))
    }

    /// Waits until `count` calls, ever, hang or are held; false when the time is over.
    pub async fn wait_stuck(&self, count: usize, limit: Duration) -> bool {
        let mut stuck = self.inner.stuck.subscribe();
        let reached = stuck.wait_for(|stuck| *stuck >= count);
        matches!(tokio::time::timeout(limit, reached).await, Ok(Ok(_)))
    }

    /// How many calls, ever, hung or were held.
    #[must_use]
    pub fn stuck(&self) -> usize {
        *self.inner.stuck.borrow()
    }

    /// How many calls, ever, met a fault.
    #[must_use]
    pub fn met(&self) -> usize {
        self.inner.met.load(Ordering::SeqCst)
    }

    /// The effect a call of the operation meets: the first armed fault that is not skipping.
    #[must_use]
    pub fn meet(&self, operation: &str) -> Option<Effect> {
        let mut armed = self.armed();
        let mut effect = None;
        for fault in armed.iter_mut().filter(|one| one.covers(operation)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.times != Some(0) {
                fault.times = fault.times.map(|left| left - 1);
                effect = Some(fault.effect.clone());
                break;
            }
        }
        armed.retain(|fault| fault.times != Some(0));
        self.inner
            .met
            .fetch_add(usize::from(effect.is_some()), Ordering::SeqCst);
        effect
    }

    /// A call and the effect it meets, if any.
    pub async fn carry_out<F>(&self, effect: Option<Effect>, act: impl FnOnce() -> F) -> Reply
    where
        F: Future<Output = Reply>,
    {
        match effect {
            None => act().await,
            Some(Effect::Respond {
                status,
                headers,
                body,
            }) => Reply::of(status, &headers, body),
            Some(Effect::RespondAfter {
                status,
                headers,
                body,
            }) => {
                act().await;
                Reply::of(status, &headers, body)
            }
            Some(Effect::Hang) => self.hang().await,
            Some(Effect::HangAfter) => {
                act().await;
                self.hang().await
            }
            Some(Effect::Drop) => Reply::Drop,
            Some(Effect::DropAfter) => {
                act().await;
                Reply::Drop
            }
            Some(Effect::Delay(time)) => {
                tokio::time::sleep(time).await;
                act().await
            }
            Some(Effect::Hold(name)) => {
                self.wait_open(&name).await;
                act().await
            }
        }
    }

    /// A call of the operation; says whether it met a fault.
    pub async fn around<F>(&self, operation: &str, act: impl FnOnce() -> F) -> (Reply, bool)
    where
        F: Future<Output = Reply>,
    {
        let effect = self.meet(operation);
        let met = effect.is_some();
        (self.carry_out(effect, act).await, met)
    }

    async fn hang(&self) -> Reply {
        self.inner.stuck.send_modify(|stuck| *stuck += 1);
        hang().await
    }

    async fn wait_open(&self, name: &str) {
        let mut holds = self.inner.holds.subscribe();
        let mut before = None;
        self.change(|holds| {
            let hold = holds.entry(name.to_owned()).or_default();
            if !hold.is_open {
                hold.waiting += 1;
                before = Some(hold.openings);
            }
        });
        let Some(before) = before else { return };
        self.inner.stuck.send_modify(|stuck| *stuck += 1);
        let opened = |holds: &BTreeMap<String, Hold>| {
            holds.get(name).is_none_or(|hold| hold.openings != before)
        };
        // The book is gone only when nobody waits in it any more.
        let _ = holds.wait_for(opened).await;
    }

    fn change(&self, work: impl FnOnce(&mut BTreeMap<String, Hold>)) {
        self.inner.holds.send_modify(work);
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.inner
            .armed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold {
    fn open(&mut self) {
        self.is_open = true;
        self.openings += 1;
        self.waiting = 0;
    }
}

impl Fault {
    fn covers(&self, operation: &str) -> bool {
        match self.operation.strip_suffix('*') {
            Some(family) => operation.starts_with(family),
            None => self.operation == operation,
        }
    }
}
