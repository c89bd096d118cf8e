//! The program itself on the functions of the development profile: every function does its event
//! against the stand-ins, and the results are written.

#![expect(clippy::unwrap_used, reason = "a test's helpers may fail loudly")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn bench(out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    let fixed = ["--profile", "dev", "--starts", "2", "--warm", "5", "--out"];
    command.args(fixed).arg(out).args(more);
    command.output().unwrap()
}

#[test]
fn every_function_does_its_event_with_the_calls_it_may_make() {
    let out = tempfile::tempdir().unwrap();
    let told = bench(out.path(), &["--no-peers"]);
    let (stdout, stderr) = (
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr),
    );
    assert!(told.status.success(), "{stderr}");
    assert!(
        stdout.contains("cores"),
        "the machine is not named: {stdout}"
    );
    let results = std::fs::read_to_string(out.path().join("bench.json")).unwrap();
    let results: Value = serde_json::from_str(&results).unwrap();
    let calls = |name: &str, when: &str| {
        let programs = results["programs"].as_array().unwrap();
        let found = programs.iter().find(|one| one["name"] == name);
        let counts = &found.unwrap_or_else(|| panic!("{name} is missing"))[when];
        let names = ["dynamodb", "secrets", "tokens", "zendesk", "braze"];
        names.map(|name| counts[name].as_u64().unwrap())
    };
    assert_eq!(calls("bench-floor", "calls_first"), [0, 0, 0, 0, 0]);
    assert_eq!(calls("braze-inbound", "calls_first"), [2, 1, 1, 1, 0]);
    assert_eq!(calls("braze-inbound", "calls_warm"), [2, 0, 0, 1, 0]);
    // The first answer of an environment asks whether SMS are stopped, and again after ten seconds.
    assert_eq!(calls("zendesk-reply", "calls_first"), [3, 1, 0, 0, 1]);
    assert_eq!(calls("zendesk-reply", "calls_warm"), [2, 0, 0, 0, 1]);
    assert_eq!(calls("zendesk-solved", "calls_first"), [3, 1, 1, 1, 1]);
    assert_eq!(calls("zendesk-solved", "calls_warm"), [2, 0, 0, 1, 1]);
    let picture = std::fs::read_to_string(out.path().join("bench.svg")).unwrap();
    assert!(picture.contains("braze-inbound") && picture.ends_with("</svg>\n"));
}

#[test]
fn a_missing_executable_is_told_by_name() {
    let out = tempfile::tempdir().unwrap();
    let nowhere = out.path().to_string_lossy().into_owned();
    let told = bench(out.path(), &["--no-peers", "--built", &nowhere]);
    assert!(!told.status.success());
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert!(stderr.contains("bench-floor cannot be started"), "{stderr}");
}
