//! The text of a Zendesk comment.
//!
//! In: what a placeholder rendered. Out: what the agent wrote. `{{ticket.latest_public_comment}}`
//! puts a header before it: a line of dashes, a blank line, `Name, Date`, a blank line. The date is
//! written in the account's language, so the header is known by its structure alone.

/// Fewest dashes that make a header's line.
const MIN_DASHES: usize = 10;

/// Longest `Name, Date` line, in bytes.
const MAX_BYLINE_BYTES: usize = 400;

/// What the agent wrote: the header is cut, every paragraph after it kept. A text without the whole
/// structure is returned as it is.
pub fn strip_header(rendered: &str) -> &str {
    after_header(rendered).unwrap_or(rendered)
}

fn after_header(rendered: &str) -> Option<&str> {
    let (dashes, rest) = next_line(skip_blank_lines(rendered));
    let is_rule = dashes.len() >= MIN_DASHES && dashes.bytes().all(|b| b == b'-');
    let (blank, rest) = next_line(rest);
    if !is_rule || !blank.is_empty() {
        return None;
    }
    let (byline, rest) = next_line(skip_blank_lines(rest));
    if !is_byline(byline) {
        return None;
    }
    let (blank, message) = next_line(rest);
    blank.is_empty().then(|| skip_blank_lines(message))
}

/// Whether a line is a name, a comma, and something with a figure in it, as every date has.
fn is_byline(line: &str) -> bool {
    line.len() <= MAX_BYLINE_BYTES
        && line
            .split_once([',', '،', '，', '、'])
            .is_some_and(|(name, date)| !name.trim().is_empty() && date.contains(char::is_numeric))
}

/// The first line without the white space around it, and what follows.
fn next_line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.trim(), rest)
}

fn skip_blank_lines(mut text: &str) -> &str {
    while let Some((line, rest)) = text.split_once('\n') {
        if !line.trim().is_empty() {
            break;
        }
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str =
        "----------------------------------------------\n\nJo Agent, Sep 30, 2026, 10:12 AM\n\n";

    #[test]
    fn the_header_is_cut_and_every_paragraph_kept() {
        for message in [
            "Hello",
            "One.\n\nTwo, 2.\n\n\nThree.\n- list",
            "  indented\nline",
            "",
        ] {
            assert_eq!(strip_header(&format!("{HEADER}{message}")), message);
            let windows = format!("\n{HEADER}{message}").replace('\n', "\r\n");
            assert_eq!(strip_header(&windows), message.replace('\n', "\r\n"));
        }
        assert_eq!(strip_header(HEADER.trim_end()), "");
    }

    #[test]
    fn the_date_may_be_of_any_language() {
        for byline in [
            "Jo Agent, 30 sept. 2026 à 10:12",
            "Müller, Jo, 30.09.2026 10:12",
            "高橋, 2026年9月30日 10:12",
            "جو، ٣٠ سبتمبر ٢٠٢٦",
        ] {
            let rendered = format!("----------\n\n{byline}\n\nHello");
            assert_eq!(strip_header(&rendered), "Hello", "{byline}");
        }
    }

    #[test]
    fn nothing_is_cut_where_the_structure_does_not_match() {
        for text in [
            "Hello\n\nJo Agent, 30 Sep\n\nx",
            "---------\n\nJo Agent, 30 Sep\n\nnine dashes",
            "----------\nJo Agent, 30 Sep\n\nno blank line before",
            "----------\n\nJo Agent, 30 Sep\nno blank line after",
            "----------\n\nJo Agent 30 Sep\n\nno comma",
            "----------\n\nHello, Ana\n\nno figure",
            "----------\n\n, 30 Sep\n\nno name",
            "-----=-----\n\nJo Agent, 30 Sep\n\nx",
            "----------",
            "----------\n\n",
            "",
            "\n\n",
        ] {
            assert_eq!(strip_header(text), text);
        }
        let long = format!("----------\n\n{}, 3\n\nx", "a".repeat(500));
        assert_eq!(strip_header(&long), long);
    }

    #[test]
    fn comments_quoted_below_stay_whole() {
        let quoted = format!("Latest.\n\n{HEADER}Earlier.");
        assert_eq!(strip_header(&format!("{HEADER}{quoted}")), quoted);
        assert_eq!(strip_header(&quoted), quoted);
    }

    proptest! {
        #[test]
        fn any_message_survives_the_header(message in "[^\\s]\\PC{0,40}(\n{1,3}\\PC{1,20}){0,3}") {
            let rendered = format!("{HEADER}{message}");
            prop_assert_eq!(strip_header(&rendered), message.as_str());
        }

        #[test]
        fn what_is_left_is_the_end_of_what_was_rendered(text in "(-{8,12}|\n|A, 1|\\PC|\r){0,12}") {
            prop_assert!(text.ends_with(strip_header(&text)));
        }
    }
}
