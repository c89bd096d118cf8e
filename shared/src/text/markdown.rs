//! Links and pictures in Markdown, as Zendesk writes them into a comment's plain text.
//!
//! In: text. Out: the same text with `[shown](address)` as `shown (address)`. Everything else reads
//! well on a phone as it is. One pass.

use super::html::link;

/// Longest text of a link that is looked through, in bytes.
const MAX_SHOWN_BYTES: usize = 500;

/// Longest title of a link, in bytes.
const MAX_TITLE_BYTES: usize = 200;

/// Where a link may lead.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// A text whose Markdown links read as those of HTML do.
pub fn readable(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("](") {
        return text.into();
    }
    let mut readable = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, after) = rest.split_at(middle);
        let target = target(&after[2..]);
        if let Some((target, open)) = target.and_then(|target| Some((target, opening(before)?))) {
            let picture = before[..open].ends_with('!');
            readable.push_str(&before[..open - usize::from(picture)]);
            let shown = before[open + 1..].trim();
            readable.push_str(shown);
            if let Some(addition) = link::addition(target.address, shown) {
                readable.push_str(&addition);
            }
            rest = &after[2 + target.length..];
        } else {
            readable.push_str(before);
            readable.push_str("](");
            rest = &after[2..];
        }
    }
    readable.push_str(rest);
    readable.into()
}

/// Where the link's text begins: the bracket of the line that is open; brackets within the text are
/// closed within it.
fn opening(before: &str) -> Option<usize> {
    let from = before.len().saturating_sub(MAX_SHOWN_BYTES);
    let mut depth = 0;
    for (at, byte) in before.bytes().enumerate().skip(from).rev() {
        match byte {
            b'\n' => return None,
            b']' => depth += 1,
            b'[' if depth == 0 => return Some(at),
            b'[' => depth -= 1,
            _ => {}
        }
    }
    None
}

struct Target<'t> {
    address: &'t str,
    /// Up to behind the closing bracket, in bytes.
    length: usize,
}

/// What stands between a link's round brackets: the address, in which brackets are closed, and perhaps a
/// title, which is not shown.
fn target(after: &str) -> Option<Target<'_>> {
    if !SCHEMES.iter().any(|scheme| after.starts_with(scheme)) {
        return None;
    }
    let mut depth = 0;
    for (at, c) in after.char_indices().take(link::MAX_ADDRESS_BYTES) {
        let length = match c {
            '(' => {
                depth += 1;
                continue;
            }
            ')' if depth > 0 => {
                depth -= 1;
                continue;
            }
            ')' => at + 1,
            ' ' => at + title(&after[at..])?,
            // Also keeps a row of openings from being walked to its end for each.
            '[' | ']' | '<' | '>' => return None,
            c if c.is_whitespace() || c.is_control() => return None,
            _ => continue,
        };
        let address = &after[..at];
        return Some(Target { address, length });
    }
    None
}

/// How long a title in quotes is, with the white space before it and the bracket behind it.
fn title(text: &str) -> Option<usize> {
    let inner = text.trim_start_matches(' ');
    let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut end = inner.len().min(MAX_TITLE_BYTES);
    while !inner.is_char_boundary(end) {
        end -= 1;
    }
    let closed = inner[1..end].find([quote, '\n', '['])? + 1;
    let behind = inner[closed..].strip_prefix(quote)?.trim_start_matches(' ');
    let behind = behind.strip_prefix(')')?;
    Some(text.len() - behind.len())
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
            (
                "[a](https://x.example \"T (1)\") b",
                "a (https://x.example) b",
            ),
            ("[a](https://x.example 'T')", "a (https://x.example)"),
            ("[write](mailto:a@x.example)", "write (a@x.example)"),
            ("[a@x.example](mailto:a@x.example)", "a@x.example"),
            ("[call](tel:+1555)", "call (+1555)"),
            ("[x [y]](https://x.example)", "x [y] (https://x.example)"),
            ("[[1]](https://x.example) a", "[1] (https://x.example) a"),
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
            "[a](https://x.example \"T)",
            "[a](https://x.example \"T\" b)",
            "a] (b)](https://x.example)",
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
            "](https://x)",
            "[](https://x \"",
        ] {
            let _ = readable(&unit.repeat(1_000_000 / unit.len()));
        }
        assert!(start.elapsed().as_secs() < 30);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(\\[|\\]|\\(|\\)|!|http|https://|mailto:|\"|'|\\]\\(http|é| |\n){0,40}") {
            let _ = readable(&text);
        }
    }
}
