//! What the functions wrote to stdout and stderr.
//!
//! In: lines from running processes. Out: the lines so far, a way to wait for one, and
//! optionally a copy to a writer (a file, or stderr with `--verbose`).

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

/// Which output a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line of a function's output.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// The function's name.
    pub function: String,
    /// The environment's number within its pool, counted from 1.
    pub environment: u64,
    /// Which output.
    pub output: Output,
    /// When it was read.
    pub at: SystemTime,
    /// The line without its end.
    pub text: String,
}

/// All functions' lines; clones share them.
#[derive(Clone)]
pub struct Logs {
    inner: Arc<Inner>,
}

struct Inner {
    lines: Mutex<Vec<LogLine>>,
    count: watch::Sender<usize>,
    copy: Option<Mutex<Box<dyn Write + Send>>>,
}

impl Default for Logs {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Logs {
    /// Collects lines, copying each to `copy` as `function | line`.
    #[must_use]
    pub fn new(copy: Option<Box<dyn Write + Send>>) -> Self {
        let inner = Inner {
            lines: Mutex::default(),
            count: watch::Sender::new(0),
            copy: copy.map(Mutex::new),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    pub(crate) fn push(&self, line: LogLine) {
        if let Some(copy) = &self.inner.copy {
            let mut copy = copy.lock().unwrap_or_else(PoisonError::into_inner);
            // A full disk or a closed terminal must not stop the functions.
            let _ = writeln!(copy, "{} | {}", line.function, line.text);
        }
        let mut lines = self.lines_locked();
        lines.push(line);
        self.inner.count.send_replace(lines.len());
    }

    /// Every line so far, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<LogLine> {
        self.lines_locked().clone()
    }

    /// The lines but for the first so many, for those who follow them.
    #[must_use]
    pub fn from(&self, first: usize) -> Vec<LogLine> {
        self.lines_locked()
            .get(first..)
            .unwrap_or_default()
            .to_vec()
    }

    /// One function's lines so far.
    #[must_use]
    pub fn of(&self, function: &str) -> Vec<String> {
        let lines = self.lines_locked();
        let own = lines.iter().filter(|line| line.function == function);
        own.map(|line| line.text.clone()).collect()
    }

    /// Waits for a line that fits, past or future; `None` when the time is over.
    pub async fn wait_for(
        &self,
        limit: Duration,
        fits: impl Fn(&LogLine) -> bool,
    ) -> Option<LogLine> {
        let mut count = self.inner.count.subscribe();
        let search = async {
            loop {
                count.borrow_and_update();
                let found = self.lines_locked().iter().find(|line| fits(line)).cloned();
                if found.is_some() || count.changed().await.is_err() {
                    return found;
                }
            }
        };
        tokio::time::timeout(limit, search).await.ok().flatten()
    }

    fn lines_locked(&self) -> std::sync::MutexGuard<'_, Vec<LogLine>> {
        self.inner
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
