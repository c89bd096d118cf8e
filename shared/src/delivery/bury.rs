//! Dead letters: what cannot be delivered or read is kept apart before it leaves its conversation.
//!
//! In: an event that is over, or what could not be read. Out: a letter in the store, or word that it
//! could not be kept. Must not call a vendor.

use crate::conversation::state::{Entry, State};
use crate::conversation::step::{Ending, Verdict};
use crate::conversation::store::{DeadLetter, Held, Key, Storage, StoreError};
use crate::message::DeliveryId;

use super::{Bridge, Vendors};

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// A dead letter is kept before its event is over. Where it cannot be kept, the conversation is as
    /// it was and the event waits, to be refused once more; what may have been done stays in doubt.
    pub(super) async fn kept(
        &self,
        key: &Key,
        state: &mut State,
        entry: &Entry,
        before: Box<State>,
        verdict: Verdict,
    ) -> Verdict {
        let Verdict::Done(Ending::Dead(refusal), _) = &verdict else {
            return verdict;
        };
        let cause = format!("{} {}", refusal.status, refusal.code);
        match Box::pin(self.bury(key, entry, &cause)).await {
            Ok(()) => verdict,
            Err(error) => {
                tracing::error!(error = %error, "dead letter not kept, the event stays");
                *state = *before;
                Verdict::Wait(None)
            }
        }
    }

    async fn bury(&self, key: &Key, entry: &Entry, cause: &str) -> Result<(), StoreError> {
        let content = serde_json::to_vec(entry).unwrap_or_default();
        let letter = DeadLetter {
            id: &entry.event.delivery,
            source: "event",
            cause,
            conversation: Some(key.pk()),
            content: &content,
        };
        tracing::error!(delivery.id = %entry.event.delivery, cause, "dead letter");
        self.store.bury(&letter, self.clock.now()).await
    }

    /// Parts of the item that cannot be read must not hold up the rest, and are dropped from the item
    /// only as dead letters. False: one could not be kept, and the item must stay as it is; whoever
    /// takes it over when the lease has ended tries again.
    pub(super) async fn bury_poison(&self, held: &mut Held) -> bool {
        while let Some(content) = held.poison.last() {
            let id = DeliveryId::derive("poison", &[&held.key.pk(), content]);
            let letter = DeadLetter {
                id: &id,
                source: "event",
                cause: "cannot be read",
                conversation: Some(held.key.pk()),
                content: content.as_bytes(),
            };
            tracing::error!(delivery.id = %id, "an event in the mailbox cannot be read: dead letter");
            if let Err(error) = self.store.bury(&letter, self.clock.now()).await {
                tracing::error!(error = %error, "dead letter not kept, the conversation stays");
                return false;
            }
            held.poison.pop();
        }
        true
    }
}
