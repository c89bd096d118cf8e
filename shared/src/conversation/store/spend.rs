//! How many SMS parts the whole stack has sent lately: one item, written only where a limit is set.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::{Store, StoreError, Write, codec};

/// The key of the counter.
const COUNTER: &str = "spend#hour";

/// How long parts count, from the first of them on, in milliseconds.
const AN_HOUR: i64 = 60 * 60 * 1000;

/// How often two environments may begin an hour at the same time.
const TRIES: usize = 4;

impl Store {
    /// Counts these SMS parts, unless the hour that began with the first counted one would get more than
    /// `limit`; says whether they were counted. A write repeated because its answer was lost counts twice.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether they were counted is not known then.
    pub async fn count_parts(&self, parts: u32, limit: u32, now: i64) -> Result<bool, StoreError> {
        let Some(room) = limit.checked_sub(parts) else {
            return Ok(false);
        };
        let ago = now.saturating_sub(AN_HOUR);
        let request = || {
            self.client
                .update_item()
                .table_name(&self.table)
                .key("pk", AttributeValue::S(COUNTER.to_owned()))
                .expression_attribute_values(":parts", codec::number(parts.into()))
                .expression_attribute_values(":ago", codec::number(ago))
                .return_values(ReturnValue::None)
        };
        for _ in 0..TRIES {
            let more = request()
                .update_expression("ADD spent_parts :parts")
                .condition_expression("spent_since > :ago AND spent_parts <= :room")
                .expression_attribute_values(":room", codec::number(room.into()));
            let counted = match Self::write(more).await? {
                Write::Done(_) => return Ok(true),
                Write::Refused(item) => item,
                Write::TooLarge => return Err(StoreError::TooLarge),
            };
            let since = counted.get("spent_since").and_then(codec::integer);
            if since.is_some_and(|since| since > ago) {
                return Ok(false);
            }
            let first = request()
                .update_expression("SET spent_since = :now, spent_parts = :parts")
                .condition_expression("attribute_not_exists(spent_since) OR spent_since <= :ago")
                .expression_attribute_values(":now", codec::number(now));
            if let Write::Done(_) = Self::write(first).await? {
                return Ok(true);
            }
        }
        Err(StoreError::Full)
    }
}
