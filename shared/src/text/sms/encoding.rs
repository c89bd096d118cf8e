//! The two encodings of SMS, and what a text takes in each.
//!
//! In: text. Out: units and parts.

use super::gsm;

/// How a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 03.38 default alphabet: 160 septets in one part, 153 in each of several.
    Gsm7,
    /// UTF-16: 70 units in one part, 67 in each of several.
    Ucs2,
}

impl Encoding {
    /// The cheapest encoding that can carry a text as it is.
    pub fn of(text: &str) -> Self {
        if text.chars().all(|c| gsm::septets(c).is_some()) {
            Self::Gsm7
        } else {
            Self::Ucs2
        }
    }

    /// What one part holds where it is the only one.
    pub(super) fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// What each of several parts holds.
    #[inline]
    pub(super) fn part(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    #[inline]
    pub(super) fn cost(self, c: char) -> usize {
        match self {
            Self::Gsm7 => gsm::septets(c).unwrap_or(1),
            Self::Ucs2 => c.len_utf16(),
        }
    }

    /// How far several parts that are filled up to `at` are filled with a text more: a character
    /// of two units does not straddle two parts. From `most` on it does not matter how far.
    #[inline]
    pub(super) fn fill(self, at: usize, text: &str, most: usize) -> usize {
        if self.is_even(text) {
            return at + text.len();
        }
        let part = self.part();
        let (mut filled, mut left) = (at, part - at % part);
        for c in text.chars() {
            let cost = self.cost(c);
            if cost > left {
                filled += left;
                left = part;
            }
            filled += cost;
            left -= cost;
            if left == 0 {
                left = part;
            }
            if filled > most {
                break;
            }
        }
        filled
    }

    #[inline]
    pub(super) fn fill_char(self, at: usize, c: char) -> usize {
        let (cost, left) = (self.cost(c), self.part() - at % self.part());
        at + cost + if cost > left { left } else { 0 }
    }

    /// The units of a text.
    #[inline]
    pub(super) fn weigh(self, text: &str) -> usize {
        if self.is_even(text) {
            return text.len();
        }
        text.chars().map(|c| self.cost(c)).sum()
    }

    /// Whether every byte is a character of one unit, as nearly always.
    #[inline]
    fn is_even(self, text: &str) -> bool {
        match self {
            Self::Gsm7 => gsm::is_basic_ascii(text),
            Self::Ucs2 => text.is_ascii(),
        }
    }

    pub(super) fn segments(self, text: &str) -> usize {
        let filled = self.fill(0, text, usize::MAX);
        // One part holds more than each of two, and has no border that a character could straddle.
        if filled < 2 * self.part() {
            let total = self.weigh(text);
            if total <= self.single() {
                return usize::from(total > 0);
            }
        }
        filled.div_ceil(self.part())
    }
}
