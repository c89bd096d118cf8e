//! What the bridge itself has to say, in each language. Holds no personal data but the links a
//! customer sent and the names of an agent's files.
//!
//! In: a language and figures. Out: texts. One file per language holds the words.

mod english;
mod french;
mod texts;

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::policy::Language;
use super::step::Refusal;
use crate::message::{Attachment, Ended, MediaProblem, NotDelivered, Personal, TicketId};
use crate::text::sms::{Encoding, Fitted};
use texts::Texts;

/// Names of files that are listed.
const NAMES_LISTED: usize = 10;

/// The ticket is not the customer's, so what was written on it was not sent.
pub fn not_theirs(language: Language) -> String {
    Texts::of(language).not_theirs.to_owned()
}

/// Braze does not know the ticket's requester, so what was written on it was not sent.
pub fn unknown_requester(language: Language) -> String {
    Texts::of(language).unknown_requester.to_owned()
}

/// The ticket no longer carries the tag, so answers on it are not sent.
pub fn untagged(language: Language, tag: &str) -> String {
    Texts::of(language).untagged.replace("{tag}", tag)
}

/// A text of the former requester came to the ticket, and is on another one now, where that is known.
pub fn text_moved(language: Language, ticket: Option<TicketId>) -> String {
    let texts = Texts::of(language);
    match ticket {
        Some(ticket) => texts.text_moved.replace("{ticket}", &ticket.to_string()),
        None => texts.text_left.to_owned(),
    }
}

/// The customer opted out, so an answer was not sent.
pub fn opted_out(language: Language) -> String {
    Texts::of(language).opted_out.to_owned()
}

/// The customer is unsubscribed in Braze, so an answer was not sent.
pub fn unsubscribed(language: Language) -> String {
    Texts::of(language).unsubscribed.to_owned()
}

/// The customer is unsubscribed in Braze: the agent knows before writing.
pub fn customer_unsubscribed(language: Language) -> String {
    Texts::of(language).customer_unsubscribed.to_owned()
}

/// The customer never subscribed in Braze.
pub fn customer_not_subscribed(language: Language) -> String {
    Texts::of(language).customer_not_subscribed.to_owned()
}

/// The customer opted out, and is subscribed in Braze again.
pub fn subscribed_again(language: Language) -> String {
    Texts::of(language).subscribed_again.to_owned()
}

/// An answer that was not sent, or may not have been, was handed to Braze later.
pub fn answer_sent_after_all(language: Language) -> String {
    Texts::of(language).answer_sent_after_all.to_owned()
}

/// The same of a closing message.
pub fn closing_sent_after_all(language: Language) -> String {
    Texts::of(language).closing_sent_after_all.to_owned()
}

/// A text that could not be added is on the ticket now.
pub fn text_added_after_all(language: Language) -> String {
    Texts::of(language).text_added_after_all.to_owned()
}

/// The comment had nothing that can be sent as SMS.
pub fn no_text(language: Language) -> String {
    Texts::of(language).no_text.to_owned()
}

/// The comment would take too many messages.
pub fn too_long(language: Language, messages: usize, limit: usize) -> String {
    against(Texts::of(language).too_long, messages, limit)
}

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

/// The closing message would take too many messages.
pub fn closing_too_long(language: Language, messages: usize, limit: usize) -> String {
    against(Texts::of(language).closing_too_long, messages, limit)
}

