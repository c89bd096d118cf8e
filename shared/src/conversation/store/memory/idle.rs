//! Conversations nobody works on, page by page.

use super::super::super::state::Entry;
use super::super::idle::Pages;
use super::super::{Held, Lease, StoreError, codec};
use super::Memory;

impl Pages for Memory {
    async fn page(
        &self,
        after: Option<String>,
        limit: i32,
    ) -> Result<(Vec<Held>, Option<String>), StoreError> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let table = self.table();
        let behind = |pk: &&String| after.as_ref().is_none_or(|after| *pk > after);
        let pks: Vec<&String> = table.rows.keys().filter(behind).take(limit).collect();
        let next = pks.last().filter(|_| pks.len() == limit);
        let next = next.map(|pk| (*pk).clone());
        let page = pks.iter().filter_map(|&pk| table.rows.get(pk));
        Ok((page.map(super::Row::held).collect(), next))
    }

    async fn cursor(&self) -> Result<Option<String>, StoreError> {
        Ok(self.table().cursor.clone())
    }

    async fn set_cursor(&self, after: Option<&str>) -> Result<(), StoreError> {
        self.table().cursor = after.map(str::to_owned);
        Ok(())
    }

    async fn begin(
        &self,
        read: Held,
        entry: Entry,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        let mut table = self.table();
        let row = table.rows.get_mut(&read.key.pk());
        let idle = |row: &&mut super::Row| row.version == read.version && row.lease.is_none();
        let Some(row) = row.filter(idle) else {
            return Ok(None);
        };
        row.version += 1;
        row.lease = Some(codec::lease(&lease.owner, entry.event.delivery.as_str()));
        row.mailbox = Some(vec![entry.clone()]);
        row.due_at = Some(lease.until);
        row.due_shard = Some(read.key.shard());
        // As the real one: what was read is believed.
        let taken = row.held();
        Ok(Some(Held {
            version: taken.version,
            lease: taken.lease,
            until: taken.until,
            readable: 1,
            mailbox: vec![entry],
            ..read
        }))
    }
}
