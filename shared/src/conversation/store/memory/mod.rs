//! A table in memory: the same answers as [`super::Store`], without DynamoDB.
//!
//! In and out: as [`Storage`]. Every operation is atomic and happens when its future is first
//! polled. `shared/tests/schedules` compares it with the real store, operation by operation.

mod handover;
mod watched;
mod watermark;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::message::{Alias, BrazeId, Customer, DeliveryId, TicketId};

use super::super::seen::{self, Seen};
use super::super::state::{Entry, State};
use super::super::step::{Anyway, HandedOver, Owner};
use super::super::unknown::FORM;
use super::super::watch::Watch;
use super::claim::Claims;
use super::storage::Storage;
use super::{
    Accepted, DAY_LIMIT, DeadLetter, Due, Held, Key, Lease, Leave, MAILBOX_LIMIT, Settled,
    StoreError, Vendor, Waits, Watched, codec,
};
pub use watched::ShownWatch;

/// A table in memory; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<String, Row>,
    dead: Vec<String>,
    /// Whose conversation each profile's is.
    profiles: BTreeMap<String, Customer>,
    /// What is watched of customers.
    watches: BTreeMap<String, watched::Row>,
    /// Up to when Zendesk was asked what changed, in milliseconds since the epoch.
    watermark: Option<i64>,
}

/// One item, attribute by attribute.
#[derive(Debug, Clone)]
struct Row {
    key: Key,
    state: State,
    mailbox: Option<Vec<Entry>>,
    seen: Seen,
    lease: Option<String>,
    lost: Option<String>,
    due_at: Option<i64>,
    due_shard: Option<u8>,
    owner: Option<Owner>,
    aside: Option<HandedOver>,
    version: u64,
}

/// What can be seen of an item from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Which conversation.
    pub key: Key,
    /// What it remembers.
    pub state: State,
    /// How many events wait; `None` without a mailbox.
    pub waiting: Option<usize>,
    /// The lease, where there is one.
    pub lease: Option<String>,
    /// When it is due, in milliseconds since the epoch.
    pub due_at: Option<i64>,
    /// The shard it waits in.
    pub due_shard: Option<u8>,
}

impl Memory {
    /// Every conversation as it is now.
    pub fn shown(&self) -> Vec<Shown> {
        let show = |row: &Row| Shown {
            key: row.key.clone(),
            state: row.state.clone(),
            waiting: row.mailbox.as_ref().map(Vec::len),
            lease: row.lease.clone(),
            due_at: row.due_at,
            due_shard: row.due_shard,
        };
        self.table().rows.values().map(show).collect()
    }

