//! The switch that stops all outgoing SMS: an item that a person puts there and takes away again.

use std::time::Instant;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::telemetry::hops::{self, Hop};

use super::{Store, StoreError, codec, unavailable};

/// The key of the switch. The item is there while nothing may go out.
pub const SWITCH: &str = "stop#sms";

/// The attribute that says since when, in milliseconds since the epoch.
pub const STOPPED_AT: &str = "stopped_at";

impl Store {
    /// Since when all outgoing SMS are stopped, in milliseconds since the epoch; `None`: they go out.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: it is not known.
    pub async fn stopped_at(&self) -> Result<Option<i64>, StoreError> {
        let since = Instant::now();
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(SWITCH.to_owned()))
            // What was written a moment ago counts.
            .consistent_read(true)
            .send()
            .await;
        hops::note(Hop::Table, since, false);
        let item = answer.map_err(unavailable)?.item;
        Ok(item.map(|item| {
            let at = item.get(STOPPED_AT).and_then(codec::integer);
            at.unwrap_or_default()
        }))
    }
}
