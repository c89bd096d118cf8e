//! Faults of the AWS stand-ins, in the simulators' vocabulary.
//!
//! In: [`Fault`]s from tests. Out: for each call, its own answer or the fault's. An operation is
//! the name after the dot of `x-amz-target`, such as `UpdateItem`; a trailing `*` matches the rest.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
pub use simulators::{Effect, Fault};
use tokio::sync::watch;

use crate::wire::{self, Reply};

/// The armed faults of one stand-in; clones share them.
#[derive(Clone, Default)]
pub struct Faults {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    armed: Mutex<Vec<Fault>>,
    holds: Mutex<BTreeMap<String, Hold>>,
    held: watch::Sender<u64>,
    met: AtomicUsize,
    stuck: watch::Sender<usize>,
}

#[derive(Default)]
struct Hold {
    waiting: usize,
    open: watch::Sender<bool>,
}

impl Faults {
    /// Arms a fault behind those already armed.
    pub fn add(&self, fault: Fault) {
        self.armed().push(fault);
    }

    /// Disarms all faults and releases every hold.
    pub fn clear(&self) {
        self.armed().clear();
        for (_, hold) in std::mem::take(&mut *self.holds()) {
            hold.open.send_replace(true);
        }
    }

    /// Lets the calls of this hold go on; calls that meet it later wait again.
    pub fn release(&self, name: &str) {
        if let Some(hold) = self.holds().remove(name) {
            hold.open.send_replace(true);
        }
    }

    /// Waits until `count` calls wait in the hold; false when the time is over.
    pub async fn wait_held(&self, name: &str, count: usize, limit: Duration) -> bool {
        let mut held = self.inner.held.subscribe();
        let enough = || self.holds().get(name).map_or(0, |hold| hold.waiting) >= count;
        let reached = held.wait_for(|_| enough());
        matches!(tokio::time::timeout(limit, reached).await, Ok(Ok(_)))
    }

    pub(crate) async fn around<F>(&self, operation: &str, act: impl FnOnce() -> F) -> (Reply, bool)
    where
        F: Future<Output = Reply>,
    {
        let Some(effect) = self.meet(operation) else {
            return (act().await, false);
        };
        self.inner.met.fetch_add(1, Ordering::SeqCst);
        let reply = match effect {
            Effect::Respond {
                status,
                headers,
                body,
            } => answer(status, &headers, body),
            Effect::RespondAfter {
                status,
                headers,
                body,
            } => {
                act().await;
                answer(status, &headers, body)
            }
            Effect::Hang => self.hang().await,
            Effect::HangAfter => {
                act().await;
                self.hang().await
            }
            Effect::Drop => Reply::Drop,
            Effect::DropAfter => {
                act().await;
                Reply::Drop
            }
            Effect::Delay(time) => {
                tokio::time::sleep(time).await;
                act().await
            }
            Effect::Hold(name) => {
                self.wait_open(&name).await;
                act().await
            }
        };
        (reply, true)
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

    async fn hang(&self) -> Reply {
        self.inner.stuck.send_modify(|stuck| *stuck += 1);
        wire::hang().await
    }

    fn meet(&self, operation: &str) -> Option<Effect> {
        let mut armed = self.armed();
        let mut effect = None;
        for fault in armed.iter_mut() {
            if !covers(&fault.operation, operation) || fault.times == Some(0) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times = fault.times.map(|left| left - 1);
            effect = Some(fault.effect.clone());
            break;
        }
        armed.retain(|fault| fault.times != Some(0));
        effect
    }

    async fn wait_open(&self, name: &str) {
        let mut open = {
            let mut holds = self.holds();
            let hold = holds.entry(name.to_owned()).or_default();
            hold.waiting += 1;
            hold.open.subscribe()
        };
        self.inner.held.send_modify(|count| *count += 1);
        self.inner.stuck.send_modify(|stuck| *stuck += 1);
        // A closed channel means the hold was removed after it was opened.
        let _ = open.wait_for(|open| *open).await;
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.inner
            .armed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn holds(&self) -> MutexGuard<'_, BTreeMap<String, Hold>> {
        self.inner
            .holds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// An AWS JSON-protocol error as a fault: `refusal(400, "ThrottlingException")`.
#[must_use]
pub fn refusal(status: u16, kind: &str) -> Effect {
    Effect::Respond {
        status,
        headers: vec![("content-type".into(), "application/x-amz-json-1.0".into())],
        body: serde_json::json!({"__type": kind, "message": "simulated fault"}).to_string(),
    }
}

fn covers(pattern: &str, operation: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => operation.starts_with(start),
        None => pattern == operation,
    }
}

fn answer(status: u16, headers: &[(String, String)], body: String) -> Reply {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    Reply::Answer(response)
}
