//! DynamoDB's protocol through the counting, breaking proxy.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use std::path::Path;

use bytes::Bytes;
use http::Response;
use local::client::ClientError;
use local::dynamo::{self, Dynamo};
use local::faults::{Effect, Fault};
use local::template::Table;
use serde_json::{Value, json};
use simulators::serve;
use support::{LIMIT, client};

const TEMPLATE: &str = include_str!("fixtures/template.yaml");

async fn started(file: Option<&Path>) -> Dynamo {
    let table = Table::from_template(TEMPLATE).unwrap();
    let listener = serve::bind(0).await.unwrap();
    Dynamo::start(listener, &table, "table", file)
        .await
        .unwrap()
}

async fn call(
    dynamo: &Dynamo,
    operation: &str,
    body: Value,
) -> Result<Response<Bytes>, ClientError> {
    let target = format!("DynamoDB_20120810.{operation}");
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260101/us-east-1/dynamodb/aws4_request, \
                         SignedHeaders=host, Signature=0";
    let headers = [
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", target.as_str()),
        ("x-amz-date", "20260101T000000Z"),
        ("authorization", authorization),
    ];
    client()
        .post(&dynamo.url(), &headers, body.to_string())
        .await
}

fn update(pk: &str) -> Value {
    json!({"TableName": "table", "Key": {"pk": {"S": pk}},
        "UpdateExpression": "SET due_shard = :s, due_at = :a",
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValues": "ALL_NEW",
        "ExpressionAttributeValues": {":s": {"N": "1"}, ":a": {"N": "5"}}})
}

#[tokio::test]
async fn a_call_is_answered_and_its_units_are_counted_over_table_and_index() {
    let dynamo = started(None).await;
    let answer = call(&dynamo, "UpdateItem", update("a")).await.unwrap();
    assert_eq!(answer.status(), 200);
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(body["Attributes"]["due_at"], json!({"N": "5"}));
    assert_eq!(
        body.get("ConsumedCapacity"),
        None,
        "the caller did not ask for it"
    );
    let get = json!({"TableName": "table", "Key": {"pk": {"S": "a"}}, "ConsistentRead": true});
    call(&dynamo, "GetItem", get).await.unwrap();

    let calls = dynamo.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(
        (calls[0].operation.as_str(), calls[0].table.as_str()),
        ("UpdateItem", "table")
    );
    assert_eq!((calls[0].write_units, calls[0].read_units), (2.0, 0.0));
    assert_eq!((calls[1].write_units, calls[1].read_units), (0.0, 1.0));
    assert_eq!(calls[0].status, Some(200));
    dynamo.clear_calls();
    assert_eq!(dynamo.calls(), []);
}

#[tokio::test]
async fn consumed_capacity_reaches_a_caller_who_asked() {
    let dynamo = started(None).await;
    let mut request = update("a");
    request["ReturnConsumedCapacity"] = json!("TOTAL");
    let answer = call(&dynamo, "UpdateItem", request).await.unwrap();
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(body["ConsumedCapacity"]["CapacityUnits"], 2.0);
}

