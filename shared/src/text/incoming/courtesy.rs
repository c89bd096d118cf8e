//! Texts that need no answer.

use super::book::{Book, Section};
use super::pattern::{Places, START};
use super::words::{Word, Words};

/// Longest text looked at, in bytes. A longer text is not only polite.
const MAX_BYTES: usize = 300;

/// Whether a text is a courtesy and nothing else: thanks, a wish, a farewell, an acknowledgement, that
/// something works now.
///
/// Case, accents, punctuation and repeated letters do not matter; a question mark, a number, a sad face or
/// one further word does.
pub fn is_courtesy(text: &str) -> bool {
    text.len() <= MAX_BYTES && is_only_courtesy(&Words::of(text))
}

pub(super) fn is_only_courtesy(words: &Words) -> bool {
    let list = &words.list;
    let number = || {
        list.iter()
            .any(|word| word.text.contains(|c: char| c.is_numeric()))
    };
    if words.asks || words.sad || words.more || list.is_empty() || number() {
        return false;
    }
    let is_greeting =
        |book: &Book| book.after(Section::Greeting, list, START) & (1 << list.len()) != 0;
    let end = 1 << list.len();
    let is_unfinished = |book: &Book| book.after(Section::Unfinished, list, end - 1) & end != 0;
    let books = Book::of_languages();
    books.iter().any(|book| is_of(book, list))
        && !books
            .iter()
            .any(|book| is_greeting(book) || is_unfinished(book))
}

/// Whether words say only how good or bad a service was, with courtesies beside that.
pub(super) fn is_verdict(list: &[Word]) -> bool {
    Book::of_languages().iter().any(|book| {
        let verdict = |places| book.after(Section::Verdict, list, places);
        let beside = |places| {
            let words = book.after(Section::Fine, list, places);
            words | book.after(Section::Beside, list, places)
        };
        is_filled(list, verdict, beside)
    })
}

/// Whether courtesies of a language, and what stands beside them, fill all words.
fn is_of(book: &Book, list: &[Word]) -> bool {
    let signs = Book::of_signs();
    let courtesy = |places| {
        let words =
            book.after(Section::Thanks, list, places) | book.after(Section::Fine, list, places);
        words | signs.after(Section::Fine, list, places)
    };
    let beside = |places| {
        book.after(Section::Beside, list, places) | signs.after(Section::Beside, list, places)
    };
    is_filled(list, courtesy, beside)
}

/// Whether phrases of two kinds, one of the first at least, fill all words.
pub(super) fn is_filled(
    words: &[Word],
    needed: impl Fn(Places) -> Places,
    beside: impl Fn(Places) -> Places,
) -> bool {
    // Places reached with the second kind alone, and with both; of each those not gone on from yet.
    let (mut without, mut with): (Places, Places) = (START, 0);
    let (mut fresh_without, mut fresh_with) = (without, with);
    while fresh_without | fresh_with != 0 {
        let found = needed(fresh_without | fresh_with) | beside(fresh_with);
        fresh_without = beside(fresh_without) & !without;
        fresh_with = found & !with;
        without |= fresh_without;
        with |= fresh_with;
    }
    with & (1 << words.len()) != 0
}
