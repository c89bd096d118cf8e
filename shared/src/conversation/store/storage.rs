//! What the delivery needs of a table: operations that are each atomic for one item.
//!
//! In: events to accept, outcomes to settle. Out: the held conversation. [`Store`] is the real one;
//! [`super::Memory`] gives the same answers without a table, for models and tests.

use std::future::Future;

use crate::message::{Alias, BrazeId, Customer, DeliveryId};

use super::super::state::Entry;
use super::claim::Claims;
use super::handover::Handover;
use super::{
    Accepted, Counted, DeadLetter, Held, Key, Lease, Leave, Settled, Store, StoreError, Vendor,
    Waits, Watched,
};

/// A table of conversations. [`Store`]'s own methods describe each operation.
pub trait Storage: Claims + Handover {
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

    /// What of a shard is due until a time and waits for these vendors, the longest waiting first for each.
    fn due(
        &self,
        shard: u8,
        vendors: &[Vendor],
        until: i64,
        limit: i32,
    ) -> impl Future<Output = Result<Vec<Waits>, StoreError>> + Send;

    /// Keeps a dead letter.
    fn bury(
        &self,
        letter: &DeadLetter<'_>,
        now: i64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What is watched of a customer. A table that keeps none of it has nothing.
    fn watched(
        &self,
        _customer: &Customer,
    ) -> impl Future<Output = Result<Option<Watched>, StoreError>> + Send {
        async { Ok(None) }
    }

    /// Writes down what is watched of a customer, if no other worker has since it was read.
    fn watch(
        &self,
        _customer: &Customer,
        _watched: &Watched,
        _now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        async { Ok(true) }
    }

    /// Whose conversation an anonymous profile's is. A table that keeps none of it knows nobody.
    fn whose(
        &self,
        _profile: &BrazeId,
    ) -> impl Future<Output = Result<Option<Customer>, StoreError>> + Send {
        async { Ok(None) }
    }

    /// Counts ticket updates of the whole stack, and forgets spans that are over. A table that keeps none
    /// of it has nothing.
    fn count_updates(
        &self,
        _more: Counted,
        _over: &[i64],
        _allowed: u32,
        _now: i64,
    ) -> impl Future<Output = Result<Vec<Counted>, StoreError>> + Send {
        async { Ok(vec![]) }
    }

    /// How many items wait for a vendor.
    fn waiting(&self, _vendor: Vendor) -> impl Future<Output = Result<u64, StoreError>> + Send {
        async { Ok(0) }
    }

    /// Whether there is a conversation.
    fn knows(&self, _key: &Key) -> impl Future<Output = Result<bool, StoreError>> + Send {
        async { Ok(false) }
    }
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

    async fn due(
        &self,
        shard: u8,
        vendors: &[Vendor],
        until: i64,
        limit: i32,
    ) -> Result<Vec<Waits>, StoreError> {
        Store::due(self, shard, vendors, until, limit).await
    }

    async fn bury(&self, letter: &DeadLetter<'_>, now: i64) -> Result<(), StoreError> {
        Store::bury(self, letter, now).await
    }

    async fn watched(&self, customer: &Customer) -> Result<Option<Watched>, StoreError> {
        Store::watched(self, customer).await
    }

    async fn watch(
        &self,
        customer: &Customer,
        watched: &Watched,
        now: i64,
    ) -> Result<bool, StoreError> {
        Store::watch(self, customer, watched, now).await
    }

    async fn whose(&self, profile: &BrazeId) -> Result<Option<Customer>, StoreError> {
        Store::whose(self, profile).await
    }

    async fn count_updates(
        &self,
        more: Counted,
        over: &[i64],
        allowed: u32,
        now: i64,
    ) -> Result<Vec<Counted>, StoreError> {
        Store::count_updates(self, more, over, allowed, now).await
    }

    async fn waiting(&self, vendor: Vendor) -> Result<u64, StoreError> {
        Store::waiting(self, vendor).await
    }

    async fn knows(&self, key: &Key) -> Result<bool, StoreError> {
        Store::knows(self, key).await
    }
}
