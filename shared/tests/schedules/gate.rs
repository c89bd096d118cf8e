//! Where a schedule decides: every outside call waits at a gate until it is let through, and is
//! told how it will go.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// How a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Well.
    None,
    /// Nothing is done, and the caller may know only that no answer came.
    Before,
    /// It is done, and no answer comes.
    After,
    /// Nothing is done, and the caller is told so.
    Down,
    /// The table: done, and the SDK's repeats fail, too. A vendor: as `After`.
    Gone,
    /// Nothing is done, and the caller is told when to come again.
    Limited,
    /// The same, because Zendesk's account made too many requests. The table: as `Limited`.
    LimitedAccount,
    /// The same, because the account made too many updates of tickets. Other calls: as `LimitedAccount`.
    LimitedUpdates,
    /// The same, because this one ticket was updated too often. Other calls: as `LimitedAccount`.
    LimitedTicket,
    /// Refused for good. The table: as `Down`.
    Refused,
}

/// How a call that waits may go on.
#[derive(Debug, Clone, Copy)]
pub struct Go {
    pub fault: Fault,
    /// The answer waits at a second gate.
    pub slow: bool,
}

struct Waiting {
    worker: u32,
    what: &'static str,
    go: oneshot::Sender<Go>,
}

#[derive(Default)]
struct Inside {
    waiting: Vec<Waiting>,
    /// Counts whatever happens, to see when nothing does any more.
    activity: u64,
}

/// All gates of one schedule.
#[derive(Clone, Default)]
pub struct Gates(Arc<Mutex<Inside>>);

impl Gates {
    /// Waits until the schedule lets the call through.
    pub async fn pass(&self, worker: u32, what: &'static str) -> Go {
        let (go, told) = oneshot::channel();
        {
            let mut inside = self.0.lock().expect("gates");
            inside.activity += 1;
            inside.waiting.push(Waiting { worker, what, go });
        }
        match told.await {
            Ok(go) => go,
            // The schedule is over: nothing goes on.
            Err(_) => std::future::pending().await,
        }
    }

    pub fn stir(&self) {
        self.0.lock().expect("gates").activity += 1;
    }

    /// Lets one call through; says whose and which.
    pub fn release(&self, pick: u8, go: Go) -> Option<(u32, &'static str)> {
        let mut inside = self.0.lock().expect("gates");
        inside.waiting.retain(|waiting| !waiting.go.is_closed());
        if inside.waiting.is_empty() {
            return None;
        }
        let index = usize::from(pick) % inside.waiting.len();
        let chosen = inside.waiting.remove(index);
        inside.activity += 1;
        let _ = chosen.go.send(go);
        Some((chosen.worker, chosen.what))
    }

    /// Lets everything run until all wait at gates or for time.
    pub async fn quiet(&self) {
        let count = || self.0.lock().expect("gates").activity;
        let (mut last, mut still) = (count(), 0);
        while still < 2 {
            tokio::task::yield_now().await;
            let now = count();
            still = if now == last { still + 1 } else { 0 };
            last = now;
        }
    }
}
