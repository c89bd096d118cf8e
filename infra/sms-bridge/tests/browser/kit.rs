//! A sandbox of its own for each test, and what every test looks at.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::driver::Browser;

/// The program with its page; it ends with this.
pub struct Sandbox {
    child: Child,
    pub url: String,
    /// Kept open: a closed pipe would end the program at its next word.
    _stdout: BufReader<ChildStdout>,
}

impl Sandbox {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With further options.
    pub fn with(options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sms-bridge"))
            .args(["sandbox", "--port", "0", "--no-open"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.trim_start().starts_with("Open ") {
            line.clear();
            assert!(
                stdout.read_line(&mut line).unwrap() > 0,
                "the sandbox ended"
            );
        }
        let url = line.split_whitespace().last().unwrap().to_owned();
        Self {
            child,
            url,
            _stdout: stdout,
        }
    }
}

impl Sandbox {
    /// The processor's time the program itself took so far, in ticks; where the system tells.
    pub fn work(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let mut times = fields.split(' ').skip(11);
        let user: f64 = times.next()?.parse().ok()?;
        let system: f64 = times.next()?.parse().ok()?;
        Some(user + system)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

/// A wide window on a sandbox's page.
pub async fn page(sandbox: &Sandbox) -> Browser {
    let browser = Browser::open(1440, 900, false).await;
    browser.go(&sandbox.url).await;
    browser.until("document.querySelector('#who option')").await;
    browser
}

impl Browser {
    /// The customer on the phone sends a text.
    pub async fn text(&self, text: &str) {
        self.keys("#say", text).await;
        self.click("#send").await;
    }

    /// The agent submits a public reply.
    pub async fn reply(&self, text: &str, status: &str) {
        self.keys("#answer", text).await;
        self.choose("#as", status).await;
        self.click("#submit").await;
    }

    /// Chooses in a list, as keys would.
    pub async fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value='{value}']")).await;
    }

    /// The texts of all elements of a selector.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)";
        let texts = self.js(script, json!([css])).await;
        serde_json::from_value(texts).unwrap()
    }

    /// Waits until the elements of a selector read exactly so.
    pub async fn reads(&self, css: &str, texts: &[&str]) {
        let (css, texts) = (json!(css), json!(texts));
        self.until(&format!(
            "JSON.stringify([...document.querySelectorAll({css})].map((e) => e.textContent)) === JSON.stringify({texts})"
        ))
        .await;
    }

    pub async fn at_rest(&self) {
        self.until("document.querySelector('#rest-word').textContent === 'At rest'")
            .await;
    }

    /// Does a step as the page's own scripts do.
    pub async fn act(&self, step: Value) -> Value {
        let script = "const done = arguments[1]; fetch('/act', {method: 'POST', \
            headers: {'content-type': 'application/json'}, body: JSON.stringify(arguments[0])})\
            .then((answer) => answer.json()).then(done)";
        self.later(script, json!([step])).await
    }
}
