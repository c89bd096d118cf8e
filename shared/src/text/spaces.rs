//! No-break spaces, which editors write for spaces of their own accord: a phone shows a space either way.

use std::borrow::Cow;

/// The text with each run of spaces that has a no-break space in it as one space.
pub(super) fn joined(text: &str) -> Cow<'_, str> {
    const NO_BREAK: char = '\u{a0}';
    if !text.contains(NO_BREAK) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find([' ', NO_BREAK]) {
        let (before, gap) = rest.split_at(at);
        let after = gap.trim_start_matches([' ', NO_BREAK]);
        let gap = &gap[..gap.len() - after.len()];
        out.push_str(before);
        out.push_str(if gap.contains(NO_BREAK) { " " } else { gap });
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}
