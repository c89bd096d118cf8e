//! Looking at a running stack: is it at rest, what was it invoked with, what is wrong.
//!
//! In: the parts' own counters. Out: waiting without polling, and views.

use std::time::Duration;

use tokio::sync::watch;

use super::Stack;
use crate::journal::Journal;
use crate::pool::Pool;

/// Nothing happens for this long: the stack is at rest.
const QUIET: Duration = Duration::from_millis(100);

impl Stack {
    /// Waits until no function works, no webhook of Zendesk's is on its way and nothing has happened
    /// for a moment; false when the time is over. Braze's wait before its next attempt counts as
    /// nothing happening.
    pub async fn quiesce(&self, limit: Duration) -> bool {
        let settled = async {
            loop {
                let mut flying = self.zendesk.webhooks_in_flight();
                let _ = flying.wait_for(|flying| *flying == 0).await;
                for pool in self.functions.values() {
                    let _ = pool.running().wait_for(|running| *running == 0).await;
                }
                let (mut zendesk, mut braze) = (self.zendesk.subscribe(), self.braze.subscribe());
                let mut dynamo = self.dynamo.subscribe();
                // What a person or a test sends itself is in nobody's count until it arrives.
                tokio::select! {
                    _ = zendesk.changed() => {}
                    _ = braze.changed() => {}
                    _ = dynamo.changed() => {}
                    () = tokio::time::sleep(QUIET) => if self.is_idle() { return },
                }
            }
        };
        tokio::time::timeout(limit, settled).await.is_ok()
    }

    /// Whether no function is at work and no webhook of Zendesk's on its way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let mut pools = self.functions.values();
        *self.zendesk.webhooks_in_flight().borrow() == 0
            && pools.all(|pool| *pool.running().borrow() == 0)
    }

    /// Every invocation of the functions.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Why the state cannot be kept at the moment, in one sentence.
    #[must_use]
    pub fn trouble(&self) -> watch::Receiver<Option<String>> {
        self.trouble.clone()
    }

    /// Kills every process that is working on an event; answers how many.
    pub fn kill_in_flight(&self) -> usize {
        self.functions.values().map(Pool::kill_in_flight).sum()
    }
}
