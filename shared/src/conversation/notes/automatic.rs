//! Automatic texts, and when they stop.

use super::super::policy::Language;
use super::texts::Texts;
use super::{against, clock, fill};

/// What the customer was texted automatically.
pub fn said(language: Language, sms: &str) -> String {
    format!("{}\n{sms}", Texts::of(language).said)
}

/// Braze did not say whether it took an automatic text.
pub fn say_unknown(language: Language, now: i64, sms: &str) -> String {
    let at = clock(now);
    let text = fill(Texts::of(language).say_unknown, &[("at", &at)]);
    format!("{text}\n{sms}")
}

/// An automatic text would take too many messages.
pub fn say_too_long(language: Language, messages: usize, limit: usize) -> String {
    against(Texts::of(language).say_too_long, messages, limit)
}

/// The same text came again and again.
pub fn loop_fuse(language: Language, count: u8) -> String {
    fill(
        Texts::of(language).loop_fuse,
        &[("count", &count.to_string())],
    )
}
