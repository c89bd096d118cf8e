//! The whole bundle on this machine, wired.
//!
//! In: [`Options`]. Out: a running stack with a handle on every part, for tests and for people.
//! Each part stays reachable by its own handle; nothing here decides what the functions do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use serde_json::Value;
use simulators::braze::Braze;
use simulators::zendesk::Zendesk;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::binaries::{self, BinariesError, FUNCTIONS};
use crate::data::{DataDir, DataError};
use crate::dynamo::{Dynamo, DynamoError};
use crate::front::Front;
use crate::journal::Journal;
use crate::logs::Logs;
use crate::options::{Options, Places};
use crate::pictures::Pictures;
use crate::pool::{InvokeError, Pool};
use crate::secrets::Secrets;
use crate::template::TemplateError;
use simulators::serve;
use upkeep::{keep, restore, save, schedule, scheduled_event};
use wiring::{host_pictures, pools, read_table, routes};

mod parts;
mod rest;
mod time;
mod upkeep;
mod wiring;

use parts::{aws, vendors};
use time::Fresh;

/// The stack could not be started; each says why in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The executables.
    #[error(transparent)]
    Binaries(#[from] BinariesError),
    /// The data directory.
    #[error(transparent)]
    Data(#[from] DataError),
    /// DynamoDB.
    #[error(transparent)]
    Dynamo(#[from] DynamoError),
    /// A port.
    #[error("{what} cannot listen on port {port}: {source}")]
    Port {
        /// Who wanted it.
        what: &'static str,
        /// Which; 0: any.
        port: u16,
        /// Why not.
        source: std::io::Error,
    },
    /// The template's file.
    #[error("{path} cannot be read: {source}")]
    NoTemplate {
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The template's text.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// A running stack; dropping it ends everything.
pub struct Stack {
    /// The Zendesk simulator.
    pub zendesk: Zendesk,
    /// The Braze simulator.
    pub braze: Braze,
    /// DynamoDB.
    pub dynamo: Dynamo,
    /// Secrets Manager.
    pub secrets: Secrets,
    /// The functions' output.
    pub logs: Logs,
    /// The host of customers' pictures, where it was asked for.
    pub pictures: Option<Pictures>,
    front: Front,
    functions: BTreeMap<String, Pool>,
    tasks: Vec<JoinHandle<()>>,
    data: Option<Arc<DataDir>>,
    journal: Journal,
    fresh: Fresh,
    trouble: watch::Receiver<Option<String>>,
    days: AtomicI64,
}

impl Stack {
    /// Builds the functions where needed and starts everything.
    ///
    /// # Errors
    /// Every [`StackError`].
    pub async fn start(mut options: Options) -> Result<Self, StackError> {
        let data = match &options.data {
            Some(path) => Some(Arc::new(DataDir::open(path)?)),
            None => None,
        };
        let table = read_table(&options)?;
        let binaries = match &options.binaries {
            Some(binaries) => binaries.clone(),
            None => binaries::build(options.show_build).await?.clone(),
        };
        let (dynamo, secrets) = aws(&options, &table, data.as_deref()).await?;
        let (zendesk, braze) = vendors(&options).await?;
        let fresh = Fresh::of(&zendesk, &braze, &options);
        if let Some(data) = &data {
            restore(data, &zendesk, &braze)?;
        }
        let pictures = host_pictures(&mut options, data.as_deref())
            .await
            .map_err(port("the host of pictures", 0))?;
        let places = Places {
            dynamo: dynamo.url(),
            secrets: secrets.url(),
            zendesk: zendesk.base_url(),
            braze: braze.base_url(),
        };
        let journal = Journal::default();
        let functions = pools(&options, &binaries, &places, &journal)?;
        let listener = serve::bind(options.port)
            .await
            .map_err(port("the front", options.port))?;
        let front = Front::start(listener, routes(&functions)).map_err(port("the front", 0))?;
        fresh.introduce(&zendesk, &braze, &front.url());
        let (told, trouble) = watch::channel(None);
        let mut tasks = Vec::new();
        if let (Some(every), Some(pool)) = (options.schedule, functions.get("redelivery")) {
            tasks.push(tokio::spawn(schedule(pool.clone(), every)));
        }
        if let Some(data) = &data {
            let keeper = keep(Arc::clone(data), zendesk.clone(), braze.clone(), told);
            tasks.push(tokio::spawn(keeper));
        }
        Ok(Self {
            zendesk,
            braze,
            dynamo,
            secrets,
            logs: options.logs,
            pictures,
            front,
            functions,
            tasks,
            data,
            journal,
            fresh,
            trouble,
            days: AtomicI64::new(0),
        })
    }

    /// Base URL of the three routes, without a trailing slash.
    #[must_use]
    pub fn front_url(&self) -> String {
        self.front.url()
    }

    /// The HTTP front.
    #[must_use]
    pub fn front(&self) -> &Front {
        &self.front
    }

    /// A function by name, such as `braze-inbound`.
    ///
    /// # Panics
    /// When there is no function of this name: a slip in a test.
    #[must_use]
    pub fn function(&self, name: &str) -> &Pool {
        match self.functions.get(name) {
            Some(pool) => pool,
            None => panic!("there is no function {name}; there are {FUNCTIONS:?}"),
        }
    }

    /// Deploys other settings: environment variables of all functions; an empty value removes one. What is at work
    /// goes on with the old ones.
    pub async fn set_variables(&self, settings: &BTreeMap<String, String>) {
        for pool in self.functions.values() {
            for (name, value) in settings {
                let value = Some(value.as_str()).filter(|value| !value.is_empty());
                pool.set_variable(name, value).await;
            }
        }
    }

    /// Deploys the settings it was started with again.
    pub async fn reset_variables(&self) {
        for pool in self.functions.values() {
            pool.reset_variables().await;
        }
    }

    /// Invokes `redelivery` as the schedule does, and gives its answer.
    ///
    /// # Errors
    /// When the function fails; an answer that is no JSON is [`InvokeError::Function`].
    pub async fn redeliver(&self) -> Result<Value, InvokeError> {
        let answer = self
            .function("redelivery")
            .invoke(scheduled_event())
            .await?;
        serde_json::from_slice(&answer).map_err(|_| InvokeError::Function(answer))
    }

    /// Ends everything in order, keeping the state where there is a data directory.
    ///
    /// # Errors
    /// When the state could not be written.
    pub async fn stop(&self) -> std::io::Result<()> {
        for task in &self.tasks {
            task.abort();
        }
        let saved = match &self.data {
            Some(data) => save(data, &self.zendesk, &self.braze),
            None => Ok(()),
        };
        for pool in self.functions.values() {
            pool.kill_in_flight();
            pool.end_idle().await;
        }
        self.zendesk.shutdown().await;
        self.braze.shutdown().await;
        saved
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn port(what: &'static str, port: u16) -> impl FnOnce(std::io::Error) -> StackError {
    move |source| StackError::Port { what, port, source }
}
