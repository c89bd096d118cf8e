//! The deployed table, as a person with AWS access reaches it.
//!
//! In: its name. Out: items, read, marked and removed. The functions may neither scan it whole nor
//! delete; this is the only place that does.

use std::collections::HashMap;
use std::error::Error;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, TableDescription, TimeToLiveStatus,
};
use shared::aws::AwsParts;
use shared::conversation::store::{
    ALLOWED, Key, SHARDS, STOPPED_AT, SWITCH, Store, StoreError, UPDATES, Vendor,
};

use super::refusal::Wanted;
use super::{Terms, talk};
use crate::Failure;

/// An item, by attribute.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Most items of one BatchGetItem.
const BATCH: usize = 100;

/// The stack's table.
pub(crate) struct Table {
    client: Client,
    store: Store,
    name: String,
    terms: Terms,
}

impl Table {
    /// A table reached with parts that were put together elsewhere, as the sandbox's.
    pub(crate) fn of(parts: &AwsParts, name: &str) -> Self {
        let terms = Terms {
            region: parts.region.clone(),
            verbose: false,
        };
        Self::new(parts, &super::sdk(parts), name.to_owned(), &terms)
    }

    pub(super) fn new(parts: &AwsParts, sdk: &SdkConfig, name: String, terms: &Terms) -> Self {
        let mut config = aws_sdk_dynamodb::config::Builder::from(sdk);
        config.set_endpoint_url(parts.dynamodb_endpoint.clone());
        Self {
            client: Client::from_conf(config.build()),
            store: Store::new(parts, name.clone()),
            name,
            terms: terms.clone(),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// One item, if it is there.
    ///
    /// # Errors
    /// No such table, not allowed, no answer; so everywhere here.
    pub(crate) async fn item(&self, pk: &str) -> Result<Option<Item>, Failure> {
        let request = self.client.get_item().table_name(&self.name);
        let request = request.key("pk", AttributeValue::S(pk.to_owned()));
        let answer = request.consistent_read(true).send().await;
        let answer = answer.map_err(|error| self.refused("dynamodb:GetItem", &error))?;
        Ok(answer.item)
    }

    /// Since when all outgoing SMS are stopped, in milliseconds since the epoch, where they are.
    pub(crate) async fn stopped_at(&self) -> Result<Option<i64>, Failure> {
        let item = self.item(SWITCH).await?;
        Ok(item.map(|item| number(&item, STOPPED_AT).unwrap_or_default()))
    }

    /// How many updates of tickets a minute the bridge allows itself, where it had to count them lately.
    pub(crate) async fn updates_allowed(&self) -> Result<Option<i64>, Failure> {
        let item = self.item(UPDATES).await?;
        Ok(item.and_then(|item| number(&item, ALLOWED)))
    }

    /// Stops all outgoing SMS. Where they are stopped already, they are stopped since then.
    pub(crate) async fn stop(&self, now: i64) -> Result<(), Failure> {
        let request = self.client.put_item().table_name(&self.name);
        let request = request
            .item("pk", AttributeValue::S(SWITCH.to_owned()))
            .item(STOPPED_AT, AttributeValue::N(now.to_string()))
            .condition_expression("attribute_not_exists(pk)");
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(()),
            Err(error) => Err(self.refused("dynamodb:PutItem", &error)),
        }
    }

    /// The same table as the functions write it.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Calls `look` with every item; says how many there were.
    pub(crate) async fn each(&self, look: impl FnMut(&Item)) -> Result<usize, Failure> {
        self.scan(None, look).await
    }

    /// Calls `look` with every item whose attribute `name` begins with or contains a text: `test`
    /// is the name of DynamoDB's function. The whole table is read, but not sent.
    pub(crate) async fn each_where(
        &self,
        (test, name, value): (&str, &str, &str),
        look: impl FnMut(&Item),
    ) -> Result<(), Failure> {
        let filter = format!("{test}(#name, :value)");
        let scan = Some((filter.as_str(), name, value));
        self.scan(scan, look).await.map(drop)
    }

    async fn scan(
        &self,
        filter: Option<(&str, &str, &str)>,
        mut look: impl FnMut(&Item),
    ) -> Result<usize, Failure> {
        let bar = talk::progress("items looked at", 0);
        let mut seen = 0;
        let mut start = None;
        loop {
            let mut request = self.client.scan().table_name(&self.name);
            if let Some((filter, name, value)) = filter {
                request = request
                    .filter_expression(filter)
                    .expression_attribute_names("#name", name)
                    .expression_attribute_values(":value", AttributeValue::S(value.to_owned()));
            }
            let page = request.consistent_read(true).set_exclusive_start_key(start);
            let page = page.send().await;
            let page = page.map_err(|error| self.refused("dynamodb:Scan", &error))?;
            page.items().iter().for_each(&mut look);
            seen += usize::try_from(page.scanned_count()).unwrap_or_default();
            bar.set_position(seen as u64);
            start = page.last_evaluated_key;
            if start.is_none() {
                bar.finish_and_clear();
                return Ok(seen);
            }
        }
    }

    /// Removes an item; one that is gone already is no error.
    pub(crate) async fn remove(&self, pk: &str) -> Result<(), Failure> {
        let request = self.client.delete_item().table_name(&self.name);
        let request = request.key("pk", AttributeValue::S(pk.to_owned()));
        let answer = request.send().await;
        answer.map_err(|error| self.refused("dynamodb:DeleteItem", &error))?;
        Ok(())
    }

    /// What the table is, and the attribute of its time to live where that is on.
    pub(crate) async fn describe(&self) -> Result<(TableDescription, Option<String>), Failure> {
        let request = self.client.describe_table().table_name(&self.name);
        let answer = request.send().await;
        let answer = answer.map_err(|error| self.refused("dynamodb:DescribeTable", &error))?;
        let request = self.client.describe_time_to_live().table_name(&self.name);
        let ttl = request.send().await;
        let ttl = ttl.map_err(|error| self.refused("dynamodb:DescribeTimeToLive", &error))?;
        let ttl = ttl
            .time_to_live_description
            .filter(|ttl| ttl.time_to_live_status() == Some(&TimeToLiveStatus::Enabled));
        let table = answer.table.ok_or_else(|| {
            Failure::Broken(format!("table {}: AWS does not describe it", self.name))
        })?;
        Ok((table, ttl.and_then(|ttl| ttl.attribute_name)))
    }

    /// Every conversation in which something waits, from the index `due`, with the time it is due
    /// in milliseconds since the epoch; the earliest first.
    pub(crate) async fn waiting(&self) -> Result<Vec<(Key, i64)>, Failure> {
        let mut waiting = Vec::new();
        for shard in Vendor::ALL
            .into_iter()
            .flat_map(|of| (0..SHARDS).map(move |shard| of.due_shard(shard)))
        {
            let mut start = None;
            loop {
                let query = self.client.query().table_name(&self.name).index_name("due");
                let query = query
                    .key_condition_expression("due_shard = :shard")
                    .expression_attribute_values(":shard", AttributeValue::N(shard.to_string()))
                    .set_exclusive_start_key(start);
                let page = query.send().await;
                let page = page.map_err(|error| match error.code() {
                    Some("ValidationException") => Failure::Usage(self.terms.told(
                        format!("table {} has no index due: check --table", self.name),
                        &error,
                    )),
                    _ => self.refused("dynamodb:Query on its index due", &error),
                })?;
                let due = page.items().iter().filter_map(|item| {
                    Some((Key::parse(text(item, "pk")?)?, number(item, "due_at")?))
                });
                waiting.extend(due);
                start = page.last_evaluated_key;
                if start.is_none() {
                    break;
                }
            }
        }
        waiting.sort_by_key(|(_, due_at)| *due_at);
        Ok(waiting)
    }

    /// The items of these keys, in any order; what is gone is left out.
    pub(crate) async fn items(&self, keys: &[Key]) -> Result<Vec<Item>, Failure> {
        let bar = talk::progress("conversations read", keys.len());
        let mut items = Vec::with_capacity(keys.len());
        for keys in keys.chunks(BATCH) {
            let keys = keys
                .iter()
                .map(|key| HashMap::from([("pk".to_owned(), AttributeValue::S(key.pk()))]));
            let mut wanted = KeysAndAttributes::builder()
                .set_keys(Some(keys.collect()))
                .build()
                .ok();
            while let Some(some) = wanted.take() {
                let request = self.client.batch_get_item().request_items(&self.name, some);
                let answer = request.send().await;
                let answer =
                    answer.map_err(|error| self.refused("dynamodb:BatchGetItem", &error))?;
                let found = answer.responses.unwrap_or_default().remove(&self.name);
                items.extend(found.unwrap_or_default());
                wanted = answer
                    .unprocessed_keys
                    .unwrap_or_default()
                    .remove(&self.name);
            }
            bar.set_position(items.len() as u64);
        }
        bar.finish_and_clear();
        Ok(items)
    }

    /// Sets a number on an item that is there and has none yet; says whether the item is there.
    pub(crate) async fn mark(&self, pk: &str, name: &str, value: i64) -> Result<bool, Failure> {
        let request = self.client.update_item().table_name(&self.name);
        let request = request
            .key("pk", AttributeValue::S(pk.to_owned()))
            .update_expression("SET #name = if_not_exists(#name, :value)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", AttributeValue::N(value.to_string()));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(error) => Err(self.refused("dynamodb:UpdateItem", &error)),
        }
    }

    /// What a failure of the functions' own way to the table means here.
    pub(crate) fn store_failed(&self, error: &StoreError) -> Failure {
        let sentence = format!("table {}: {error}; repeating this is safe", self.name);
        Failure::Broken(self.terms.told(sentence, error))
    }

    fn refused<E>(&self, permission: &str, error: &SdkError<E>) -> Failure
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let thing = format!("table {}", self.name);
        let wanted = Wanted {
            thing: &thing,
            permission,
            option: "--table",
        };
        self.terms.refused(&wanted, error)
    }
}

/// An attribute that is a text.
pub(crate) fn text<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// An attribute that is a whole number.
pub(crate) fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}
