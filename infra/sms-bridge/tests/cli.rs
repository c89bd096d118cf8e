//! The program as people call it: help, exit codes, and a sandbox that starts, keeps and ends.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use local::client::Client;
use local::data::DataDir;

const HEAD: &str = "title = \"t\"\n[[customer]]\nid = \"ada\"\nphone = \"+15005550006\"\n";

fn bridge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sms-bridge"))
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
            .args([
                "sandbox",
                "--no-open",
                "--port",
                &port.to_string(),
                "--data",
            ])
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
        "--no-open",
        "jump = ",
        "faults = ",
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
        said.starts_with("sms-bridge: /no/such/file.toml cannot be read"),
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
fn ports_that_run_out_are_told_with_the_option_that_chooses_them() {
    let output = run(&["sandbox", "--port", "65534", "--no-open"]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    let last = said.lines().last().unwrap_or_default();
    assert!(
        last.contains("from 65534 upwards") && last.contains("--port"),
        "{said}"
    );
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
fn requesters_change_users_merge_and_e_mails_come_in() {
    let output = script(
        r#"
[[customer]]
id = "ben"
first_name = "Ben"
phone = "+15005550007"
[[step]]
customer = { texts = ["SUPPORT"] }
[[step]]
requester = { ticket = 1, id = "ben" }
[[step]]
agent = { ticket = 1, text = "Hello Ben" }
[[step]]
expect = { customer = "ben", received = ["Hello Ben"] }
[[step]]
email = { from = "ann@example.com", name = "Ann", subject = "Lamp", text = "It is dark." }
[[step]]
expect = { tickets = 2, ticket = 2, status = "new", comments = ["customer: It is dark."] }
[[step]]
tags = { ticket = 2, add = ["vip", "lamp"] }
[[step]]
tags = { ticket = 2, remove = ["vip"] }
[[step]]
merge_users = { from = "ben", into = "ann@example.com" }
[[step]]
suspend = { id = "ann@example.com" }
[[step]]
suspend = { id = "ann@example.com", suspended = false }
[[step]]
requester = { ticket = 1, id = "bob@example.com" }
"#,
    );
    let transcript = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{transcript}{said}");
    let last = "no user in Zendesk has the address bob@example.com";
    assert!(
        said.contains("step 12 (line ") && said.contains(last),
        "{said}"
    );
}

#[test]
fn the_shipped_conversation_goes_as_expected() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/conversations/support.toml");
    let output = run(&["sandbox", "--script", shipped]);
    let transcript = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{transcript}{}", said(&output));
    let page = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(path);
        std::fs::read_to_string(path).unwrap()
    };
    assert!(
        page("docs/sandbox.md").contains(transcript.trim_end()),
        "docs/sandbox.md shows another transcript than\n{transcript}"
    );
    let readme = page("README.md");
    let (_, beginning) = readme.split_once("```text\n").unwrap();
    let (beginning, _) = beginning.split_once("```").unwrap();
    assert!(
        transcript.starts_with(beginning) && beginning.lines().count() > 10,
        "the README shows another beginning than\n{transcript}"
    );
    assert!(
        transcript.lines().all(|line| line.chars().count() <= 80),
        "{transcript}"
    );
}

#[test]
fn every_story_of_the_page_goes_as_expected() {
    let stories = concat!(env!("CARGO_MANIFEST_DIR"), "/conversations");
    let mut played = 0;
    for story in std::fs::read_dir(stories).unwrap() {
        let path = story.unwrap().path();
        let output = run(&["sandbox", "--script", path.to_str().unwrap()]);
        let transcript = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{}\n{transcript}{}",
            path.display(),
            said(&output)
        );
        played += 1;
    }
    assert_eq!(played, 14);
}

