//! A command that asks, and somebody at its keyboard.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

const PATIENCE: Duration = Duration::from_secs(60);

/// How a command ended.
pub struct Ended {
    pub code: Option<i32>,
    /// Everything said.
    pub said: String,
    /// How often something was typed.
    pub typed: usize,
}

/// What a command says, and a keyboard.
pub struct Terminal {
    text: Arc<Mutex<String>>,
    came: Arc<Notify>,
    keyboard: ChildStdin,
    child: Child,
    /// How much of the text was there when something was typed last.
    seen: usize,
    typed: usize,
}

impl Terminal {
    /// Runs a line of the shell on a terminal of 80 columns, in a directory that is also its home, and where programs
    /// are found first.
    pub fn run(line: &str, place: &Path, variables: &[(&str, String)]) -> Self {
        let mut child = Command::new("script")
            .args(["-qec", &format!("stty cols 80; {line}"), "/dev/null"])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", place.display()))
            .env("TERM", "xterm")
            .env("HOME", place)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .current_dir(place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        Self::of(child, out)
    }

    /// A command whose standard input and standard error are pipes: it asks there.
    pub fn of_pipes(mut child: Child) -> Self {
        let out = child.stderr.take().unwrap();
        Self::of(child, out)
    }

    fn of(mut child: Child, mut out: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let came = Arc::new(Notify::new());
        let (into, tell) = (Arc::clone(&text), Arc::clone(&came));
        std::thread::spawn(move || {
            let (mut bytes, mut all) = ([0; 1024], Vec::new());
            while let Ok(read @ 1..) = out.read(&mut bytes) {
                all.extend_from_slice(&bytes[..read]);
                *into.lock().unwrap() = String::from_utf8_lossy(&all).into_owned();
                tell.notify_one();
            }
            tell.notify_one();
        });
        Self {
            text,
            came,
            keyboard: child.stdin.take().unwrap(),
            child,
            seen: 0,
            typed: 0,
        }
    }

    /// Waits until it says this after what was typed last, and then waits for an answer; gives all it has said since.
    pub async fn asks(&mut self, words: &str) -> String {
        let (text, came, seen) = (&self.text, &self.came, self.seen);
        let asked = async {
            loop {
                let new = text.lock().unwrap()[seen..].replace('\r', "");
                if new.replace('\n', " ").contains(words) && new.trim_end().ends_with(['>', ':']) {
                    return new;
                }
                came.notified().await;
            }
        };
        let end = tokio::time::timeout(PATIENCE, asked).await;
        end.unwrap_or_else(|_| panic!("not asked: {words}\n{}", self.said()))
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        self.seen = self.said().len();
        writeln!(self.keyboard, "{line}").unwrap();
        self.typed += 1;
    }

    /// Waits until it asks this, and types.
    pub async fn asked(&mut self, words: &str, line: &str) {
        self.asks(words).await;
        self.types(line);
    }

    /// Presses Ctrl-C once it has said this.
    pub async fn interrupted_at(&mut self, words: &str) {
        let (text, came) = (&self.text, &self.came);
        let said = async {
            while !text.lock().unwrap().contains(words) {
                came.notified().await;
            }
        };
        let end = tokio::time::timeout(PATIENCE, said).await;
        end.unwrap_or_else(|_| panic!("not said: {words}\n{}", self.said()));
        self.keyboard.write_all(b"\x03").unwrap();
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything said so far.
    pub fn said(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// Waits for its end.
    pub async fn ends(mut self) -> Ended {
        let status = tokio::task::spawn_blocking(move || {
            let status = self.child.wait().unwrap();
            (status.code(), self)
        });
        let (code, terminal) = status.await.unwrap();
        // The reader is at its end a moment later.
        let text = Arc::clone(&terminal.text);
        while Arc::strong_count(&text) > 2 {
            tokio::task::yield_now().await;
        }
        let said = terminal.said();
        println!("{said}");
        Ended {
            code,
            said,
            typed: terminal.typed,
        }
    }
}
