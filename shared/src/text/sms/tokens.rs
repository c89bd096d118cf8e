//! A text as the pieces it may be cut between.
//!
//! In: a clean text and what one message holds. Out: [`Token`]s in order: words, or, where a word is
//! longer than a message, the clusters of it and the links in it that do fit. White space between
//! tokens belongs to none. One pass; every piece is measured once.

use std::borrow::Cow;

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

/// The words of a text, however long.
pub(super) fn words(text: &str) -> Vec<Token> {
    let mut words = Vec::with_capacity(text.len() / 8);
    let mut word = None;
    let mut end = 0;
    for (at, cluster) in clusters(text) {
        if cluster.chars().all(char::is_whitespace) {
            continue;
        }
        match word {
            None => word = Some(at),
            Some(start) => {
                if let Some(border) = border(text, end, at) {
                    words.push(Token { start, end, border });
                    word = Some(at);
                }
            }
        }
        end = at + cluster.len();
    }
    if let Some(start) = word {
        let border = Border::Paragraph;
        words.push(Token { start, end, border });
    }
    words
}

/// The tokens of a text, none longer than a message: its words, or, where one is longer, pieces of it.
pub(super) struct Tokens<'w> {
    pub(super) all: Cow<'w, [Token]>,
    /// They are the same for a message whose number has more digits.
    pub(super) settled: bool,
}

impl<'w> Tokens<'w> {
    pub(super) fn of(text: &str, words: &'w [Token], scale: Scale) -> Self {
        let mut cutter = Cutter {
            text,
            scale,
            settled: true,
            tokens: vec![],
        };
        let long = words
            .iter()
            .position(|word| !cutter.fits(word.start, word.end));
        let all = match long {
            None => Cow::Borrowed(words),
            Some(long) => {
                cutter.tokens = words[..long].to_vec();
                for word in &words[long..] {
                    cutter.word(*word);
                }
                Cow::Owned(cutter.tokens)
            }
        };
        let settled = cutter.settled;
        Self { all, settled }
    }
}

/// What a reader takes for one character, with its place. In a clean text two ASCII characters are
/// always two.
fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        let at = next;
        let plain = bytes.get(at)?.is_ascii() && bytes.get(at + 1).is_none_or(u8::is_ascii);
        let length = if plain { 1 } else { cluster(&text[at..])? };
        next += length;
        Some((at, &text[at..next]))
    })
}

/// How long the first cluster of a text is.
fn cluster(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first == '\n' {
        return Some(1);
    }
    if is_simple(first) {
        let mut length = text.len() - chars.as_str().len();
        let next = chars.find(|c| {
            let is_mark = matches!(c, '\u{300}'..='\u{36f}' | '\u{fe0e}' | '\u{fe0f}');
            length += if is_mark { c.len_utf8() } else { 0 };
            !is_mark
        });
        if next.is_none_or(is_simple) {
            return Some(length);
        }
    }
    // What joins what it stands between: the whole of the rules is asked.
    text.graphemes(true).next().map(str::len)
}

/// Characters of which two are always two clusters, and that marks behind them belong to: no marks, no joiners,
/// no parts of syllables, no halves of flags. Not all there are, but most that are written.
fn is_simple(c: char) -> bool {
    if c < '\u{300}' {
        return !matches!(c, '\u{ad}' | '\u{0}'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}');
    }
    matches!(
        c,
        '\u{370}'..='\u{482}'
            | '\u{48a}'..='\u{52f}'
            | '\u{5d0}'..='\u{5ea}'
            | '\u{620}'..='\u{64a}'
            | '\u{e01}'..='\u{e30}'
            | '\u{e32}'
            | '\u{e40}'..='\u{e46}'
            | '\u{2010}'..='\u{2027}'
            | '\u{202f}'..='\u{205e}'
            | '\u{2070}'..='\u{20c0}'
            | '\u{2100}'..='\u{2bff}'
            | '\u{3000}'..='\u{3029}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a0}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{ff01}'..='\u{ff9d}'
            | '\u{1f300}'..='\u{1f3fa}'
            | '\u{1f400}'..='\u{1f64f}'
            | '\u{1f680}'..='\u{1f6ff}'
            | '\u{1f900}'..='\u{1faff}'
    )
}

/// What stands between two clusters, where a cut is possible there.
fn border(text: &str, end: usize, next: usize) -> Option<Border> {
    let gap = &text[end..next];
    let bytes = text.as_bytes();
    if gap.is_empty() && bytes[end - 1].is_ascii() && bytes[next].is_ascii() {
        return None;
    }
    let before = &text[..end];
    let last = before.chars().next_back()?;
    let first = text[next..].chars().next()?;
    if gap.is_empty() && (!breaks_between(last, first) || STAYS.contains(first)) {
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
    settled: bool,
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

    fn fits(&mut self, start: usize, end: usize) -> bool {
        let text = &self.text[start..end];
        let fits = self.scale.holds(text);
        self.settled &= !fits || self.scale.holds_with_any_number(text);
        fits
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::clean;
    use super::super::encoding::Encoding;
    use super::super::scale::Way;
    use super::*;

    /// What joins what is beside it, and what does not.
    const PIECES: [&str; 24] = [
        "a",
        " ",
        "\n",
        "é",
        "€",
        "e\u{301}",
        "\u{308}",
        "\u{fe0f}",
        "\u{200d}",
        "👨",
        "👍🏽",
        "🇫",
        "🇷",
        "한",
        "ᄒ",
        "ᅡ",
        "न\u{94d}",
        "ก\u{e31}",
        "か\u{3099}",
        "\u{600}",
        "©",
        "1\u{20e3}",
        "https://x",
        "。",
    ];

    proptest! {
        #[test]
        fn clusters_are_what_the_whole_of_the_rules_says(
            picked in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40),
        ) {
            let text = clean::clean(&picked.concat());
            let found: Vec<(usize, &str)> = clusters(&text).collect();
            let want: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
            prop_assert_eq!(found, want);
        }

        #[test]
        fn settled_tokens_are_those_of_longer_numbers_as_well(
            picked in prop::collection::vec((prop::sample::select(PIECES.to_vec()), 1_usize..900), 0..12),
            digits in 1_usize..5,
        ) {
            let text: String = picked.into_iter().map(|(piece, times)| piece.repeat(times)).collect();
            let text = clean::clean(&text);
            let words = words(&text);
            for way in [Way::Whole(Encoding::Ucs2), Way::Own(super::super::Ligatures::Keep)] {
                let tokens = |digits: usize| Tokens::of(&text, &words, Scale::new(way, 4 + 2 * digits));
                let (short, long) = (tokens(digits), tokens(digits + 1));
                let places = |tokens: &Tokens<'_>| -> Vec<(usize, usize)> {
                    tokens.all.iter().map(|token| (token.start, token.end)).collect()
                };
                prop_assert!(!short.settled || places(&short) == places(&long));
            }
        }
    }

    #[test]
    fn simple_characters_are_clusters_of_their_own_whatever_stands_beside_them() {
        for c in ('\0'..=char::MAX).filter(|c| is_simple(*c)) {
            for beside in ['a', ' ', 'é', '한', '😀', '中', 'ก', '❤', c] {
                for pair in [[c, beside], [beside, c]] {
                    let text: String = pair.into_iter().collect();
                    assert_eq!(text.graphemes(true).count(), 2, "{text:?}");
                }
            }
            let marked = format!("{c}\u{302}\u{fe0f}a");
            let clusters = if c == '\n' { 3 } else { 2 };
            assert_eq!(marked.graphemes(true).count(), clusters, "{marked:?}");
        }
    }
}
