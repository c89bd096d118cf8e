//! A phrase, followed along words.
//!
//! Sets of places between words are bits of a number, so a phrase is followed from all of them at once. It is
//! read as it stands, each time.

use super::book::Book;
use super::spelling::{is, is_alphabetic, is_like, is_name};
use super::words::{MAX_WORDS, Word};

/// Places between words: bit 0 is before the first one.
pub(super) type Places = u64;

const _: () = assert!(MAX_WORDS < Places::BITS as usize);

/// The place before the first word.
pub(super) const START: Places = 1;

impl Book {
    /// Where one phrase ends that begins at one of the places.
    pub(super) fn phrase(&self, phrase: &str, words: &[Word], places: Places) -> Places {
        let (mut places, mut rest) = (places, phrase);
        while let Some((item, many, after)) = next_item(rest) {
            places = if many {
                self.many(item, words, places)
            } else {
                self.item(item, words, places)
            };
            if places == 0 {
                return 0;
            }
            rest = after;
        }
        places
    }

    fn many(&self, item: Item<'_>, words: &[Word], places: Places) -> Places {
        let (mut all, mut fresh) = (places, places);
        while fresh != 0 {
            fresh = self.item(item, words, fresh) & !all;
            all |= fresh;
        }
        all
    }

    fn item(&self, item: Item<'_>, words: &[Word], places: Places) -> Places {
        match item {
            Item::Word(word) => word.split('\'').fold(places, |places, word| {
                step(words, places, |found, _| is(&found.text, word))
            }),
            Item::Like(word) => step(words, places, |found, _| is_like(&found.text, word)),
            Item::OneOf(phrases) => self.one_of(phrases, words, places),
            Item::Perhaps(phrases) => places | self.one_of(phrases, words, places),
            Item::Class("any") => step(words, places, |_, _| true),
            Item::Class("number") => step(words, places, |found, _| {
                found.text.starts_with(|c: char| c.is_ascii_digit())
            }),
            Item::Class("name") => step(words, places, |found, at| is_name(words, found, at)),
            Item::Class("signer") => step(words, places, |found, _| {
                found.capital && is_alphabetic(found)
            }),
            Item::Class(class) => self.one_of(self.class(class), words, places),
        }
    }