#[test]
fn a_jump_of_the_clock_is_time_for_everything_that_is_stored() {
    // Four weeks after a solve a text opens a new ticket; a day after, it reopens the old one.
    let output = script(
        r#"
[[step]]
customer = { texts = ["SUPPORT"] }
[[step]]
solve = {}
[[step]]
jump = { days = 1 }
[[step]]
customer = { texts = ["It is back"] }
[[step]]
expect = { tickets = 1, status = "open", comments = ["customer: SUPPORT", "customer: It is back"], received = ["Your ticket has been closed"] }
[[step]]
solve = {}
[[step]]
jump = { days = 29 }
[[step]]
customer = { texts = ["Another thing"] }
[[step]]
expect = { tickets = 2, ticket = 2, status = "new", comments = ["customer: Another thing"], received = ["Your ticket has been closed"] }
"#,
    );
    let transcript = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{transcript}{}", said(&output));
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
    let wanted = "sms-bridge: step 1 (line 6): number of tickets: expected 2, found 0";
    assert!(said(&output).contains(wanted), "{}", said(&output));
}

#[tokio::test]
async fn a_sandbox_passes_over_a_taken_port_and_keeps_its_state_over_a_restart() {
    let place = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let running = Running::start(place.path(), port);
    assert!(running.lines.iter().all(|line| line.chars().count() <= 80));
    assert!(!running.url("Open").ends_with(&format!(":{port}/")));
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

#[test]
fn a_data_directory_that_cannot_be_made_is_told_in_one_sentence() {
    let output = run(&["sandbox", "--port", "0", "--data", "/proc/no/such/place"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("the data directory /proc/no/such/place cannot be used"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_when_it_happens_and_at_the_end() {
    let place = tempfile::tempdir().unwrap();
    // Whoever writes there is told that no space is left.
    let full = place.path().join("zendesk.json.new");
    std::os::unix::fs::symlink("/dev/full", full).unwrap();
    let running = Running::start(place.path(), 0);
    let client = Client::new(std::time::Duration::from_secs(20));
    let users = format!("{}/_sim/users", running.url("Braze"));
    let bob = r#"{"external_id":"bob","phone":"+15005550007"}"#;
    assert_eq!(client.post(&users, &[], bob).await.unwrap().status(), 201);
    let mut running = running;
    let mut told = BufReader::new(running.child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("sms-bridge: The state cannot be kept: No space left on device") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "it was not told");
    }
    let output = running.interrupt();
    assert_eq!(output.status.code(), Some(1));
    let mut last = String::new();
    told.read_to_string(&mut last).unwrap();
    let sentence = "sms-bridge: the state could not be kept: No space left on device";
    assert!(last.contains(sentence), "{last}");
}

#[tokio::test]
async fn only_this_machines_own_page_can_drive_it() {
    let place = tempfile::tempdir().unwrap();
    let running = Running::start(place.path(), 0);
    let client = Client::new(std::time::Duration::from_secs(20));
    let page = running.url("Open");
    let step = r#"{"customer":{"id":"ada","texts":["SUPPORT"]}}"#;
    let json = ("content-type", "application/json");
    let act = format!("{page}act");
    let status = async |url: &str, headers: &[(&str, &str)]| {
        client
            .post(url, headers, step)
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(status(&act, &[json, ("host", "evil.example")]).await, 421);
    assert_eq!(
        status(&act, &[json, ("origin", "http://evil.example")]).await,
        403
    );
    assert_eq!(
        status(&act, &[json, ("sec-fetch-site", "cross-site")]).await,
        403
    );
    assert_eq!(status(&act, &[("content-type", "text/plain")]).await, 415);
    let texts = format!("{}/_sim/texts", running.url("Braze"));
    assert_eq!(
        status(&texts, &[("origin", "http://evil.example")]).await,
        421
    );
    assert_eq!(status(&texts, &[("host", "evil.example:80")]).await, 421);
    let tickets = format!("{}/_sim/tickets", running.url("Zendesk"));
    let get = client.send(
        http::Method::GET,
        &tickets,
        http::HeaderMap::new(),
        "".into(),
    );
    assert_eq!(get.await.unwrap().into_body(), "[]");

    let own = page.trim_end_matches('/').to_owned();
    assert_eq!(status(&act, &[json, ("origin", &own)]).await, 200);
    let get = client.send(
        http::Method::GET,
        &tickets,
        http::HeaderMap::new(),
        "".into(),
    );
    let shown = String::from_utf8(get.await.unwrap().into_body().to_vec()).unwrap();
    assert!(shown.contains("SUPPORT"), "{shown}");
    let get = client.send(http::Method::GET, &page, http::HeaderMap::new(), "".into());
    let whole = get.await.unwrap();
    assert!(
        whole.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("frame-ancestors 'none'")
    );
    assert!(running.interrupt().status.success());
}

#[tokio::test]
async fn a_step_that_cannot_be_done_is_told_in_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    let running = Running::start(place.path(), 0);
    let client = Client::new(std::time::Duration::from_secs(20));
    let act = format!("{}act", running.url("Open"));
    for (step, wanted) in [
        ("no json", "this is no step"),
        (r#"{"solve":{"ticket":99}}"#, "there is no ticket 99"),
        (r#"{"solve":{}}"#, "which ticket?"),
        (r#"{"jump":{"days":-1}}"#, "from 0 to 400 days"),
        (r#"{"jump":{"days":1e300}}"#, "from 0 to 400 days"),
        (r#"{"wait":{"seconds":-1}}"#, "from 0 to 3600"),
        (r#"{"wait":{"seconds":1e300}}"#, "from 0 to 3600"),
        (r#"{"replay":{"letter":1}}"#, "there is no dead letter 1"),
        (r#"{"webhooks":{"send":[1]}}"#, "no webhook 1 is waiting"),
        (r#"{"repeat":{"id":"ada"}}"#, "ada has not texted yet"),
        (
            r#"{"solve":{"ticket":1},"close":{"ticket":1}}"#,
            "exactly one action",
        ),
        (
            r#"{"customer":{"id":"ada","pictures":["data:nonsense"]}}"#,
            "data: URL",
        ),
    ] {
        let json = [("content-type", "application/json")];
        let answer = client.post(&act, &json, step).await.unwrap();
        assert_eq!(answer.status(), 409, "{step}");
        let told = String::from_utf8(answer.into_body().to_vec()).unwrap();
        assert!(told.contains(wanted), "{step}: {told}");
    }
    assert!(running.interrupt().status.success());
}

/// What the documents post to the page: the bodies of their `curl … /act … -d '…'`.
fn posted() -> Vec<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let pages = std::fs::read_dir(docs).unwrap();
    let mut paths: Vec<_> = pages.map(|page| page.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "md"));
    paths.sort();
    let mut bodies = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).unwrap();
        let posts = text.split(":8700/act ").skip(1);
        let body = |post: &str| {
            let (_, body) = post.split_once("-d '")?;
            Some(body.split_once('\'')?.0.to_owned())
        };
        bodies.extend(posts.filter_map(body));
    }
    bodies
}

#[tokio::test]
async fn what_the_documents_post_to_the_page_is_taken() {
    let place = tempfile::tempdir().unwrap();
    let running = Running::start(place.path(), 0);
    let client = Client::new(std::time::Duration::from_secs(20));
    let act = format!("{}act", running.url("Open"));
    let bodies = posted();
    assert!(bodies.len() >= 3, "{bodies:?}");
    for body in bodies {
        let json = [("content-type", "application/json")];
        let answer = client.post(&act, &json, body.clone()).await.unwrap();
        let status = answer.status();
        let told = String::from_utf8_lossy(&answer.into_body()).into_owned();
        assert_eq!(status, 200, "{body}: {told}");
    }
    let switches = format!("{}/_sim/switches", running.url("Zendesk"));
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/testing.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("/_sim/switches -d '").unwrap();
    let (body, _) = rest.split_once('\'').unwrap();
    let patch = http::Method::PATCH;
    let answer = client.send(
        patch,
        &switches,
        http::HeaderMap::new(),
        body.to_owned().into(),
    );
    assert_eq!(answer.await.unwrap().status(), 200, "{body}");
    assert!(running.interrupt().status.success());
}

#[test]
fn a_cargo_that_cannot_start_is_not_told_as_code_that_does_not_compile() {
    let run = |cargo: &str| {
        let mut command = bridge();
        command.args(["sandbox", "--no-open", "--port", "0"]);
        said(&command.env("CARGO", cargo).output().unwrap())
    };
    let told = run("/bin/false");
    assert!(told.contains("cargo ended before it could build"), "{told}");
    assert!(!told.contains("do not compile"), "{told}");
    let told = run("/no/such/cargo");
    assert!(told.contains("cargo could not be started"), "{told}");
}
