//! What became of an agent's answer.

use std::time::Duration;

use super::super::policy::Language;
use super::super::step::Refusal;
use super::texts::Texts;
use super::{against, clock, fill, hours};
use crate::text::sms::{Encoding, Fitted};

/// An answer that was not sent, or may not have been, was handed to Braze later.
pub fn answer_sent_after_all(language: Language) -> String {
    Texts::of(language).answer_sent_after_all.to_owned()
}

/// The comment had nothing that can be sent as SMS.
pub fn no_text(language: Language) -> String {
    Texts::of(language).no_text.to_owned()
}

/// The comment would take too many messages.
pub fn too_long(language: Language, messages: usize, limit: usize) -> String {
    against(Texts::of(language).too_long, messages, limit)
}

/// Braze did not say whether it took an answer. `sent` messages before it were taken; `again`: the
/// bridge can send it once more.
pub fn unknown(language: Language, now: i64, sent: u8, again: bool) -> String {
    let texts = Texts::of(language);
    let before = sent_before(texts, sent);
    let at = clock(now);
    let advice = if again {
        texts.add_the_tag
    } else {
        texts.answer_again
    };
    let filled = [("at", at.as_str()), ("before", &before), ("advice", advice)];
    fill(texts.unknown, &filled)
}

/// What of an answer the customer has all the same.
fn sent_before(texts: &Texts, sent: u8) -> String {
    match sent {
        0 => String::new(),
        1 => texts.sent_before_one.to_owned(),
        sent => fill(texts.sent_before, &[("sent", &sent.to_string())]),
    }
}

/// Braze refused a message for good; `sent` messages of the same answer before it were taken.
pub fn refused(language: Language, refusal: &Refusal, sent: u8) -> String {
    let texts = Texts::of(language);
    let Refusal {
        status,
        code,
        detail,
    } = refusal;
    let answered = texts.braze_answered;
    let why = match (status, detail.present()) {
        (0, _) => code.clone(),
        (status, None) => format!("{answered} {status} {code}").trim_end().to_owned(),
        (status, Some(detail)) => format!("{answered} {status}: {detail}"),
    };
    let before = sent_before(texts, sent);
    fill(texts.refused, &[("why", &why), ("before", &before)])
}

/// An answer could not be handed to Braze in time; `sent` of its messages were.
pub fn answer_given_up(language: Language, after: Duration, sent: u8) -> String {
    let texts = Texts::of(language);
    let before = sent_before(texts, sent);
    fill(
        texts.answer_given_up,
        &[("hours", &hours(after)), ("before", &before)],
    )
}

/// The comment to be sent is not among those that were read.
pub fn not_found(language: Language) -> String {
    Texts::of(language).not_found.to_owned()
}

/// The bridge itself broke off over a message, again and again.
pub fn broke_off(language: Language) -> String {
    Texts::of(language).broke_off.to_owned()
}

/// What an answer cost, and why.
pub fn cost(language: Language, fitted: &Fitted) -> String {
    let texts = Texts::of(language);
    let encoding = match fitted.encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 if fitted.encodings.contains(&Encoding::Gsm7) => "GSM-7 + UCS-2",
        Encoding::Ucs2 => "UCS-2",
    };
    let parts = counted(fitted.segments.iter().sum(), texts.one_part, texts.parts);
    let messages = counted(fitted.messages.len(), texts.one_message, texts.messages);
    let filled = [
        ("parts", parts.as_str()),
        ("messages", &messages),
        ("encoding", encoding),
    ];
    let mut note = fill(texts.cost, &filled);
    if let Some(character) = fitted.forced_by {
        let shown = format!("“{character}” (U+{:04X})", u32::from(character));
        note.push_str(&fill(texts.cost_forced_by, &[("character", &shown)]));
    }
    note
}

fn counted(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => one.to_owned(),
        count => fill(several, &[("count", &count.to_string())]),
    }
}
