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

/// What programs escape without being asked, and the letters of the bridge's languages, without `&` and `;`.
const COMMON: &str = " quot:\" apos:' #39:' #x27:' nbsp:\u{a0} euro:€ pound:£ hellip:… ndash:– mdash:— rsquo:’ lsquo:‘ ldquo:“ \
    rdquo:” auml:ä ouml:ö uuml:ü Auml:Ä Ouml:Ö Uuml:Ü szlig:ß agrave:à aacute:á acirc:â atilde:ã ccedil:ç egrave:è \
    eacute:é ecirc:ê iacute:í icirc:î iuml:ï ntilde:ñ oacute:ó ocirc:ô otilde:õ uacute:ú ugrave:ù ucirc:û ";

/// Longest name in [`COMMON`], in bytes.
const MAX_NAME: usize = 6;

/// The end and the character of an entity whose own `&` was escaped again, as in `Don&amp;#39;t`: a program did that where
/// it stands at a word. `escaped` is its `&amp;`, `glued` says that one such entity ends before it.
pub(super) fn twice(
    text: &str,
    escaped: &Range<usize>,
    glued: bool,
) -> Option<(usize, &'static str)> {
    let rest = text.get(escaped.end..)?;
    let end = rest
        .bytes()
        .take(MAX_NAME + 1)
        .position(|byte| byte == b';')?;
    let (name, rest) = (&rest[..end], &rest[end + 1..]);
    if name.contains(|c: char| c != '#' && !c.is_ascii_alphanumeric()) {
        return None;
    }
    let at = COMMON.find(&format!(" {name}:"))? + name.len() + 2;
    let character = COMMON[at..].split(' ').next()?;
    let before = text[..escaped.start].chars().next_back();
    let at_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let stands_at_word = glued || at_word(before) || at_word(rest.chars().next());
    stands_at_word.then_some((escaped.end + end + 1, character))
}
