//! Links and pictures in Markdown, as Zendesk writes them into a comment's plain text.
//!
//! In: text. Out: the same text with `[shown](address)` as `shown (address)`. Everything else reads
//! well on a phone as it is. One pass.

use super::html::link;

/// Longest text of a link that is looked through, in bytes.
const MAX_SHOWN_BYTES: usize = 500;

/// A text whose Markdown links read as those of HTML do.
pub fn readable(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("](http") {
        return text.into();
    }
    let mut readable = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](http") {
        let (before, after) = rest.split_at(middle);
        match (opening(before), closing(&after[2..])) {
            (Some(open), Some(address)) => {
                let picture = before[..open].ends_with('!');
                readable.push_str(&before[..open - usize::from(picture)]);
                let shown = before[open + 1..].trim();
                readable.push_str(shown);
                if let Some(addition) = link::addition(address, shown) {
                    readable.push_str(&addition);
                }
                rest = &after[2 + address.len() + 1..];
            }
            _ => {
                readable.push_str(before);
                readable.push_str("](");
                rest = &after[2..];
            }
        }
    }
    readable.push_str(rest);
    readable.into()
}

/// Where the link's text begins: the last bracket of the line that is open.
fn opening(before: &str) -> Option<usize> {
    let mut from = before.len().saturating_sub(MAX_SHOWN_BYTES);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let at = before[from..].rfind(['[', ']', '\n'])? + from;
    before[at..].starts_with('[').then_some(at)
}

/// The address up to its closing bracket; brackets within it are closed within it.
fn closing(after: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in after.char_indices().take(link::MAX_ADDRESS_BYTES) {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                let address = &after[..at];
                let web = address.starts_with("http://") || address.starts_with("https://");
                return web.then_some(address);
            }
            ')' => depth -= 1,
            // Also keeps a row of openings from being walked to its end for each.
            '[' | ']' | '<' | '>' => return None,
            c if c.is_whitespace() || c.is_control() => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_and_pictures_read_as_text() {
        for (text, want) in [
            (
                "See [the page](https://x.example/a).",
                "See the page (https://x.example/a).",
            ),
            (
                "[https://x.example](https://x.example/)",
                "https://x.example",
            ),
            ("![](https://x.example/i.png)", "https://x.example/i.png"),
            (
                "a ![cat](https://x.example/i.png) b",
                "a cat (https://x.example/i.png) b",
            ),
            (
                "[a](https://x.example/w_(b)) c",
                "a (https://x.example/w_(b)) c",
            ),
            (
                "[é](http://a.example)[b](http://b.example)",
                "é (http://a.example)b (http://b.example)",
            ),
        ] {
            assert_eq!(readable(text), want);
        }
    }

    #[test]
    fn what_is_no_link_stays_as_it_is() {
        for text in [
            "# Title\n* one\n**two** `three`",
            "a[0](see below)",
            "](https://x.example)",
            "[a\nb](https://x.example)",
            "[a](https://x.example",
            "[a](https://x example)",
            "[a](httpx)",
            "[a](javascript:alert(1))",
            "",
        ] {
            assert_eq!(readable(text), text);
        }
    }

    #[test]
    fn a_megabyte_of_brackets_is_read_in_linear_time() {
        let start = std::time::Instant::now();
        for unit in [
            "[",
            "](http",
            "[](http",
            "[](https://",
            "[a](https://x)",
            "](",
        ] {
            let _ = readable(&unit.repeat(1_000_000 / unit.len()));
        }
        assert!(start.elapsed().as_secs() < 30);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(\\[|\\]|\\(|\\)|!|http|https://|\\]\\(http|é| |\n){0,40}") {
            let _ = readable(&text);
        }
    }
}
