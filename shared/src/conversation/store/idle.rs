//! Conversations nobody works on, read a page at a time for the comparison with their tickets.

use std::collections::HashMap;
use std::future::Future;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::super::state::Entry;
use super::{Held, Key, Lease, Store, StoreError, Write, codec, unavailable};

/// The item that remembers how far the reading got.
const CURSOR: &str = "cursor#comparison";

/// What the comparison needs of a table besides what delivery does.
pub trait Pages {
    /// The next page of conversations, and where the one after it begins (`None`: at the start).
    fn page(
        &self,
        after: Option<String>,
        limit: i32,
    ) -> impl Future<Output = Result<(Vec<Held>, Option<String>), StoreError>> + Send;

    /// Where the last reading got to.
    fn cursor(&self) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// Remembers how far the reading got; `None`: it starts again.
    fn set_cursor(
        &self,
        after: Option<&str>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Begins an event of the bridge's own on an idle conversation, if it is still as it was read.
    fn begin(
        &self,
        read: Held,
        entry: Entry,
        lease: &Lease,
    ) -> impl Future<Output = Result<Option<Held>, StoreError>> + Send;
}

impl Pages for Store {
    async fn page(
        &self,
        after: Option<String>,
        limit: i32,
    ) -> Result<(Vec<Held>, Option<String>), StoreError> {
        let start = after.map(|pk| HashMap::from([("pk".to_owned(), AttributeValue::S(pk))]));
        let scan = self.client.scan().table_name(&self.table).limit(limit);
        let answer = scan
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(unavailable)?;
        let next = answer.last_evaluated_key().and_then(pk).map(str::to_owned);
        let items = answer.items.unwrap_or_default().into_iter();
        let page = items.filter_map(|item| {
            let key = Key::parse(pk(&item)?)?;
            Some(codec::held(&key, item))
        });
        Ok((page.collect(), next))
    }

    async fn cursor(&self) -> Result<Option<String>, StoreError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(CURSOR.to_owned()))
            .update_expression("SET v = if_not_exists(v, :zero) + :one")
            .expression_attribute_values(":zero", codec::number(0))
            .expression_attribute_values(":one", codec::number(1))
            .return_values(ReturnValue::AllNew);
        match Self::write(request).await? {
            Write::Done(item) => Ok(item.get("after").and_then(codec::string).map(str::to_owned)),
            Write::Refused(_) | Write::TooLarge => Ok(None),
        }
    }

    async fn set_cursor(&self, after: Option<&str>) -> Result<(), StoreError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(CURSOR.to_owned()))
            .expression_attribute_names("#after", "after");
        let request = match after {
            Some(after) => request
                .update_expression("SET #after = :after")
                .expression_attribute_values(":after", AttributeValue::S(after.to_owned())),
            None => request.update_expression("REMOVE #after"),
        };
        Self::write(request).await.map(drop)
    }

    async fn begin(
        &self,
        read: Held,
        entry: Entry,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        let mine = codec::lease(&lease.owner, entry.event.delivery.as_str());
        let mailbox = vec![entry];
        let request = self
            .update(&read.key)
            .update_expression(
                "SET v = :next, mailbox = :mailbox, lease = :mine, due_at = :until, \
                 due_shard = :shard",
            )
            .condition_expression("v = :seen AND attribute_not_exists(lease)")
            .expression_attribute_values(":seen", codec::version(read.version))
            .expression_attribute_values(":next", codec::version(read.version + 1))
            .expression_attribute_values(":mailbox", codec::mailbox(&mailbox))
            .expression_attribute_values(":mine", AttributeValue::S(mine.clone()))
            .expression_attribute_values(":until", codec::number(lease.until))
            .expression_attribute_values(":shard", codec::number(i64::from(read.key.shard())));
        Ok(match Self::write(request).await? {
            Write::Done(_) => Some(Held {
                version: read.version + 1,
                lease: mine,
                until: lease.until,
                readable: mailbox.len(),
                mailbox,
                ..read
            }),
            Write::Refused(_) | Write::TooLarge => None,
        })
    }
}

fn pk(item: &codec::Item) -> Option<&str> {
    item.get("pk").and_then(codec::string)
}
