//! Whether a word is the one of a phrase, or a person's name.

use super::words::{Word, fold, ligature};

const NAMES: &str = include_str!("../words/names.txt");

/// Whether a word is one of a phrase, whatever its accents and repeated letters; `ä` may be written `ae`.
pub(super) fn is(found: &str, word: &str) -> bool {
    is_spelled(found, word, "") || (word.contains(UMLAUTS) && is_spelled(found, word, "e"))
}

const UMLAUTS: [char; 3] = ['ä', 'ö', 'ü'];

/// Whether a word is one of a phrase, with letters of their own behind what an umlaut is without its points.
fn is_spelled(found: &str, word: &str, behind_umlaut: &str) -> bool {
    let mut last = None;
    let letters = word.chars().flat_map(|c| {
        let more = if UMLAUTS.contains(&c) {
            behind_umlaut
        } else {
            ligature(c)
        };
        fold(c).into_iter().chain(more.chars())
    });
    let once = letters.filter(|c| c.is_ascii_digit() || last.replace(*c) != Some(*c));
    found.chars().eq(once)
}

/// Whether a word is one of a phrase with a letter or two missing, added, changed or moved: one
/// in five.
pub(super) fn is_like(found: &str, word: &str) -> bool {
    let word: Vec<char> = word.chars().filter_map(fold).collect();
    let found: Vec<char> = found.chars().collect();
    let allowed = word.len() / 5;
    found.len().abs_diff(word.len()) <= allowed
        && found.first() == word.first()
        && distance(&found, &word) <= allowed
}

/// How many letters are missing, added, changed, or changed with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = [
        vec![0; b.len() + 1],
        (0..=b.len()).collect::<Vec<usize>>(),
        vec![0; b.len() + 1],
    ];
    for i in 1..=a.len() {
        let [before, last, row] = &mut rows;
        row[0] = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()]
}

pub(super) fn is_alphabetic(word: &Word) -> bool {
    word.text.chars().count() > 1 && word.text.chars().all(char::is_alphabetic)
}

/// Whether a word is a person's name: a known one, or one with a capital that no sentence begins with.
pub(super) fn is_name(words: &[Word], word: &Word, at: usize) -> bool {
    if !is_alphabetic(word) {
        return false;
    }
    let known = || *word.known.get_or_init(|| is_known(&word.text));
    let alone = words.len() == 1;
    (word.capital && !word.begins && at > 0 && !is_ordinary(&word.text)) || (!alone && known())
}

/// Whether a word is a name of `names.txt`.
fn is_known(word: &str) -> bool {
    let mut names = NAMES
        .lines()
        .filter(|name| name.as_bytes().first() == word.as_bytes().first());
    names.any(|name| is(word, name))
}

/// Words that are no names though some people write each word with a capital.
fn is_ordinary(word: &str) -> bool {
    const ORDINARY: &str = " but not stil broken again when where why how what no wrong problem eror help cal refund \
        mais pas encore pero aber nicht noch kaput ma non mas nao ainda rotura roto defekt roto order ticket isue \
        later tomorow monday tuesday wednesday thursday friday saturday sunday ";
    ORDINARY.contains(&format!(" {word} "))
}
