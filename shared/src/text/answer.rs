//! An agent's comment as the customer is to read it, before it is fitted for SMS.

use super::{addresses, html, lists, markdown, signature, spaces, struck};

/// The text of a comment: HTML or Markdown, pasted lists and links made readable, the signature below
/// `separator` cut (none where that is empty).
pub fn plain(comment: &str, separator: &str) -> String {
    let text = if html::is_html(comment) {
        let page = markdown::inside_html(comment);
        let text = html::to_text(&page);
        signature::cut(&text, separator).to_owned()
    } else {
        markdown::readable(signature::cut(comment, separator)).into_owned()
    };
    let text = struck::tidied(&text);
    let text = lists::tidied(&text);
    let text = spaces::joined(&text);
    addresses::apart(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_found_in_html_too() {
        let html = "<p>See <a href=\"https://x.example\">this</a></p><p>--<br>Jo</p>";
        assert_eq!(plain(html, "--"), "See this: https://x.example");
        assert_eq!(plain(html, ""), "See this: https://x.example\n\n--\nJo");
        assert_eq!(
            plain("[this](https://x.example)\n--\nJo", "--"),
            "this: https://x.example"
        );
        assert_eq!(plain("Hi\n**Acme**\nJo", "**Acme**"), "Hi");
        assert_eq!(plain("--\nJo", "--"), "");
    }
}
