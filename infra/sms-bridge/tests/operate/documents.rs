//! Every command of the tool that a document shows is one that the tool takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use local::binaries::workspace_root;

/// The commands in a page's text: what follows the tool's name, up to the end of the line or of the code.
fn commands(text: &str) -> Vec<String> {
    let text = text
        .replace("\\\n", " ")
        .replace("cargo run -- ", "sms-bridge ");
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let pieces: Vec<&str> = match fenced {
            true => vec![line],
            // What stands between two backticks.
            false => line.split('`').skip(1).step_by(2).collect(),
        };
        for piece in pieces {
            let begins = piece.split("sms-bridge ").skip(1);
            // A path or a file's name ends with it as well; a command is the first word or follows a pipe.
            let of = |rest: &str| {
                rest.split(['#', '|', '`', '>'])
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_owned()
            };
            found.extend(begins.map(of));
        }
    }
    found
}

fn help(path: &[&str]) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_sms-bridge"))
        .args(path)
        .arg("--help")
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// What is wrong with a command, if anything is.
fn wrong(command: &str, known: &mut BTreeMap<String, Option<String>>) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let plain = |word: &&&str| {
        word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-')
    };
    let path: Vec<&str> = words.iter().take_while(plain).copied().collect();
    let mut depth = path.len().min(2);
    let text = loop {
        if depth == 0 {
            let prose = path.is_empty();
            return (!prose).then(|| "there is no such command".to_owned());
        }
        let path = &path[..depth];
        if let Some(text) = known.entry(path.join(" ")).or_insert_with(|| help(path)) {
            break text.clone();
        }
        depth -= 1;
    };
    let options = words
        .iter()
        .filter(|word| word.starts_with("--") && word.len() > 2);
    let name = |word: &&str| {
        word.split(['=', ',', '.', ';', ':', ')', '\''])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let missing = options
        .map(name)
        .find(|option| !text.contains(option.as_str()));
    missing.map(|option| format!("it does not take {option}"))
}

#[test]
fn every_command_in_the_documents_is_taken() {
    let root = workspace_root();
    let mut paths: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"]
        .map(|name| root.join(name))
        .into();
    for folder in ["docs", "docs/decisions"] {
        let entries = fs::read_dir(root.join(folder)).expect("a folder");
        paths.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    let (mut known, mut problems, mut count) = (BTreeMap::new(), Vec::new(), 0);
    for path in paths.iter().filter(|path| {
        // That page holds the tool's own words, split at what is filled in.
        path.extension().is_some_and(|kind| kind == "md") && !path.ends_with("docs/messages.md")
    }) {
        for command in commands(&fs::read_to_string(path).expect("a page")) {
            count += 1;
            if let Some(problem) = wrong(&command, &mut known) {
                problems.push(format!(
                    "{}: sms-bridge {command}: {problem}",
                    path.display()
                ));
            }
        }
    }
    assert!(count > 100, "{count} commands");
    assert!(problems.is_empty(), "{problems:#?}");
}