    fn one_of(&self, phrases: &str, words: &[Word], places: Places) -> Places {
        let initials = Initials::at(words, places);
        let nested = phrases.contains(['(', '[']);
        let mut ends = 0;
        let mut rest = phrases;
        while !rest.is_empty() {
            let end = if nested {
                end_of_choice(rest)
            } else {
                rest.find('|').unwrap_or(rest.len())
            };
            let choice = rest[..end].trim_start_matches(' ');
            if initials.may_begin(choice) {
                ends |= self.phrase(choice, words, places);
            }
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        ends
    }
}

/// The phrases of a line: several where it is nothing but a list of them.
pub(super) fn listed(line: &'static str) -> Vec<&'static str> {
    let list = line
        .strip_prefix('(')
        .map(|inner| closed(inner, Item::OneOf));
    let Some((Item::OneOf(mut rest), "")) = list else {
        return vec![line];
    };
    let mut phrases = Vec::new();
    while !rest.is_empty() {
        let end = end_of_choice(rest);
        phrases.push(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    phrases
}

/// The first letters of the words at some places, as bits: most phrases begin with another one.
#[derive(Clone, Copy)]
pub(super) struct Initials(u32);

impl Initials {
    pub(super) fn at(words: &[Word], places: Places) -> Self {
        let mut letters = 0;
        let mut left = places;
        while left != 0 {
            let word = words.get(left.trailing_zeros() as usize);
            letters |= word.map_or(0, |word| Self::bit(&word.text));
            left &= left - 1;
        }
        Self(letters)
    }

    /// The bit of a word's first letter; the highest one where that is none of the alphabet.
    fn bit(word: &str) -> u32 {
        match word.bytes().next() {
            Some(letter @ b'a'..=b'z') => 1 << (letter - b'a'),
            _ => 1 << 31,
        }
    }

    /// Whether a phrase may begin with one of them.
    pub(super) fn may_begin(self, phrase: &str) -> bool {
        let letter = phrase
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        !letter || self.0 & Self::bit(phrase) != 0
    }
}

/// The places behind the words at some places that are as they should be.
fn step(words: &[Word], places: Places, fits: impl Fn(&Word, usize) -> bool) -> Places {
    let mut left = places;
    let mut ends = 0;
    while left != 0 {
        let at = left.trailing_zeros() as usize;
        left &= left - 1;
        if words.get(at).is_some_and(|word| fits(word, at)) {
            ends |= 1 << (at + 1);
        }
    }
    ends
}

/// The places behind signs that are no words.
pub(super) fn behind_sign(words: &[Word], places: Places) -> Places {
    step(words, places, |found, _| {
        !found.text.contains(char::is_alphanumeric)
    })
}

/// A part of a phrase.
#[derive(Clone, Copy)]
enum Item<'p> {
    Word(&'p str),
    /// A word that may have a letter wrong.
    Like(&'p str),
    OneOf(&'p str),
    Perhaps(&'p str),
    Class(&'p str),
}

/// The first part of a phrase, whether it may stand there more than once or not at all, and the rest.
fn next_item(phrase: &str) -> Option<(Item<'_>, bool, &str)> {
    let phrase = phrase.trim_start_matches(' ');
    let inner = |sign: char| phrase.strip_prefix(sign);
    let (item, rest) = if let Some(inner) = inner('(') {
        closed(inner, Item::OneOf)
    } else if let Some(inner) = inner('[') {
        closed(inner, Item::Perhaps)
    } else if let Some(inner) = inner('{') {
        let (class, rest) = inner.split_once('}')?;
        (Item::Class(class), rest)
    } else if let Some(inner) = inner('~') {
        let end = inner.find(' ').unwrap_or(inner.len());
        (Item::Like(&inner[..end]), &inner[end..])
    } else {
        let end = phrase.find([' ', '*']).unwrap_or(phrase.len());
        if end == 0 {
            return None;
        }
        (Item::Word(&phrase[..end]), &phrase[end..])
    };
    match rest.strip_prefix('*') {
        Some(rest) => Some((item, true, rest)),
        None => Some((item, false, rest)),
    }
}

fn closed<'p>(inner: &'p str, item: fn(&'p str) -> Item<'p>) -> (Item<'p>, &'p str) {
    let mut depth = 0_usize;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth == 0 => return (item(&inner[..at]), &inner[at + 1..]),
            b')' | b']' => depth -= 1,
            _ => {}
        }
    }
    (item(inner), "")
}

/// Where the first of several choices ends.
fn end_of_choice(choices: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in choices.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'|' if depth == 0 => return at,
            _ => {}
        }
    }
    choices.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_followed_over_choices_classes_and_repetitions() {
        let words = |text: &str| super::super::words::Words::of(text).list;
        let whole = |phrase: &str, text: &str| {
            let words = words(text);
            Book::of_languages()[0].phrase(phrase, &words, START) & (1 << words.len()) != 0
        };
        assert!(whole("(no|yes you) [do] go*", "yes you go go"));
        assert!(whole("(no|yes you) [do] go*", "No do"));
        assert!(!whole("(no|yes you) [do] go*", "yes do"));
        assert!(whole("have a {adj} {time}", "Have a greaaat weekend"));
        assert!(whole("don't (stop [me|it])", "Don’t stop it"));
        assert!(whole("~unsubscribe", "unsubscirbe"));
        assert!(!whole("~unsubscribe", "subscribe"));
        assert!(whole("été noël", "ETE Noel"));
        assert!(
            whole("thanks {name}", "thanks Zdenka") && !whole("thanks {name}", "thanks zdenka")
        );
        assert!(whole("{number} {any}", "12 apples"));
    }
}
