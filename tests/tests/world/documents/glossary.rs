//! Every row of the glossary names a type that stands in its file, and every public type of the core has a row.

use std::fs;
use std::path::{Path, PathBuf};

use local::binaries::workspace_root;

/// A row: term, sentence, type, file.
fn rows() -> Vec<[String; 4]> {
    let text = fs::read_to_string(workspace_root().join("docs/glossary.md")).expect("the glossary");
    let cells = |line: &str| -> Option<[String; 4]> {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<String> = inner
            .split(" | ")
            .map(|cell| cell.trim_matches('`').to_owned())
            .collect();
        cells.try_into().ok()
    };
    let rows = text.lines().filter_map(cells);
    rows.filter(|[term, ..]| term != "term").collect()
}

fn is_defined(name: &str, source: &str) -> bool {
    let kinds = ["struct", "enum", "trait", "type", "fn", "mod", "const"];
    source.lines().any(|line| {
        let line = line.split("//").next().unwrap_or_default();
        let words: Vec<&str> = line
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .collect();
        words
            .windows(2)
            .any(|pair| kinds.contains(&pair[0]) && pair[1] == name)
            || line.contains("pub use") && words.contains(&name)
    })
}

#[test]
fn every_type_stands_in_its_file() {
    let rows = rows();
    assert!(rows.len() >= 25, "{} rows", rows.len());
    let mut wrong = Vec::new();
    for [term, _, name, file] in rows {
        match fs::read_to_string(workspace_root().join(&file)) {
            Ok(source) if is_defined(&name, &source) => {}
            Ok(_) => wrong.push(format!("{term}: {file} does not define {name}")),
            Err(error) => wrong.push(format!("{term}: {file}: {error}")),
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_term_is_a_sentence_and_stands_once() {
    let mut terms: Vec<String> = Vec::new();
    for [term, sentence, ..] in rows() {
        assert!(sentence.ends_with('.'), "{term}: {sentence}");
        terms.extend(term.split(", ").map(str::to_owned));
    }
    let count = terms.len();
    terms.sort();
    terms.dedup();
    assert_eq!(terms.len(), count);
}

#[test]
fn every_public_type_of_the_core_has_a_row() {
    let mut files = Vec::new();
    sources_below(
        &workspace_root().join("shared/src/conversation"),
        &mut files,
    );
    assert!(files.len() > 50, "{}", files.len());
    let named: Vec<String> = rows().into_iter().map(|[_, _, name, _]| name).collect();
    let mut missing = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("readable");
        for line in source.lines() {
            let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let kinds = ["struct", "enum", "trait", "type"];
            let is_type = words.next() == Some("pub")
                && words.next().is_some_and(|kind| kinds.contains(&kind));
            if let Some(name) = words.next().filter(|_| is_type)
                && !named.iter().any(|known| known == name)
            {
                missing.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert_eq!(missing, [""; 0]);
}

fn sources_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources_below(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
