//! Text made fit for SMS: encoding, cost in parts, and splitting over Braze's maximum.
//!
//! In: text of any length. Out: messages that Braze takes whole. What costs nothing to keep is
//! kept: typographic characters are replaced only where that makes a whole message GSM-7.

mod clean;
mod encoding;
mod gsm;
mod scale;
mod split;
mod tokens;

pub use encoding::Encoding;
use scale::Way;
use unicode_segmentation::UnicodeSegmentation;

/// How many parts one message may have (Braze's maximum).
pub const MAX_SEGMENTS: usize = 10;

/// A text made fit for SMS.
#[derive(Clone, PartialEq, Eq)]
pub struct Fitted {
    /// The messages in order, none empty, each within [`MAX_SEGMENTS`]. Empty where the text holds
    /// nothing to send.
    pub messages: Vec<String>,
    /// How many parts each message takes, in the same order.
    pub segments: Vec<usize>,
    /// How each message travels, in the same order.
    pub encodings: Vec<Encoding>,
    /// [`Encoding::Ucs2`] where any message travels so.
    pub encoding: Encoding,
    /// The first character that made one [`Encoding::Ucs2`].
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
/// [`MAX_SEGMENTS`] the text becomes several messages, each ending in ` (1/3)`, and each in GSM-7 where
/// all of it can be written so.
pub fn fit_with(text: &str, ligatures: Ligatures) -> Fitted {
    let clean = clean::clean(text);
    match gsm::transliterate(&clean, ligatures) {
        Ok(plain) => {
            let pieces = match one_at_most(&plain, Encoding::Gsm7) {
                Some(pieces) => pieces,
                None => {
                    let words = split::words(&plain);
                    split::split(&plain, &words, Way::Whole(Encoding::Gsm7))
                }
            };
            Fitted::of(pieces.into_iter().map(str::to_owned).collect(), None)
        }
        Err(forced_by) => dear(&clean, ligatures, forced_by),
    }
}

/// A text as the one message it is, or none; nothing where it takes several.
fn one_at_most(text: &str, encoding: Encoding) -> Option<Vec<&str>> {
    if encoding.segments(text) > MAX_SEGMENTS {
        return None;
    }
    // Never inside of a cluster: a space may carry an accent.
    let blank = |cluster: &&str| cluster.trim().is_empty();
    let lead: usize = text.graphemes(true).take_while(blank).map(str::len).sum();
    let text = &text[lead..];
    Some(if text.is_empty() { vec![] } else { vec![text] })
}

/// A text that cannot travel in GSM-7 as a whole: cut as one of UCS-2, or as messages each in their own
/// encoding, whichever takes fewer parts.
fn dear(text: &str, ligatures: Ligatures, forced_by: char) -> Fitted {
    let fitted = |pieces: Vec<&str>| {
        let spelled = pieces.into_iter().map(|piece| cheaper(piece, ligatures));
        let said = spelled.filter(|piece| !piece.trim().is_empty());
        Fitted::of(said.collect(), Some(forced_by))
    };
    if let Some(pieces) = one_at_most(text, Encoding::Ucs2) {
        return fitted(pieces);
    }
    let words = split::words(text);
    let whole = fitted(split::split(text, &words, Way::Whole(Encoding::Ucs2)));
    if whole.messages.len() < 2 || !split::may_differ(text) {
        return whole;
    }
    let own = fitted(split::split(text, &words, Way::Own(ligatures)));
    if own.price() <= whole.price() {
        own
    } else {
        whole
    }
}

/// A piece in GSM-7 where that can be and takes no more parts, else as it is.
fn cheaper(piece: &str, ligatures: Ligatures) -> String {
    gsm::transliterate(piece, ligatures)
        .ok()
        .filter(|plain| Encoding::Gsm7.segments(plain) <= Encoding::Ucs2.segments(piece))
        .unwrap_or_else(|| piece.to_owned())
}

impl Fitted {
    /// Numbers the pieces and counts what they cost.
    fn of(mut messages: Vec<String>, forced_by: Option<char>) -> Self {
        let count = messages.len();
        if count > 1 {
            for (i, message) in messages.iter_mut().enumerate() {
                message.push_str(&format!(" ({}/{count})", i + 1));
            }
        }
        let encodings: Vec<Encoding> = messages.iter().map(|m| Encoding::of(m)).collect();
        let measured = messages.iter().zip(&encodings);
        let encoding = match encodings.contains(&Encoding::Ucs2) {
            true => Encoding::Ucs2,
            false => Encoding::Gsm7,
        };
        Self {
            segments: measured
                .map(|(message, how)| how.segments(message))
                .collect(),
            messages,
            encodings,
            encoding,
            forced_by: forced_by.filter(|_| encoding == Encoding::Ucs2),
        }
    }

    /// Parts in all, then messages.
    fn price(&self) -> (usize, usize) {
        (self.segments.iter().sum(), self.messages.len())
    }
}

/// What a message costs, and why: fit for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Its parts.
    pub parts: usize,
    /// `gsm7` or `ucs2`.
    pub encoding: &'static str,
    /// The code point of the first character that GSM-7 has nothing for.
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
            forced_by: (encoding == Encoding::Ucs2)
                .then(|| dear_character(message))
                .flatten()
                .map(u32::from),
        }
    }
}

/// What is kept only because of another character is not named.
fn dear_character(message: &str) -> Option<char> {
    let lacking = |ligatures| gsm::transliterate(message, ligatures).err();
    lacking(Ligatures::Split)
        .or_else(|| lacking(Ligatures::Keep))
        .or_else(|| message.chars().find(|c| gsm::septets(*c).is_none()))
}

/// How many parts a text takes as one message, exactly as it is.
pub fn segments(text: &str) -> usize {
    Encoding::of(text).segments(text)
}

#[cfg(test)]
mod tests;
