//! Cuts a text that Braze would not take whole.
//!
//! In: clean text and its encoding. Out: messages with their number at the end, cut where a reader
//! would pause: paragraph, line, sentence, word. A cut never goes through a grapheme cluster or a
//! link that fits into one message. Looks at each place a bounded number of times.

use unicode_segmentation::UnicodeSegmentation;

use super::{Encoding, MAX_SEGMENTS};

/// The messages of a text; one without a number where it fits.
pub(super) fn split(text: &str, encoding: Encoding) -> Vec<String> {
    let text = trim_start(text);
    if text.is_empty() {
        return Vec::new();
    }
    if encoding.segments(text) <= MAX_SEGMENTS {
        return vec![text.to_owned()];
    }
    let mut digits = 1;
    loop {
        let marker_length = 4 + 2 * digits;
        let room = Room {
            encoding,
            capacity: MAX_SEGMENTS * encoding.part() - marker_length,
        };
        let pieces = room.pieces(text);
        if pieces.len().to_string().len() <= digits {
            let count = pieces.len();
            let number = |(i, piece)| format!("{piece} ({}/{count})", i + 1);
            return pieces.into_iter().enumerate().map(number).collect();
        }
        digits += 1;
    }
}

/// How good a place for a cut is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Border {
    None,
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// One message's room for text.
#[derive(Clone, Copy)]
struct Room {
    encoding: Encoding,
    capacity: usize,
}

impl Room {
    fn pieces(self, text: &str) -> Vec<&str> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(self.cut(rest));
            pieces.push(trim_end(piece));
            rest = trim_start(after);
        }
        pieces
    }

    /// Where the first message of a text ends, in bytes; more than 0.
    fn cut(self, text: &str) -> usize {
        let boundaries = self.boundaries(text);
        let Some(&end) = boundaries.last() else {
            return self.cut_cluster(text);
        };
        if end == text.len() {
            return end;
        }
        let mut best = (Border::None, 0);
        for &at in &boundaries {
            let border = border_at(text, at);
            let late = at * 2 >= end;
            if border > Border::None && ((late && border >= best.0) || best.0 <= Border::Word) {
                let border = if late { border } else { Border::Word };
                best = (border, at);
            }
        }
        match best {
            (Border::None, _) => self.spare_link(text, end),
            (Border::Word, at) if at * 2 < end && !self.holds_word(&text[at..]) => {
                self.spare_link(text, end)
            }
            (_, at) => at,
        }
    }

    /// The ends of the grapheme clusters that fit, in order.
    fn boundaries(self, text: &str) -> Vec<usize> {
        let mut filled = 0;
        let mut boundaries = Vec::new();
        for (at, cluster) in text.grapheme_indices(true) {
            filled = cluster
                .chars()
                .fold(filled, |filled, c| self.encoding.advance(filled, c));
            if filled > self.capacity {
                break;
            }
            boundaries.push(at + cluster.len());
        }
        boundaries
    }

    /// Where to cut a cluster that is longer than a message.
    fn cut_cluster(self, text: &str) -> usize {
        let mut filled = 0;
        text.char_indices()
            .map(|(at, c)| {
                filled = self.encoding.advance(filled, c);
                (filled, at + c.len_utf8())
            })
            .take_while(|(filled, _)| *filled <= self.capacity)
            .last()
            .map_or(text.len(), |(_, end)| end)
    }

    fn holds(self, text: &str) -> bool {
        let mut filled = 0;
        text.chars().all(|c| {
            filled = self.encoding.advance(filled, c);
            filled <= self.capacity
        })
    }

    fn holds_word(self, text: &str) -> bool {
        let word = text.trim_start();
        let bounded = word.char_indices().nth(self.capacity + 1);
        let bounded = bounded.map_or(word, |(at, _)| &word[..at]);
        self.holds(
            bounded
                .split(char::is_whitespace)
                .next()
                .unwrap_or_default(),
        )
    }

    /// A cut at `end`, or before the link it would go through where the next message can hold that.
    fn spare_link(self, text: &str, end: usize) -> usize {
        let start = ["https://", "http://"]
            .iter()
            .filter_map(|scheme| text[..end].rfind(scheme))
            .max()
            .filter(|start| *start > 0);
        let Some(start) = start else {
            return end;
        };
        let bounded = text[start..].char_indices().nth(self.capacity + 1);
        let link = bounded.map_or(&text[start..], |(at, _)| &text[start..start + at]);
        let link = &link[..link.find(ends_link).unwrap_or(link.len())];
        if start + link.len() > end && self.holds(link) {
            start
        } else {
            end
        }
    }
}

fn border_at(text: &str, at: usize) -> Border {
    let (before, after) = text.split_at(at);
    let next = after.chars().next();
    let last = before.chars().next_back();
    if last.is_none_or(char::is_whitespace) {
        return Border::None;
    }
    if after.starts_with("\n\n") {
        return Border::Paragraph;
    }
    if next == Some('\n') {
        return Border::Line;
    }
    let ended = before
        .trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」', '』', '）'])
        .chars()
        .next_back();
    let closes = next.is_some_and(|c| "」』）】》、。，！？：；".contains(c));
    match ended {
        Some('.' | '!' | '?' | '…') if next.is_some_and(char::is_whitespace) => Border::Sentence,
        Some('。' | '！' | '？') if !closes => Border::Sentence,
        _ if next.is_some_and(char::is_whitespace) => Border::Word,
        _ if (last.is_some_and(is_cjk) || next.is_some_and(is_cjk)) && !closes => Border::Word,
        _ => Border::None,
    }
}

/// Scripts that write words without spaces between them, where any place will do.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

fn ends_link(c: char) -> bool {
    c.is_whitespace() || is_cjk(c)
}

fn is_blank(cluster: &str) -> bool {
    cluster.chars().all(char::is_whitespace)
}

/// Without the white space at the start, as long as nothing combines with it.
fn trim_start(text: &str) -> &str {
    let blank: usize = text
        .graphemes(true)
        .take_while(|cluster| is_blank(cluster))
        .map(str::len)
        .sum();
    &text[blank..]
}

fn trim_end(text: &str) -> &str {
    let blank: usize = text
        .graphemes(true)
        .rev()
        .take_while(|cluster| is_blank(cluster))
        .map(str::len)
        .sum();
    &text[..text.len() - blank]
}
