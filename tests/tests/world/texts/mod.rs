//! What an agent writes or pastes, and what the customer reads of it.

mod entities;
mod hidden;
mod links;
mod lists;
mod markdown;
mod pasted;
mod scripts;
mod struck;

use shared::text::answer;
use shared::text::sms::{self, Encoding};

/// A comment as it leaves for the phone.
pub struct Texted {
    /// Its messages, one after the other.
    pub text: String,
    /// Whether none of them needs UCS-2.
    pub gsm: bool,
}

/// What becomes of an agent's comment.
pub fn texted(comment: &str) -> Texted {
    let fitted = sms::fit(&answer::plain(comment, ""));
    Texted {
        text: fitted.messages.join("\u{1e}"),
        gsm: fitted.encoding == Encoding::Gsm7,
    }
}

/// The customer reads one of these.
#[track_caller]
pub fn reads(comment: &str, one_of: &[&str]) {
    let read = texted(comment).text;
    assert!(
        one_of.contains(&read.as_str()),
        "of the comment\n{comment}\nthe customer reads\n{read:?}\nand ought to read one of\n{one_of:?}"
    );
}

/// Tests of one line each: a name, the comment, what may be read.
macro_rules! examples {
    ($($(#[$note:meta])* $name:ident: $comment:expr => $($want:literal)|+;)*) => {$(
        $(#[$note])*
        #[test]
        fn $name() {
            e2e::case!(async { super::reads($comment, &[$($want),+]) });
        }
    )*};
}

use examples;
