//! Cuts a text that Braze would not take whole.
//!
//! In: clean text, and which encoding its messages have. Out: its pieces, one a message. The rules, in
//! this order: no word or link is cut that fits into one message; as few messages as that allows; each cut
//! where a reader would pause (paragraph, line, sentence, word), as late as possible; before the middle
//! of a message one such place is as good as another.

use super::scale::{Fill, Scale, Way};
use super::tokens::{Border, Token, tokens};
use super::{Encoding, MAX_SEGMENTS, gsm};

/// The pieces of a text that takes more than one message, each with room left for its number.
pub(super) fn split(text: &str, way: Way) -> Vec<&str> {
    let mut digits = 1;
    loop {
        let pieces = Room::new(text, Scale::new(way, 4 + 2 * digits)).pieces();
        let needed = pieces.len().to_string().len();
        if needed <= digits {
            return pieces;
        }
        digits = needed;
    }
}

/// Whether messages of their own encoding may be others than those of the text's.
pub(super) fn may_differ(text: &str) -> bool {
    gsm::has_run_over(Encoding::Ucs2.part() * MAX_SEGMENTS - 6, text)
}

/// A text in its tokens, and the room one message has for them.
struct Room<'t> {
    text: &'t str,
    scale: Scale,
    tokens: Vec<Token>,
    /// How far each token with the white space behind it fills a message.
    weights: Vec<Fill>,
}

impl<'t> Room<'t> {
    fn new(text: &'t str, scale: Scale) -> Self {
        let tokens = tokens(text, scale);
        let ends = tokens
            .iter()
            .skip(1)
            .map(|next| next.start)
            .chain([text.len()]);
        let spans = tokens.iter().zip(ends);
        let weights = spans.map(|(token, end)| scale.weigh(&text[token.start..end]));
        Self {
            text,
            scale,
            weights: weights.collect(),
            tokens,
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
        let mut filled = self.scale.weigh(&self.text[last.start..last.end]);
        while start > 0 {
            filled = self.scale.sum(filled, self.weights[start - 1]);
            if !self.scale.fits(filled) {
                break;
            }
            start -= 1;
        }
        // Characters that would straddle two parts of the message take a little more.
        while start + 1 < end && !self.holds(start, end) {
            start += 1;
        }
        start
    }

    fn holds(&self, start: usize, end: usize) -> bool {
        let text = &self.text[self.tokens[start].start..self.tokens[end - 1].end];
        self.scale.holds(text)
    }

    /// The token after the best cut of the message that begins at `first`, with what is left
    /// beginning at `earliest` or later.
    fn cut(&self, first: usize, earliest: usize) -> usize {
        let mut best = earliest.max(first + 1);
        let mut best_border = Border::Inside;
        let mut filled = self.scale.empty();
        let mut at = self.tokens[first].start;
        for (index, token) in self.tokens.iter().enumerate().skip(first) {
            filled = self.scale.add(filled, &self.text[at..token.end]);
            at = token.end;
            if !self.scale.fits(filled) {
                break;
            }
            // An early border would make a tiny message.
            let border = if self.scale.is_early(filled) {
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
}
