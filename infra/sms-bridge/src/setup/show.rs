//! A plan for people and for scripts.
//!
//! In: a plan. Out: text that fits the terminal, field by field, or JSON.

use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use super::fields::Difference;
use super::plan::{Act, Change, Plan};
use crate::columns::{fitted, terminal, wrapped};

/// Where a field's text begins.
const INDENT: usize = 21;

/// What would change.
pub(crate) fn shown(plan: &Plan, base: &str, stack: &str) -> String {
    let mut lines = vec![format!("Zendesk {base}, stack {stack}"), String::new()];
    for change in &plan.changes {
        lines.push(format!(
            "{} {:10}  {}",
            sign(change.act),
            change.part.kind(),
            change.name
        ));
        if change.act == Act::Create || change.act == Act::Update {
            // The name stands in the line above.
            let new = change.act == Act::Create;
            let named = |field: &&Difference| new && ["name", "title"].contains(&field.field);
            for field in change.fields.iter().filter(|field| !named(field)) {
                lines.extend(field_lines(field, if new { ' ' } else { '+' }));
            }
        }
    }
    for notice in &plan.notices {
        lines.push(String::new());
        for (at, line) in wrapped(&notice.text, terminal() - 2)
            .into_iter()
            .enumerate()
        {
            lines.push(format!("{} {line}", if at == 0 { '!' } else { ' ' }));
        }
    }
    lines.push(String::new());
    lines.push(sum(plan));
    let lines: Vec<String> = lines.iter().flat_map(|line| fitted(line)).collect();
    lines.join("\n")
}

/// One line when a change is made.
pub(crate) fn done(change: &Change) -> String {
    let word = match change.act {
        Act::Keep => "kept",
        Act::Create => "made",
        Act::Update => "changed",
        Act::Remove => "removed",
    };
    format!("  {word:8} {} {}", change.part.kind(), change.name)
}

/// The same for scripts.
pub(crate) fn json(plan: &Plan, applied: bool) -> Value {
    let fields = |change: &Change| -> Vec<Value> {
        let shown = |d: &Difference| json!({"field": d.field, "was": d.was, "is": d.is});
        change.fields.iter().map(shown).collect()
    };
    let changes: Vec<Value> = plan
        .changes
        .iter()
        .map(|change| {
            json!({"act": word(change.act), "kind": change.part.kind(), "name": change.name,
                "id": change.id, "fields": fields(change)})
        })
        .collect();
    let notices: Vec<&str> = plan
        .notices
        .iter()
        .map(|notice| notice.text.as_str())
        .collect();
    json!({"changes": changes, "notices": notices, "changed": applied})
}

fn word(act: Act) -> &'static str {
    match act {
        Act::Keep => "keep",
        Act::Create => "create",
        Act::Update => "update",
        Act::Remove => "remove",
    }
}

fn sign(act: Act) -> char {
    match act {
        Act::Keep => ' ',
        Act::Create => '+',
        Act::Update => '~',
        Act::Remove => '-',
    }
}

fn sum(plan: &Plan) -> String {
    let count = |act: Act| {
        plan.changes
            .iter()
            .filter(|change| change.act == act)
            .count()
    };
    if plan.is_empty() {
        return "Nothing to change.".to_owned();
    }
    let counted = [
        (count(Act::Create), "to make"),
        (count(Act::Update), "to change"),
        (count(Act::Remove), "to remove"),
        (count(Act::Keep), "as wanted"),
    ];
    let counted = counted.iter().filter(|one| one.0 > 0);
    let words: Vec<String> = counted.map(|(n, what)| format!("{n} {what}")).collect();
    format!("{}.", words.join(", "))
}

/// A field: what is new, or what goes and what comes, line by line.
fn field_lines(field: &Difference, new: char) -> Vec<String> {
    let was = field.was.as_deref().unwrap_or_default();
    let is = field.is.as_deref().unwrap_or_default();
    let mut lines = Vec::new();
    let mut push = |tag: char, text: &str| {
        for (at, piece) in cut(text, terminal() - INDENT).into_iter().enumerate() {
            let name = if lines.is_empty() { field.field } else { "" };
            let tag = if at == 0 { tag } else { ' ' };
            lines.push(format!("    {name:14} {tag} {piece}"));
        }
    };
    if was.is_empty() {
        is.lines().for_each(|line| push(new, line));
        return lines;
    }
    // A last line without an end would differ from the same line with one.
    let [was, is] = [was, is].map(|text| format!("{text}\n"));
    for change in TextDiff::from_lines(&was, &is).iter_all_changes() {
        let tag = match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        push(tag, change.value().trim_end_matches('\n'));
    }
    lines
}

/// A text in pieces of a width: words, or for JSON without any at least its punctuation.
fn cut(text: &str, width: usize) -> Vec<String> {
    if text.contains(' ') && !text.contains('{') {
        return wrapped(text, width);
    }
    let letters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut rest = letters.as_slice();
    while rest.len() > width {
        let ends = |signs: &[char]| {
            let at = rest[..width]
                .iter()
                .rposition(|letter| signs.contains(letter));
            at.map(|at| at + 1).filter(|at| *at > width / 3)
        };
        let end = ends(&[',']).or_else(|| ends(&[':', '.'])).unwrap_or(width);
        pieces.push(rest[..end].iter().collect());
        rest = &rest[end..];
    }
    pieces.push(rest.iter().collect());
    pieces
}