    /// The deliveries kept as dead letters.
    pub fn dead(&self) -> Vec<String> {
        self.table().dead.clone()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Row {
    fn new(key: &Key) -> Self {
        Self {
            key: key.clone(),
            state: State::default(),
            mailbox: None,
            seen: Seen::default(),
            lease: None,
            lost: None,
            due_at: None,
            due_shard: None,
            owner: None,
            aside: None,
            version: 0,
        }
    }

    fn held(&self) -> Held {
        let mailbox = self.mailbox.clone().unwrap_or_default();
        Held {
            key: self.key.clone(),
            state: self.state.clone(),
            readable: mailbox.len(),
            mailbox,
            seen: self.seen.clone(),
            brought: Seen::default(),
            poison: vec![],
            until: self.due_at.unwrap_or(0),
            version: self.version,
            form: FORM,
            lease: self.lease.clone().unwrap_or_default(),
            lost: self.lost.clone(),
            owner: self.owner.clone(),
        }
    }

    fn has_room(&self, now: i64) -> bool {
        let waiting = self.mailbox.as_ref().map_or(0, Vec::len);
        waiting < MAILBOX_LIMIT && self.seen.count(seen::day(now)) < DAY_LIMIT
    }
}

impl Claims for Memory {
    async fn claim(
        &self,
        ticket: TicketId,
        owner: &Owner,
        anyway: Anyway,
        _now: i64,
    ) -> Result<Option<Owner>, StoreError> {
        let key = Key::Ticket(ticket);
        let mut table = self.table();
        let row = table.rows.entry(key.pk());
        let row = row.or_insert_with(|| Row::new(&key));
        let others = row.owner.as_ref();
        let others =
            others.filter(|other| anyway == Anyway::No && other.customer != owner.customer);
        if let Some(other) = others {
            return Ok(Some(other.clone()));
        }
        row.owner = Some(owner.clone());
        Ok(None)
    }
}

impl Storage for Memory {
    async fn accept(
        &self,
        key: &Key,
        entry: &Entry,
        aliases: &[Alias],
        lease: &Lease,
        now: i64,
    ) -> Result<Accepted, StoreError> {
        let mine = codec::lease(&lease.owner, entry.event.delivery.as_str());
        let delivery = &entry.event.delivery;
        let refused = || std::iter::once(delivery).chain(aliases.iter().filter_map(Alias::refused));
        let mut table = self.table();
        let rows = &mut table.rows;
        let old = rows.get(&key.pk());
        let known = |row: &Row| refused().any(|id| row.seen.recalls(id, now));
        if let Some(row) = old.filter(|row| known(row) || !row.has_room(now)) {
            let old = row.held();
            return Ok(if old.lease == mine {
                Accepted::Held(old)
            } else if refused().any(|id| old.seen.contains(id)) {
                Accepted::Duplicate(Box::new(old))
            } else {
                Accepted::Full(Some(Box::new(old)))
            });
        }
        let row = rows.entry(key.pk()).or_insert_with(|| Row::new(key));
        row.version += 1;
        row.mailbox.get_or_insert_default().push(entry.clone());
        row.lease.get_or_insert_with(|| mine.clone());
        row.due_at.get_or_insert(lease.until);
        row.due_shard
            .get_or_insert(Vendor::of(entry.lane()).due_shard(key.shard()));
        for id in std::iter::once(delivery).chain(aliases.iter().map(Alias::id)) {
            row.seen.insert(seen::day(now), id.marker());
        }
        let held = row.held();
        Ok(if held.lease == mine {
            Accepted::Held(held)
        } else {
            Accepted::Stored(held)
        })
    }

    async fn take(
        &self,
        seen: Held,
        claim: &DeliveryId,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        let mut table = self.table();
        let row = table.rows.get_mut(&seen.key.pk());
        let Some(row) = row else { return Ok(None) };
        let mine = codec::lease(&lease.owner, seen.claim_or(claim));
        let version = seen.version + 1;
        if row.version == seen.version && row.lease.as_deref() == Some(seen.lease.as_str()) {
            row.version = version;
            row.lease = Some(mine.clone());
            row.due_at = Some(lease.until);
        }
        let taken = row.version == version && row.lease.as_deref() == Some(mine.as_str());
        Ok(taken.then(|| Held {
            version,
            lease: mine,
            until: lease.until,
            ..seen
        }))
    }

    async fn take_due(
        &self,
        key: &Key,
        lease: &Lease,
        now: i64,
    ) -> Result<Option<(Held, Held)>, StoreError> {
        let mine = codec::lease(&lease.owner, "*");
        let mut table = self.table();
        let Some(row) = table.rows.get_mut(&key.pk()) else {
            return Ok(None);
        };
        let before = row.held();
        if row.due_at.is_none_or(|due_at| due_at > now) {
            return Ok((before.lease == mine).then(|| (before.clone(), before)));
        }
        row.version += 1;
        row.lost = row.lost.take().or_else(|| row.lease.clone());
        row.lease = Some(mine);
        row.due_at = Some(lease.until);
        Ok(Some((row.held(), before)))
    }

    async fn settle(
        &self,
        held: &mut Held,
        leave: Leave,
        markers: &[DeliveryId],
        now: i64,
    ) -> Result<Settled, StoreError> {
        let outdated = held.seen.outdated(now);
        let lease = held.lease_after(leave);
        let mut table = self.table();
        let stored = table.rows.get_mut(&held.key.pk());
        let ours = |row: &Row| {
            row.version == held.version && row.lease.as_deref() == Some(held.lease.as_str())
        };
        let row = match stored {
            Some(row) if ours(row) => row,
            stored => {
                let gone = Row::new(&held.key);
                let theirs = stored.map_or(&gone, |row| &*row).held();
                let intended = if leave == Leave::Idle { "" } else { &lease };
                return Ok(codec::merge(held, intended, theirs));
            }
        };
        row.version += 1;
        row.lost = None;
        row.state = held.state.clone();
        row.seen.forget(&outdated);
        row.seen.extend(&held.brought);
        for id in markers {
            row.seen.insert(seen::day(now), id.marker());
        }
        match leave {
            Leave::Working { until, .. } | Leave::Parked(until) => {
                row.mailbox = Some(held.mailbox.clone());
                row.lease = Some(lease.clone());
                row.due_at = Some(until);
                row.due_shard = Some(held.due_shard(leave));
                held.until = until;
            }
            Leave::Idle => {
                row.mailbox = None;
                row.lease = None;
                row.due_at = None;
                row.due_shard = None;
            }
        }
        held.version = row.version;
        held.readable = held.mailbox.len();
        held.lease = lease;
        held.lost = None;
        held.brought = Seen::default();
        held.seen.forget(&outdated);
        for id in markers {
            held.seen.insert(seen::day(now), id.marker());
        }
        Ok(Settled::Done)
    }

    async fn due(
        &self,
        shard: u8,
        vendors: &[Vendor],
        until: i64,
        limit: i32,
    ) -> Result<Vec<Waits>, StoreError> {
        let table = self.table();
        let of = |vendor: Vendor| {
            let of_shard = vendor.due_shard(shard);
            let rows = table.rows.values().filter_map(|row| {
                let at = row.due_at.filter(|&at| at <= until)?;
                let due = Due::Conversation(row.key.clone());
                (row.due_shard == Some(of_shard)).then_some(Waits { vendor, at, due })
            });
            let watches = table.watches.values().filter_map(|row| {
                let at = row.due_at.filter(|&at| at <= until)?;
                let due = Due::Watch(row.customer.clone());
                (Watch::shard(&row.customer) == of_shard).then_some(Waits { vendor, at, due })
            });
            let mut waiting: Vec<Waits> = rows.chain(watches).collect();
            waiting.sort_by_key(|one| one.at);
            waiting.truncate(usize::try_from(limit).unwrap_or(0));
            waiting
        };
        Ok(vendors.iter().copied().flat_map(of).collect())
    }

    async fn watched(&self, customer: &Customer) -> Result<Option<Watched>, StoreError> {
        Ok(self.watched_of(customer))
    }

    async fn watch(
        &self,
        customer: &Customer,
        watched: &Watched,
        now: i64,
    ) -> Result<bool, StoreError> {
        self.write_watch(customer, watched, now)
    }

    async fn whose(&self, profile: &BrazeId) -> Result<Option<Customer>, StoreError> {
        Ok(self.whose_profile(profile))
    }

    async fn knows(&self, key: &Key) -> Result<bool, StoreError> {
        Ok(self.table().rows.contains_key(&key.pk()))
    }

    async fn bury(&self, letter: &DeadLetter<'_>, _now: i64) -> Result<(), StoreError> {
        self.table().dead.push(letter.id.to_string());
        Ok(())
    }
}
