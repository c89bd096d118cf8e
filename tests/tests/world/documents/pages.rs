//! One finds one's way in the documents: links lead somewhere, every page is in an index, decisions have a date.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use local::binaries::workspace_root;

/// The pages of the repository: path and text.
fn pages() -> Vec<(PathBuf, String)> {
    let root = workspace_root();
    let mut paths: Vec<PathBuf> = [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
    ]
    .map(|name| root.join(name))
    .into();
    for folder in ["docs", "docs/decisions"] {
        let entries = fs::read_dir(root.join(folder)).expect("a folder");
        let found = entries.map(|entry| entry.expect("an entry").path());
        paths.extend(found.filter(|path| path.extension().is_some_and(|kind| kind == "md")));
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a page");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// The lines of a page that are not in a fenced block.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let anchor = |line: &str| -> String {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// The targets of a page's links that lead to this repository.
fn links(text: &str) -> Vec<String> {
    let text: Vec<&str> = prose(text).collect();
    let text = text.join("\n");
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    let inside = |target: &&str| !target.contains("://") && !target.starts_with("mailto:");
    targets
        .map(|(target, _)| target)
        .filter(inside)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_link_leads_to_a_page_and_a_heading() {
    let mut wrong = Vec::new();
    for (path, text) in pages() {
        let folder = path.parent().unwrap_or(Path::new("."));
        for link in links(&text) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                folder.join(file)
            };
            let found = match anchor {
                "" => target.exists(),
                anchor => {
                    fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(anchor))
                }
            };
            if !found {
                let page = path.strip_prefix(workspace_root()).unwrap_or(&path);
                wrong.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_page_is_in_the_index_and_says_what_it_is_for() {
    let root = workspace_root();
    let index = fs::read_to_string(root.join("docs/README.md")).expect("the index");
    let listed = links(&index);
    let mut wrong = Vec::new();
    for (path, text) in pages() {
        let Ok(name) = path.strip_prefix(root.join("docs")) else {
            continue;
        };
        let name = name.display().to_string();
        let first = text.split("\n\n").nth(1).unwrap_or_default();
        if first.is_empty() || first.starts_with(['|', '#', '`']) {
            wrong.push(format!("{name} does not begin with what it is for"));
        }
        if name != "README.md" && !name.contains('/') && !listed.contains(&name) {
            wrong.push(format!("{name} is not in docs/README.md"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_decision_is_in_their_index_with_its_date_and_status() {
    let folder = workspace_root().join("docs/decisions");
    let index = fs::read_to_string(folder.join("README.md")).expect("the index");
    let rows = index.lines().filter(|line| line.contains("]("));
    let mut listed: Vec<String> = rows.map(str::to_owned).collect();
    listed.sort();
    let decisions = pages().into_iter().filter(|(path, _)| {
        path.parent() == Some(&folder) && path.file_name().is_some_and(|name| name != "README.md")
    });
    let row = |(path, text): (PathBuf, String)| -> String {
        let mut paragraphs = text.split("\n\n");
        let title = paragraphs
            .next()
            .unwrap_or_default()
            .trim_start_matches("# ");
        let status = paragraphs.next().unwrap_or_default().trim_matches('*');
        let (date, status) = status.split_once(" · ").unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        format!("| {date} | {status} | [{title}]({name}) |")
    };
    let mut expected: Vec<String> = decisions.map(row).collect();
    expected.sort();
    assert_eq!(listed, expected);
}

#[test]
fn every_cargo_command_names_a_package_and_a_test_that_are_there() {
    let root = workspace_root();
    let exists = |package: &str, test: &str| {
        let folders = ["functions", "infra", "."].map(|folder| root.join(folder).join(package));
        let tests = [root.join("tests")];
        let folders = folders
            .iter()
            .chain(tests.iter().filter(|_| package == "e2e"));
        let mut there = folders.filter(|folder| folder.join("Cargo.toml").exists());
        there.any(|folder| {
            test.is_empty()
                || ["tests", "benches"].iter().any(|kind| {
                    let place = folder.join(kind);
                    place.join(test).join("main.rs").exists()
                        || place.join(format!("{test}.rs")).exists()
                })
        })
    };
    let mut wrong = Vec::new();
    for (_, text) in pages() {
        for command in text.split("cargo ").skip(1) {
            let command = command.split(['\n', '`', '#']).next().unwrap_or_default();
            let words: Vec<&str> = command.split_whitespace().collect();
            if !["test", "bench", "run"]
                .iter()
                .any(|own| words.first() == Some(own))
            {
                continue;
            }
            let after = |option: &str| {
                let at = words.iter().position(|word| *word == option)?;
                words.get(at + 1).copied()
            };
            let target = after("--test").or(after("--bench")).unwrap_or_default();
            for package in words
                .windows(2)
                .filter(|pair| pair[0] == "-p")
                .map(|pair| pair[1])
            {
                if !exists(package, target) {
                    wrong.push(format!("cargo {command}"));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}
