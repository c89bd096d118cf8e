//! Cuts what an agent's editor puts below every comment.
//!
//! In: a comment's text and the line that begins a signature. Out: the text before it.

/// The text before the last line that is the separator, white space around it aside. An empty
/// separator cuts nothing.
///
/// The last one, so that a line of the same kind in the text itself takes nothing of it.
pub fn cut<'t>(text: &'t str, separator: &str) -> &'t str {
    let separator = separator.trim();
    if separator.is_empty() {
        return text;
    }
    let mut start = text.len();
    for line in text.rsplit('\n') {
        start -= line.len();
        if line.trim() == separator {
            return text[..start].trim_end();
        }
        start = start.saturating_sub(1);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_signature_goes_and_the_text_stays() {
        for (text, want) in [
            ("Hello\n-- \nJo\nSupport", "Hello"),
            ("Hello\r\n--\r\nJo", "Hello"),
            ("One\n--\nTwo\n--\nJo", "One\n--\nTwo"),
            ("Hello -- there\n--- \nJo", "Hello -- there\n--- \nJo"),
            ("--\nJo", ""),
            ("Hello\n--", "Hello"),
            ("Hello", "Hello"),
            ("", ""),
        ] {
            assert_eq!(cut(text, "--"), want, "{text:?}");
        }
        assert_eq!(cut("Hi\n**Acme Support**\nJo", "**Acme Support**"), "Hi");
    }

    #[test]
    fn without_a_separator_nothing_is_cut() {
        for text in ["Hello\n\n\nJo", "Hello\n--\nJo"] {
            assert_eq!(cut(text, ""), text);
            assert_eq!(cut(text, " "), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_left_is_the_start_of_the_text(text in "(--|\n|a|é| |\r){0,20}", separator in "-{0,2}") {
            prop_assert!(text.starts_with(cut(&text, &separator)));
        }
    }
}
