//! What a customer's text is, beyond its words: a reaction, an answer a phone gave by itself, a courtesy, a wish
//! to get no more texts. In doubt it is an ordinary text, because an agent reads that.
//!
//! What Braze says of a text by its `kind` comes first, and a rating in its window before that; neither is
//! looked for here ([`rating`] reads the latter).

mod automatic;
mod blank;
mod book;
mod courtesy;
mod opt_out;
mod pattern;
pub mod rating;
mod reaction;
mod spelling;
mod words;

pub use blank::{is_blank, is_invisible};
pub use courtesy::is_courtesy;
pub use reaction::Reaction;

use words::Words;

/// What a text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextKind<'t> {
    /// It shows nothing.
    Blank,
    /// A phone's words for a tap on a message: shown on the ticket it belongs to, and nothing else.
    Reaction(Reaction<'t>),
    /// A phone or a mailbox answered by itself: shown, and nothing else.
    AutomaticReply,
    /// The customer wants no more texts: shown like any text, with a note and a tag, and no further automatic
    /// texts go out.
    OptOutWish,
    /// Thanks, a wish, a farewell, that something works: shown, and needs no answer.
    ThankYou,
    /// An agent has to read it.
    Ordinary,
}

/// What a text is.
pub fn classify(text: &str) -> TextKind<'_> {
    if is_blank(text) {
        return TextKind::Blank;
    }
    if let Some(reaction) = Reaction::of(text) {
        return TextKind::Reaction(reaction);
    }
    let words = Words::of(text);
    if opt_out::is_wish(&words) {
        TextKind::OptOutWish
    } else if automatic::is_automatic(&words) {
        TextKind::AutomaticReply
    } else if courtesy::is_only_courtesy(&words) {
        TextKind::ThankYou
    } else {
        TextKind::Ordinary
    }
}

/// Whether a text is a keyword that can mean nothing but an opt-out.
pub fn is_only_opt_out(text: &str) -> bool {
    opt_out::is_only_keyword(&Words::of(text))
}

/// Whether a text asks something.
pub fn asks(text: &str) -> bool {
    Words::of(text).asks
}

/// Whether a text is a wish to get no more texts.
pub fn is_opt_out_wish(text: &str) -> bool {
    opt_out::is_wish(&Words::of(text))
}
