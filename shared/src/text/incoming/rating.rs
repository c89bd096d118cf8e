//! A rating from 1 to 5, given by text.

use super::courtesy::{is_only_courtesy, is_verdict};
use super::words::{Word, Words};

/// Longest text looked at, in bytes.
const MAX_BYTES: usize = 200;

/// The numbers from 1 to 5 as words, by language.
const NUMBERS: [[&str; 5]; 7] = [
    ["one", "two", "thre", "four", "five"],
    ["un", "deux", "trois", "quatre", "cinq"],
    ["uno", "dos", "tres", "cuatro", "cinco"],
    ["eins", "zwei", "drei", "vier", "funf"],
    ["ein", "zwo", "drei", "vier", "fuenf"],
    ["um", "dois", "tres", "quatro", "cinco"],
    ["uno", "due", "tre", "quatro", "cinque"],
];

/// Numbers that are articles as well: before another number they are no rating.
const ARTICLES: [&str; 5] = ["one", "un", "uno", "um", "ein"];

/// What is counted.
const STARS: [&str; 12] = [
    "star", "stars", "etoile", "etoiles", "estrela", "estrelas", "stern", "sterne", "stela",
    "stele", "punkte", "points",
];

/// What may stand before a number.
const BEFORE: [&str; 48] = [
    "rating",
    "score",
    "note",
    "i",
    "give",
    "you",
    "it",
    "a",
    "rate",
    "would",
    "say",
    "je",
    "mets",
    "donne",
    "la",
    "le",
    "doy",
    "un",
    "ich",
    "gebe",
    "eine",
    "dou",
    "do",
    "voto",
    "one",
    "uno",
    "um",
    "ein",
    "una",
    "uma",
    "une",
    "solid",
    "strong",
    "clear",
    "nota",
    "mi",
    "valutazione",
    "bewertung",
    "klare",
    "glate",
    "ganz",
    "klar",
    "pongo",
    "meto",
    "darei",
    "daria",
    "my",
    "the",
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
    let of_number = number(list, text.contains('/'));
    let (rating, used) = stars(list)
        .or(of_number)
        .or_else(|| thumb(list).map(|thumb| (thumb, vec![false; list.len()])))?;
    if thumb(list).is_some_and(|thumb| thumb.abs_diff(rating) > 2) {
        return None;
    }
    // A face beside it is no word, and says nothing that the number does not.
    let mut rest = words;
    let mut used = used.into_iter();
    rest.list
        .retain(|word| !used.next().unwrap_or(false) && word.text.contains(char::is_alphanumeric));
    rest.sad = false;
    (rest.list.is_empty() || is_only_courtesy(&rest) || is_verdict(&rest.list)).then_some(rating)
}

/// A rating, and which words it is made of.
type Found = (u8, Vec<bool>);

/// What a thumb says: up or down.
fn thumb(words: &[Word]) -> Option<u8> {
    let is_there = |sign: &str| words.iter().any(|word| word.text == sign);
    match (is_there("👍"), is_there("👎")) {
        (true, false) => Some(5),
        (false, true) => Some(1),
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
    let first = words.iter().position(|word| value(word).is_some())?;
    let is_article = |word: &Word| ARTICLES.contains(&word.text.as_str());
    let next = words
        .get(first + 1)
        .filter(|next| is_article(&words[first]) && value(next).is_some());
    let at = first + usize::from(next.is_some());
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
