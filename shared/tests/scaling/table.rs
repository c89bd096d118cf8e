//! The real store on an embedded DynamoDB that counts what is consumed, second by second, and
//! throttles an index partition as DynamoDB does.
//!
//! In: the SDK's requests, without a socket between, so that time can be virtual. Out: answers
//! after a round trip's time, and a [`Meter`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use shared::aws::AwsParts;
use shared::config::AwsEnv;
use shared::conversation::store::{Key, Store};
use shared::net::Http;
use shared::secrets::Secret;
use tokio::time::Instant;

/// A round trip to DynamoDB.
const ROUND_TRIP: Duration = Duration::from_millis(5);

/// Write units a second that one partition of a table or index takes (AWS's documentation).
pub const PARTITION_LIMIT: f64 = 1_000.0;

/// The store and what it consumed.
pub struct Table {
    pub store: Store,
    pub meter: Arc<Meter>,
    database: Arc<Database>,
}

/// What was consumed.
#[derive(Default)]
pub struct Meter(Mutex<Counts>);

#[derive(Default, Clone)]
pub struct Counts {
    /// Calls, throttled ones included.
    pub calls: u64,
    /// Write units of table and index.
    pub write_units: f64,
    /// Read units.
    pub read_units: f64,
    /// Calls answered with a throttling error.
    pub throttled: u64,
    /// Write units of the index, by second and shard.
    index: HashMap<(u64, u8), f64>,
}

impl Counts {
    /// Most write units that one shard of the index took in one second.
    pub fn hottest_shard(&self) -> f64 {
        self.index.values().copied().fold(0.0, f64::max)
    }
}

impl Meter {
    pub fn counts(&self) -> Counts {
        self.0.lock().expect("unpoisoned").clone()
    }
}

impl Table {
    /// A table with `customers` conversations on open tickets; `throttles` enforces the partition
    /// limit on the index.
    pub fn new(customers: u64, throttles: bool) -> Self {
        let database = Arc::new(Database::memory().expect("a database"));
        let definition = include_str!("table.json");
        let request = serde_json::from_str(definition).expect("a request");
        database.create_table(request).expect("a table");
        for number in 0..customers {
            fill(&database, number);
        }
        let meter = Arc::new(Meter::default());
        let direct = Direct {
            database: Arc::clone(&database),
            meter: Arc::clone(&meter),
            begun: Instant::now(),
            throttles,
        };
        let env = AwsEnv {
            region: "eu-west-1".to_owned(),
            access_key_id: "AKIDLOCAL".to_owned(),
            secret_access_key: Secret::new("test"),
            session_token: None,
            dynamodb_endpoint: Some("http://127.0.0.1:1".to_owned()),
            secretsmanager_endpoint: None,
        };
        let parts = AwsParts {
            http_client: SharedHttpClient::new(direct),
            ..AwsParts::new(&env, &Http::new(None).expect("a client"))
        };
        let store = Store::new(&parts, "bridge");
        Self {
            store,
            meter,
            database,
        }
    }

    /// Items that wait: those with an entry in the index.
    pub fn waiting(&self) -> usize {
        let request = json!({"TableName": "bridge", "IndexName": "due", "Select": "COUNT"});
        let request = serde_json::from_value(request).expect("a request");
        let answer = self.database.scan(request).expect("a count");
        let answer = serde_json::to_value(answer).expect("JSON");
        let count = answer["Count"].as_u64().expect("a count");
        usize::try_from(count).expect("small")
    }
}

/// The name of a customer.
pub fn customer(number: u64) -> String {
    format!("customer-{number:08}")
}

fn fill(database: &Database, number: u64) {
    let memory = json!({"user": 36_000_000_000_000 + number, "ticket": 1 + number,
        "status": "open", "since": 1_789_000_000_000_i64, "texted_at": 1_789_000_000_000_i64});
    let request = json!({"TableName": "bridge", "Item": {
        "pk": {"S": format!("customer#{}", customer(number))}, "v": {"N": "3"},
        "memory": {"S": memory.to_string()}, "expires_at": {"N": "1830000000"}}});
    let request = serde_json::from_value(request).expect("a request");
    database.put_item(request).expect("an item");
}

/// The SDK's HTTP client: the database itself.
#[derive(Clone)]
struct Direct {
    database: Arc<Database>,
    meter: Arc<Meter>,
    begun: Instant,
    throttles: bool,
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Direct")
    }
}

impl HttpClient for Direct {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Direct {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let direct = self.clone();
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(ROUND_TRIP).await;
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            let body = request.body().bytes().unwrap_or_default();
            let (status, body) = match direct.answer(&operation, body) {
                Ok(body) => (200, body),
                Err(error) => (error.status_code(), error.to_json()),
            };
            let response = http::Response::builder()
                .status(status)
                .header("content-type", "application/x-amz-json-1.0")
                .body(SdkBody::from(body));
            let response = HttpResponse::try_from(response.expect("a response"));
            Ok(response.expect("a response"))
        })
    }
}

impl Direct {
    fn answer(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        let mut body: Value = serde_json::from_slice(body).expect("JSON");
        body["ReturnConsumedCapacity"] = json!("INDEXES");
        let pk = body["Key"]["pk"]["S"].as_str().unwrap_or_default();
        let slot = (
            self.begun.elapsed().as_secs(),
            Key::parse(pk).map_or(0, |key| key.shard()),
        );
        {
            let mut counts = self.meter.0.lock().expect("unpoisoned");
            counts.calls += 1;
            let used = counts.index.get(&slot).copied().unwrap_or_default();
            if self.throttles && operation == "UpdateItem" && used >= PARTITION_LIMIT {
                counts.throttled += 1;
                let message = "The level of configured provisioned throughput was exceeded";
                return Err(DynoxideError::ProvisionedThroughputExceededException(
                    message.to_owned(),
                ));
            }
        }
        let answer = self.call(operation, body)?;
        let consumed = &answer["ConsumedCapacity"];
        let units = consumed["CapacityUnits"].as_f64().unwrap_or_default();
        let index = consumed["GlobalSecondaryIndexes"]["due"]["CapacityUnits"].as_f64();
        let mut counts = self.meter.0.lock().expect("unpoisoned");
        if operation == "UpdateItem" {
            counts.write_units += units;
            *counts.index.entry(slot).or_default() += index.unwrap_or_default();
        } else {
            counts.read_units += units;
        }
        Ok(answer.to_string())
    }

    fn call(&self, operation: &str, body: Value) -> Result<Value, DynoxideError> {
        macro_rules! call {
            ($operation:ident) => {
                serde_json::to_value(
                    self.database
                        .$operation(serde_json::from_value(body).expect("a request"))?,
                )
            };
        }
        let answer = match operation {
            "UpdateItem" => call!(update_item),
            "Query" => call!(query),
            other => panic!("the store does not call {other:?}"),
        };
        Ok(answer.expect("JSON"))
    }
}
