//! The table, its index, its time to live.

use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, ScalarAttributeType, TableDescription};

use super::{Finding, of_failure};
use crate::account::Account;

const AREA: &str = "table";
const DEPLOY: &str = "deploy the stack again with this repository's template.yaml";

/// What is wrong with it.
pub(super) async fn check(account: &Account) -> Vec<Finding> {
    let described = async { account.table().await?.describe().await };
    let (table, ttl) = match described.await {
        Ok(described) => described,
        Err(failure) => return vec![of_failure(AREA, "TableName", failure)],
    };
    let name = table.table_name().unwrap_or_default();
    let mut findings = Vec::new();
    let mut wrong = |setting: &str, what: &str| {
        let what = format!("{name}: {what}");
        findings.push(Finding::bad(AREA, setting, what, DEPLOY));
    };
    let strings = [("pk", KeyType::Hash, ScalarAttributeType::S)];
    if !has_keys(&table, table.key_schema(), &strings) {
        wrong("KeySchema", "its key is not the string pk alone");
    }
    let indexes = table.global_secondary_indexes();
    let due = indexes
        .iter()
        .find(|index| index.index_name() == Some("due"));
    let numbers = [
        ("due_shard", KeyType::Hash, ScalarAttributeType::N),
        ("due_at", KeyType::Range, ScalarAttributeType::N),
    ];
    match due {
        None => wrong(
            "GlobalSecondaryIndexes",
            "the index due is missing: waiting events are not delivered",
        ),
        Some(due) if !has_keys(&table, due.key_schema(), &numbers) => {
            wrong("GlobalSecondaryIndexes", "the index due has other keys");
        }
        Some(_) => {}
    }
    if ttl.as_deref() != Some("expires_at") {
        wrong(
            "TimeToLiveSpecification",
            "items do not expire by expires_at",
        );
    }
    if findings.is_empty() {
        let what = format!("{name}: key, index and time to live are right");
        findings.push(Finding::good(AREA, what));
    }
    findings
}

fn has_keys(
    table: &TableDescription,
    schema: &[KeySchemaElement],
    wanted: &[(&str, KeyType, ScalarAttributeType)],
) -> bool {
    let is = |(name, kind, attribute): &(&str, KeyType, ScalarAttributeType)| {
        let mut keys = schema.iter();
        let mut attributes = table.attribute_definitions().iter();
        keys.any(|key| key.attribute_name() == *name && key.key_type() == kind)
            && attributes
                .any(|one| one.attribute_name() == *name && one.attribute_type() == attribute)
    };
    schema.len() == wanted.len() && wanted.iter().all(is)
}
