//! Where conversations are kept: one DynamoDB item each, every change one conditional write.
//!
//! In: events to accept, outcomes to settle. Out: the held conversation. The only folder that names the DynamoDB
//! SDK.

mod accept;
mod amend;
mod claim;
mod codec;
mod dead;
mod handover;
mod held;
mod memory;
mod settle;
mod spend;
mod storage;
mod switch;
mod take;
mod updates;
mod watched;
mod watermark;

use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Region;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValuesOnConditionCheckFailure as OnFailure, Select,
};

use crate::aws::AwsParts;
use crate::telemetry::hops::{self, Hop};

pub use super::key::{Due, Key, Vendor, Waits};
pub use super::shard::SHARDS;
pub use claim::Claims;
pub use dead::DeadLetter;
pub use handover::Handover;
pub use held::{Accepted, Claim, Held, Lease, Leave, PutBack, Settled, StoreError};
pub use memory::{Memory, Shown, ShownWatch};
pub use storage::Storage;
pub use switch::{STOPPED_AT, SWITCH};
pub use updates::{ALLOWED, Counted, UPDATES};
pub use watched::Watched;
pub use watermark::Watermark;

/// Events a mailbox holds; more are answered "try again later".
pub const MAILBOX_LIMIT: usize = 100;

/// Deliveries a conversation accepts in a day; it bounds the item's size.
pub const DAY_LIMIT: usize = 4_000;

/// How long an idle conversation is kept, in seconds.
const KEPT_SECONDS: i64 = 400 * 24 * 60 * 60;

/// Pages of a shard of the index that are read to count it, about ten thousand items each.
const PAGES_COUNTED: usize = 8;

/// The lease of a conversation that waits: no worker's.
const PARKED: &str = "-";

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    /// A store on a table, over the shared HTTP client.
    pub fn new(parts: &AwsParts, table: impl Into<String>) -> Self {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(parts.behavior)
            .region(Region::new(parts.region.clone()))
            .credentials_provider(parts.credentials.clone())
            .http_client(parts.http_client.clone())
            .retry_config(parts.retry.clone())
            .timeout_config(parts.timeouts.clone());
        let config = match &parts.dynamodb_endpoint {
            Some(endpoint) => config.endpoint_url(endpoint),
            None => config,
        };
        Self {
            client: Client::from_conf(config.build()),
            table: table.into(),
        }
    }

    /// What of a shard is due until a time and waits for these vendors, the longest waiting first for each.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn due(
        &self,
        shard: u8,
        vendors: &[Vendor],
        until: i64,
        limit: i32,
    ) -> Result<Vec<Waits>, StoreError> {
        let mut due = Vec::new();
        for &vendor in vendors {
            let answer = self
                .index(vendor, shard)
                .key_condition_expression("due_shard = :shard AND due_at <= :until")
                .expression_attribute_values(":until", codec::number(until))
                .limit(limit)
                .send()
                .await
                .map_err(unavailable)?;
            due.extend(answer.items().iter().filter_map(|item| {
                Some(Waits {
                    vendor,
                    at: item.get("due_at").and_then(codec::integer)?,
                    due: Due::parse(item.get("pk").and_then(codec::string)?)?,
                })
            }));
        }
        Ok(due)
    }

    /// How many items wait for a vendor, counted in the index; a long index is not counted to its end.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn waiting(&self, vendor: Vendor) -> Result<u64, StoreError> {
        let mut waiting = 0;
        for shard in 0..SHARDS {
            let mut after = None;
            for _ in 0..PAGES_COUNTED {
                let request = self
                    .index(vendor, shard)
                    .select(Select::Count)
                    .key_condition_expression("due_shard = :shard")
                    .set_exclusive_start_key(after.take());
                let answer = request.send().await.map_err(unavailable)?;
                waiting += u64::try_from(answer.count).unwrap_or(0);
                after = answer.last_evaluated_key;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(waiting)
    }

    /// A query of what waits for a vendor in a shard.
    fn index(&self, vendor: Vendor, shard: u8) -> QueryFluentBuilder {
        let shard = codec::number(i64::from(vendor.due_shard(shard)));
        let query = self.client.query().table_name(&self.table);
        query
            .index_name("due")
            .expression_attribute_values(":shard", shard)
    }

    fn update(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.update_item(key.pk())
    }

    fn update_item(&self, pk: String) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(pk))
    }

    async fn write(request: UpdateItemFluentBuilder) -> Result<Write, StoreError> {
        let request = request.return_values_on_condition_check_failure(OnFailure::AllOld);
        let since = Instant::now();
        let answer = request.send().await;
        hops::note(Hop::Table, since, false);
        let error = match answer {
            Ok(answer) => return Ok(Write::Done(answer.attributes.unwrap_or_default())),
            Err(error) => error,
        };
        if let Some(UpdateItemError::ConditionalCheckFailedException(failed)) =
            error.as_service_error()
        {
            return Ok(Write::Refused(failed.item().cloned().unwrap_or_default()));
        }
        if is_too_large(&error) {
            return Ok(Write::TooLarge);
        }
        Err(unavailable(error))
    }
}

enum Write {
    Done(codec::Item),
    Refused(codec::Item),
    TooLarge,
}

fn is_too_large(error: &SdkError<UpdateItemError>) -> bool {
    error.code() == Some("ValidationException")
        && error
            .message()
            .is_some_and(|message| message.contains("size"))
}

fn unavailable<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let code = error.code().unwrap_or("no answer").to_owned();
    StoreError::Unavailable(code, Box::new(error))
}

#[cfg(test)]
mod tests;
