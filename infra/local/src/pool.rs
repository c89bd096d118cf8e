//! A function as Lambda runs it: environments started, reused and ended as events come in.
//!
//! In: events. Out: answers or [`InvokeError`]. One event per environment at a time; a busy
//! function gets a new environment up to its limit; idle ones are reused, the latest first.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use crate::environment::Environment;
pub use crate::environment::{InvokeError, Program};
use crate::journal::{Journal, Open};
use crate::logs::Logs;

/// Lambda's own choices for one function.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Environments at the same time (reserved concurrency).
    pub environments: usize,
    /// Stop the process between events, as Lambda freezes it.
    pub freeze: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            environments: 10,
            freeze: false,
        }
    }
}

/// A running function; clones share it, and the last one dropped ends its processes.
#[derive(Clone)]
pub struct Pool {
    inner: Arc<Inner>,
}

struct Inner {
    journal: Journal,
    program: Mutex<Program>,
    /// The variables it was made with.
    first: Vec<(String, String)>,
    limits: Limits,
    logs: Logs,
    state: Mutex<State>,
    running: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    started: u64,
    invocations: u64,
    idle: Vec<Arc<Environment>>,
    busy: Vec<Weak<Environment>>,
    reserved: usize,
}

impl Pool {
    /// A function without environments yet.
    #[must_use]
    pub fn new(program: Program, limits: Limits, logs: Logs) -> Self {
        Self::with_journal(program, limits, logs, Journal::default())
    }

    /// The same, every invocation written down.
    #[must_use]
    pub fn with_journal(program: Program, limits: Limits, logs: Logs, journal: Journal) -> Self {
        let inner = Inner {
            journal,
            first: program.variables.clone(),
            program: Mutex::new(program),
            limits,
            logs,
            state: Mutex::default(),
            running: watch::Sender::new(0),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Invokes the function with a JSON event; goes on to its end even if the caller gives up.
    ///
    /// # Errors
    /// Every [`InvokeError`].
    pub async fn invoke(&self, event: impl Into<Bytes>) -> Result<Bytes, InvokeError> {
        let pool = self.clone();
        let event = event.into();
        let permit = Permit::take(&pool.inner)?;
        let task = tokio::spawn(async move { pool.run(event, permit).await });
        task.await
            .unwrap_or_else(|error| Err(InvokeError::Exited(error.to_string())))
    }

    async fn run(&self, event: Bytes, permit: Permit) -> Result<Bytes, InvokeError> {
        let function = self.inner.program().function.clone();
        let entry = self.inner.journal.begin(function, event.clone());
        let result = self.work(event, &entry).await;
        entry.end(&result);
        drop(permit);
        result
    }

    async fn work(&self, event: Bytes, entry: &Open) -> Result<Bytes, InvokeError> {
        let environment = match self.warm() {
            Some(environment) => environment,
            None => {
                entry.cold();
                self.cold().await?
            }
        };
        entry.runs_in(environment.number);
        self.inner.state().busy.push(Arc::downgrade(&environment));
        let result = environment.run(event).await;
        let mut state = self.inner.state();
        state
            .busy
            .retain(|busy| !std::ptr::eq(busy.as_ptr(), Arc::as_ptr(&environment)));
        if environment.alive() {
            if self.inner.limits.freeze {
                environment.freeze();
            }
            state.idle.push(environment);
        }
        drop(state);
        result
    }

    fn warm(&self) -> Option<Arc<Environment>> {
        let mut state = self.inner.state();
        while let Some(environment) = state.idle.pop() {
            if environment.alive() {
                environment.thaw();
                return Some(environment);
            }
        }
        None
    }

    async fn cold(&self) -> Result<Arc<Environment>, InvokeError> {
        let number = {
            let mut state = self.inner.state();
            state.started += 1;
            state.started
        };
        let program = self.inner.program().clone();
        let environment = Environment::start(&program, number, &self.inner.logs).await?;
        let environment = Arc::new(environment);
        self.inner.state().busy.push(Arc::downgrade(&environment));
        let ready = environment.ready().await;
        let mut state = self.inner.state();
        state
            .busy
            .retain(|busy| !std::ptr::eq(busy.as_ptr(), Arc::as_ptr(&environment)));
        ready.map(|()| environment)
    }

    /// Kills (SIGKILL) every process that is working on an event; answers how many.
    pub fn kill_in_flight(&self) -> usize {
        let busy: Vec<_> = {
            let state = self.inner.state();
            state.busy.iter().filter_map(Weak::upgrade).collect()
        };
        for environment in &busy {
            environment.kill();
        }
        busy.len()
    }

    /// Ends every idle environment, so that the next event is a cold start.
    pub async fn end_idle(&self) {
        let idle = std::mem::take(&mut self.inner.state().idle);
        for environment in idle {
            environment.kill();
            environment.gone().await;
        }
    }

    /// Changes one environment variable for environments started from now on, and ends idle ones.
    pub async fn set_variable(&self, name: &str, value: Option<&str>) {
        {
            let mut program = self.inner.program();
            program.variables.retain(|(own, _)| own != name);
            if let Some(value) = value {
                program.variables.push((name.to_owned(), value.to_owned()));
            }
        }
        self.end_idle().await;
    }

    /// The executable of environments started from now on.
    #[must_use]
    pub fn executable(&self) -> PathBuf {
        self.inner.program().executable.clone()
    }

    /// Changes it, as a deployment does, and ends idle environments.
    pub async fn set_executable(&self, file: &Path) {
        file.clone_into(&mut self.inner.program().executable);
        self.end_idle().await;
    }

    /// Takes every change of a variable back.
    pub async fn reset_variables(&self) {
        self.inner.program().variables.clone_from(&self.inner.first);
        self.end_idle().await;
    }

    /// How many environments were started so far: cold starts.
    #[must_use]
    pub fn started(&self) -> u64 {
        self.inner.state().started
    }

    /// The process ids of the live environments that wait for an event.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        let state = self.inner.state();
        let live = state.idle.iter().filter(|idle| idle.alive());
        live.filter_map(|idle| u32::try_from(idle.pid?.as_raw_nonzero().get()).ok())
            .collect()
    }

    /// How many events were taken so far.
    #[must_use]
    pub fn invocations(&self) -> u64 {
        self.inner.state().invocations
    }

    /// How many live environments wait for an event.
    #[must_use]
    pub fn idle(&self) -> usize {
        let state = self.inner.state();
        state.idle.iter().filter(|idle| idle.alive()).count()
    }

    /// Follows how many events are being worked on.
    #[must_use]
    pub fn running(&self) -> watch::Receiver<usize> {
        self.inner.running.subscribe()
    }

    /// Waits until exactly `count` events are being worked on; false when the time is over.
    pub async fn wait_running(&self, count: usize, limit: Duration) -> bool {
        let mut running = self.running();
        let reached = running.wait_for(|running| *running == count);
        matches!(tokio::time::timeout(limit, reached).await, Ok(Ok(_)))
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn program(&self) -> MutexGuard<'_, Program> {
        self.program.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to use one environment.
struct Permit {
    inner: Arc<Inner>,
}

impl Permit {
    fn take(inner: &Arc<Inner>) -> Result<Self, InvokeError> {
        let mut state = inner.state();
        if state.reserved >= inner.limits.environments {
            return Err(InvokeError::Throttled);
        }
        state.reserved += 1;
        state.invocations += 1;
        inner.running.send_replace(state.reserved);
        Ok(Self {
            inner: Arc::clone(inner),
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.inner.state();
        state.reserved -= 1;
        self.inner.running.send_replace(state.reserved);
    }
}
