//! Cuts a text that Braze would not take whole.
//!
//! In: clean text and its encoding. Out: messages with their number at the end. The rules, in this
//! order: no word or link is cut that fits into one message; as few messages as that allows; each cut
//! where a reader would pause (paragraph, line, sentence, word), as late as possible; before the middle
//! of a message one such place is as good as another.

use super::tokens::{Border, Token, tokens};
use super::{Encoding, MAX_SEGMENTS};

/// The messages of a text; one without a number where it fits.
pub(super) fn split(text: &str, encoding: Encoding) -> Vec<String> {
    let parts = encoding.segments(text);
    if parts <= MAX_SEGMENTS {
        let text = text.trim_start();
        let nothing = text.is_empty();
        return if nothing {
            vec![]
        } else {
            vec![text.to_owned()]
        };
    }
    let mut digits = parts.div_ceil(MAX_SEGMENTS).to_string().len();
    loop {
        let marker_length = 4 + 2 * digits;
        let capacity = MAX_SEGMENTS * encoding.part() - marker_length;
        let pieces = Room::new(text, encoding, capacity).pieces();
        let count = pieces.len();
        if count.to_string().len() <= digits {
            let number = |(i, piece)| format!("{piece} ({}/{count})", i + 1);
            return match count {
                // White space alone made it long.
                0 | 1 => pieces.into_iter().map(str::to_owned).collect(),
                _ => pieces.into_iter().enumerate().map(number).collect(),
            };
        }
        digits += 1;
    }
}

/// A text in its tokens, and the room one message has for them.
struct Room<'t> {
    text: &'t str,
    encoding: Encoding,
    capacity: usize,
    tokens: Vec<Token>,
}

impl<'t> Room<'t> {
    fn new(text: &'t str, encoding: Encoding, capacity: usize) -> Self {
        Self {
            text,
            encoding,
            capacity,
            tokens: tokens(text, encoding, capacity),
        }
    }

    fn pieces(&self) -> Vec<&'t str> {
        let mut pieces = Vec::new();
        let mut first = 0;
        // What follows a message must fit into the messages left: that is where its cut is earliest.
        for &next in self.latest_starts().iter().rev() {
            let cut = self.cut(first, next);
            pieces.push(&self.text[self.tokens[first].start..self.tokens[cut - 1].end]);
            first = cut;
        }
        pieces
    }

    /// For 0, 1, 2… messages: the earliest token from which they hold the rest. As many as it takes
    /// for the whole text, less one.
    ///
    /// Less text never takes more messages, so filling from the end finds the fewest.
    fn latest_starts(&self) -> Vec<usize> {
        let mut starts = Vec::new();
        let mut end = self.tokens.len();
        while end > 0 {
            starts.push(end);
            end = self.earliest_start(end);
        }
        starts
    }

    /// The earliest token from which one message reaches to the token before `end`.
    fn earliest_start(&self, end: usize) -> usize {
        let last = self.tokens[end - 1];
        let mut start = end - 1;
        let mut filled = self.encoding.fill(0, self.between(last.start, last.end));
        while start > 0 {
            let added = self.between(self.tokens[start - 1].start, self.tokens[start].start);
            filled += added.chars().map(|c| self.encoding.cost(c)).sum::<usize>();
            if filled > self.capacity {
                break;
            }
            start -= 1;
        }
        // Characters that would straddle two parts of the message take a little more.
        while !self.holds(start, end) {
            start += 1;
        }
        start
    }

    fn holds(&self, start: usize, end: usize) -> bool {
        let text = self.between(self.tokens[start].start, self.tokens[end - 1].end);
        self.encoding.fill(0, text) <= self.capacity
    }

    /// The token after the best cut of the message that begins at `first`, with what is left
    /// beginning at `earliest` or later.
    fn cut(&self, first: usize, earliest: usize) -> usize {
        let mut best = earliest.max(first + 1);
        let mut best_border = Border::Inside;
        let mut filled = 0;
        let mut at = self.tokens[first].start;
        for (index, token) in self.tokens.iter().enumerate().skip(first) {
            filled = self.encoding.fill(filled, self.between(at, token.end));
            at = token.end;
            if filled > self.capacity {
                break;
            }
            // An early border would make a tiny message.
            let early = filled * 2 < self.capacity;
            let border = if early {
                token.border.min(Border::Word)
            } else {
                token.border
            };
            if index + 1 >= best && border >= best_border {
                (best, best_border) = (index + 1, border);
            }
        }
        best
    }

    fn between(&self, start: usize, end: usize) -> &'t str {
        &self.text[start..end]
    }
}
