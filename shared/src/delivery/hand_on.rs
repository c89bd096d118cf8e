//! Events that name only a ticket are stored in their customer's conversation before they leave the
//! ticket's.

use crate::conversation::state::Entry;
use crate::conversation::step::Ending;
use crate::conversation::store::{Accepted, Key, Storage};
use crate::message::Customer;

use super::{Bridge, Taken, Vendors, Work};

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// How the event ends where it was; `None`: it could not be stored, and stays. A conversation that
    /// is free is taken, to be drained next.
    pub(super) async fn hand_on(
        &self,
        customer: Customer,
        entry: &Entry,
        work: &Work,
        taken: &mut Vec<Taken>,
    ) -> Option<Ending> {
        let key = Key::Customer(customer);
        let mut entry = entry.anew();
        entry.progress.by_ticket = true;
        let now = self.clock.now();
        let lease = work.lease(now);
        let accepted = self.store.accept(&key, &entry, &[], &lease, now);
        match accepted.await {
            Ok(Accepted::Held(held)) => hold(taken, Taken::free(held)),
            Ok(Accepted::Stored(seen)) => {
                if let Some(over) = self.take_over(seen, work).await {
                    hold(taken, over);
                }
            }
            Ok(Accepted::Duplicate(_)) => return Some(Ending::Duplicate),
            Ok(Accepted::Full(seen)) => {
                if let Some(seen) = seen
                    && let Some(over) = self.take_over(*seen, work).await
                {
                    hold(taken, over);
                }
                return None;
            }
            Err(error) => {
                tracing::warn!(error = %error, "not handed on to its customer's conversation");
                return None;
            }
        }
        Some(Ending::Queued)
    }
}

/// A conversation is worked on once: one that an earlier event was handed on to is ours already, with a lease
/// that may name this very event. What was learnt when it was taken stays, and what came since is read when it is
/// settled.
fn hold(taken: &mut Vec<Taken>, new: Taken) {
    if taken.iter().all(|ours| ours.held.key != new.held.key) {
        taken.push(new);
    }
}
