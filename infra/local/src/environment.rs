//! One execution environment: a process of a function and its Runtime API.
//!
//! In: the executable, its variables, events. Out: answers, or how it failed: exit, time-out,
//! an error it posted itself. Does not decide when environments are started or reused.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::logs::{LogLine, Logs, Output};
use crate::runtime_api::{Outcome, Phase, RuntimeApi};

/// Lambda gives a new environment this long to ask for its first event.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// What every environment of a function is started with.
#[derive(Clone, Debug)]
pub struct Program {
    /// The function's name.
    pub function: String,
    /// The executable.
    pub executable: PathBuf,
    /// Its whole environment, except `AWS_LAMBDA_RUNTIME_API`.
    pub variables: Vec<(String, String)>,
    /// How long one event may take.
    pub timeout: Duration,
}

/// Why an event was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// All allowed environments are busy.
    #[error("throttled: every allowed environment is busy")]
    Throttled,
    /// The executable could not be started.
    #[error("the executable could not be started: {0}")]
    NotStarted(String),
    /// The process ended, or reported an error, before it asked for an event.
    #[error("the function failed while starting: {0}")]
    InitFailed(String),
    /// The process ended while it held the event.
    #[error("the process ended during the event: {0}")]
    Exited(String),
    /// The deadline passed and the process was killed.
    #[error("timed out after {0:?}")]
    TimedOut(Duration),
    /// The function posted an error instead of an answer.
    #[error("the function reported an error")]
    Function(Bytes),
}

/// A running process with its Runtime API.
pub(crate) struct Environment {
    /// Its number within the pool, from 1.
    pub(crate) number: u64,
    function: String,
    timeout: Duration,
    api: RuntimeApi,
    pub(crate) pid: Option<Pid>,
    exit: watch::Receiver<Option<ExitStatus>>,
}

impl Environment {
    pub(crate) async fn start(
        program: &Program,
        number: u64,
        logs: &Logs,
    ) -> Result<Self, InvokeError> {
        let not_started = |error: std::io::Error| InvokeError::NotStarted(error.to_string());
        let api = RuntimeApi::start(&program.function).await;
        let api = api.map_err(not_started)?;
        // As on Lambda, credentials are the environment's own: its calls can be told apart.
        let signs = program
            .variables
            .iter()
            .any(|(name, _)| name == "AWS_ACCESS_KEY_ID");
        let session = format!("{}/{number}", program.function);
        let session = signs.then_some(("AWS_SESSION_TOKEN", session));
        let mut child = Command::new(&program.executable)
            .env_clear()
            .envs(session)
            .envs(program.variables.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", api.host())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for the tool; it ends the functions itself.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(not_started)?;
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let line = |output| LogLine {
            function: program.function.clone(),
            environment: number,
            output,
            at: SystemTime::now(),
            text: String::new(),
        };
        let readers = [
            child
                .stdout
                .take()
                .map(|pipe| tokio::spawn(copy(pipe, line(Output::Stdout), logs.clone()))),
            child
                .stderr
                .take()
                .map(|pipe| tokio::spawn(copy(pipe, line(Output::Stderr), logs.clone()))),
        ];
        let (exited, exit) = watch::channel(None);
        tokio::spawn(async move {
            let status = watch_child(&mut child, &exited).await;
            // The last words are read before the end is announced.
            for reader in readers.into_iter().flatten() {
                let _ = reader.await;
            }
            exited.send_replace(status);
        });
        Ok(Self {
            number,
            function: program.function.clone(),
            timeout: program.timeout,
            api,
            pid,
            exit,
        })
    }

    /// Waits for the first `next`.
    pub(crate) async fn ready(&self) -> Result<(), InvokeError> {
        let mut phase = self.api.phase();
        let settled = async {
            let settled = phase.wait_for(|phase| *phase != Phase::Starting).await;
            settled.ok().map(|phase| phase.clone())
        };
        let waiting = tokio::select! {
            phase = settled => phase,
            status = self.gone() => return Err(InvokeError::InitFailed(status)),
            () = tokio::time::sleep(INIT_LIMIT) => None,
        };
        match waiting {
            Some(Phase::InitFailed(body)) => {
                let text = String::from_utf8_lossy(&body).into_owned();
                Err(InvokeError::InitFailed(text))
            }
            Some(_) => Ok(()),
            None => {
                self.kill();
                Err(InvokeError::InitFailed(format!(
                    "{} asked for no event within {INIT_LIMIT:?}",
                    self.function
                )))
            }
        }
    }

    /// Hands out one event and waits until it is answered and the next one is asked for.
    pub(crate) async fn run(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let deadline = Instant::now() + self.timeout;
        let answer = self.api.hand_out(event, SystemTime::now() + self.timeout);
        let outcome = tokio::select! {
            biased;
            Ok(outcome) = answer => outcome,
            status = self.gone() => return Err(InvokeError::Exited(status)),
            () = tokio::time::sleep_until(deadline) => {
                self.kill();
                self.gone().await;
                return Err(InvokeError::TimedOut(self.timeout));
            }
        };
        let mut phase = self.api.phase();
        let rested = tokio::select! {
            rested = phase.wait_for(|phase| *phase == Phase::Waiting) => rested.is_ok(),
            _ = self.gone() => true,
            () = tokio::time::sleep_until(deadline) => false,
        };
        if !rested {
            self.kill();
            self.gone().await;
        }
        match outcome {
            Outcome::Response(body) => Ok(body),
            Outcome::Error(body) => Err(InvokeError::Function(body)),
        }
    }

    pub(crate) fn alive(&self) -> bool {
        self.exit.borrow().is_none()
    }

    /// Waits until the process has ended; says how.
    pub(crate) async fn gone(&self) -> String {
        let mut exit = self.exit.clone();
        let status = exit.wait_for(Option::is_some).await;
        let status = status.ok().and_then(|status| *status);
        status.map_or_else(|| "unknown".to_owned(), |status| status.to_string())
    }

    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid.filter(|_| self.alive()) {
            // It may end at this very moment, which is as good as being signalled.
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits for the child's end; a handle dropped by everyone ends it first.
async fn watch_child(
    child: &mut Child,
    exited: &watch::Sender<Option<ExitStatus>>,
) -> Option<ExitStatus> {
    let status = tokio::select! {
        status = child.wait() => status,
        () = exited.closed() => {
            let _ = child.start_kill();
            child.wait().await
        }
    };
    Some(status.unwrap_or_default())
}

async fn copy(pipe: impl AsyncRead + Unpin, line: LogLine, logs: Logs) {
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while matches!(reader.read_until(b'\n', &mut bytes).await, Ok(read) if read > 0) {
        let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        logs.push(LogLine {
            text,
            at: SystemTime::now(),
            ..line.clone()
        });
        bytes.clear();
    }
}
