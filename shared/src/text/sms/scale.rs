//! How full a message is.
//!
//! In: text, piece by piece. Out: how far it fills one message, numbered, of Braze's parts; in the one
//! encoding of a whole text, or in whichever of both the message can still travel in.

use super::{Encoding, Ligatures, MAX_SEGMENTS, gsm};

/// Which encoding a message of several has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// That of the whole text, which is written in it.
    Whole(Encoding),
    /// Its own: GSM-7 where all of it can be written so.
    Own(Ligatures),
}

/// What one message holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    way: Way,
    gsm7: usize,
    ucs2: usize,
}

/// How far a message is filled in each encoding; in none that it fits in, it is too long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fill {
    gsm7: usize,
    ucs2: usize,
}

/// The message does not travel in this encoding. More than two of them can be added up.
const NEVER: usize = usize::MAX / 4;

/// What the number of a message may take beyond the shortest, in characters: that of ten million messages.
const LONGEST_NUMBER: usize = 14;

impl Scale {
    /// A message that ends in a number of so many characters.
    pub(super) fn new(way: Way, marker: usize) -> Self {
        let capacity = |encoding: Encoding| MAX_SEGMENTS * encoding.part() - marker;
        Self {
            way,
            gsm7: capacity(Encoding::Gsm7),
            ucs2: capacity(Encoding::Ucs2),
        }
    }

    /// How far a message without a text is filled.
    #[inline]
    pub(super) fn empty(self) -> Fill {
        let used = |other| {
            if self.way == Way::Whole(other) {
                NEVER
            } else {
                0
            }
        };
        Fill {
            gsm7: used(Encoding::Ucs2),
            ucs2: used(Encoding::Gsm7),
        }
    }

    /// How far it is filled with a text more: a character of two units does not straddle two parts.
    #[inline]
    pub(super) fn add(self, mut fill: Fill, text: &str) -> Fill {
        if fill.gsm7 <= self.gsm7 {
            fill.gsm7 = match self.way {
                Way::Whole(_) => Encoding::Gsm7.fill(fill.gsm7, text, self.gsm7),
                Way::Own(ligatures) => {
                    gsm::fill(fill.gsm7, text, self.gsm7, ligatures).unwrap_or(NEVER)
                }
            };
        }
        if fill.ucs2 <= self.ucs2 {
            fill.ucs2 = Encoding::Ucs2.fill(fill.ucs2, text, self.ucs2);
        }
        fill
    }

    /// How far a text fills it wherever parts begin: never further than [`Scale::add`] does.
    #[inline]
    pub(super) fn weigh(self, text: &str) -> Fill {
        let gsm7 = match self.way {
            Way::Whole(Encoding::Gsm7) => Encoding::Gsm7.weigh(text),
            Way::Whole(Encoding::Ucs2) => NEVER,
            Way::Own(ligatures) => gsm::weigh(text, ligatures).unwrap_or(NEVER),
        };
        let ucs2 = match self.way {
            Way::Whole(Encoding::Gsm7) => NEVER,
            _ => Encoding::Ucs2.weigh(text),
        };
        Fill { gsm7, ucs2 }
    }

    /// Both together.
    #[inline]
    pub(super) fn sum(self, fill: Fill, more: Fill) -> Fill {
        Fill {
            gsm7: (fill.gsm7 + more.gsm7).min(NEVER),
            ucs2: (fill.ucs2 + more.ucs2).min(NEVER),
        }
    }

    /// Whether the message is not too long.
    #[inline]
    pub(super) fn fits(self, fill: Fill) -> bool {
        fill.gsm7 <= self.gsm7 || fill.ucs2 <= self.ucs2
    }

    /// Whether one message holds a text.
    #[inline]
    pub(super) fn holds(self, text: &str) -> bool {
        // A byte takes two units at most, and what straddles parts a few more.
        text.len() <= self.ucs2 / 3 || self.fits(self.add(self.empty(), text))
    }

    /// Whether one message holds a text however many messages there are.
    #[inline]
    pub(super) fn holds_with_any_number(self, text: &str) -> bool {
        let least = Self {
            gsm7: self.gsm7 - LONGEST_NUMBER,
            ucs2: self.ucs2 - LONGEST_NUMBER,
            ..self
        };
        least.holds(text)
    }

    /// This message with a number of so many characters.
    pub(super) fn numbered(self, marker: usize) -> Self {
        Self::new(self.way, marker)
    }

    /// Whether a message is filled to less than its middle.
    #[inline]
    pub(super) fn is_early(self, fill: Fill) -> bool {
        if fill.gsm7 <= self.gsm7 {
            fill.gsm7 * 2 < self.gsm7
        } else {
            fill.ucs2 * 2 < self.ucs2
        }
    }
}
