//! Messages beyond the limits of SMS parts.

use super::super::policy::Language;
use super::texts::Texts;
use super::{clock, fill};

/// A message of so many SMS parts would go beyond what a customer may get within a day. `spent`: parts they
/// got; `again`: when it can be sent, in milliseconds since the epoch, where it ever can.
pub fn over_customers_limit(
    language: Language,
    parts: u32,
    spent: u32,
    limit: u32,
    again: Option<i64>,
) -> String {
    let texts = Texts::of(language);
    let at = again.map(clock);
    let advice = match &at {
        Some(at) => fill(texts.ask_again_at, &[("at", at)]),
        None => texts.ask_never.to_owned(),
    };
    let figures = [parts, spent, limit].map(|figure| figure.to_string());
    let [parts, spent, limit] = &figures;
    let filled = [
        ("parts", parts.as_str()),
        ("spent", spent),
        ("limit", limit),
        ("advice", &advice),
    ];
    fill(texts.over_customers_limit, &filled)
}

/// The same of what the whole stack may send within an hour.
pub fn over_hours_limit(language: Language, parts: u32, limit: u32) -> String {
    let texts = Texts::of(language);
    let advice = match parts <= limit {
        true => texts.ask_in_an_hour,
        false => texts.ask_never,
    };
    let (parts, limit) = (parts.to_string(), limit.to_string());
    let filled = [
        ("parts", parts.as_str()),
        ("limit", &limit),
        ("advice", advice),
    ];
    fill(texts.over_hours_limit, &filled)
}
