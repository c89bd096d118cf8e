//! An agent's comment as the customer is to read it.
//!
//! In: the comment's text, however it was rendered. Out: plain text, before it is fitted for SMS.

use super::{html, markdown, signature};

/// The text of a comment: HTML and Markdown links made readable, the signature below `separator`
/// cut (none where that is empty).
pub fn plain(comment: &str, separator: &str) -> String {
    let text = html::readable(comment);
    let text = markdown::readable(&text);
    signature::cut(&text, separator).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_found_in_html_too() {
        let html = "<p>See <a href=\"https://x.example\">this</a></p><p>--<br>Jo</p>";
        assert_eq!(plain(html, "--"), "See this (https://x.example)");
        assert_eq!(plain(html, ""), "See this (https://x.example)\n\n--\nJo");
        assert_eq!(
            plain("[this](https://x.example)\n--\nJo", "--"),
            "this (https://x.example)"
        );
        assert_eq!(plain("--\nJo", "--"), "");
    }
}
