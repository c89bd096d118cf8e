//! `docs/security.md` and the tests name each other.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    let path = local::binaries::workspace_root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names of the tests of this binary: what stands behind `fn` below a `#[test]`.
fn tests() -> BTreeSet<String> {
    let folder = local::binaries::workspace_root().join("tests/tests/attacks");
    let files = std::fs::read_dir(folder).expect("a folder");
    let files = files.map(|file| file.expect("a file").path());
    let sources = files.filter(|path| !path.ends_with("document.rs"));
    sources.flat_map(|path| tests_of(&path)).collect()
}

fn tests_of(path: &Path) -> Vec<String> {
    let source = std::fs::read_to_string(path).expect("a source");
    let mut names = Vec::new();
    let mut is_test = false;
    for line in source.lines() {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
            names.extend(rest.split_once('(').map(|(name, _)| name.to_owned()));
            is_test = false;
        }
    }
    names
}

/// Names in the last column of the attack table.
fn documented() -> BTreeSet<String> {
    let document = read("docs/security.md");
    let rows = document.lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let is_name = |name: &&str| {
        name.contains('_')
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    names.filter(is_name).map(str::to_owned).collect()
}

#[test]
fn every_test_named_in_the_document_exists_and_every_test_is_named() {
    let (tests, documented) = (tests(), documented());
    assert!(tests.len() > 40, "only {} tests were found", tests.len());
    let missing: Vec<_> = documented.difference(&tests).collect();
    assert!(
        missing.is_empty(),
        "docs/security.md names tests that do not exist: {missing:?}"
    );
    let unnamed: Vec<_> = tests.difference(&documented).collect();
    assert!(
        unnamed.is_empty(),
        "docs/security.md does not name: {unnamed:?}"
    );
}
