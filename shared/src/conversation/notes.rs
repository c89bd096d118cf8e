//! What the bridge tells the agent, word for word. Holds no personal data.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::policy::Language;
use super::step::Refusal;
use crate::message::MediaProblem;

/// The customer opted out, so an answer was not sent.
pub fn opted_out() -> String {
    "SMS not sent: the customer opted out of SMS. They can opt in again by texting START."
        .to_owned()
}

/// The comment had nothing that can be sent as SMS.
pub fn no_text() -> String {
    "SMS not sent: the comment has no text.".to_owned()
}

/// The comment would take too many messages.
pub fn too_long(messages: usize, limit: usize) -> String {
    format!(
        "SMS not sent: the comment is too long. It would take {messages} messages of ten parts, at \
         most {limit} are sent. Please shorten it, or send the rest another way."
    )
}

/// How the agent has a message of unknown outcome sent again.
const ADD_THE_TAG: &str = "add the tag sms_resend to this ticket to have it sent once more";

/// Braze did not say whether it took an answer. `sent` messages before it were taken; `again`: the
/// bridge can send it once more.
pub fn unknown(now: i64, sent: u8, again: bool) -> String {
    let before = match sent {
        0 => String::new(),
        sent => format!(" The first {sent} message(s) of this answer were sent."),
    };
    format!(
        "SMS: it is not known whether this answer was sent; Braze did not confirm it at {}. It was \
         not sent again, so that the customer does not get it twice.{before} If the customer does \
         not react, {}.",
        clock(now),
        if again {
            ADD_THE_TAG
        } else {
            "please answer again"
        }
    )
}

/// Braze did not say whether it took the closing message.
pub fn closing_unknown(now: i64) -> String {
    format!(
        "SMS: it is not known whether the closing message was sent; Braze did not confirm it at {}. \
         It was not sent again. If that matters, {ADD_THE_TAG}.",
        clock(now)
    )
}

/// Braze refused a message for good.
pub fn refused(refusal: &Refusal) -> String {
    let Refusal {
        status,
        code,
        detail,
    } = refusal;
    let why = match (status, detail.present()) {
        (0, _) => code.clone(),
        (status, None) => format!("Braze answered {status} {code}")
            .trim_end()
            .to_owned(),
        (status, Some(detail)) => format!("Braze answered {status}: {detail}"),
    };
    format!("SMS not sent: {why}. It will not be tried again; please tell your administrator.")
}

/// A text could not be brought onto the ticket in time.
pub fn text_given_up() -> String {
    "SMS: a text of the customer could not be added to this ticket, although it was tried for a \
     day. It is kept as a dead letter; please tell your administrator."
        .to_owned()
}

/// An answer could not be handed to Braze in time.
pub fn answer_given_up() -> String {
    "SMS not sent: Braze could not be reached for a day. The message is kept as a dead letter; \
     please tell your administrator."
        .to_owned()
}

/// The customer sent STOP.
pub fn customer_opted_out() -> String {
    "The customer opted out of SMS. Answers on this ticket are not sent until they text START."
        .to_owned()
}

/// The customer sent START.
pub fn customer_opted_in() -> String {
    "The customer opted in to SMS again. Answers on this ticket are sent.".to_owned()
}

/// The customer sent HELP.
pub fn customer_asked_for_help() -> String {
    "The customer texted HELP. Braze answered with the help message.".to_owned()
}

/// A picture or file of the customer is not on the comment. The link is the customer's own.
pub fn file_not_attached(language: Language, problem: MediaProblem, link: &str) -> String {
    let why = media_problem(language, problem);
    match language {
        Language::English => format!("File not attached ({why}): {link}"),
        Language::French => format!("Fichier non joint ({why}) : {link}"),
    }
}

/// The comment of a text that is nothing but files.
pub fn files_only(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::English, 1) => "(1 file)".to_owned(),
        (Language::English, count) => format!("({count} files)"),
        (Language::French, 1) => "(1 fichier)".to_owned(),
        (Language::French, count) => format!("({count} fichiers)"),
    }
}

fn media_problem(language: Language, problem: MediaProblem) -> String {
    let (english, french) = match problem {
        MediaProblem::BadLink => ("the link cannot be used", "lien inutilisable"),
        MediaProblem::NotHttps => ("the link is not https", "le lien n'est pas en https"),
        MediaProblem::PrivateAddress => (
            "the link leads to a private address",
            "le lien mène à une adresse privée",
        ),
        MediaProblem::TooManyRedirects => ("too many redirects", "trop de redirections"),
        MediaProblem::Unreachable => ("not reachable", "injoignable"),
        MediaProblem::TimedOut => ("it took too long", "délai dépassé"),
        MediaProblem::Status(status) => match language {
            Language::English => return format!("its server answered {status}"),
            Language::French => return format!("son serveur a répondu {status}"),
        },
        MediaProblem::Encoded => ("the content is compressed", "contenu compressé"),
        MediaProblem::Empty => ("it is empty", "fichier vide"),
        MediaProblem::TooLarge => ("it is larger than 8 MB", "il dépasse 8 Mo"),
        MediaProblem::TypeNotAllowed => ("its type is not accepted", "type non accepté"),
        MediaProblem::NotItsType => (
            "its content is not of its type",
            "son contenu ne correspond pas à son type",
        ),
        MediaProblem::TooMany => ("more than ten files", "plus de dix fichiers"),
        MediaProblem::NotTaken => (
            "Zendesk could not take it",
            "Zendesk n'a pas pu le recevoir",
        ),
        MediaProblem::Refused => ("Zendesk refused it", "refusé par Zendesk"),
        MediaProblem::Interrupted => ("fetching it failed", "échec de la récupération"),
    };
    match language {
        Language::English => english,
        Language::French => french,
    }
    .to_owned()
}

fn clock(now: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(now.div_euclid(1000)).ok();
    time.and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "an unknown time".to_owned())
}
