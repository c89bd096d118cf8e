//! The deployed table, as a person with AWS access reaches it.
//!
//! In: its name. Out: items, read and removed. The functions may neither scan it whole nor delete;
//! this is the only place that does.

use std::collections::HashMap;
use std::error::Error;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, TableDescription, TimeToLiveStatus};
use shared::aws::AwsParts;

use super::refusal::Wanted;
use super::{Terms, talk};
use crate::Failure;

/// An item, by attribute.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The stack's table.
pub(crate) struct Table {
    client: Client,
    name: String,
    terms: Terms,
}

impl Table {
    pub(super) fn new(parts: &AwsParts, sdk: &SdkConfig, name: String, terms: &Terms) -> Self {
        let mut config = aws_sdk_dynamodb::config::Builder::from(sdk);
        config.set_endpoint_url(parts.dynamodb_endpoint.clone());
        Self {
            client: Client::from_conf(config.build()),
            name,
            terms: terms.clone(),
        }
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

    /// Calls `look` with every item; says how many there were.
    pub(crate) async fn each(&self, mut look: impl FnMut(&Item)) -> Result<usize, Failure> {
        let bar = talk::progress("items looked at", 0);
        let mut seen = 0;
        let mut start = None;
        loop {
            let request = self.client.scan().table_name(&self.name);
            let page = request.consistent_read(true).set_exclusive_start_key(start);
            let page = page.send().await;
            let page = page.map_err(|error| self.refused("dynamodb:Scan", &error))?;
            page.items().iter().for_each(&mut look);
            seen += page.items().len();
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
