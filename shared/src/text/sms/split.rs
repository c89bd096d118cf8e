//! Cuts a text that Braze would not take whole.
//!
//! In: clean text, and which encoding its messages have. Out: its pieces, one a message. The rules, in
//! this order: no word or link is cut that fits into one message; as few messages as that allows; each cut
//! where a reader would pause (paragraph, line, sentence, word), as late as possible; before the middle
//! of a message one such place is as good as another.

use super::scale::{Fill, Scale, Way};
pub(super) use super::tokens::words;
use super::tokens::{Border, Token, Tokens};
use super::{Encoding, MAX_SEGMENTS, gsm};

/// The pieces of a text that takes more than one message, each with room left for its number. `words` are the
/// text's, which are the same however it travels.
pub(super) fn split<'t>(text: &'t str, words: &[Token], way: Way) -> Vec<&'t str> {
    let marker = |digits: usize| 4 + 2 * digits;
    let mut digits = 1;
    let mut room = Room::new(text, words, Scale::new(way, marker(digits)));
    loop {
        let starts = room.latest_starts();
        let needed = starts.len().to_string().len();
        if needed <= digits {
            return room.pieces(&starts);
        }
        digits = needed;
        let scale = room.scale.numbered(marker(digits));
        if room.tokens.settled {
            room.scale = scale;
        } else {
            room = Room::new(text, words, scale);
        }
    }
}

/// Whether messages of their own encoding may be others than those of the text's.
pub(super) fn may_differ(text: &str) -> bool {
    gsm::has_run_over(Encoding::Ucs2.part() * MAX_SEGMENTS - 6, text)
}

/// A text in its tokens, and the room one message has for them.
struct Room<'t, 'w> {
    text: &'t str,
    scale: Scale,
    tokens: Tokens<'w>,
    /// How far each token with the white space behind it fills a message.
    weights: Vec<Fill>,
}

impl<'t, 'w> Room<'t, 'w> {
    fn new(text: &'t str, words: &'w [Token], scale: Scale) -> Self {
        let tokens = Tokens::of(text, words, scale);
        let ends = tokens
            .all
            .iter()
            .skip(1)
            .map(|next| next.start)
            .chain([text.len()]);
        let spans = tokens.all.iter().zip(ends);
        let weights = spans.map(|(token, end)| scale.weigh(&text[token.start..end]));
        Self {
            text,
            scale,
            weights: weights.collect(),
            tokens,
        }
    }

    fn pieces(&self, latest_starts: &[usize]) -> Vec<&'t str> {
        let mut pieces = Vec::with_capacity(latest_starts.len());
        let mut first = 0;
        // What follows a message must fit into the messages left: that is where its cut is earliest.
        for &next in latest_starts.iter().rev() {
            let cut = self.cut(first, next);
            pieces.push(&self.text[self.tokens.all[first].start..self.tokens.all[cut - 1].end]);
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
        let mut end = self.tokens.all.len();
        while end > 0 {
            starts.push(end);
            end = self.earliest_start(end);
        }
        starts
    }

    /// The earliest token from which one message reaches to the token before `end`.
    fn earliest_start(&self, end: usize) -> usize {
        let last = self.tokens.all[end - 1];
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
        let text = &self.text[self.tokens.all[start].start..self.tokens.all[end - 1].end];
        self.scale.holds(text)
    }

    /// The token after the best cut of the message that begins at `first`, with what is left
    /// beginning at `earliest` or later.
    fn cut(&self, first: usize, earliest: usize) -> usize {
        let mut best = earliest.max(first + 1);
        let mut best_border = Border::Inside;
        let mut filled = self.scale.empty();
        let mut at = self.tokens.all[first].start;
        for (index, token) in self.tokens.all.iter().enumerate().skip(first) {
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
