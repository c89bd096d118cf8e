//! The closing message, its question for a rating, and what became of it.

use super::super::policy::Language;
use super::texts::Texts;
use super::{against, clock, fill};

/// The closing message where neither the trigger nor a setting brings one.
pub fn closing(language: Language) -> String {
    Texts::of(language).closing.to_owned()
}

/// What asks for a rating: in the customer's language, else in the bridge's own.
pub fn rate(language: Language, customers: Option<&str>) -> &'static str {
    let own = match language {
        Language::English => "en",
        Language::French => "fr",
    };
    let primary = customers.and_then(|tag| tag.split('-').next());
    let of = |wanted: &str| RATE.iter().find(|(known, _)| *known == wanted);
    let found = primary.and_then(of).or_else(|| of(own));
    found.map_or(RATE[0].1, |(_, words)| words)
}

/// What asks for a rating, in GSM-7 throughout.
const RATE: [(&str, &str); 6] = [
    (
        "en",
        "How did we do? Reply with a number from 1 (bad) to 5 (great).",
    ),
    (
        "fr",
        "Que pensez-vous de notre aide ? Répondez par un chiffre de 1 (mauvais) à 5 (excellent).",
    ),
    (
        "es",
        "¿Cómo lo hicimos? Responda con un número de 1 (mal) a 5 (excelente).",
    ),
    (
        "de",
        "Wie waren wir? Antworten Sie mit einer Zahl von 1 (schlecht) bis 5 (sehr gut).",
    ),
    (
        "pt",
        "Como nos saimos? Responda com um número de 1 (mau) a 5 (excelente).",
    ),
    (
        "it",
        "Come siamo andati? Rispondi con un numero da 1 (male) a 5 (ottimo).",
    ),
];

/// The same of a closing message.
pub fn closing_sent_after_all(language: Language) -> String {
    Texts::of(language).closing_sent_after_all.to_owned()
}

/// The closing message would take too many messages.
pub fn closing_too_long(language: Language, messages: usize, limit: usize) -> String {
    against(Texts::of(language).closing_too_long, messages, limit)
}

/// Braze did not say whether it took the closing message.
pub fn closing_unknown(language: Language, now: i64) -> String {
    let texts = Texts::of(language);
    let at = clock(now);
    fill(
        texts.closing_unknown,
        &[("at", &at), ("advice", texts.add_the_tag)],
    )
}

/// Zendesk does not say whether a ticket whose solve the customer was notified of was solved again.
pub fn solve_unclear(language: Language, status: u16) -> String {
    let text = Texts::of(language).solve_unclear;
    fill(text, &[("status", &status.to_string())])
}
