//! What the delivery needs of a table: six operations, each atomic for one item.
//!
//! In: events to accept, outcomes to settle. Out: the held conversation. [`Store`] is the real one;
//! [`super::Memory`] gives the same answers without a table, for models and tests.

use std::future::Future;

use crate::message::{Alias, DeliveryId};

use super::super::state::Entry;
use super::{Accepted, DeadLetter, Held, Key, Lease, Leave, Settled, Store, StoreError};

/// A table of conversations. What each operation does is told at [`Store`]'s own methods.
pub trait Storage {
    /// Appends an event: refuses a duplicate, takes the lease where it is free.
    fn accept(
        &self,
        key: &Key,
        entry: &Entry,
        aliases: &[Alias],
        lease: &Lease,
        now: i64,
    ) -> impl Future<Output = Result<Accepted, StoreError>> + Send;

    /// Takes a conversation if it is still as it was seen.
    fn take(
        &self,
        seen: Held,
        claim: &DeliveryId,
        lease: &Lease,
    ) -> impl Future<Output = Result<Option<Held>, StoreError>> + Send;

    /// Takes a conversation that is due: as held now, and as it was before.
    fn take_due(
        &self,
        key: &Key,
        lease: &Lease,
        now: i64,
    ) -> impl Future<Output = Result<Option<(Held, Held)>, StoreError>> + Send;

    /// Writes state and mailbox back, if the conversation is still ours and nothing came in.
    fn settle(
        &self,
        held: &mut Held,
        leave: Leave,
        markers: &[DeliveryId],
        now: i64,
    ) -> impl Future<Output = Result<Settled, StoreError>> + Send;

    /// The conversations of a shard that are due, the longest waiting first.
    fn due(
        &self,
        shard: u8,
        now: i64,
        limit: i32,
    ) -> impl Future<Output = Result<Vec<Key>, StoreError>> + Send;

    /// Keeps a dead letter.
    fn bury(
        &self,
        letter: &DeadLetter<'_>,
        now: i64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Storage for Store {
    async fn accept(
        &self,
        key: &Key,
        entry: &Entry,
        aliases: &[Alias],
        lease: &Lease,
        now: i64,
    ) -> Result<Accepted, StoreError> {
        Store::accept(self, key, entry, aliases, lease, now).await
    }

    async fn take(
        &self,
        seen: Held,
        claim: &DeliveryId,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        Store::take(self, seen, claim, lease).await
    }

    async fn take_due(
        &self,
        key: &Key,
        lease: &Lease,
        now: i64,
    ) -> Result<Option<(Held, Held)>, StoreError> {
        Store::take_due(self, key, lease, now).await
    }

    async fn settle(
        &self,
        held: &mut Held,
        leave: Leave,
        markers: &[DeliveryId],
        now: i64,
    ) -> Result<Settled, StoreError> {
        Store::settle(self, held, leave, markers, now).await
    }

    async fn due(&self, shard: u8, now: i64, limit: i32) -> Result<Vec<Key>, StoreError> {
        Store::due(self, shard, now, limit).await
    }

    async fn bury(&self, letter: &DeadLetter<'_>, now: i64) -> Result<(), StoreError> {
        Store::bury(self, letter, now).await
    }
}
