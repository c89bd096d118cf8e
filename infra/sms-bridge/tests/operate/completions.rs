//! Help with examples, and completions for three shells.

use std::process::{Command, Stdio};

fn bridge(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sms-bridge"));
    let output = command.args(arguments).env_clear().output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_has_examples_and_the_account_options_in_its_help() {
    for command in [
        "status",
        "trace",
        "dead-letters",
        "stop",
        "go",
        "forget",
        "completions",
    ] {
        let help = bridge(&[command, "--help"]);
        assert!(help.contains("Examples:"), "{command}: {help}");
        if !["dead-letters", "completions"].contains(&command) {
            for option in [
                "--profile",
                "--region",
                "--stack",
                "--table",
                "--secret",
                "--json",
                "--verbose",
            ] {
                assert!(help.contains(option), "{command} {option}: {help}");
            }
        }
    }
    for act in ["list", "show", "replay", "drop"] {
        let help = bridge(&["dead-letters", act, "--help"]);
        assert!(help.contains("--profile"), "{act}: {help}");
        let example = format!("Examples:\n  sms-bridge dead-letters {act}");
        assert!(help.contains(&example), "{act}: {help}");
        crate::kit::fits(&help);
    }
}

#[test]
fn completions_name_the_commands_and_a_shell_reads_them() {
    for shell in ["bash", "zsh", "fish"] {
        let script = bridge(&["completions", shell]);
        for word in ["status", "trace", "dead-letters", "profile"] {
            assert!(script.contains(word), "{shell} {word}");
        }
    }
    let script = bridge(&["completions", "bash"]);
    let mut bash = Command::new("bash");
    let mut child = bash.arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, script.as_bytes()).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
