//! The path of a newcomer, as `docs/setup.md` tells it, from a sandbox that nobody has set up to the
//! first answer on the customer's phone. Every line is taken from what the sandbox prints.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use local::client::Client;
use serde_json::Value;

struct Sandbox {
    child: Child,
    lines: Vec<String>,
    /// Kept open: a closed pipe would end the program at its next word.
    _stdout: BufReader<std::process::ChildStdout>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sandbox {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sms-bridge"))
            .args(["sandbox", "--first-day", "--no-open", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut lines: Vec<String> = Vec::new();
        while !lines
            .last()
            .is_some_and(|line| line.ends_with("_sim/users"))
        {
            let mut line = String::new();
            assert!(
                stdout.read_line(&mut line).unwrap() > 0,
                "it ended: {lines:?}"
            );
            lines.push(line.trim_end().to_owned());
        }
        Self {
            child,
            lines,
            _stdout: stdout,
        }
    }

    fn url(&self, what: &str) -> String {
        let mut lines = self.lines.iter();
        let line = lines
            .find(|line| line.trim_start().starts_with(what))
            .unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    }

    /// Types lines into a shell that has the sandbox's variables and the program as `sms-bridge`.
    async fn shell(&self, script: &str) -> Output {
        let exports = self
            .lines
            .iter()
            .filter(|line| line.starts_with("  export "));
        let exports: Vec<&str> = exports.map(String::as_str).collect();
        assert_eq!(exports.len(), 6, "{:?}", self.lines);
        let folder = Path::new(env!("CARGO_BIN_EXE_sms-bridge"))
            .parent()
            .unwrap();
        let script = format!(
            "PATH='{}':$PATH\n{}\n{script}",
            folder.display(),
            exports.join("\n")
        );
        let mut command = Command::new("/bin/sh");
        command.args(["-ec", &script]).stdin(Stdio::null());
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    /// The lines it prints for the first day, as one command each.
    fn steps(&self) -> Vec<String> {
        let from = self
            .lines
            .iter()
            .position(|line| line.starts_with("Zendesk is not set up"));
        let lines = self.lines[from.unwrap() + 1..].iter();
        let lines: Vec<&str> = lines
            .map(String::as_str)
            .take_while(|line| line.starts_with(' '))
            .collect();
        let mut steps: Vec<String> = Vec::new();
        for line in lines {
            match steps.last_mut() {
                Some(step) if line.starts_with("    ") => *step = format!("{step}\n{line}"),
                _ => steps.push(line.to_owned()),
            }
        }
        steps
    }
}

async fn fetched(client: &Client, url: &str) -> Value {
    let get = client.send(http::Method::GET, url, http::HeaderMap::new(), "".into());
    serde_json::from_slice(get.await.unwrap().body()).unwrap()
}

/// Posts, and gives the answer's body.
async fn posted(client: &Client, url: &str, body: &'static str) -> Value {
    let answer = client.post(url, &[], body).await.unwrap();
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_commands_lead_from_nothing_to_the_first_sms() {
    let sandbox = Sandbox::start();
    assert!(sandbox.lines.iter().all(|line| line.chars().count() <= 80));
    let steps = sandbox.steps();
    assert_eq!(steps.len(), 4, "{steps:?}");
    let early = sandbox.shell(&steps[3]).await;
    assert_eq!(
        early.status.code(),
        Some(1),
        "doctor sees that nothing is set up"
    );
    for step in &steps {
        // A person types yes.
        let step = step.replace("sms-bridge setup zendesk", "sms-bridge setup zendesk --yes");
        let output = sandbox.shell(&step).await;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        println!("{step}\n{said}");
        assert!(output.status.success(), "{step}\n{said}");
    }
    let client = Client::new(Duration::from_secs(30));
    let (zendesk, braze) = (sandbox.url("Zendesk  "), sandbox.url("Braze  "));
    let text = r#"{"external_user_id":"ada","text":"SUPPORT"}"#;
    let text = posted(&client, &format!("{braze}/_sim/texts"), text).await;
    assert_eq!(text["status"], 200, "{text}");
    let tickets = fetched(&client, &format!("{zendesk}/_sim/tickets")).await;
    let comments = format!("{zendesk}/_sim/tickets/{}/comments", tickets[0]["id"]);
    let answer = r#"{"text":"Hello Ada, how can I help?"}"#;
    posted(&client, &comments, answer).await;
    let inbox = format!("{braze}/_sim/inbox/ada");
    for _ in 0..300 {
        let phone = fetched(&client, &inbox).await;
        if phone[0]["body"] == "Hello Ada, how can I help?" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the answer never came");
}
