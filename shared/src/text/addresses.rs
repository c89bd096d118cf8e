//! Addresses stand apart, so that a phone opens them and nothing that follows them.

use std::borrow::Cow;

/// What an address begins with in a text.
const BEGINNINGS: [&str; 3] = ["https://", "http://", "www."];

/// Marks that end a sentence or a part of it, and are not the end of an address.
const PUNCTUATION: &str = ".,;:!?…'\"”’»";

/// Signs that close what was opened before them.
const PAIRS: [(char, char); 7] = [
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('<', '>'),
    ('"', '"'),
    ('“', '”'),
    ('«', '»'),
];

/// The text with white space, or its end, behind each address.
///
/// Brackets around nothing but an address go, and so does a mark that ends a line behind one: it says
/// nothing there.
pub(super) fn apart(text: &str) -> Cow<'_, str> {
    let Some(mut found) = next(text, 0) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    loop {
        let (start, end) = found;
        let around = pair(text, at, start, end);
        let (before, mut after) = match around {
            Some(close) => (before_pair(text, start), end + close),
            None => (start, end),
        };
        out.push_str(&text[at..before]);
        out.push_str(&text[start..end]);
        after += dropped(&text[after..]);
        if text[after..].starts_with(|c: char| !c.is_whitespace()) {
            out.push(' ');
        }
        at = after;
        match next(text, at) {
            Some(more) => found = more,
            None => break,
        }
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// The next address at or behind a place.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        let rest = &text[at..];
        let found = rest
            .bytes()
            .position(|byte| matches!(byte, b'h' | b'H' | b'w' | b'W'))?;
        let start = at + found;
        let length = begins(&text[start..]);
        let free = !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
        if let Some(length) = length.filter(|_| free) {
            let end = start + length + body(&text[start + length..]);
            if end > start + length {
                return Some((start, end));
            }
        }
        at = start + 1;
    }
}

/// How long the beginning of an address is.
fn begins(text: &str) -> Option<usize> {
    let starts = |beginning: &str| {
        let start = text.get(..beginning.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    };
    let beginning = BEGINNINGS.into_iter().find(|beginning| starts(beginning))?;
    let next = text[beginning.len()..].chars().next()?;
    next.is_alphanumeric().then_some(beginning.len())
}

/// How long the rest of an address is.
fn body(text: &str) -> usize {
    let ends = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || "<>\"“”«»。、，；！？（）「」『』【】《》".contains(c)
    };
    let whole = &text[..text.find(ends).unwrap_or(text.len())];
    // Several that are joined are several.
    let joined = [";http", ",http"]
        .iter()
        .filter_map(|joint| whole.find(joint))
        .min();
    without_punctuation(&whole[..joined.unwrap_or(whole.len())]).len()
}

/// An address without the punctuation behind it; brackets that it opens itself are its own.
pub(super) fn without_punctuation(address: &str) -> &str {
    let count = |sign: char| address.matches(sign).count();
    let mut open = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    let mut address = address;
    while let Some(last) = address.chars().next_back() {
        let spare = open
            .iter_mut()
            .find(|(close, spare)| *close == last && *spare > 0);
        match spare {
            Some((_, spare)) => *spare -= 1,
            None if PUNCTUATION.contains(last) => {}
            None => break,
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
}

/// How long the sign behind an address is that closes the one right before it.
fn pair(text: &str, at: usize, start: usize, end: usize) -> Option<usize> {
    let open = text[at..start].chars().next_back()?;
    let close = text[end..].chars().next()?;
    PAIRS.contains(&(open, close)).then_some(close.len_utf8())
}

fn before_pair(text: &str, start: usize) -> usize {
    start - text[..start].chars().next_back().map_or(0, char::len_utf8)
}

/// How much of what follows an address goes: full stops and commas at the end of the line.
fn dropped(rest: &str) -> usize {
    let marks = rest.len()
        - rest
            .trim_start_matches(['.', ',', ';', ':', '…', '。'])
            .len();
    let line = rest[marks..].trim_start_matches([' ', '\t']);
    if line.is_empty() || line.starts_with(['\n', '\r']) {
        marks
    } else {
        0
    }
}
