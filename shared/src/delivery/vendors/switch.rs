//! The switch that stops all outgoing SMS, as this environment saw it last.
//!
//! In: the table, the time. Out: whether SMS may go out. One read at most every ten seconds, and only where
//! an SMS is to go out.

use std::sync::{Mutex, PoisonError};

use crate::conversation::store::Store;
use crate::net::Deadline;

/// How long a look at the switch counts, in milliseconds. Every send sees a change within 15 seconds: this,
/// and a call that was under way.
const COUNTS_FOR: i64 = 10_000;

/// The switch.
#[derive(Debug, Default)]
pub struct Switch {
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    /// When it was asked for, in milliseconds since the epoch.
    at: i64,
    is_on: bool,
}

impl Switch {
    /// Whether all outgoing SMS are stopped; `None`: the table did not say.
    pub(super) async fn is_on(&self, store: &Store, now: i64, deadline: Deadline) -> Option<bool> {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back is no reason to believe an old look.
        let fresh = |seen: &Seen| (0..COUNTS_FOR).contains(&now.saturating_sub(seen.at));
        if let Some(seen) = seen.filter(fresh) {
            return Some(seen.is_on);
        }
        let stopped_at = match deadline.run(store.stopped_at()).await? {
            Ok(stopped_at) => stopped_at,
            Err(error) => {
                tracing::warn!(error = %error, "whether SMS are stopped cannot be read, so none goes out");
                return None;
            }
        };
        let is_on = stopped_at.is_some();
        if is_on {
            tracing::warn!("all outgoing SMS are stopped");
        }
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen { at: now, is_on });
        Some(is_on)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU16, Ordering};

    use serde_json::json;

    use super::*;
    use crate::test_support::{Reply, Server, later, table};

    #[tokio::test]
    async fn a_look_counts_for_ten_seconds_and_one_that_failed_for_none() {
        static STATUS: AtomicU16 = AtomicU16::new(200);
        let server = Server::start(|_| match STATUS.load(Ordering::SeqCst) {
            200 => Reply::json(200, json!({})),
            201 => Reply::json(200, json!({"Item": {"pk": {"S": "stop#sms"}}})),
            status => Reply::json(status, json!({"__type": "AccessDeniedException"})),
        });
        let (switch, store) = (Switch::default(), table(&server));
        let look = async |now| switch.is_on(&store, now, later()).await;
        assert_eq!(look(0).await, Some(false));
        STATUS.store(201, Ordering::SeqCst);
        assert_eq!(look(9_999).await, Some(false), "not asked again");
        assert_eq!(server.requests().len(), 1);
        assert_eq!(look(10_000).await, Some(true));
        STATUS.store(400, Ordering::SeqCst);
        assert_eq!(look(20_000).await, None);
        STATUS.store(200, Ordering::SeqCst);
        assert_eq!(look(20_001).await, Some(false), "a failure is no look");
        assert_eq!(look(5_000).await, Some(false), "the clock was set back");
        assert_eq!(server.requests().len(), 5);
    }
}