#[tokio::test]
async fn a_failed_condition_returns_the_old_item() {
    let dynamo = started(None).await;
    call(&dynamo, "UpdateItem", update("a")).await.unwrap();
    let mut request = update("a");
    request["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    let answer = call(&dynamo, "UpdateItem", request).await.unwrap();
    assert_eq!(answer.status(), 400);
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(body["Item"]["due_at"], json!({"N": "5"}));
    let error = dynamo.calls()[1].error.clone();
    assert_eq!(error.as_deref(), Some("ConditionalCheckFailedException"));
}

#[tokio::test]
async fn the_index_finds_what_is_due() {
    let dynamo = started(None).await;
    call(&dynamo, "UpdateItem", update("a")).await.unwrap();
    dynamo.put(&json!({"pk": {"S": "idle"}})).unwrap();
    let query = json!({"TableName": "table", "IndexName": "due",
        "KeyConditionExpression": "due_shard = :s AND due_at <= :now",
        "ExpressionAttributeValues": {":s": {"N": "1"}, ":now": {"N": "9"}}});
    let answer = call(&dynamo, "Query", query).await.unwrap();
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    let due = json!([{"pk": {"S": "a"}, "due_shard": {"N": "1"}, "due_at": {"N": "5"}}]);
    assert_eq!(body["Items"], due);
}

#[tokio::test]
async fn a_throttled_call_changes_nothing_and_the_next_one_passes() {
    let dynamo = started(None).await;
    dynamo
        .faults()
        .add(Fault::once("UpdateItem", dynamo::throttled()));
    let refused = call(&dynamo, "UpdateItem", update("a")).await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(dynamo.items().unwrap(), [] as [Value; 0]);
    assert_eq!(
        call(&dynamo, "UpdateItem", update("a"))
            .await
            .unwrap()
            .status(),
        200
    );
    let calls = dynamo.calls();
    assert_eq!(
        calls[0].error.as_deref(),
        Some("ProvisionedThroughputExceededException")
    );
    assert_eq!((calls[0].faulted, calls[1].faulted), (true, false));
}

#[tokio::test]
async fn a_dropped_call_did_nothing_and_a_lost_answer_did() {
    let dynamo = started(None).await;
    dynamo.faults().add(Fault::once("UpdateItem", Effect::Drop));
    assert!(call(&dynamo, "UpdateItem", update("a")).await.is_err());
    assert_eq!(dynamo.item("a").unwrap(), None);

    dynamo.faults().add(Fault::once("*", Effect::DropAfter));
    assert!(call(&dynamo, "UpdateItem", update("a")).await.is_err());
    assert!(dynamo.item("a").unwrap().is_some());
    assert_eq!(dynamo.calls()[1].status, None);
}

#[tokio::test]
async fn the_second_call_is_held_until_it_is_released() {
    let dynamo = std::sync::Arc::new(started(None).await);
    dynamo
        .faults()
        .add(Fault::once("UpdateItem", Effect::Hold("door".into())).after(1));
    call(&dynamo, "UpdateItem", update("a")).await.unwrap();
    let held = tokio::spawn({
        let dynamo = dynamo.clone();
        async move { call(&dynamo, "UpdateItem", update("b")).await }
    });
    assert!(dynamo.faults().wait_held("door", 1, LIMIT).await);
    assert_eq!(dynamo.item("b").unwrap(), None);
    dynamo.faults().release("door");
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    assert!(dynamo.item("b").unwrap().is_some());
}

#[tokio::test]
async fn tests_read_write_and_edit_items_without_being_counted() {
    let dynamo = started(None).await;
    dynamo
        .put(&json!({"pk": {"S": "a"}, "x": {"N": "1"}, "y": {"N": "1"}}))
        .unwrap();
    dynamo
        .edit("a", &json!({"x": {"N": "2"}, "y": null}))
        .unwrap();
    assert_eq!(
        dynamo.items().unwrap(),
        [json!({"pk": {"S": "a"}, "x": {"N": "2"}})]
    );
    assert!(dynamo.edit("b", &json!({})).is_err());
    assert_eq!(dynamo.calls(), []);
}

#[tokio::test]
async fn a_file_keeps_items_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("d.sqlite");
    let dynamo = started(Some(&file)).await;
    dynamo.put(&json!({"pk": {"S": "a"}})).unwrap();
    drop(dynamo);
    let dynamo = started(Some(&file)).await;
    assert_eq!(dynamo.items().unwrap(), [json!({"pk": {"S": "a"}})]);
}

#[test]
fn the_table_is_read_past_short_tags() {
    let table = Table::from_template(TEMPLATE).unwrap();
    assert_eq!(table.ttl_attribute.as_deref(), Some("expires_at"));
    let request = table.create_request("table");
    assert_eq!(
        request["KeySchema"],
        json!([{"AttributeName": "pk", "KeyType": "HASH"}])
    );
    assert_eq!(request["GlobalSecondaryIndexes"][0]["IndexName"], "due");
}

#[test]
fn a_template_without_a_table_is_refused() {
    let error = Table::from_template("Resources: {}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the template has no resource of type AWS::DynamoDB::Table"
    );
    assert!(Table::from_template("a: [").is_err());
    let bare = "Resources: {T: {Type: 'AWS::DynamoDB::Table', Properties: {}}}";
    let error = Table::from_template(bare).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the template's table has no AttributeDefinitions"
    );
}
