//! Whether an entity in a text without tags stands for its character, or is what the text is about.

use std::ops::Range;

/// What a text says about how its special characters were written.
pub(super) struct Entities<'t> {
    text: &'t str,
    /// A bare `&` stands in it as a word: it was not written as `&amp;`.
    bare_ampersand: bool,
    /// A bare tag stands in it.
    bare_tag: bool,
}

impl<'t> Entities<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let bare = |sign: char, follows: fn(char) -> bool| {
            text.match_indices(sign).any(|(at, _)| {
                let next = text[at + sign.len_utf8()..].chars().next();
                next.is_none_or(follows)
            })
        };
        Self {
            text,
            bare_ampersand: bare('&', char::is_whitespace),
            bare_tag: bare('<', |c| c == '/' || c.is_ascii_alphabetic()),
        }
    }

    /// Whether the entity itself is meant: it is quoted, or its character stands elsewhere in the text
    /// as it is.
    pub(super) fn is_meant(&self, range: &Range<usize>, stands_for: &str) -> bool {
        let before = self.text[..range.start].chars().next_back();
        let after = self.text[range.end..].chars().next();
        let quoted = before.is_some_and(|c| "\"'“‘«(".contains(c))
            && after.is_some_and(|c| "\"'”’»)".contains(c));
        let elsewhere = match stands_for {
            "&" => self.bare_ampersand,
            "<" | ">" => self.bare_tag,
            _ => false,
        };
        quoted || elsewhere
    }
}
