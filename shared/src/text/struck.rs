//! What an author struck out is not sent: it no longer holds.

use std::borrow::Cow;

/// Stands where something was struck out, until the text is whole.
pub(super) const SIGN: &str = "\u{1a}";

/// The text without the signs, without the spaces and commas they leave, and without lines that held
/// nothing else.
pub(super) fn tidied(text: &str) -> Cow<'_, str> {
    if !text.contains(SIGN) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = out.len();
        let mut pieces = line.split(SIGN);
        out.push_str(pieces.next().unwrap_or_default());
        let mut struck = false;
        for piece in pieces {
            let written = &out[start..];
            let apart = written.is_empty() || written.ends_with([' ', '\t', '(']);
            out.push_str(if apart { behind(piece) } else { piece });
            struck = true;
        }
        if struck && is_bare(&out[start..]) {
            out.truncate(start);
        }
    }
    Cow::Owned(out)
}

/// What follows something struck out that stood behind a space.
fn behind(piece: &str) -> &str {
    let rest = piece.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix([',', ';']).unwrap_or(rest);
    rest.trim_start_matches([' ', '\t'])
}

/// Whether a line has nothing but the mark of an item or a quotation.
fn is_bare(line: &str) -> bool {
    let mark = line.trim();
    let number = mark.strip_suffix(['.', ')']);
    mark.chars().all(|c| "->*+| ".contains(c))
        || number
            .is_some_and(|number| number.len() < 5 && number.chars().all(char::is_alphanumeric))
}
