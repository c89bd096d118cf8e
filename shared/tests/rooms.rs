//! The import rule of `docs/architecture.md`, enforced: no room imports a neighbour that is not
//! listed for it, and an AWS SDK crate is named only in its room. And one word per thing: no crate of the workspace
//! has two public types of one name.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room → rooms it may import.
const EDGES: &[(&str, &[&str])] = &[
    (
        "app",
        &[
            "aws",
            "braze",
            "config",
            "conversation",
            "delivery",
            "hours",
            "http",
            "media",
            "message",
            "net",
            "secrets",
            "telemetry",
            "text",
            "zendesk",
        ],
    ),
    ("aws", &["config", "net"]),
    ("braze", &["message", "net", "secrets"]),
    ("config", &["hours", "message", "net", "secrets"]),
    (
        "conversation",
        &["aws", "config", "hours", "message", "telemetry", "text"],
    ),
    (
        "delivery",
        &[
            "braze",
            "conversation",
            "media",
            "message",
            "net",
            "telemetry",
            "text",
            "zendesk",
        ],
    ),
    ("hours", &[]),
    ("http", &["message"]),
    ("media", &["message", "net"]),
    ("message", &["text"]),
    ("net", &["message"]),
    ("secrets", &["aws", "config", "net"]),
    ("telemetry", &[]),
    ("text", &[]),
    ("zendesk", &["message", "net", "secrets"]),
];

/// Crate → where it may be named, as the beginning of a path below `src`.
const SDKS: &[(&str, &[&str])] = &[
    ("aws_sdk_dynamodb", &["conversation/store/"]),
    ("aws_sdk_secretsmanager", &["secrets/"]),
    ("aws_smithy", &["aws.rs"]),
    ("aws_credential_types", &["aws.rs"]),
    ("reqwest::Client", &["net/", "media/"]),
    ("lambda_http", &["app/", "http/"]),
];

#[test]
fn no_room_imports_a_neighbour_it_must_not_know() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let room = room_of(&path);
        if room == "lib" {
            continue;
        }
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{path}: the room {room} is not in the table"));
            continue;
        };
        for neighbour in imports(&code) {
            if neighbour != room && !allowed.contains(&neighbour.as_str()) {
                wrong.push(format!("{path}: {room} imports {neighbour}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_sdk_is_named_only_in_its_room() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        for (name, places) in SDKS {
            if code.contains(name) && !places.iter().any(|p| path.starts_with(p)) {
                wrong.push(format!("{path}: names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_of_the_table_exists() {
    let sources = sources();
    for (room, _) in EDGES {
        assert!(
            sources.iter().any(|(path, _)| room_of(path) == *room),
            "{room} is gone"
        );
    }
}

#[test]
fn no_two_public_types_of_a_crate_share_a_name() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates = crates_below(&workspace);
    assert!(crates.len() > 8, "{crates:?}");
    let mut wrong = Vec::new();
    for root in crates {
        let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, code) in sources_below(&root.join("src")) {
            for name in code.lines().filter_map(public_type) {
                named.entry(name).or_default().push(path.clone());
            }
        }
        named.retain(|_, places| places.len() > 1);
        let shown = |(name, places)| format!("{}: {name} in {places:?}", root.display());
        wrong.extend(named.into_iter().map(shown));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A test of a flow, or of a rule that flows share, stands in the file of its name.
#[test]
fn every_flow_has_its_tests_in_a_file_of_its_name() {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/conversation/flow");
    let names = |folder: &Path| -> BTreeSet<String> {
        let files = fs::read_dir(folder).expect("readable");
        let stem = |entry: fs::DirEntry| Some(entry.path().file_stem()?.to_str()?.to_owned());
        files
            .filter_map(|entry| stem(entry.expect("readable")))
            .collect()
    };
    let (sources, tests) = (names(&flows), names(&flows.join("tests")));
    let strange: Vec<_> = tests.difference(&sources).collect();
    assert!(strange.is_empty(), "tests of no flow: {strange:?}");
    let kinds = fs::read_to_string(flows.join("mod.rs")).expect("readable");
    let called = kinds.lines().filter_map(|line| {
        let (_, call) = line.split_once("=> ")?;
        let (name, _) = call
            .trim_start_matches("Ok(")
            .trim_start_matches("return ")
            .split_once("::")?;
        sources.contains(name).then(|| name.to_owned())
    });
    let without: Vec<_> = called.filter(|name| !tests.contains(name)).collect();
    assert!(without.is_empty(), "flows without tests: {without:?}");
}

/// The type that a line makes public.
fn public_type(line: &str) -> Option<String> {
    let mut words = line
        .trim_start()
        .split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let kinds = ["struct", "enum", "trait", "type", "union"];
    if words.next() != Some("pub") || !kinds.contains(&words.next()?) {
        return None;
    }
    words.next().map(str::to_owned)
}

/// The folders with a manifest and sources.
fn crates_below(folder: &Path) -> Vec<PathBuf> {
    let mut crates = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !path.is_dir() || hidden || path.ends_with("target") || path.ends_with("src") {
            continue;
        }
        if path.join("Cargo.toml").exists() && path.join("src").exists() {
            crates.push(path.clone());
        }
        crates.extend(crates_below(&path));
    }
    crates
}

/// The code of the library without comments and tests, by path below `src`.
fn sources() -> Vec<(String, String)> {
    sources_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn sources_below(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(root, &mut files);
    let relative = |file: &Path| file.strip_prefix(root).map(|p| p.display().to_string());
    files
        .iter()
        .filter_map(|file| {
            let path = relative(file).ok()?;
            let name = file.file_stem()?.to_str()?;
            let is_test = name == "test_support" || name == "tests" || name.ends_with("_tests");
            (!is_test).then(|| (path, code(&fs::read_to_string(file).expect("readable"))))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

fn code(source: &str) -> String {
    let before_tests = source
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(source);
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn room_of(path: &str) -> String {
    path.split('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".rs")
        .to_owned()
}

/// The first segments after `crate::`, braces included: `crate::{a, b::C}` names `a` and `b`.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let group = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let names: Vec<&str> = match group {
            Some((inside, _)) => inside.split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let end = |c: char| !c.is_alphanumeric() && c != '_';
            let first = name.trim().split(end).next().unwrap_or_default();
            if first.chars().next().is_some_and(char::is_lowercase) {
                found.push(first.to_owned());
            }
        }
    }
    found
}
