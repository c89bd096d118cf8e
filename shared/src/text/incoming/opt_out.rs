//! Wishes to get no more texts, in other words than the ones Braze takes itself.

use super::book::{Book, Section};
use super::courtesy::is_filled;
use super::pattern::{Places, START, behind_sign};
use super::words::{Word, Words};

/// Words that begin another clause.
const JOINTS: [&str; 22] = [
    "and",
    "or",
    "but",
    "because",
    "so",
    "otherwise",
    "et",
    "ou",
    "mais",
    "car",
    "sinon",
    "y",
    "pero",
    "porque",
    "und",
    "oder",
    "aber",
    "sonst",
    "mas",
    "ma",
    "perche",
    "altrimenti",
];

/// Keywords that answer no question an agent may have asked. "Cancel", "end" and "quit" may.
const ONLY: [&str; 9] = [
    "stop",
    "stopall",
    "unsubscribe",
    "optout",
    "revoke",
    "arret",
    "baja",
    "parar",
    "desuscribir",
];

/// Whether a text is a keyword that can mean nothing but an opt-out.
pub(super) fn is_only_keyword(words: &Words) -> bool {
    !words.asks && matches!(words.list.as_slice(), [word] if ONLY.contains(&word.text.as_str()))
}

/// Whether a text asks for no more texts: as a whole, or in a clause that can mean nothing else.
pub(super) fn is_wish(words: &Words) -> bool {
    let list = words.list.as_slice();
    !list.is_empty()
        && Book::of_languages().iter().any(|book| {
            book.may_hold("opt_out", list)
                && (is_whole(book, words) || clauses(list).any(|clause| is_clause(book, clause)))
        })
}

/// Whether a text is nothing but a keyword or a wish, and politeness.
fn is_whole(book: &Book, words: &Words) -> bool {
    let list = words.list.as_slice();
    if words.asks || words.more {
        return false;
    }
    let sections = [Section::Keyword, Section::Wish];
    let asks = |part: &[Word]| reaches_end(book, part, &sections);
    asks(list)
        || (list.iter().any(is_joint) && all_parts(list, asks))
        || book.after(Section::Lone, list, START) & (1 << list.len()) != 0
}

/// Whether something holds for all that joining words stand between, of which there is some.
fn all_parts(list: &[Word], holds: impl Fn(&[Word]) -> bool) -> bool {
    let mut parts = list.split(is_joint).filter(|part| !part.is_empty());
    parts.next().is_some_and(&holds) && parts.all(holds)
}

fn is_clause(book: &Book, clause: &[Word]) -> bool {
    reaches_end(book, clause, &[Section::Wish])
}

/// Whether phrases of the sections, one at least, and politeness fill all words.
fn reaches_end(book: &Book, words: &[Word], sections: &[Section]) -> bool {
    let wish = |places| {
        let asked = book.behind_any(Section::Ask, words, places);
        let ends = sections
            .iter()
            .map(|section| book.after(*section, words, asked));
        ends.fold(0, |all, ends| all | ends)
    };
    is_filled(words, wish, |places| {
        book.after(Section::Polite, words, places) | signs(words, places, sections)
    })
}

/// The places behind signs, which change nothing; but "stop" and a laugh is no wish.
fn signs(words: &[Word], places: Places, sections: &[Section]) -> Places {
    let happy = if sections.contains(&Section::Keyword) {
        Book::of_signs().after(Section::Beside, words, places)
    } else {
        0
    };
    behind_sign(words, places) & !happy
}

/// The parts of a text between marks and joining words.
fn clauses(words: &[Word]) -> impl Iterator<Item = &[Word]> {
    let parts = words.chunk_by(|a, b| a.clause == b.clause);
    parts
        .flat_map(|part| part.split(is_joint))
        .filter(|clause| !clause.is_empty())
}

/// Whether a word begins another clause.
fn is_joint(word: &Word) -> bool {
    JOINTS.contains(&word.text.as_str())
}
