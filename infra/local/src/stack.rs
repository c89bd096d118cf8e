//! The whole bundle on this machine, wired.
//!
//! In: [`Options`]. Out: a running stack with a handle on every part, for tests and for people.
//! Each part stays reachable by its own handle; nothing here decides what the functions do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use simulators::braze::{Braze, Campaign, Inbound};
use simulators::zendesk::Zendesk;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::binaries::{self, Binaries, BinariesError, FUNCTIONS};
use crate::data::{DataDir, DataError};
use crate::dynamo::{Dynamo, DynamoError};
use crate::front::Front;
use crate::logs::Logs;
use crate::options::{
    INBOUND_TOKEN, Options, Places, REPLY_CAMPAIGN, REPLY_SIGNING_SECRET, SECRET_ID,
    SOLVED_CAMPAIGN, SOLVED_SIGNING_SECRET, TABLE_NAME,
};
use crate::pool::{InvokeError, Pool, Program};
use crate::secrets::Secrets;
use crate::template::{Table, TemplateError};
use crate::wire;

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
    front: Front,
    functions: BTreeMap<String, Pool>,
    tasks: Vec<JoinHandle<()>>,
    data: Option<Arc<DataDir>>,
}

impl Stack {
    /// Builds the functions where needed and starts everything.
    ///
    /// # Errors
    /// Every [`StackError`].
    pub async fn start(options: Options) -> Result<Self, StackError> {
        let data = match &options.data {
            Some(path) => Some(Arc::new(DataDir::open(path)?)),
            None => None,
        };
        let table = read_table(&options)?;
        let binaries = match &options.binaries {
            Some(binaries) => binaries.clone(),
            None => binaries::build(options.show_build).await?.clone(),
        };
        let file = data.as_ref().map(|data| data.database());
        let listener = wire::bind(0).await.map_err(port("DynamoDB", 0))?;
        let dynamo = Dynamo::start(listener, &table, TABLE_NAME, file.as_deref()).await?;
        let listener = wire::bind(0).await.map_err(port("Secrets Manager", 0))?;
        let secrets = Secrets::start(listener, SECRET_ID, options.secret_text())
            .map_err(port("Secrets Manager", 0))?;
        let zendesk = Zendesk::start(options.zendesk.clone())
            .await
            .map_err(port("the Zendesk simulator", options.zendesk.port))?;
        let braze = Braze::start(options.braze.clone())
            .await
            .map_err(port("the Braze simulator", options.braze.port))?;
        if let Some(data) = &data {
            restore(data, &zendesk, &braze)?;
        }
        let places = Places {
            dynamo: dynamo.url(),
            secrets: secrets.url(),
            zendesk: zendesk.base_url(),
            braze: braze.base_url(),
        };
        let functions = pools(&options, &binaries, &places)?;
        let listener = wire::bind(options.port)
            .await
            .map_err(port("the front", options.port))?;
        let front = Front::start(listener, routes(&functions)).map_err(port("the front", 0))?;
        introduce(&zendesk, &braze, &front.url());
        let mut tasks = Vec::new();
        if let (Some(every), Some(pool)) = (options.schedule, functions.get("redelivery")) {
            tasks.push(tokio::spawn(schedule(pool.clone(), every)));
        }
        if let Some(data) = &data {
            let keeper = keep(Arc::clone(data), zendesk.clone(), braze.clone());
            tasks.push(tokio::spawn(keeper));
        }
        Ok(Self {
            zendesk,
            braze,
            dynamo,
            secrets,
            logs: options.logs,
            front,
            functions,
            tasks,
            data,
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

    /// Waits until no webhook is in flight and no function works; false when the time is over.
    pub async fn quiesce(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let settled = async {
            loop {
                for pool in self.functions.values() {
                    let _ = pool.running().wait_for(|running| *running == 0).await;
                }
                if self.idle() {
                    return;
                }
            }
        };
        tokio::time::timeout_at(deadline, settled).await.is_ok()
    }

    fn idle(&self) -> bool {
        let mut pools = self.functions.values();
        pools.all(|pool| *pool.running().borrow() == 0)
    }

    /// Ends everything in order, keeping the state where there is a data directory.
    ///
    /// # Errors
    /// When the state could not be written.
    pub async fn stop(self) -> std::io::Result<()> {
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

fn read_table(options: &Options) -> Result<Table, StackError> {
    let usual = || binaries::workspace_root().join("template.yaml");
    let path = options.template.clone().unwrap_or_else(usual);
    let text = std::fs::read_to_string(&path).map_err(|source| StackError::NoTemplate {
        path: path.display().to_string(),
        source,
    })?;
    Ok(Table::from_template(&text)?)
}

fn pools(
    options: &Options,
    binaries: &Binaries,
    places: &Places,
) -> Result<BTreeMap<String, Pool>, BinariesError> {
    let pool = |name: &&str| {
        let missing = || BinariesError::Missing((*name).to_owned());
        let program = Program {
            function: (*name).to_owned(),
            executable: binaries.get(*name).ok_or_else(missing)?.clone(),
            variables: options.environment(name, places),
            timeout: match *name {
                "redelivery" => options.redelivery_timeout,
                _ => options.timeout,
            },
        };
        let pool = Pool::new(program, options.limits.clone(), options.logs.clone());
        Ok(((*name).to_owned(), pool))
    };
    FUNCTIONS.iter().map(pool).collect()
}

fn routes(functions: &BTreeMap<String, Pool>) -> BTreeMap<String, Pool> {
    let routes = [
        ("POST /zendesk/reply", "zendesk-reply"),
        ("POST /zendesk/solved", "zendesk-solved"),
        ("POST /braze/inbound", "braze-inbound"),
    ];
    let of = |(route, name): (&str, &str)| Some((route.to_owned(), functions.get(name)?.clone()));
    routes.into_iter().filter_map(of).collect()
}

/// Tells the vendors where the bridge is, as an administrator would.
fn introduce(zendesk: &Zendesk, braze: &Braze, front: &str) {
    zendesk.install_default_triggers(
        &format!("{front}/zendesk/reply"),
        REPLY_SIGNING_SECRET,
        &format!("{front}/zendesk/solved"),
        SOLVED_SIGNING_SECRET,
    );
    braze.add_campaign(Campaign::new(REPLY_CAMPAIGN, "Agent's reply"));
    braze.add_campaign(Campaign::new(SOLVED_CAMPAIGN, "Ticket closed"));
    braze.set_inbound(Inbound::new(
        &format!("{front}/braze/inbound"),
        INBOUND_TOKEN,
    ));
}

async fn schedule(pool: Pool, every: Duration) {
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // A failed run shows in the function's own output; the next one is a minute away.
        let _ = pool.invoke(scheduled_event()).await;
    }
}

/// The event EventBridge sends for a schedule.
fn scheduled_event() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
    json!({
        "version": "0",
        "id": crate::ids::request_id(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": simulators::clock::rfc3339(seconds.saturating_mul(1000)),
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/redelivery"],
        "detail": {},
    })
    .to_string()
}

fn restore(data: &DataDir, zendesk: &Zendesk, braze: &Braze) -> Result<(), DataError> {
    if let Some(snapshot) = data.load("zendesk")? {
        let restored = zendesk.restore(snapshot);
        restored.map_err(|error| data.unreadable("zendesk", &error))?;
    }
    if let Some(snapshot) = data.load("braze")? {
        let restored = braze.restore(snapshot);
        restored.map_err(|error| data.unreadable("braze", &error))?;
    }
    Ok(())
}

/// Writes snapshots after changes, so that even a killed sandbox keeps what it had.
async fn keep(data: Arc<DataDir>, zendesk: Zendesk, braze: Braze) {
    let mut zendesk_changes = zendesk.subscribe();
    let mut braze_changes = braze.subscribe();
    loop {
        let more = tokio::select! {
            more = zendesk_changes.changed() => more,
            more = braze_changes.changed() => more,
        };
        if more.is_err() {
            return;
        }
        let (data, zendesk, braze) = (Arc::clone(&data), zendesk.clone(), braze.clone());
        let saved = tokio::task::spawn_blocking(move || save(&data, &zendesk, &braze));
        // A full disk shows again at the orderly end, where it is told.
        let _ = saved.await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn save(data: &DataDir, zendesk: &Zendesk, braze: &Braze) -> std::io::Result<()> {
    data.save("zendesk", &zendesk.snapshot())?;
    data.save("braze", &braze.snapshot())
}
