//! Up to when Zendesk was asked what changed: one item of the table.

use std::future::Future;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::{Store, StoreError, Write, codec};

/// The item's key.
const PK: &str = "cursor#tickets";

/// What looking for lost webhooks remembers between two runs.
pub trait Watermark {
    /// The time before which every change was looked at, in milliseconds since the epoch; `None`:
    /// none was looked at yet.
    fn watermark(&self) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Remembers that time.
    fn set_watermark(&self, at: i64) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Watermark for Store {
    /// The write that counts the runs reads it as well.
    async fn watermark(&self) -> Result<Option<i64>, StoreError> {
        let request = self
            .mark()
            .update_expression("SET v = if_not_exists(v, :zero) + :one")
            .expression_attribute_values(":zero", codec::number(0))
            .expression_attribute_values(":one", codec::number(1))
            .return_values(ReturnValue::AllNew);
        match Self::write(request).await? {
            Write::Done(item) => Ok(item.get("seen_until").and_then(codec::integer)),
            Write::Refused(_) | Write::TooLarge => Ok(None),
        }
    }

    async fn set_watermark(&self, at: i64) -> Result<(), StoreError> {
        let request = self
            .mark()
            .update_expression("SET seen_until = :at")
            .expression_attribute_values(":at", codec::number(at));
        Self::write(request).await.map(drop)
    }
}

impl Store {
    fn mark(&self) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(PK.to_owned()))
    }
}
