//! What is watched of customers.

use crate::message::{BrazeId, Customer};

use super::super::super::watch::Watch;
use super::super::{StoreError, Watched};
use super::Memory;

/// One item.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) customer: Customer,
    watched: Watched,
    pub(super) due_at: Option<i64>,
}

/// What can be seen of what is watched from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownWatch {
    /// Of whom.
    pub customer: Customer,
    /// What.
    pub watch: Watch,
    /// When it is due, in milliseconds since the epoch.
    pub due_at: Option<i64>,
}

impl Memory {
    /// Everything that is watched now.
    pub fn watches(&self) -> Vec<ShownWatch> {
        let show = |row: &Row| ShownWatch {
            customer: row.customer.clone(),
            watch: row.watched.watch.clone(),
            due_at: row.due_at,
        };
        self.table().watches.values().map(show).collect()
    }

    pub(super) fn watched_of(&self, customer: &Customer) -> Option<Watched> {
        let table = self.table();
        let row = table.watches.get(&Watch::pk(customer));
        row.map(|row| row.watched.clone())
    }

    /// Whether it was written: not where another worker has since it was read.
    pub(super) fn write_watch(
        &self,
        customer: &Customer,
        watched: &Watched,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut table = self.table();
        let pk = Watch::pk(customer);
        let stored = table.watches.get(&pk).map(|row| row.watched.version);
        if stored.unwrap_or(None) != watched.version {
            return Ok(false);
        }
        let row = Row {
            customer: customer.clone(),
            watched: Watched {
                watch: watched.watch.clone(),
                version: Some(watched.version.unwrap_or(0) + 1),
            },
            due_at: watched.watch.due_at(now),
        };
        table.watches.insert(pk, row);
        Ok(true)
    }

    pub(super) fn whose_profile(&self, profile: &BrazeId) -> Option<Customer> {
        self.table().profiles.get(profile.as_str()).cloned()
    }
}
