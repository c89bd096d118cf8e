//! One start of one program: from its spawn to its first answer, and on while it is warm.
//!
//! In: a program. Out: [`Start`], [`Warm`]. The machine is shared with the stand-ins, whose time is
//! taken off warm events and not off starts.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::event::Kind;
use crate::process;
use crate::runtime_api::{RuntimeApi, Seen};
use crate::standins::{Counts, StandIns};

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Events before warm ones are measured.
const WARM_UP: u64 = 20;

/// A program that is measured.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name in the table.
    pub name: String,
    /// How it is started.
    pub command: Vec<OsString>,
    /// Its variables beside the usual ones.
    pub variables: Vec<(String, String)>,
    /// What it is sent.
    pub kind: Kind,
    /// Whether it only says hello: what it answers does not matter then.
    pub floor: bool,
    /// The executable whose size counts.
    pub executable: Option<PathBuf>,
}

/// One start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Start {
    /// From the spawn to the first poll for an event.
    pub next: Duration,
    /// From the spawn to the first answer.
    pub answer: Duration,
    /// Processor time until then.
    pub cpu: Option<Duration>,
    /// Peak memory until then, in bytes.
    pub memory: Option<u64>,
    /// What was asked of the stand-ins.
    pub counts: Counts,
}

/// One event of a running program.
#[derive(Debug, Clone, Copy)]
pub struct Warm {
    /// From hand-over to answer, less what the stand-ins took.
    pub own: Duration,
    /// Processor time.
    pub cpu: Option<Duration>,
    /// What was asked of the stand-ins.
    pub counts: Counts,
}

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It cannot be run.
    #[error("{0} cannot be started: {1}")]
    NotStarted(String, #[source] std::io::Error),
    /// It did something else than expected; with what it wrote last.
    #[error("{0}: {1}\n{2}")]
    Unexpected(String, String, String),
}

/// Where programs run: stand-ins, and a file for what they write.
#[derive(Debug)]
pub struct World {
    /// What they talk to.
    pub standins: StandIns,
    /// The authority's certificate.
    pub ca: PathBuf,
    /// Takes their output.
    pub output: PathBuf,
}

/// A program that runs; dropping it ends it.
struct Running<'a> {
    program: &'a Program,
    world: &'a World,
    api: RuntimeApi,
    child: Child,
}

impl World {
    /// Starts a program, gives it an event, and ends it after `warm` further ones.
    ///
    /// # Errors
    /// Where it does not answer as it should.
    pub fn measure(
        &self,
        program: &Program,
        number: &mut u64,
        warm: u64,
    ) -> Result<(Start, Vec<Warm>), RunError> {
        let (start, mut running) = self.start(program, number)?;
        let mut measured = Vec::new();
        let warm_up = if warm == 0 { 0 } else { WARM_UP };
        for round in 0..warm_up + warm {
            let event = running.warm(number)?;
            if round >= warm_up {
                measured.push(event);
            }
        }
        Ok((start, measured))
    }

