//! Whether a text is a courtesy only, which needs no answer.
//!
//! In: a customer's text. Out: yes or no; in doubt no, because a "no" loses nothing.

/// Whether the text says thanks and nothing else.
pub fn is_bare_thanks(text: &str) -> bool {
    text.is_empty()
}