fn against(text: &str, messages: usize, limit: usize) -> String {
    let (messages, limit) = (messages.to_string(), limit.to_string());
    fill(text, &[("messages", &messages), ("limit", &limit)])
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

/// Braze did not say whether it took the closing message.
pub fn closing_unknown(language: Language, now: i64) -> String {
    let texts = Texts::of(language);
    let at = clock(now);
    fill(
        texts.closing_unknown,
        &[("at", &at), ("advice", texts.add_the_tag)],
    )
}

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

/// A message that was told of as withheld was sent later.
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

/// What of an answer the customer has all the same.
fn sent_before(texts: &Texts, sent: u8) -> String {
    match sent {
        0 => String::new(),
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

/// A text could not be brought onto the ticket in time.
pub fn text_given_up(language: Language, after: Duration) -> String {
    fill(
        Texts::of(language).text_given_up,
        &[("hours", &hours(after))],
    )
}

/// Zendesk does not take a text of the customer.
pub fn text_refused(language: Language, status: u16) -> String {
    let text = Texts::of(language).text_refused;
    fill(text, &[("status", &status.to_string())])
}

/// Zendesk neither confirmed a text of the customer nor says whether it is on the ticket.
pub fn text_in_doubt(language: Language) -> String {
    Texts::of(language).text_in_doubt.to_owned()
}

/// The conversation goes on here, because the ticket before takes no more comments.
pub fn continues(language: Language, full: TicketId) -> String {
    let text = Texts::of(language).continues;
    fill(text, &[("ticket", &full.to_string())])
}

/// Zendesk does not say whether a ticket whose solve was told of was solved again.
pub fn solve_unclear(language: Language, status: u16) -> String {
    let text = Texts::of(language).solve_unclear;
    fill(text, &[("status", &status.to_string())])
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

/// What Braze knows of the customer, at least one name and value.
pub fn context(language: Language, context: &[(Personal, Personal)]) -> String {
    let mut note = Texts::of(language).context.to_owned();
    for (name, value) in context {
        note.push('\n');
        note.push_str(name.as_str());
        note.push_str(": ");
        note.push_str(value.as_str());
    }
    note
}

/// What of a campaign's ticket could not be used, at least one name.
pub fn left_out(language: Language, names: &[&str]) -> String {
    fill(
        Texts::of(language).left_out,
        &[("names", &names.join(", "))],
    )
}

fn hours(time: Duration) -> String {
    (time.as_secs() / 3_600).to_string()
}

/// The bridge itself broke off over a message, again and again.
pub fn broke_off(language: Language) -> String {
    Texts::of(language).broke_off.to_owned()
}

/// The customer sent STOP.
pub fn customer_opted_out(language: Language) -> String {
    Texts::of(language).customer_opted_out.to_owned()
}

/// The customer sent START.
pub fn customer_opted_in(language: Language) -> String {
    Texts::of(language).customer_opted_in.to_owned()
}

/// The customer sent HELP.
pub fn customer_asked_for_help(language: Language) -> String {
    Texts::of(language).customer_asked_for_help.to_owned()
}

/// The customer asked for no more texts, in other words than the keyword.
pub fn customer_asked_to_opt_out(language: Language) -> String {
    Texts::of(language).customer_asked_to_opt_out.to_owned()
}

/// The customer asked for no more texts in words that Braze does not act on, and it counts as an opt-out.
pub fn customer_opted_out_in_words(language: Language) -> String {
    Texts::of(language).customer_opted_out_in_words.to_owned()
}

/// Braze could not be told of it.
pub fn braze_untold(language: Language) -> String {
    Texts::of(language).braze_untold.to_owned()
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

/// The closing message where neither the trigger nor a setting brings one.
pub fn closing(language: Language) -> String {
    Texts::of(language).closing.to_owned()
}

/// A picture or file of the customer is not on the comment. The link is the customer's own.
pub fn file_not_attached(language: Language, problem: MediaProblem, link: &str) -> String {
    let why = media_problem(language, problem);
    let text = Texts::of(language).file_not_attached;
    fill(text, &[("why", &why), ("link", link)])
}

/// Further files that are not on the comment.
pub fn more_not_attached(language: Language, count: usize) -> String {
    let text = Texts::of(language).more_not_attached;
    fill(text, &[("count", &count.to_string())])
}

/// The comment of a text that is nothing but files.
pub fn files_only(language: Language, count: usize) -> String {
    let texts = Texts::of(language);
    match count {
        1 => texts.one_file.to_owned(),
        count => fill(texts.files, &[("count", &count.to_string())]),
    }
}

/// The comment of files that came after their text.
pub fn late_files(language: Language, count: usize) -> String {
    let texts = Texts::of(language);
    match count {
        1 => texts.one_late_file.to_owned(),
        count => fill(texts.late_files, &[("count", &count.to_string())]),
    }
}

/// Files on the agent's comment that the customer did not get; at least one.
pub fn files_not_sent(language: Language, files: &[&Attachment]) -> String {
    let texts = Texts::of(language);
    let named = files.iter().take(NAMES_LISTED);
    let names: Vec<&str> = named.filter_map(|file| file.name.present()).collect();
    let names = match names.as_slice() {
        [] => String::new(),
        names => format!(" ({})", names.join(", ")),
    };
    let text = if files.len() == 1 {
        texts.file_not_sent
    } else {
        texts.files_not_sent
    };
    let count = files.len().to_string();
    fill(text, &[("count", &count), ("names", &names)])
}

/// What an answer cost, and why.
pub fn cost(language: Language, fitted: &Fitted) -> String {
    let texts = Texts::of(language);
    let encoding = match fitted.encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 if fitted.encodings.contains(&Encoding::Gsm7) => "GSM-7 + UCS-2",
        Encoding::Ucs2 => "UCS-2",
    };
    let parts: usize = fitted.segments.iter().sum();
    let messages = fitted.messages.len().to_string();
    let filled = [
        ("parts", parts.to_string()),
        ("messages", messages),
        ("encoding", encoding.to_owned()),
    ];
    let filled = filled
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let mut note = fill(texts.cost, &filled);
    if let Some(character) = fitted.forced_by {
        let shown = format!("“{character}” (U+{:04X})", u32::from(character));
        note.push_str(&fill(texts.cost_forced_by, &[("character", &shown)]));
    }
    note
}

/// The same text came again and again.
pub fn loop_fuse(language: Language, count: u8) -> String {
    fill(
        Texts::of(language).loop_fuse,
        &[("count", &count.to_string())],
    )
}

fn media_problem(language: Language, problem: MediaProblem) -> String {
    let texts = &Texts::of(language).media;
    match problem {
        MediaProblem::BadLink => texts.bad_link,
        MediaProblem::NotHttps => texts.not_https,
        MediaProblem::PrivateAddress => texts.private_address,
        MediaProblem::TooManyRedirects => texts.too_many_redirects,
        MediaProblem::Unreachable => texts.unreachable,
        MediaProblem::TimedOut => texts.timed_out,
        MediaProblem::Status(status) => {
            return fill(texts.status, &[("status", &status.to_string())]);
        }
        MediaProblem::Encoded => texts.encoded,
        MediaProblem::Empty => texts.empty,
        MediaProblem::TooLarge => texts.too_large,
        MediaProblem::TypeNotAllowed => texts.type_not_allowed,
        MediaProblem::NotItsType => texts.not_its_type,
        MediaProblem::TooMany => texts.too_many,
        MediaProblem::NotTaken => texts.not_taken,
        MediaProblem::Refused => texts.refused,
        MediaProblem::Interrupted => texts.interrupted,
    }
    .to_owned()
}

/// A text with its places filled, each once: what is filled in is not looked at again.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(before);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn clock(now: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(now.div_euclid(1000)).ok();
    time.and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "an unknown time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sms;

    const PROBLEMS: [MediaProblem; 15] = [
        MediaProblem::BadLink,
        MediaProblem::NotHttps,
        MediaProblem::PrivateAddress,
        MediaProblem::TooManyRedirects,
        MediaProblem::Unreachable,
        MediaProblem::TimedOut,
        MediaProblem::Encoded,
        MediaProblem::Empty,
        MediaProblem::TooLarge,
        MediaProblem::TypeNotAllowed,
        MediaProblem::NotItsType,
        MediaProblem::TooMany,
        MediaProblem::NotTaken,
        MediaProblem::Refused,
        MediaProblem::Interrupted,
    ];

    fn texts(language: Language) -> Vec<String> {
        let refusal = Refusal {
            status: 400,
            ..Refusal::own("code")
        };
        let file = Attachment::new("plan.pdf", "https://x.example/1", "", 1).expect("a file");
        let mut texts = vec![
            opted_out(language),
            no_text(language),
            answer_sent_after_all(language),
            closing_sent_after_all(language),
            text_added_after_all(language),
            unsubscribed(language),
            customer_unsubscribed(language),
            customer_not_subscribed(language),
            subscribed_again(language),
            too_long(language, 17, 5),
            closing_too_long(language, 17, 5),
            said(language, "Hello"),
            say_unknown(language, 0, "Hello"),
            say_too_long(language, 17, 5),
            over_customers_limit(language, 3, 38, 40, Some(0)),
            over_customers_limit(language, 50, 0, 40, None),
            over_hours_limit(language, 3, 1000),
            over_hours_limit(language, 30, 20),
            unknown(language, 0, 2, true),
            unknown(language, 0, 2, false),
            closing_unknown(language, 0),
            refused(language, &refusal, 0),
            refused(language, &refusal, 2),
            text_given_up(language, Duration::from_secs(86_400)),
            text_refused(language, 422),
            text_in_doubt(language),
            continues(language, TicketId::new(35).expect("an id")),
            solve_unclear(language, 422),
            answer_given_up(language, Duration::from_secs(86_400), 0),
            answer_given_up(language, Duration::from_secs(86_400), 1),
            not_found(language),
            broke_off(language),
            customer_opted_out(language),
            customer_opted_in(language),
            customer_asked_for_help(language),
            customer_asked_to_opt_out(language),
            customer_opted_out_in_words(language),
            braze_untold(language),
            closing(language),
            file_not_attached(language, MediaProblem::Status(404), "https://x.example/1"),
            more_not_attached(language, 7),
            files_only(language, 1),
            files_only(language, 2),
            late_files(language, 1),
            late_files(language, 2),
            files_not_sent(language, &[&file]),
            files_not_sent(language, &[&file, &file]),
            cost(language, &sms::fit("Hello")),
            cost(language, &sms::fit("ça va")),
            loop_fuse(language, 5),
        ];
        texts.extend(PROBLEMS.map(|problem| media_problem(language, problem)));
        texts.extend(fates(language));
        texts
    }

    /// What agents read of messages that Braze took.
    fn fates(language: Language) -> Vec<String> {
        let one = Message {
            at: 0,
            is_answer: true,
            part: None,
        };
        let second = Message {
            at: 0,
            is_answer: false,
            part: Some((2, 3)),
        };
        let failed = |ended, code: &str| NotDelivered {
            ended,
            code: code.to_owned(),
            why: Personal::default(),
        };
        vec![
            not_delivered(language, one, &failed(Ended::Failure, "30003")),
            not_delivered(language, second, &failed(Ended::Failure, "30004")),
            not_delivered(language, one, &failed(Ended::Failure, "30005")),
            not_delivered(language, one, &failed(Ended::Failure, "30006")),
            not_delivered(language, one, &failed(Ended::Rejection, "30007")),
            not_delivered(language, one, &failed(Ended::Rejection, "30008")),
            not_delivered(language, second, &failed(Ended::Abort, "")),
            withheld(language, one),
            sent_after_all(language, second),
        ]
    }

    #[test]
    fn every_text_differs_between_the_languages_and_keeps_its_figures() {
        let figures =
            |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let pairs = texts(Language::English)
            .into_iter()
            .zip(texts(Language::French));
        for (english, french) in pairs {
            assert_ne!(english, french);
            assert_eq!(figures(&english), figures(&french), "{english}");
            for word in ["sms_resend", "START", "plan.pdf", "x.example", "U+00E7"] {
                assert_eq!(english.contains(word), french.contains(word), "{english}");
            }
            for text in [english, french] {
                assert!(!text.contains(['{', '}']) && !text.contains("  "), "{text}");
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let link = "https://x.example/{why}";
        let note = file_not_attached(Language::English, MediaProblem::Empty, link);
        assert_eq!(
            note,
            "File not attached (it is empty): https://x.example/{why}"
        );
    }

    #[test]
    fn the_cost_names_parts_encoding_and_the_character() {
        let note = |text| cost(Language::English, &sms::fit(text));
        assert_eq!(note("Hello"), "SMS cost: 1 part(s) in 1 message(s), GSM-7");
        assert_eq!(
            note("ça va"),
            "SMS cost: 1 part(s) in 1 message(s), UCS-2, because of the character “ç” (U+00E7)"
        );
        let mixed = format!(
            "{}😀",
            "Please restart the box and tell me what you see. ".repeat(40)
        );
        assert_eq!(
            note(&mixed),
            "SMS cost: 17 part(s) in 2 message(s), GSM-7 + UCS-2, because of the character “😀” (U+1F600)"
        );
    }
}
