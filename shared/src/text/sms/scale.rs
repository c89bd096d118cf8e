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

/// How far a message is filled in each encoding that it fits in; in none, it is too long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fill {
    gsm7: Option<usize>,
    ucs2: Option<usize>,
}

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
    pub(super) fn empty(self) -> Fill {
        let used = |encoding| (self.way != Way::Whole(encoding)).then_some(0);
        Fill {
            gsm7: used(Encoding::Ucs2),
            ucs2: used(Encoding::Gsm7),
        }
    }

    /// How far it is filled with a text more: a character of two units does not straddle two parts.
    pub(super) fn add(self, fill: Fill, text: &str) -> Fill {
        let gsm7 = fill.gsm7.and_then(|at| match self.way {
            Way::Whole(_) => Some(Encoding::Gsm7.fill(at, text)),
            Way::Own(ligatures) => gsm::fill(at, text, ligatures),
        });
        let ucs2 = fill.ucs2.map(|at| Encoding::Ucs2.fill(at, text));
        self.within(Fill { gsm7, ucs2 })
    }

    /// How far a text fills it wherever parts begin: never further than [`Scale::add`] does.
    pub(super) fn weigh(self, text: &str) -> Fill {
        let empty = self.empty();
        let gsm7 = empty.gsm7.and_then(|_| match self.way {
            Way::Whole(_) => Some(Encoding::Gsm7.weigh(text)),
            Way::Own(ligatures) => gsm::weigh(text, ligatures),
        });
        let ucs2 = empty.ucs2.map(|_| Encoding::Ucs2.weigh(text));
        Fill { gsm7, ucs2 }
    }

    /// Both together.
    pub(super) fn sum(self, fill: Fill, more: Fill) -> Fill {
        self.within(Fill {
            gsm7: fill.gsm7.zip(more.gsm7).map(|(a, b)| a + b),
            ucs2: fill.ucs2.zip(more.ucs2).map(|(a, b)| a + b),
        })
    }

    /// Whether one message holds a text.
    pub(super) fn holds(self, text: &str) -> bool {
        // A byte takes two units at most, and what straddles parts a few more.
        text.len() <= self.ucs2 / 3 || self.add(self.empty(), text).fits()
    }

    /// Whether a message is filled to less than its middle.
    pub(super) fn is_early(self, fill: Fill) -> bool {
        match fill {
            Fill { gsm7: Some(at), .. } => at * 2 < self.gsm7,
            Fill { ucs2, .. } => ucs2.is_some_and(|at| at * 2 < self.ucs2),
        }
    }

    fn within(self, fill: Fill) -> Fill {
        Fill {
            gsm7: fill.gsm7.filter(|at| *at <= self.gsm7),
            ucs2: fill.ucs2.filter(|at| *at <= self.ucs2),
        }
    }
}

impl Fill {
    /// Whether the message is not too long.
    pub(super) fn fits(self) -> bool {
        self.gsm7.is_some() || self.ucs2.is_some()
    }
}
