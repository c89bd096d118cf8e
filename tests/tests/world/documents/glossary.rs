//! Every row of the glossary names a type that stands in its file.

use std::fs;

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
