//! The program as people call it: help, exit codes, and a sandbox that starts, keeps and ends.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use local::client::Client;
use local::data::DataDir;

const HEAD: &str = "title = \"t\"\n[[customer]]\nid = \"ada\"\nphone = \"+15005550006\"\n";

fn bridge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bridge"))
}

fn run(arguments: &[&str]) -> Output {
    bridge().args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn script(steps: &str) -> Output {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("c.toml");
    std::fs::write(&file, format!("{HEAD}{steps}")).unwrap();
    bridge()
        .args(["sandbox", "--script"])
        .arg(&file)
        .output()
        .unwrap()
}

struct Running {
    child: Child,
    lines: Vec<String>,
    /// Kept open: a closed pipe would end the program at its next word.
    _stdout: BufReader<std::process::ChildStdout>,
}

impl Running {
    fn start(data: &Path, port: u16) -> Self {
        let mut child = bridge()
            .args(["sandbox", "--port", &port.to_string(), "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        while !lines
            .last()
            .is_some_and(|line: &String| line.ends_with("_sim/users"))
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
        let line = self
            .lines
            .iter()
            .find(|line| line.trim_start().starts_with(what))
            .unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    }

    fn interrupt(self) -> Output {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().unwrap();
        self.child.wait_with_output().unwrap()
    }
}

#[test]
fn help_tells_the_options_and_the_format_of_conversations() {
    let output = run(&["sandbox", "--help"]);
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "--port",
        "--data",
        "--script",
        "--verbose",
        "[[step]]",
        "in_any_order",
    ] {
        assert!(help.contains(word), "{word} is missing in {help}");
    }
    assert!(run(&["--help"]).status.success());
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    assert_eq!(run(&["sandbox", "--prot", "1"]).status.code(), Some(2));
}

#[test]
fn a_missing_conversation_is_told_in_one_sentence() {
    let output = run(&["sandbox", "--script", "/no/such/file.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(
        said.starts_with("bridge: /no/such/file.toml cannot be read"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn a_wrong_conversation_is_told_with_line_and_field() {
    let output = script("[[step]]\nagent = { txet = \"a\" }\n");
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(
        said.contains("c.toml, line 6: unknown field `txet`"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn a_data_directory_that_is_a_file_is_told_in_one_sentence() {
    let place = tempfile::NamedTempFile::new().unwrap();
    let output = run(&[
        "sandbox",
        "--port",
        "0",
        "--data",
        place.path().to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("cannot be used"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_second_sandbox_on_the_same_directory_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let _first = DataDir::open(place.path()).unwrap();
    let output = run(&[
        "sandbox",
        "--port",
        "0",
        "--data",
        place.path().to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("in use by another sandbox"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_damaged_data_directory_is_told_in_one_sentence() {
    for name in ["zendesk.json", "dynamodb.sqlite"] {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join(name), "this is none of ours").unwrap();
        let output = run(&[
            "sandbox",
            "--port",
            "0",
            "--data",
            place.path().to_str().unwrap(),
        ]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn a_conversation_whose_expectations_hold_ends_well() {
    let output = script("[[step]]\nexpect = { tickets = 0, received = [] }\n");
    assert!(output.status.success(), "{}", said(&output));
    let transcript = String::from_utf8(output.stdout).unwrap();
    assert!(
        transcript.contains("All 1 steps went as expected."),
        "{transcript}"
    );
}

#[test]
fn the_shipped_conversation_goes_as_expected() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/conversations/support.toml");
    let output = run(&["sandbox", "--script", shipped]);
    let transcript = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{transcript}{}", said(&output));
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert!(
        readme.contains(transcript.trim_end()),
        "the README shows another transcript than\n{transcript}"
    );
    assert!(
        transcript.lines().all(|line| line.chars().count() <= 80),
        "{transcript}"
    );
}

#[test]
fn a_failed_expectation_is_told_with_step_line_and_both_values() {
    let step = "limit_seconds = 1\n".to_owned() + HEAD + "[[step]]\nexpect = { tickets = 2 }\n";
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("c.toml");
    std::fs::write(&file, step).unwrap();
    let output = bridge()
        .args(["sandbox", "--script"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let wanted = "bridge: step 1 (line 6): number of tickets: expected 2, found 0";
    assert!(said(&output).contains(wanted), "{}", said(&output));
}

#[tokio::test]
async fn a_sandbox_passes_over_a_taken_port_and_keeps_its_state_over_a_restart() {
    let place = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let running = Running::start(place.path(), port);
    assert!(running.lines.iter().all(|line| line.chars().count() <= 80));
    assert!(!running.url("Front").ends_with(&format!(":{port}")));
    let client = Client::new(std::time::Duration::from_secs(20));
    let users = format!("{}/_sim/users", running.url("Braze"));
    let bob = r#"{"external_id":"bob","phone":"+15005550007"}"#;
    assert_eq!(client.post(&users, &[], bob).await.unwrap().status(), 201);
    let output = running.interrupt();
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains(&format!("Port {port} is taken")),
        "{}",
        said(&output)
    );

    let running = Running::start(place.path(), 0);
    let users = format!("{}/_sim/users", running.url("Braze"));
    let shown = client.send(http::Method::GET, &users, http::HeaderMap::new(), "".into());
    let shown = String::from_utf8(shown.await.unwrap().into_body().to_vec()).unwrap();
    assert!(shown.contains("+15005550007"), "{shown}");
    assert!(running.interrupt().status.success());
}
