//! A text as the pieces it may be cut between.
//!
//! In: a clean text and what one message holds. Out: [`Token`]s in order: words, or, where a word is
//! longer than a message, the clusters of it and the links in it that do fit. White space between
//! tokens belongs to none. One pass; every piece is measured once.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::scale::Scale;

/// What may stand between the end of a sentence and the next one.
const CLOSERS: &str = "\"'”’»)]」』）";

/// How many of them are looked through.
const MAX_CLOSERS: usize = 4;

/// Stands with what is before it, never at the start of a message.
const STAYS: &str = "」』）】》、。，！？：；";

/// How good a place for a cut is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Border {
    /// Within a word that is longer than a message.
    Inside,
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// A piece that is not cut, by its place in the text in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// What follows it.
    pub(super) border: Border,
}

/// The tokens of a text, none empty, none longer than a message.
pub(super) fn tokens(text: &str, scale: Scale) -> Vec<Token> {
    let mut cutter = Cutter {
        text,
        scale,
        tokens: Vec::with_capacity(text.len() / 4),
    };
    let mut start = None;
    let mut end = 0;
    for (at, cluster) in clusters(text) {
        if cluster.chars().all(char::is_whitespace) {
            continue;
        }
        match start {
            None => start = Some(at),
            Some(from) => {
                if let Some(border) = border(text, end, at) {
                    cutter.word(Token {
                        start: from,
                        end,
                        border,
                    });
                    start = Some(at);
                }
            }
        }
        end = at + cluster.len();
    }
    if let Some(start) = start {
        cutter.word(Token {
            start,
            end,
            border: Border::Paragraph,
        });
    }
    cutter.tokens
}

/// What a reader takes for one character, with its place. In a clean text two ASCII characters are
/// always two.
fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        let at = next;
        let plain = bytes.get(at)?.is_ascii() && bytes.get(at + 1).is_none_or(u8::is_ascii);
        let length = if plain {
            1
        } else {
            text[at..].graphemes(true).next()?.len()
        };
        next += length;
        Some((at, &text[at..next]))
    })
}

/// What stands between two clusters, where a cut is possible there.
fn border(text: &str, end: usize, next: usize) -> Option<Border> {
    let gap = &text[end..next];
    let bytes = text.as_bytes();
    if gap.is_empty() && bytes[end - 1].is_ascii() && bytes[next].is_ascii() {
        return None;
    }
    if gap.contains('\n') {
        let paragraph = gap.matches('\n').count() > 1;
        return Some(if paragraph {
            Border::Paragraph
        } else {
            Border::Line
        });
    }
    let glued = |c| matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}');
    if !gap.is_empty() && gap.chars().all(glued) {
        return None;
    }
    let before = &text[..end];
    let last = before.chars().next_back()?;
    let first = text[next..].chars().next()?;
    if gap.is_empty() && (STAYS.contains(first) || !breaks_between(last, first)) {
        return None;
    }
    let mut ended = before.chars().rev().take(MAX_CLOSERS);
    let sentence = match ended.find(|c| !CLOSERS.contains(*c)) {
        Some('.' | '!' | '?' | '…') => !gap.is_empty(),
        Some('。' | '！' | '？') => true,
        _ => false,
    };
    Some(if sentence {
        Border::Sentence
    } else {
        Border::Word
    })
}

/// Whether a line may break here without a space.
fn breaks_between(last: char, first: char) -> bool {
    last == '\u{200b}' || is_cjk(last) || is_cjk(first)
}

/// Scripts that write words without spaces between them, where any place will do; not the marks
/// that combine with what is before them.
fn is_cjk(c: char) -> bool {
    let script =
        matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let combines = matches!(
        c,
        '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}'
    );
    script && !combines
}

struct Cutter<'t> {
    text: &'t str,
    scale: Scale,
    tokens: Vec<Token>,
}

impl Cutter<'_> {
    /// A word: as it is, or in pieces where it is longer than a message.
    fn word(&mut self, word: Token) {
        if self.fits(word.start, word.end) {
            self.tokens.push(word);
            return;
        }
        let mut at = word.start;
        while let Some((start, end)) = link(self.text, at, word.end) {
            self.clusters(at, start);
            if self.fits(start, end) {
                self.inside(start, end);
            } else {
                self.clusters(start, end);
            }
            at = end;
        }
        self.clusters(at, word.end);
        if let Some(last) = self.tokens.last_mut() {
            last.border = word.border;
        }
    }

    fn clusters(&mut self, start: usize, end: usize) {
        for (at, cluster) in clusters(&self.text[start..end]) {
            let (from, to) = (start + at, start + at + cluster.len());
            if self.fits(from, to) {
                self.inside(from, to);
                continue;
            }
            for (at, c) in cluster.char_indices() {
                self.inside(from + at, from + at + c.len_utf8());
            }
        }
    }

    fn inside(&mut self, start: usize, end: usize) {
        self.tokens.push(Token {
            start,
            end,
            border: Border::Inside,
        });
    }

    fn fits(&self, start: usize, end: usize) -> bool {
        self.scale.holds(&self.text[start..end])
    }
}

/// The next link in a part of a text.
fn link(text: &str, from: usize, to: usize) -> Option<(usize, usize)> {
    let part = &text[from..to];
    let mut schemes = part.match_indices("http");
    let (at, _) = schemes.find(|(at, _)| {
        let rest = &part[*at..];
        (rest.starts_with("https://") || rest.starts_with("http://")) && begins_cluster(part, *at)
    })?;
    let ends = |c: char| c.is_whitespace() || is_cjk(c);
    let length = part[at..].find(ends).unwrap_or(part.len() - at);
    Some((from + at, from + at + length))
}

fn begins_cluster(text: &str, at: usize) -> bool {
    GraphemeCursor::new(at, text.len(), true)
        .is_boundary(text, 0)
        .unwrap_or(false)
}
