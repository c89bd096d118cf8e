//! DynamoDB on a loopback port: the embedded emulator behind a proxy that counts and breaks.
//!
//! In: DynamoDB's HTTP protocol, and calls of tests. Out: its answers, a record of each call with
//! the units it consumed, and injected faults. The table comes from the template.

use std::path::Path;
use std::sync::Arc;

use dynoxide::Database;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::faults::{Effect, Faults, refusal};
use crate::template::Table;
use simulators::serve::{self, Server};

mod proxy;

pub use proxy::Call;
use proxy::Proxy;

const LIMIT: usize = 16 * 1024 * 1024;

/// DynamoDB could not be set up or read.
#[derive(Debug, thiserror::Error)]
pub enum DynamoError {
    /// A port could not be opened.
    #[error("the DynamoDB stand-in cannot open a port: {0}")]
    Port(#[from] std::io::Error),
    /// The emulator refused, in its own words.
    #[error("the DynamoDB stand-in refused: {0}")]
    Refused(String),
    /// The file is not its own, or cannot be used.
    #[error("{path} cannot be used as DynamoDB's file: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
}

/// A running DynamoDB; dropping it closes its ports.
pub struct Dynamo {
    server: Server,
    database: Database,
    table: String,
    emulator: tokio::task::JoinHandle<()>,
    proxy: Arc<Proxy>,
}

impl Dynamo {
    /// Starts with the table as defined, in memory or kept in a file.
    ///
    /// # Errors
    /// No port, an unusable file, or a definition the emulator refuses.
    pub async fn start(
        listener: TcpListener,
        table: &Table,
        name: &str,
        file: Option<&Path>,
    ) -> Result<Self, DynamoError> {
        let database = open(table, name, file)?;
        let inner = serve::bind(0).await?;
        let emulator_url = format!("http://{}/", inner.local_addr()?);
        let emulator = tokio::spawn(dynoxide::server::serve_on(inner, database.clone()));
        let proxy = Arc::new(Proxy::new(emulator_url));
        let served = Arc::clone(&proxy);
        let server = Server::start(listener, LIMIT, move |request| {
            let proxy = Arc::clone(&served);
            async move { proxy.answer(request).await }
        })?;
        Ok(Self {
            server,
            database,
            table: name.to_owned(),
            emulator,
            proxy,
        })
    }

    /// What `AWS_ENDPOINT_URL_DYNAMODB` is set to.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The faults of this stand-in, by operation, such as `UpdateItem` or `*`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.proxy.faults()
    }

    /// Every finished call so far, in the order they were answered.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.proxy.calls().clone()
    }

    /// The finished calls but for the first so many, for those who follow them.
    #[must_use]
    pub fn calls_from(&self, first: usize) -> Vec<Call> {
        self.proxy.calls().get(first..).unwrap_or_default().to_vec()
    }

    /// The calls that are not answered yet, or never will be, in the order they came.
    #[must_use]
    pub fn calls_under_way(&self) -> Vec<Call> {
        self.proxy.under_way().values().cloned().collect()
    }

    /// Forgets the calls that were answered so far.
    pub fn clear_calls(&self) {
        self.proxy.calls().clear();
    }

    /// A number that grows with every call that begins, and with every one that is answered.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<usize> {
        self.proxy.subscribe()
    }

    /// Every item of the table, attributes in DynamoDB's own JSON (`{"S": …}`).
    ///
    /// # Errors
    /// When the emulator refuses.
    pub fn items(&self) -> Result<Vec<Value>, DynamoError> {
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut request = json!({"TableName": self.table});
            if !start.is_null() {
                request["ExclusiveStartKey"] = start;
            }
            let page = self.database.scan(parsed(request)?).map_err(refused)?;
            let page = serde_json::to_value(page).map_err(refused)?;
            items.extend(page["Items"].as_array().cloned().unwrap_or_default());
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(items);
            }
        }
    }

    /// The item of a partition key, if there is one.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub fn item(&self, pk: &str) -> Result<Option<Value>, DynamoError> {
        let request = json!({"TableName": self.table, "Key": {"pk": {"S": pk}},
            "ConsistentRead": true});
        let found = self.database.get_item(parsed(request)?).map_err(refused)?;
        let found = serde_json::to_value(found).map_err(refused)?;
        Ok(found.get("Item").filter(|item| !item.is_null()).cloned())
    }

    /// Writes an item as it stands, without being counted as a call.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub fn put(&self, item: &Value) -> Result<(), DynamoError> {
        let request = json!({"TableName": self.table, "Item": item});
        self.database.put_item(parsed(request)?).map_err(refused)?;
        Ok(())
    }

    /// Removes an item, without being counted as a call.
    ///
    /// # Errors
    /// When the emulator refuses.
    pub fn remove(&self, pk: &str) -> Result<(), DynamoError> {
        let request = json!({"TableName": self.table, "Key": {"pk": {"S": pk}}});
        self.database
            .delete_item(parsed(request)?)
            .map_err(refused)?;
        Ok(())
    }

    /// Changes one item in place: the attributes given are set, those given as null removed.
    ///
    /// # Errors
    /// When there is no such item, or the emulator refuses.
    pub fn edit(&self, pk: &str, changes: &Value) -> Result<(), DynamoError> {
        let item = self.item(pk)?;
        let mut item = item.ok_or_else(|| DynamoError::Refused(format!("no item {pk}")))?;
        if let (Some(item), Some(changes)) = (item.as_object_mut(), changes.as_object()) {
            for (name, value) in changes {
                if value.is_null() {
                    item.remove(name);
                } else {
                    item.insert(name.clone(), value.clone());
                }
            }
        }
        self.put(&item)
    }
}

impl Drop for Dynamo {
    fn drop(&mut self) {
        self.emulator.abort();
    }
}

/// DynamoDB's answer to a request above the table's capacity.
#[must_use]
pub fn throttled() -> Effect {
    refusal(
        400,
        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    )
}

/// DynamoDB's internal error.
#[must_use]
pub fn internal_error() -> Effect {
    refusal(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")
}

/// Opens the database with its table; with a file, every failure is the file's.
fn open(table: &Table, name: &str, file: Option<&Path>) -> Result<Database, DynamoError> {
    let Some(file) = file else {
        let database = Database::memory().map_err(refused)?;
        create(&database, table, name)?;
        return Ok(database);
    };
    let unusable = |reason: String| DynamoError::File {
        path: file.display().to_string(),
        reason,
    };
    let database = Database::new(&file.to_string_lossy());
    let database = database.map_err(|error| unusable(error.to_string()))?;
    create(&database, table, name).map_err(|error| unusable(error.to_string()))?;
    Ok(database)
}

fn create(database: &Database, table: &Table, name: &str) -> Result<(), DynamoError> {
    let known = parsed(json!({"TableName": name}))?;
    if database.describe_table(known).is_ok() {
        return Ok(());
    }
    let request = parsed(table.create_request(name))?;
    database.create_table(request).map_err(refused)?;
    if let Some(attribute) = &table.ttl_attribute {
        let request = parsed(json!({"TableName": name,
            "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true}}))?;
        database.update_time_to_live(request).map_err(refused)?;
    }
    Ok(())
}

fn parsed<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, DynamoError> {
    serde_json::from_value(request).map_err(refused)
}

fn refused(error: impl std::fmt::Display) -> DynamoError {
    DynamoError::Refused(error.to_string())
}
