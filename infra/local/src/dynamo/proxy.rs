//! The proxy before the emulator: forwards, counts, breaks.
//!
//! In: requests of DynamoDB's protocol. Out: the emulator's answers or a fault's, and the record.
//! Knows nothing of tables.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::caller;
use crate::client::Client;
use crate::faults::Faults;
use simulators::serve::{Reply, Request};

const SESSION: &str = "x-amz-security-token";
const TARGET: &str = "x-amz-target";

/// One request of DynamoDB's protocol and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Such as `UpdateItem`.
    pub operation: String,
    /// The table named in the request, if one.
    pub table: String,
    /// Write units consumed on table and indexes, where DynamoDB said so.
    pub write_units: f64,
    /// Read units consumed, likewise.
    pub read_units: f64,
    /// Status answered; `None` where the connection was closed.
    pub status: Option<u16>,
    /// The error's type, without its namespace.
    pub error: Option<String>,
    /// Whether a fault met it.
    pub faulted: bool,
    /// When it came in.
    pub at: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// The partition key named in the request, if one.
    pub key: Option<String>,
    /// The request's update expression, if it has one.
    pub update: Option<String>,
    /// Session token of the caller's credentials: which environment of which function.
    pub caller: Option<String>,
}

pub(super) struct Proxy {
    faults: Faults,
    calls: Mutex<Vec<Call>>,
    /// By when they came.
    under_way: Mutex<BTreeMap<u64, Call>>,
    count: watch::Sender<usize>,
    client: Client,
    emulator_url: String,
}

impl Proxy {
    pub(super) fn new(emulator_url: String) -> Self {
        Self {
            faults: Faults::default(),
            calls: Mutex::default(),
            under_way: Mutex::default(),
            count: watch::Sender::new(0),
            client: Client::new(Duration::from_secs(60)),
            emulator_url,
        }
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    pub(super) async fn answer(&self, request: Request) -> Reply {
        let at = SystemTime::now();
        let mut body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let call = begun(&request, &body, at);
        let operation = call.operation.clone();
        let asked = body.get("ReturnConsumedCapacity").is_some();
        if let Some(body) = body
            .as_object_mut()
            .filter(|_| reports_capacity(&operation))
        {
            body.insert("ReturnConsumedCapacity".to_owned(), json!("INDEXES"));
        }
        let used = Mutex::new((0.0, 0.0));
        let act = || async {
            if !caller::is_known(&request) {
                return caller::unknown("application/x-amz-json-1.0");
            }
            let bytes = match &body {
                Value::Object(_) => body.to_string().into(),
                _ => request.body.clone(),
            };
            let (reply, units) = self.forward(&request, bytes, asked).await;
            *used.lock().unwrap_or_else(PoisonError::into_inner) = units;
            reply
        };
        let number = self.begins(call);
        let (reply, faulted) = self.faults.around(&operation, act).await;
        let (write_units, read_units) = used.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (status, error) = match &reply {
            Reply::Answer(answer) => (Some(answer.status().as_u16()), error_type(answer.body())),
            Reply::Drop => (None, None),
        };
        self.ends(number, |call| Call {
            write_units,
            read_units,
            status,
            error,
            faulted,
            took: at.elapsed().unwrap_or_default(),
            ..call
        });
        reply
    }

    /// Asks the emulator; also gives the write and read units it consumed.
    async fn forward(
        &self,
        request: &Request,
        body: bytes::Bytes,
        asked: bool,
    ) -> (Reply, (f64, f64)) {
        let mut headers: HeaderMap = request.headers.clone();
        for name in ["host", "content-length", "connection", "transfer-encoding"] {
            headers.remove(name);
        }
        let sent = self
            .client
            .send(Method::POST, &self.emulator_url, headers, body);
        let Ok(mut answer) = sent.await else {
            let gone = json!({"__type": "InternalServerError"});
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return (
                Reply::json(status, "application/x-amz-json-1.0", &gone),
                (0.0, 0.0),
            );
        };
        // The server writes its own framing, and the body may differ from the emulator's.
        for name in ["content-length", "transfer-encoding", "x-amz-crc32"] {
            answer.headers_mut().remove(name);
        }
        let Ok(Value::Object(mut shown)) = serde_json::from_slice(answer.body()) else {
            return (Reply::Answer(answer), (0.0, 0.0));
        };
        let target = request.header(TARGET).unwrap_or_default();
        let units = consumed(target, &shown);
        if !asked && shown.remove("ConsumedCapacity").is_some() {
            *answer.body_mut() = Value::Object(shown).to_string().into();
        }
        (Reply::Answer(answer), units)
    }

    fn begins(&self, call: Call) -> u64 {
        let mut under_way = self.under_way();
        let number = under_way.last_key_value().map_or(0, |(last, _)| last + 1);
        under_way.insert(number, call);
        drop(under_way);
        self.count.send_modify(|count| *count += 1);
        number
    }

    fn ends(&self, number: u64, how: impl FnOnce(Call) -> Call) {
        let call = self.under_way().remove(&number);
        self.calls().extend(call.map(how));
        self.count.send_modify(|count| *count += 1);
    }

    pub(super) fn under_way(&self) -> MutexGuard<'_, BTreeMap<u64, Call>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is not answered yet.
fn begun(request: &Request, body: &Value, at: SystemTime) -> Call {
    let target = request.header(TARGET).unwrap_or_default();
    let key = body["Key"]["pk"]["S"].as_str();
    let key = key.or(body["Item"]["pk"]["S"].as_str());
    Call {
        operation: target.rsplit('.').next().unwrap_or_default().to_owned(),
        table: body["TableName"].as_str().unwrap_or_default().to_owned(),
        write_units: 0.0,
        read_units: 0.0,
        status: None,
        error: None,
        faulted: false,
        at,
        took: Duration::ZERO,
        key: key.map(str::to_owned),
        update: body["UpdateExpression"].as_str().map(str::to_owned),
        caller: request.header(SESSION).map(str::to_owned),
    }
}

fn reports_capacity(operation: &str) -> bool {
    matches!(
        operation,
        "GetItem"
            | "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "Query"
            | "Scan"
            | "BatchGetItem"
            | "BatchWriteItem"
            | "TransactGetItems"
            | "TransactWriteItems"
    )
}

/// Units over table and indexes; DynamoDB names one total, its kind follows from the operation.
fn consumed(target: &str, answer: &Map<String, Value>) -> (f64, f64) {
    let total = match answer.get("ConsumedCapacity") {
        Some(Value::Array(tables)) => tables.iter().map(units).sum(),
        Some(table) => units(table),
        None => 0.0,
    };
    let writes = ["PutItem", "UpdateItem", "DeleteItem", "Write"];
    if writes.iter().any(|write| target.contains(write)) {
        (total, 0.0)
    } else {
        (0.0, total)
    }
}

fn units(table: &Value) -> f64 {
    table["CapacityUnits"].as_f64().unwrap_or_default()
}

fn error_type(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let kind = body["__type"].as_str()?;
    Some(kind.rsplit('#').next().unwrap_or(kind).to_owned())
}
