//! Which marks are marks to a person, and not part of a number, a name or a path.

use std::ops::Range;

/// How far around a mark the word is looked at that it stands in, in bytes.
const REACH: usize = 32;

/// How much of an emphasised text is searched for a letter, in bytes.
const MAX_SEARCHED: usize = 200;

/// Names that Python writes between double underscores.
const DUNDERS: &str = " all author call class contains del dict doc enter eq exit file getattr getitem hash init iter \
    len lt main module name new next path repr setattr slots str version ";

/// What the whole text has none of is not looked for at each of its marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// An address with a scheme.
    address: bool,
    backslash: bool,
    /// A backslash before a letter or a digit, as in paths and patterns.
    path: bool,
    /// A grave accent.
    pub(super) grave: bool,
}

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        let backslash = text.contains('\\');
        Self {
            address: text
                .match_indices(':')
                .any(|(at, _)| text[at..].starts_with("://")),
            backslash,
            path: backslash && has_path(text),
            grave: text.contains('`'),
        }
    }
}

/// Whether the signs around a range, `width` on each side, emphasise it.
pub(super) fn are_marks(text: &str, signs: Signs, range: &Range<usize>, width: usize) -> bool {
    let inner = &text[range.start + width..range.end - width];
    let sign = text.as_bytes()[range.start];
    if !has_words(inner, width) || is_face(inner, width) || is_long_run(text, range.start, sign) {
        return false;
    }
    let before = word_before(text, range.start).trim_end_matches(['*', '_', '~']);
    let after = word_after(text, range.end).trim_start_matches(['*', '_', '~']);
    if (signs.address && before.contains("://")) || (signs.backslash && before.contains('\\')) {
        return false;
    }
    let (left, right) = (before.chars().next_back(), after.chars().next());
    if sign == b'*' {
        let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let number = |c: Option<char>| c.is_some_and(char::is_numeric);
        !(number(left) || number(right) || joined(left) && joined(right))
    } else {
        let goes_on = after.starts_with(['.', '/', '\\', '(', '=', '@', '-'])
            && (after.starts_with('(') || after[1..].starts_with(char::is_alphanumeric));
        let came = left.is_some_and(|c| "./\\@=".contains(c));
        let named = width == 2 && DUNDERS.contains(&format!(" {inner} "));
        !(goes_on || came || named || is_name(inner))
    }
}

/// Whether the tildes around a range strike it out: two on each side, and not within a word, as in a password.
pub(super) fn strike(text: &str, range: &Range<usize>) -> bool {
    let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let left = text[..range.start].chars().next_back();
    let right = text[range.end..].chars().next();
    text[range.clone()].starts_with("~~") && !(joined(left) && joined(right))
}

/// Whether what stands between underscores is one name with further ones in it, as in `_Free_WiFi_`.
fn is_name(inner: &str) -> bool {
    let mut parts = inner.split('_');
    inner.len() <= REACH
        && inner.contains('_')
        && parts.all(|part| !part.is_empty() && part.chars().all(char::is_alphanumeric))
}

/// Whether there is something to emphasise: a letter, or, where it is strong, a digit.
fn has_words(inner: &str, width: usize) -> bool {
    let searched = inner
        .char_indices()
        .take_while(|(at, _)| *at < MAX_SEARCHED);
    let mut chars = searched.map(|(_, c)| c);
    chars.any(|c| c.is_alphabetic() || (width == 2 && c.is_numeric()))
}

/// Whether what is emphasised would be a part of faces, as in `^_^ or -_-`.
fn is_face(inner: &str, width: usize) -> bool {
    inner.starts_with(['^', '=', '<', '>', '|']) || (width == 1 && inner.starts_with('-'))
}

/// Whether a sign stands in a row of more than emphasis has, as in `**** 1234`.
fn is_long_run(text: &str, at: usize, sign: u8) -> bool {
    let bytes = text.as_bytes();
    let same = |byte: &&u8| **byte == sign;
    let before = bytes[..at].iter().rev().take(4).take_while(same).count();
    let after = bytes[at..].iter().take(4).take_while(same).count();
    before + after > 3
}

/// Whether a backslash before a sign says only that the sign is no mark. In a path or a pattern it is a
/// part of it.
pub(super) fn is_escape(text: &str, signs: Signs, at: usize) -> bool {
    let before = word_before(text, at);
    let is_drive = before.len() == 2 && before.ends_with(':') && before.is_ascii();
    let last = before.chars().next_back();
    let is_face = last.is_some_and(|c| !c.is_ascii() && !c.is_alphanumeric());
    let in_path = || signs.path && (has_path(before) || has_path(word_after(text, at)));
    !(is_drive || is_face || in_path())
}

/// Whether a backslash stands before a letter, as in paths and patterns.
fn has_path(word: &str) -> bool {
    let mut rest = word.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        rest = &rest[at + 1..];
        if rest.first().is_some_and(u8::is_ascii_alphanumeric) {
            return true;
        }
    }
    false
}

/// Whether a grave accent begins code: behind a letter it is an apostrophe.
pub(super) fn is_code(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    !before.is_some_and(char::is_alphanumeric)
}

/// What stands before a place, back to white space.
fn word_before(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let near = &text[from..at];
    let space = near.bytes().rposition(|byte| byte.is_ascii_whitespace());
    &near[space.map_or(0, |space| space + 1)..]
}

/// What stands behind a place, up to white space.
fn word_after(text: &str, at: usize) -> &str {
    let mut to = (at + REACH).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let near = &text[at..to];
    let space = near.bytes().position(|byte| byte.is_ascii_whitespace());
    &near[..space.unwrap_or(near.len())]
}

/// Takes out what CommonMark leaves where a person would not: `**Note:**text`, whose second mark stands
/// between punctuation and a letter.
pub(super) fn without_strays(text: String) -> String {
    if !text.contains("**") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        stray(line, &mut out);
    }
    out
}

/// Where two stars stand beside each other.
fn pair(text: &str) -> Option<usize> {
    let mut stars = text.match_indices('*').map(|(at, _)| at);
    stars.find(|at| text.as_bytes().get(at + 1) == Some(&b'*'))
}

fn stray(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(at) = pair(rest) {
        let (before, begun) = (&rest[..at], &rest[at + 2..]);
        let end = pair(begun);
        let inner = end.map(|end| &begun[..end]).unwrap_or_default();
        let after = end.map(|end| &begun[end + 2..]).unwrap_or_default();
        let opens = !before.ends_with(|c: char| c.is_alphanumeric() || c == '*');
        let closes = inner.ends_with(|c: char| c.is_ascii_punctuation() || "：。！？".contains(c))
            && after.starts_with(char::is_alphanumeric);
        let is_strong = inner.starts_with(char::is_alphabetic) && closes && opens;
        out.push_str(before);
        if is_strong {
            out.push_str(inner);
            rest = after;
        } else {
            out.push_str("**");
            rest = begun;
        }
    }
    out.push_str(rest);
}
