//! Plain text as an HTML comment that shows exactly that text.
//!
//! In: plain text. Out: HTML. Imports nothing of this crate.

/// Escapes a text for `html_body`: nothing in it is read as HTML, Markdown or a placeholder, its
/// line breaks stay, and control characters are made visible.
pub(super) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('&', _) => html.push_str("&amp;"),
            ('<', _) => html.push_str("&lt;"),
            ('>', _) => html.push_str("&gt;"),
            // Zendesk renders its placeholders within comments.
            ('{', Some('{' | '%')) => html.push_str("&#123;"),
            ('\r', Some('\n')) => {}
            ('\n' | '\r', _) => html.push_str("<br>"),
            ('\t', _) => html.push('\t'),
            (c, _) => html.push(visible(c)),
        }
    }
    html
}

/// A control character as its picture, so that nothing is dropped and nothing acts.
fn visible(c: char) -> char {
    match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        0x80..0xa0 => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescape(html: &str) -> String {
        html.replace("<br>", "\n")
            .replace("&#123;", "{")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }

    #[test]
    fn markup_markdown_and_placeholders_stay_text() {
        assert_eq!(
            escape("<b>Tom & \"Jo's\"</b>\r\n# hi *x*\n{{ticket.id}} {x}"),
            "&lt;b&gt;Tom &amp; \"Jo's\"&lt;/b&gt;<br># hi *x*<br>&#123;{ticket.id}} {x}"
        );
    }

    #[test]
    fn control_characters_are_seen_and_do_nothing() {
        assert_eq!(
            escape("a\u{0}b\u{1b}[31m\tc\u{7f}\u{85}"),
            "a␀b␛[31m\tc␡\u{fffd}"
        );
        assert_eq!(escape("\u{0}"), "␀");
    }

    #[test]
    fn an_escaped_entity_stays_an_entity() {
        assert_eq!(
            unescape(&escape("&amp;lt;br&gt; <br>")),
            "&amp;lt;br&gt; <br>"
        );
    }

    proptest! {
        #[test]
        fn the_text_comes_back_exactly(text in "[^\\p{Cc}]*(\n[^\\p{Cc}]*){0,5}") {
            let html = escape(&text);
            prop_assert_eq!(unescape(&html), text);
            prop_assert!(!html.replace("<br>", "").contains(['<', '>', '\n']));
            let placeholder = html.contains("{{") || html.contains("{%");
            prop_assert!(!placeholder);
        }
    }
}
