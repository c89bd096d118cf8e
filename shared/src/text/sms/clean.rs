//! What is dropped from a text because it is invisible.
//!
//! In: text as an agent's editor left it. Out: the same text to the eye.

/// Normalises line ends, drops white space at the end of lines and invisible characters.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                end_line(&mut clean);
                clean.push('\n');
            }
            '\t' => clean.push('\t'),
            '\u{feff}' | '\u{2060}'..='\u{2064}' | '\u{180e}' | '\u{ad}' => {}
            // Between letters of scripts without spaces it marks where a line may break.
            '\u{200b}' if !before.is_some_and(breaks_without_spaces) => {}
            _ if c.is_control() => {}
            _ => clean.push(c),
        }
        before = Some(c);
    }
    let length = clean.trim_end().len();
    clean.truncate(length);
    let lead = clean.len() - clean.trim_start_matches('\n').len();
    clean.drain(..lead);
    clean
}

fn end_line(text: &mut String) {
    let length = text.trim_end_matches([' ', '\t', '\u{a0}']).len();
    text.truncate(length);
}

/// Thai, Lao, Myanmar and Khmer.
fn breaks_without_spaces(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_seen_is_dropped() {
        for (text, want) in [
            ("a\r\nb\rc\u{2028}d\u{2029}e\u{85}f", "a\nb\nc\nd\ne\nf"),
            ("a \t\nb\u{a0} \n", "a\nb"),
            ("\n\n  a\n\n\nb", "  a\n\n\nb"),
            ("\u{feff}a\u{200b}b\u{2060}c\u{ad}d\u{0}\u{7f}", "abcd"),
            ("a\u{2063}b\u{180e}", "ab"),
            (
                "👨\u{200d}👩 می\u{200c}خواهم ❤\u{fe0f}",
                "👨\u{200d}👩 می\u{200c}خواهم ❤\u{fe0f}",
            ),
            ("ภาษา\u{200b}ไทย", "ภาษา\u{200b}ไทย"),
            ("a\tb", "a\tb"),
            (" \r\n\t ", ""),
        ] {
            assert_eq!(clean(text), want);
        }
    }
}