    fn start<'a>(
        &'a self,
        program: &'a Program,
        number: &mut u64,
    ) -> Result<(Start, Running<'a>), RunError> {
        self.standins.reset(program.kind == Kind::Tick);
        let not_started = |error| RunError::NotStarted(program.name.clone(), error);
        let api = RuntimeApi::start().map_err(not_started)?;
        let mut command = self.command(program, &api).map_err(not_started)?;
        let before = self.standins.counts();
        *number += 1;
        api.give(program.kind.event(*number));
        let begin = Instant::now();
        let child = command.spawn().map_err(not_started)?;
        let mut running = Running {
            program,
            world: self,
            api,
            child,
        };
        let next = running.wait_for("poll", |seen| match seen {
            Seen::Next(at) => Some(at),
            _ => None,
        })?;
        let (_, answer) = running.answer()?;
        let start = Start {
            next: next - begin,
            answer: answer - begin,
            cpu: process::cpu(running.child.id()),
            memory: process::peak_memory(running.child.id()),
            counts: self.standins.counts().since(before),
        };
        Ok((start, running))
    }

    /// Lets a program answer `1 + warm` events and ends it gently, so that what watches it can tell
    /// what it saw.
    ///
    /// # Errors
    /// Where it does not answer as it should.
    pub fn count(&self, program: &Program, warm: u64) -> Result<(), RunError> {
        let mut number = 0;
        let (_, mut running) = self.start(program, &mut number)?;
        for _ in 0..warm {
            running.warm(&mut number)?;
        }
        running.end()
    }

    fn command(&self, program: &Program, api: &RuntimeApi) -> std::io::Result<Command> {
        let (first, arguments) = program.command.split_first().ok_or_else(|| {
            std::io::Error::new(std::io::ErrorKind::InvalidInput, "an empty command")
        })?;
        let output = File::create(&self.output)?;
        let mut command = Command::new(first);
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables(&program.name))
            .envs(program.variables.iter().cloned())
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output);
        Ok(command)
    }

    fn variables(&self, function: &str) -> Vec<(&'static str, String)> {
        let standins = &self.standins;
        let ca = self.ca.display().to_string();
        let mut variables: Vec<(&str, String)> = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDBENCH"),
            ("AWS_SECRET_ACCESS_KEY", "bench"),
            ("AWS_SESSION_TOKEN", "bench-session"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
            ("_HANDLER", "bootstrap"),
            ("TABLE_NAME", "bench"),
            ("SECRET_ID", "bench"),
            ("BRAZE_REPLY_CAMPAIGN_ID", "reply-campaign"),
            ("BRAZE_SOLVED_CAMPAIGN_ID", "solved-campaign"),
            // More than Zendesk allows a real account.
            ("ZENDESK_UPDATES_PER_MINUTE", "0"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into();
        variables.extend([
            ("AWS_LAMBDA_FUNCTION_NAME", function.to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", standins.dynamodb.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", standins.secrets.clone()),
            ("ZENDESK_BASE_URL", standins.zendesk.clone()),
            ("BRAZE_BASE_URL", standins.braze.clone()),
            ("EXTRA_CA_FILE", ca),
        ]);
        variables
    }
}

impl Running<'_> {
    fn warm(&mut self, number: &mut u64) -> Result<Warm, RunError> {
        if self.program.kind == Kind::Tick {
            self.world.standins.reset(true);
        }
        *number += 1;
        let event = self.program.kind.event(*number);
        let (busy, counts) = (self.world.standins.busy(), self.world.standins.counts());
        let cpu = process::cpu(self.child.id());
        self.api.go_on();
        self.api.give(event);
        let (handed, answered) = self.answer()?;
        let busy = self.world.standins.busy().saturating_sub(busy);
        let spent = process::cpu(self.child.id());
        Ok(Warm {
            own: (answered - handed).saturating_sub(busy),
            // A thread that ended meanwhile took its time with it.
            cpu: spent
                .zip(cpu)
                .map(|(after, before)| after.saturating_sub(before)),
            counts: self.world.standins.counts().since(counts),
        })
    }

    /// Waits for hand-over and answer, and looks at what was answered.
    fn answer(&mut self) -> Result<(Instant, Instant), RunError> {
        let handed = self.wait_for("hand-over", |seen| match seen {
            Seen::Handed(at) => Some(at),
            _ => None,
        })?;
        let (answered, body) = self.wait_for("answer", |seen| match seen {
            Seen::Answered(at, body) => Some((at, body)),
            _ => None,
        })?;
        if !self.program.floor && !self.program.kind.is_done_by(&body) {
            let body = String::from_utf8_lossy(&body).into_owned();
            return Err(self.unexpected(&format!("answered {body}")));
        }
        Ok((handed, answered))
    }

    fn wait_for<T>(
        &mut self,
        what: &str,
        wanted: impl Fn(Seen) -> Option<T>,
    ) -> Result<T, RunError> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self
                .api
                .wait(until.saturating_duration_since(Instant::now()))
            {
                Some(Seen::Failed(body)) => {
                    let body = String::from_utf8_lossy(&body).into_owned();
                    return Err(self.unexpected(&format!("reported {body}")));
                }
                Some(seen) => {
                    if let Some(found) = wanted(seen) {
                        return Ok(found);
                    }
                }
                None => return Err(self.unexpected(&format!("no {what}"))),
            }
        }
    }

    /// Asks it to end, and waits for that.
    fn end(mut self) -> Result<(), RunError> {
        let gone = |error| RunError::NotStarted(self.program.name.clone(), error);
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            let asked = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            asked.map_err(|error| gone(error.into()))?;
        }
        self.child.wait().map_err(gone)?;
        Ok(())
    }

    fn unexpected(&self, what: &str) -> RunError {
        let output = tail(&self.world.output).unwrap_or_default();
        RunError::Unexpected(self.program.name.clone(), what.to_owned(), output)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // It may be gone already; what it used is counted once it was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tail(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(2_000)))?;
    std::io::read_to_string(file)
}
