//! Texts by a second writer who had read neither the rules nor the words, with the language of each: how many of a
//! kind are known for what they are, by language, and that none of the others is taken for a kind that it is not.
//!
//! A line of a file under `by_language/` is a JSON object with `text` and `lang`; `note` is the writer's. Where the
//! writer's label does not hold, `relabelled` says what the text is and `why`; where no phone writes such a text,
//! `dropped` says why, and it is not counted. What is missed stays in the file: it is part of the rate.
//!
//! `docs/testing.md` reports the first run's rates; a floor is what a language holds now.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::text::incoming::{TextKind, classify, rating};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    lang: String,
    #[serde(default)]
    note: String,
    /// The rating that it is; "any" where a support lead would take either.
    #[serde(default)]
    expect: Value,
    /// What it is, where the writer's label does not hold.
    #[serde(default)]
    relabelled: Value,
    /// Why it was labelled anew.
    #[serde(default)]
    why: String,
    /// Why it is not counted.
    #[serde(default)]
    dropped: String,
}

/// A language, and how many of its texts have to be known at least.
type Floors = [(&'static str, usize); 6];

/// The name of a kind, as a line's `relabelled` has it.
fn name(kind: &TextKind<'_>) -> &'static str {
    match kind {
        TextKind::Blank => "blank",
        TextKind::Reaction(_) => "reaction",
        TextKind::AutomaticReply => "automatic",
        TextKind::OptOutWish => "opt_out",
        TextKind::ThankYou => "courtesy",
        TextKind::Ordinary => "ordinary",
    }
}

/// Prints how many texts of a file are known for what they are, by language, and holds that against the floors.
fn hold(file: &str, floors: Floors, judge: impl Fn(&Line) -> Result<(), String>) {
    let mut known: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for line in file.lines() {
        let line: Line = serde_json::from_str(line).expect("a line of the file");
        let labelled = line.relabelled.is_null() || !line.why.is_empty();
        assert!(labelled, "why is {:?} labelled anew?", line.text);
        if !line.dropped.is_empty() {
            continue;
        }
        let (right, all) = known.entry(line.lang.clone()).or_default();
        *all += 1;
        match judge(&line) {
            Ok(()) => *right += 1,
            Err(found) => missed.push(format!("{}: {:?} {found}", line.lang, line.text)),
        }
    }
    let right: usize = known.values().map(|(right, _)| right).sum();
    let all: usize = known.values().map(|(_, all)| all).sum();
    println!("{right} of {all}, {known:?}; not: {missed:#?}");
    for (lang, floor) in floors {
        let right = known[lang].0;
        assert!(right >= floor, "{lang}: {right}, not {floor}: {missed:#?}");
    }
}

/// The texts of a file are of a kind.
fn are(kind: &str, file: &str, floors: Floors) {
    hold(file, floors, |line| {
        let found = name(&classify(&line.text));
        let want = line.relabelled.as_str().unwrap_or(kind);
        (found == want)
            .then_some(())
            .ok_or_else(|| format!("is {found}, not {want} ({})", line.note))
    });
}

#[test]
fn reactions() {
    let floors = [
        ("en", 21),
        ("fr", 20),
        ("es", 20),
        ("de", 20),
        ("pt", 20),
        ("it", 19),
    ];
    are(
        "reaction",
        include_str!("by_language/reactions.jsonl"),
        floors,
    );
}

#[test]
fn automatic_answers() {
    let floors = [
        ("en", 18),
        ("fr", 16),
        ("es", 15),
        ("de", 17),
        ("pt", 16),
        ("it", 15),
    ];
    are(
        "automatic",
        include_str!("by_language/automatic.jsonl"),
        floors,
    );
}

#[test]
fn courtesies() {
    let floors = [
        ("en", 20),
        ("fr", 20),
        ("es", 20),
        ("de", 20),
        ("pt", 20),
        ("it", 20),
    ];
    are(
        "courtesy",
        include_str!("by_language/courtesies.jsonl"),
        floors,
    );
}

#[test]
fn wishes_to_opt_out() {
    let floors = [
        ("en", 20),
        ("fr", 20),
        ("es", 20),
        ("de", 20),
        ("pt", 20),
        ("it", 20),
    ];
    are(
        "opt_out",
        include_str!("by_language/opt_outs.jsonl"),
        floors,
    );
}

#[test]
fn thanks_with_something_more_are_read_by_an_agent() {
    let floors = [
        ("en", 20),
        ("fr", 20),
        ("es", 20),
        ("de", 20),
        ("pt", 20),
        ("it", 20),
    ];
    are(
        "ordinary",
        include_str!("by_language/no_courtesies.jsonl"),
        floors,
    );
}

#[test]
fn what_only_sounds_like_a_wish_to_opt_out_is_none() {
    let floors = [
        ("en", 25),
        ("fr", 25),
        ("es", 25),
        ("de", 25),
        ("pt", 25),
        ("it", 25),
    ];
    are(
        "ordinary",
        include_str!("by_language/no_opt_outs.jsonl"),
        floors,
    );
}

#[test]
fn ordinary_texts() {
    let floors = [
        ("en", 69),
        ("fr", 66),
        ("es", 65),
        ("de", 68),
        ("pt", 67),
        ("it", 65),
    ];
    are(
        "ordinary",
        include_str!("by_language/ordinary.jsonl"),
        floors,
    );
}

#[test]
fn ratings() {
    let floors = [
        ("en", 21),
        ("fr", 16),
        ("es", 16),
        ("de", 16),
        ("pt", 16),
        ("it", 15),
    ];
    hold(include_str!("by_language/ratings.jsonl"), floors, |line| {
        let found = rating::rating(&line.text).map(u64::from);
        let want = if line.relabelled.is_null() {
            &line.expect
        } else {
            &line.relabelled
        };
        (want == "any" || found == want.as_u64())
            .then_some(())
            .ok_or_else(|| format!("is {found:?}, not {want}"))
    });
}
