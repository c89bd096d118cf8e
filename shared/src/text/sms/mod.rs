//! Text made fit for SMS: encoding, cost in parts, and splitting over Braze's maximum.
//!
//! In: text of any length. Out: messages that Braze takes whole. What costs nothing to keep is
//! kept: typographic characters are replaced only where that makes the whole text GSM-7.

mod clean;
mod gsm;
mod split;
mod tokens;

/// How many parts one message may have (Braze's maximum).
pub const MAX_SEGMENTS: usize = 10;

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
    fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// What each of several parts holds.
    fn part(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    fn cost(self, c: char) -> usize {
        match self {
            Self::Gsm7 => gsm::septets(c).unwrap_or(1),
            Self::Ucs2 => c.len_utf16(),
        }
    }

    /// How far several parts that are filled up to `at` are filled with a text more: a character
    /// of two units does not straddle two parts.
    fn fill(self, at: usize, text: &str) -> usize {
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
        }
        filled
    }

    fn segments(self, text: &str) -> usize {
        let filled = self.fill(0, text);
        // One part holds more than each of two, and has no border that a character could straddle.
        if filled < 2 * self.part() {
            let total: usize = text.chars().map(|c| self.cost(c)).sum();
            if total <= self.single() {
                return usize::from(total > 0);
            }
        }
        filled.div_ceil(self.part())
    }
}

/// A text made fit for SMS.
#[derive(Clone, PartialEq, Eq)]
pub struct Fitted {
    /// The messages in order, none empty, each within [`MAX_SEGMENTS`]. Empty where the text holds
    /// nothing to send.
    pub messages: Vec<String>,
    /// How many parts each message takes, in the same order.
    pub segments: Vec<usize>,
    /// How the text travels.
    pub encoding: Encoding,
    /// The first character that made it [`Encoding::Ucs2`].
    pub forced_by: Option<char>,
}

/// Shows what it costs, never the text.
impl std::fmt::Debug for Fitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fitted")
            .field("segments", &self.segments)
            .field("encoding", &self.encoding)
            .finish_non_exhaustive()
    }
}

/// What becomes of letters such as `œ`, where that makes the whole text GSM-7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ligatures {
    /// They stay.
    #[default]
    Keep,
    /// They are written as two letters, `oe`.
    Split,
}

/// Makes a text fit for SMS, ligatures kept.
pub fn fit(text: &str) -> Fitted {
    fit_with(text, Ligatures::Keep)
}

/// Makes a text fit for SMS.
///
/// Line ends are normalised, white space at their end and invisible characters dropped. Over
/// [`MAX_SEGMENTS`] the text becomes several messages, each ending in ` (1/3)`.
pub fn fit_with(text: &str, ligatures: Ligatures) -> Fitted {
    let clean = clean::clean(text);
    let (text, encoding, forced_by) = match gsm::transliterate(&clean, ligatures) {
        Ok(plain) => (plain, Encoding::Gsm7, None),
        Err(forced_by) => (clean, Encoding::Ucs2, Some(forced_by)),
    };
    let messages = split::split(&text, encoding);
    Fitted {
        segments: messages
            .iter()
            .map(|message| encoding.segments(message))
            .collect(),
        messages,
        encoding,
        forced_by,
    }
}

/// What a message costs, and why: fit for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Its parts.
    pub parts: usize,
    /// `gsm7` or `ucs2`.
    pub encoding: &'static str,
    /// The code point of the first character outside GSM-7.
    pub forced_by: Option<u32>,
}

impl Cost {
    /// What a message costs exactly as it is.
    pub fn of(message: &str) -> Self {
        let encoding = Encoding::of(message);
        Self {
            parts: encoding.segments(message),
            encoding: match encoding {
                Encoding::Gsm7 => "gsm7",
                Encoding::Ucs2 => "ucs2",
            },
            forced_by: message
                .chars()
                .find(|c| gsm::septets(*c).is_none())
                .map(u32::from),
        }
    }
}

/// How many parts a text takes as one message, exactly as it is.
pub fn segments(text: &str) -> usize {
    Encoding::of(text).segments(text)
}

#[cfg(test)]
mod tests;
