//! What became of a message that Braze accepted.

use super::super::policy::Language;
use super::super::watch::Because;
use super::texts::Texts;
use super::{clock, fill};
use crate::message::{Ended, NotDelivered};

/// A message that Braze took, as agents know it.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// When Braze took it, in milliseconds since the epoch.
    pub at: i64,
    /// It is an agent's comment.
    pub is_answer: bool,
    /// Which message of a long answer, and of how many, where only this one is meant.
    pub part: Option<(u8, u8)>,
}

/// A message did not arrive.
pub fn not_delivered(language: Language, message: Message, failed: &NotDelivered) -> String {
    let texts = Texts::of(language);
    let (text, coded) = match failed.ended {
        Ended::Failure => (texts.not_delivered, texts.provider_code),
        Ended::Rejection => (texts.rejected, texts.provider_code),
        Ended::Abort => (texts.aborted, texts.braze_code),
    };
    let known = match failed.code.as_str() {
        "30003" => Some(texts.phone_unreachable),
        "30004" => Some(texts.phone_blocks),
        "30005" => Some(texts.number_unknown),
        "30006" => Some(texts.landline),
        "30007" => Some(texts.filtered),
        "30008" => Some(texts.no_reason),
        _ => None,
    };
    let why = known.or(failed.why.present()).unwrap_or(texts.no_reason);
    let code = match failed.code.as_str() {
        "" => String::new(),
        code => fill(coded, &[("code", code)]),
    };
    let what = which(texts, message);
    let filled = [
        ("what", what.as_str()),
        ("why", why.trim_end_matches('.')),
        ("code", &code),
    ];
    fill(text, &filled)
}

/// Braze took a message and sent nothing.
pub fn withheld(language: Language, message: Message) -> String {
    let texts = Texts::of(language);
    fill(texts.withheld, &[("what", &which(texts, message))])
}

/// Braze took a message, and its record of the customer says that they did not receive it.
pub fn not_received(language: Language, message: Message, because: Option<Because>) -> String {
    let texts = Texts::of(language);
    let why = match because {
        Some(Because::UnknownCustomer) => texts.unknown_to_braze,
        Some(Because::ControlGroup) => texts.in_control_group,
        Some(Because::Other) | None => texts.may_be_withheld,
    };
    fill(
        texts.not_received,
        &[("what", &which(texts, message)), ("why", why)],
    )
}

/// A message that was reported as withheld was sent later.
pub fn sent_after_all(language: Language, message: Message) -> String {
    let texts = Texts::of(language);
    fill(texts.sent_after_all, &[("what", &which(texts, message))])
}

fn which(texts: &Texts, message: Message) -> String {
    let text = match message.is_answer {
        true => texts.answer_of,
        false => texts.message_of,
    };
    let part = message.part.map(|(part, parts)| {
        let (part, parts) = (part.to_string(), parts.to_string());
        fill(texts.part_of, &[("part", &part), ("parts", &parts)])
    });
    let (at, part) = (clock(message.at), part.unwrap_or_default());
    fill(text, &[("at", &at), ("part", &part)])
}
