//! Taps on a message, as phones put them into words for phones that cannot show them.
//!
//! The wording differs by phone and language; what they share is that a text is a few words and then the
//! message itself in quotes, or what the phone calls a picture.

use super::blank::is_blank;
use super::book::{Book, Section};
use super::pattern::{Places, START};
use super::words::Words;

/// Longest wording around what a reaction is to, in bytes.
const MAX_WORDING_BYTES: usize = 100;

/// Signs that open a quotation, and those that close it.
const QUOTES: [(char, char); 6] = [
    ('“', '”'),
    ('«', '»'),
    ('„', '“'),
    ('"', '"'),
    ('‘', '’'),
    ('\'', '\''),
];

/// A reaction to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction<'t> {
    /// The message as far as the phone quotes it. Nothing: it is a picture or a file.
    pub quoted: Option<&'t str>,
}

impl<'t> Reaction<'t> {
    /// The reaction that a text is.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let unseen = |c: char| c.is_whitespace() || is_blank(c.encode_utf8(&mut [0; 4]));
        let text = text.trim_matches(unseen);
        Self::to_text(text).or_else(|| Self::to_picture(text))
    }

    /// Wording, a quotation, and perhaps a word or two more, as in German.
    fn to_text(text: &'t str) -> Option<Self> {
        // The wording may hold a quotation of its own, the reaction's name: the message is the last one.
        let opened = openings(text);
        opened.iter().rev().find_map(|(start, open)| {
            let inner = start + open.len_utf8();
            let mut ends = endings(&text[inner..], *open).into_iter();
            let end = ends.find(|end| {
                let behind =
                    text[inner + end..].trim_start_matches(['”', '»', '“', '"', '’', '\'']);
                is_one(&text[inner..inner + end], *open)
                    && behind.len() <= MAX_WORDING_BYTES
                    && is_wording(&text[..*start], behind)
            })?;
            let quoted = Some(text[inner..inner + end].trim());
            Some(Self { quoted })
        })
    }

    fn to_picture(text: &str) -> Option<Self> {
        if text.len() > MAX_WORDING_BYTES {
            return None;
        }
        let words = Words::of(text);
        let is_one = |book: &Book| {
            Wording::of(book, &words, true)
                .is_some_and(|wording| wording.picture && wording.is_tap())
        };
        let is_one = !words.asks && Book::of_languages().iter().any(is_one);
        is_one.then_some(Self { quoted: None })
    }
}

/// Where quotations may begin, as far as a wording goes.
fn openings(text: &str) -> Vec<(usize, char)> {
    let near = text
        .char_indices()
        .take_while(|(at, _)| *at <= MAX_WORDING_BYTES);
    let mut low = false;
    near.filter(|(at, c)| {
        // In German the sign that opens elsewhere closes what a low one opened.
        if *c == '“' && std::mem::take(&mut low) {
            return false;
        }
        low |= *c == '„';
        // An apostrophe within a word opens nothing.
        let within = "'‘".contains(*c) && text[..*at].ends_with(char::is_alphanumeric);
        QUOTES.iter().any(|(open, _)| open == c) && !within
    })
    .collect()
}

/// Where a quotation may end: at the last signs that close it, or, where the phone cut it short, with the text.
fn endings(text: &str, open: char) -> Vec<usize> {
    let close = closing(open);
    let mut ends: Vec<usize> = text
        .rmatch_indices(close)
        .map(|(at, _)| at)
        .take(3)
        .collect();
    if ends.is_empty() {
        ends.push(text.len());
    }
    ends
}

/// Whether a text in quotes is one quotation: what closes one was opened in it.
fn is_one(quoted: &str, open: char) -> bool {
    let close = closing(open);
    let first = quoted.find([open, close]);
    open == close || first.is_none_or(|at| quoted[at..].starts_with(open))
}

fn closing(open: char) -> char {
    let pair = QUOTES.iter().find(|(sign, _)| *sign == open);
    pair.map_or(open, |(_, close)| *close)
}

/// Whether the words before and behind a quotation are those of a reaction.
fn is_wording(before: &str, behind: &str) -> bool {
    // A name of the reaction behind the message is in quotes.
    let named = behind.contains(['“', '”', '«', '»', '„', '"']);
    let (before, behind) = (Words::of(before), Words::of(behind));
    if before.asks || behind.asks || before.list.is_empty() {
        return false;
    }
    Book::of_languages().iter().any(|book| {
        // "marked with a heart": without a name in quotes, a reaction's noun needs what was done with it.
        let (first, last) = (
            Wording::of(book, &before, true),
            Wording::of(book, &behind, true).filter(|last| named || !last.noun || last.giver),
        );
        match (first, last) {
            (Some(first), Some(last)) => first.and(last).is_tap(),
            _ => false,
        }
    })
}

/// What the words around a message are made of.
#[derive(Debug, Clone, Copy, Default)]
struct Wording {
    /// "liked"
    verb: bool,
    /// "removed"
    giver: bool,
    /// "a heart"
    noun: bool,
    /// An emoji.
    sign: bool,
    /// "an image"
    picture: bool,
}

impl Wording {
    /// What words are made of; nothing where one is no part of a wording.
    fn of(book: &Book, words: &Words, nouns: bool) -> Option<Self> {
        let list = words.list.as_slice();
        let mut made = Self::default();
        let mut places: Places = START;
        while places & (1 << list.len()) == 0 {
            let section = |name: Section| book.after(name, list, places) & !places;
            let verb = section(Section::Verb);
            let giver = section(Section::Giver);
            let noun = if nouns { section(Section::Noun) } else { 0 };
            let picture = section(Section::Picture);
            let at = places.ilog2() as usize;
            let is_sign = list
                .get(at)
                .is_some_and(|word| !word.text.contains(char::is_alphanumeric));
            let sign = if is_sign { 1 << (at + 1) } else { 0 };
            let all = verb | giver | noun | picture | sign | section(Section::Glue);
            if all == 0 || words.more {
                return None;
            }
            made = made.and(Self {
                verb: verb != 0,
                giver: giver != 0,
                noun: noun != 0,
                sign: sign != 0,
                picture: picture != 0,
            });
            // The longest phrase is meant.
            places = 1 << all.ilog2();
        }
        Some(made)
    }

    fn and(self, other: Self) -> Self {
        Self {
            verb: self.verb || other.verb,
            giver: self.giver || other.giver,
            noun: self.noun || other.noun,
            sign: self.sign || other.sign,
            picture: self.picture || other.picture,
        }
    }

    /// Whether it says what was tapped.
    fn is_tap(self) -> bool {
        self.verb || self.sign || (self.giver && self.noun)
    }
}
