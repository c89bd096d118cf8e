//! A rating from 1 to 5, given by text.

use super::courtesy::is_only_courtesy;
use super::words::{Word, Words};

/// Longest text looked at, in bytes.
const MAX_BYTES: usize = 200;

/// The numbers from 1 to 5 as words, by language.
const NUMBERS: [[&str; 5]; 6] = [
    ["one", "two", "thre", "four", "five"],
    ["un", "deux", "trois", "quatre", "cinq"],
    ["uno", "dos", "tres", "cuatro", "cinco"],
    ["eins", "zwei", "drei", "vier", "funf"],
    ["um", "dois", "tres", "quatro", "cinco"],
    ["uno", "due", "tre", "quatro", "cinque"],
];

/// What is counted.
const STARS: [&str; 12] = [
    "star", "stars", "etoile", "etoiles", "estrela", "estrelas", "stern", "sterne", "stela",
    "stele", "punkte", "points",
];

/// What may stand before a number.
const BEFORE: [&str; 24] = [
    "rating", "score", "note", "i", "give", "you", "it", "a", "rate", "would", "say", "je", "mets",
    "donne", "la", "le", "doy", "un", "ich", "gebe", "eine", "dou", "do", "voto",
];

/// What stands between a number and the best one.
const OUT_OF: [&str; 7] = ["out", "of", "sur", "de", "von", "su", "em"];

/// The rating that a text is, from 1 to 5: a number, stars or a thumb, with nothing beside it but a courtesy.
///
/// `4/5` and `4 out of 5` are 4. A number with other words beside it, two different numbers, and a rating on
/// another scale are none: an agent reads them.
pub fn rating(text: &str) -> Option<u8> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let words = Words::of(text);
    if words.asks || words.more {
        return None;
    }
    let list = words.list.as_slice();
    let of_signs = thumb(list).or_else(|| stars(list));
    let of_number = || number(list, text.contains('/'));
    let (rating, used) = of_signs.or_else(of_number)?;
    let mut at = 0;
    let mut rest = words;
    rest.list.retain(|_| {
        at += 1;
        !used[at - 1]
    });
    (rest.list.is_empty() || is_only_courtesy(&rest)).then_some(rating)
}

/// A rating, and which words it is made of.
type Found = (u8, Vec<bool>);

fn thumb(words: &[Word]) -> Option<Found> {
    let used = |sign: &str| {
        words
            .iter()
            .map(|word| word.text == sign)
            .collect::<Vec<bool>>()
    };
    let (up, down) = (used("👍"), used("👎"));
    match (up.contains(&true), down.contains(&true)) {
        (true, false) => Some((5, up)),
        (false, true) => Some((1, down)),
        _ => None,
    }
}

fn stars(words: &[Word]) -> Option<Found> {
    let is_full = |word: &Word| ["⭐", "★", "🌟"].contains(&word.text.as_str());
    let full = words.iter().filter(|word| is_full(word)).count();
    // A number with one star behind it counts stars.
    let counts = words.iter().any(|word| value(word).is_some());
    let used = words
        .iter()
        .map(|word| is_full(word) || word.text == "☆")
        .collect();
    let rating = u8::try_from(full).ok()?;
    ((1..=5).contains(&rating) && !counts).then_some((rating, used))
}

fn number(words: &[Word], fraction: bool) -> Option<Found> {
    let at = words.iter().position(|word| value(word).is_some())?;
    let rating = value(&words[at])?;
    let mut used = vec![false; words.len()];
    used[at] = true;
    let is = |word: &Word, of: &[&str]| of.contains(&word.text.as_str());
    for (index, word) in words[..at].iter().enumerate().rev() {
        if !is(word, &BEFORE) {
            break;
        }
        used[index] = true;
    }
    let mut behind = words[at + 1..]
        .iter()
        .enumerate()
        .map(|(index, word)| (at + 1 + index, word))
        .peekable();
    while let Some((index, _)) = behind.next_if(|(_, word)| is(word, &OUT_OF)) {
        used[index] = true;
    }
    let scaled = fraction || used[at + 1..].contains(&true);
    if let Some((index, _)) = behind.next_if(|(_, word)| scaled && value(word) == Some(5)) {
        used[index] = true;
    } else if scaled {
        return None;
    }
    while let Some((index, _)) =
        behind.next_if(|(_, word)| is(word, &STARS) || is(word, &["⭐", "★", "🌟"]))
    {
        used[index] = true;
    }
    Some((rating, used))
}

/// The number from 1 to 5 that a word is.
fn value(word: &Word) -> Option<u8> {
    if let [digit @ b'1'..=b'5'] = word.text.as_bytes() {
        return Some(digit - b'0');
    }
    let names = NUMBERS.iter().flat_map(|language| language.iter().zip(1..));
    names
        .filter(|(name, _)| **name == word.text)
        .map(|(_, value)| value)
        .next()
}
