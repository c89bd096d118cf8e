//! Texts by somebody who had read neither the rules nor the words, one a line under `held_out/`: how many of each
//! kind are known for what they are, and that none of the ordinary ones is taken for another kind.
//!
//! These texts stay as they are, and nothing is added to the words for one of them alone: only then do the rates say
//! what to expect of the next hundred. `docs/testing.md` reports them.

mod comments;
mod rates;

use crate::text::incoming::{TextKind, classify};

/// The texts of a file, with `\n` for a line end.
fn texts(file: &str) -> impl Iterator<Item = String> + '_ {
    file.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.replace("\\n", "\n"))
}

/// At least so many of a kind's hundred texts are known for what they are.
fn holds(file: &str, floor: usize, is_kind: impl Fn(&TextKind<'_>) -> bool) {
    let all: Vec<String> = texts(file).collect();
    assert_eq!(all.len(), 100);
    let missed: Vec<&String> = all
        .iter()
        .filter(|text| !is_kind(&classify(text)))
        .collect();
    let known = all.len() - missed.len();
    println!("{known} of {}; not: {missed:#?}", all.len());
    assert!(known >= floor, "{known} of 100 are known; {missed:#?}");
}

#[test]
fn reactions() {
    holds(include_str!("held_out/reactions.txt"), 100, |kind| {
        matches!(kind, TextKind::Reaction(_))
    });
}

#[test]
fn automatic_answers() {
    holds(include_str!("held_out/automatic.txt"), 96, |kind| {
        matches!(kind, TextKind::AutomaticReply)
    });
}

#[test]
fn courtesies() {
    holds(include_str!("held_out/courtesies.txt"), 100, |kind| {
        matches!(kind, TextKind::ThankYou)
    });
}

#[test]
fn wishes_to_opt_out() {
    holds(include_str!("held_out/opt_outs.txt"), 100, |kind| {
        matches!(kind, TextKind::OptOutWish)
    });
}

#[test]
fn no_ordinary_text_is_taken_for_another_kind() {
    let all: Vec<String> = texts(include_str!("held_out/ordinary.txt")).collect();
    assert!(all.len() >= 300);
    let taken: Vec<String> = all
        .iter()
        .filter(|text| classify(text) != TextKind::Ordinary)
        .map(|text| format!("{:?}: {text}", classify(text)))
        .collect();
    assert!(
        taken.is_empty(),
        "{} of {}: {taken:#?}",
        taken.len(),
        all.len()
    );
}

#[test]
fn no_text_of_a_kind_is_taken_for_a_wish_that_it_is_not() {
    let files = [
        include_str!("held_out/reactions.txt"),
        include_str!("held_out/automatic.txt"),
        include_str!("held_out/courtesies.txt"),
    ];
    let taken: Vec<String> = files
        .iter()
        .flat_map(|file| texts(file))
        .filter(|text| classify(text) == TextKind::OptOutWish)
        .collect();
    assert!(taken.is_empty(), "{taken:#?}");
}
