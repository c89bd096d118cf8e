//! Comments by a third writer who had read none of the rules: what the customer's phone must show of each, and what
//! it must not. `ideal` is how that writer would have it, which is no more than advice.
//!
//! `docs/testing.md` reports the first run's rates. As in `rates.rs`, what is missed stays in the file.

use serde::Deserialize;

use super::super::texted;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    input: String,
    must_contain: Vec<String>,
    must_not_contain: Vec<String>,
    #[serde(default)]
    must_occur_once: Vec<String>,
    ideal: String,
    #[serde(default)]
    note: String,
    /// Why what the writer wants is not wanted; the line is read, and not counted.
    #[serde(default)]
    dropped: String,
}

/// At least so many comments of a file are read as they must be.
fn hold(file: &str, floor: usize) {
    let mut all = 0;
    let mut wrong = Vec::new();
    for line in file.lines() {
        let line: Line = serde_json::from_str(line).expect("a line of the file");
        let text = texted(&line.input);
        if !line.dropped.is_empty() {
            continue;
        }
        all += 1;
        let lacks = |words: &&String| !text.contains(words.as_str());
        let has = |words: &&String| text.contains(words.as_str());
        let not_once = |words: &&String| text.matches(words.as_str()).count() != 1;
        let why: Vec<&String> = line.must_contain.iter().filter(lacks).collect();
        let why_not: Vec<&String> = line.must_not_contain.iter().filter(has).collect();
        let repeated: Vec<&String> = line.must_occur_once.iter().filter(not_once).collect();
        if !(why.is_empty() && why_not.is_empty() && repeated.is_empty()) {
            let faults = format!("lacks {why:?}, has {why_not:?}, not once {repeated:?}");
            wrong.push(format!(
                "{:?} is {text:?}, not {:?}: {faults} ({})",
                line.input, line.ideal, line.note
            ));
        }
    }
    let right = all - wrong.len();
    println!("{right} of {all}; not: {wrong:#?}");
    assert!(right >= floor, "{right}, not {floor}: {wrong:#?}");
}

#[test]
fn markdown() {
    hold(include_str!("from_agents/md_emphasis.jsonl"), 28);
}

#[test]
fn what_only_looks_like_markdown() {
    hold(include_str!("from_agents/md_lookalikes.jsonl"), 30);
}

#[test]
fn entities() {
    hold(include_str!("from_agents/entities_plain.jsonl"), 29);
}

#[test]
fn what_is_hidden() {
    hold(include_str!("from_agents/html_hidden.jsonl"), 30);
}

#[test]
fn what_tags_mean() {
    hold(include_str!("from_agents/html_meaning.jsonl"), 30);
}

#[test]
fn what_was_pasted() {
    hold(include_str!("from_agents/html_pasted.jsonl"), 26);
}

#[test]
fn links() {
    hold(include_str!("from_agents/links.jsonl"), 30);
}
