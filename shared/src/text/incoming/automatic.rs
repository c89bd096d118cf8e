//! Answers that a phone or a mailbox gives by itself.

use super::book::{Book, Section};
use super::pattern::{Places, START};
use super::words::{Word, Words};

/// Whether a text is such an answer: it says so, only a machine says it, or it is nothing but that the writer is
/// away and will answer later.
pub(super) fn is_automatic(words: &Words) -> bool {
    let list = words.list.as_slice();
    !list.is_empty()
        && Book::of_languages().iter().any(|book| {
            book.may_hold("automatic", list)
                && (is_labelled(book, words)
                    || is_of_a_machine(book, words)
                    || is_absence(book, words))
        })
}

/// Whether a part of a text names it: any one of two words or more, the first one with more behind it, or a last
/// word such as "autoreply".
fn is_labelled(book: &Book, words: &Words) -> bool {
    // "from 9 to 18. Automatic message": the point behind a number may end a sentence after all.
    let ends = |a: &Word, b: &Word| a.clause != b.clause || (is_number(a) && b.capital);
    let mut parts = words.list.chunk_by(|a, b| !ends(a, b)).peekable();
    if words.asks {
        return false;
    }
    let mut first = true;
    while let Some(part) = parts.next() {
        let more = parts.peek().is_some();
        let first = std::mem::take(&mut first);
        let stands = part.len() > 1 || (first && more) || (!first && !more && is_auto(&part[0]));
        if stands && is_label(book, part) {
            return true;
        }
    }
    false
}

/// Whether a label is all of a part, but for signs behind it.
fn is_label(book: &Book, part: &[Word]) -> bool {
    let is_sign = |word: &&Word| !word.text.contains(char::is_alphanumeric);
    let signs = part.iter().rev().take_while(is_sign).count();
    book.after(Section::Label, part, START) & (1 << (part.len() - signs)) != 0
}

fn is_number(word: &Word) -> bool {
    word.text.bytes().all(|digit| digit.is_ascii_digit())
}

fn is_auto(word: &Word) -> bool {
    word.text.starts_with("auto")
}

fn is_of_a_machine(book: &Book, words: &Words) -> bool {
    let list = words.list.as_slice();
    let everywhere = (1 << list.len()) - 1;
    book.after(Section::Machine, list, everywhere) != 0 && !words.asks
}

/// Whether a text is nothing but an absence and a promise.
fn is_absence(book: &Book, words: &Words) -> bool {
    let list = words.list.as_slice();
    if words.asks || words.more {
        return false;
    }
    let end: Places = 1 << list.len();
    // Places reached with neither, with an absence, and with both.
    let mut reached: [Places; 3] = [START, 0, 0];
    loop {
        let [none, away, both] = reached;
        let absent = |places| book.after(Section::Absent, list, places);
        let promise = |places| book.after(Section::Promise, list, places);
        let tail = |places| book.after(Section::Tail, list, places);
        let next = [
            none | promise(none),
            away | absent(none | away),
            both | promise(away | both) | tail(away | both) | absent(both),
        ];
        if next[2] & end != 0
            || (next[1] & end != 0 && book.after(Section::Alone, list, START) & end != 0)
        {
            return true;
        }
        if next == reached {
            return false;
        }
        reached = next;
    }
}
