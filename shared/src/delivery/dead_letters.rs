//! Dead letters: what cannot be delivered or read is kept apart before it leaves its conversation.

use crate::conversation::state::Entry;
use crate::conversation::step::Refusal;
use crate::conversation::store::{DeadLetter, Held, Key, Storage};
use crate::message::DeliveryId;

use super::{Bridge, Vendors};

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// Keeps an event as a dead letter, before it is over; says whether it is kept.
    pub(super) async fn put_dead_letter(
        &self,
        key: &Key,
        entry: &Entry,
        refusal: &Refusal,
    ) -> bool {
        let cause = format!("{} {}", refusal.status, refusal.code);
        let content = entry.stored();
        let letter = DeadLetter {
            id: &entry.event.delivery,
            source: "event",
            cause: &cause,
            conversation: Some(key.pk()),
            content: content.as_bytes(),
        };
        tracing::error!(delivery.id = %entry.event.delivery, cause, "dead letter");
        let put = self.store.bury(&letter, self.clock.now()).await;
        if let Err(error) = &put {
            tracing::error!(error = %error, "dead letter not kept, the event stays");
        }
        put.is_ok()
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
