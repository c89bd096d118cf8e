//! A conversation goes to another key.

use crate::message::{BrazeId, Customer};

use super::super::super::state::{Entry, State};
use super::super::super::step::{Anyway, HandedOver};
use super::super::handover::Handover;
use super::super::{Held, Key, PARKED, StoreError};
use super::Memory;

impl Handover for Memory {
    async fn profile(
        &self,
        profile: &BrazeId,
        customer: &Customer,
        anyway: Anyway,
        _now: i64,
    ) -> Result<Option<Customer>, StoreError> {
        let mut table = self.table();
        let known = table.profiles.entry(profile.as_str().to_owned());
        let known = known.or_insert_with(|| customer.clone());
        if anyway == Anyway::Yes {
            *known = customer.clone();
        }
        Ok(Some(known.clone()).filter(|known| known != customer))
    }

    async fn look(
        &self,
        key: &Key,
        _now: i64,
    ) -> Result<Option<(Held, Option<HandedOver>)>, StoreError> {
        let table = self.table();
        let row = table.rows.get(&key.pk());
        let aside = |row: &super::Row| {
            row.aside.clone().map(|aside| HandedOver {
                seen: row.seen.clone(),
                ..aside
            })
        };
        Ok(row.map(|row| (row.held(), aside(row))))
    }

    async fn hand_over(
        &self,
        seen: &Held,
        aside: &HandedOver,
        (state, mailbox): (&State, &[Entry]),
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut table = self.table();
        let row = table.rows.get_mut(&seen.key.pk());
        let Some(row) = row.filter(|row| row.version == seen.version) else {
            return Ok(false);
        };
        row.version += 1;
        row.state = state.clone();
        row.aside = Some(aside.clone());
        row.lost = None;
        match mailbox {
            [] => {
                row.mailbox = None;
                row.lease = None;
                row.due_at = None;
                row.due_shard = None;
            }
            _ => {
                row.mailbox = Some(mailbox.to_vec());
                row.lease = Some(PARKED.to_owned());
                row.due_at = Some(now);
            }
        }
        Ok(true)
    }

    async fn end_handover(&self, key: &Key) -> Result<(), StoreError> {
        if let Some(row) = self.table().rows.get_mut(&key.pk()) {
            row.aside = None;
        }
        Ok(())
    }
}
