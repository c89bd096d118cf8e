//! What the bridge itself has to say, word for word, in each language. Holds no personal data but
//! the links a customer sent.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::policy::Language;
use super::step::Refusal;
use crate::message::MediaProblem;

/// The customer opted out, so an answer was not sent.
pub fn opted_out(language: Language) -> String {
    language.choose(
        "SMS not sent: the customer opted out of SMS. They can opt in again by texting START.",
        "SMS non envoyé : le client s'est désinscrit des SMS. Il peut se réinscrire en envoyant START.",
    )
}

/// The comment had nothing that can be sent as SMS.
pub fn no_text(language: Language) -> String {
    language.choose(
        "SMS not sent: the comment has no text.",
        "SMS non envoyé : le commentaire ne contient pas de texte.",
    )
}

/// The comment would take too many messages.
pub fn too_long(language: Language, messages: usize, limit: usize) -> String {
    match language {
        Language::English => format!(
            "SMS not sent: the comment is too long. It would take {messages} messages of ten \
             parts, at most {limit} are sent. Please shorten it, or send the rest another way."
        ),
        Language::French => format!(
            "SMS non envoyé : le commentaire est trop long. Il faudrait {messages} messages de dix \
             parties, {limit} au plus sont envoyés. Veuillez le raccourcir, ou envoyer la suite \
             autrement."
        ),
    }
}

/// How the agent has a message of unknown outcome sent again.
fn add_the_tag(language: Language) -> String {
    language.choose(
        "add the tag sms_resend to this ticket to have it sent once more",
        "ajoutez le tag sms_resend à ce ticket pour qu'il soit envoyé une fois de plus",
    )
}

/// Braze did not say whether it took an answer. `sent` messages before it were taken; `again`: the
/// bridge can send it once more.
pub fn unknown(language: Language, now: i64, sent: u8, again: bool) -> String {
    let before = match (language, sent) {
        (_, 0) => String::new(),
        (Language::English, sent) => {
            format!(" The first {sent} message(s) of this answer were sent.")
        }
        (Language::French, sent) => {
            format!(" Les {sent} premier(s) message(s) de cette réponse ont été envoyés.")
        }
    };
    let advice = match again {
        true => add_the_tag(language),
        false => language.choose("please answer again", "veuillez répondre à nouveau"),
    };
    let at = clock(now);
    match language {
        Language::English => format!(
            "SMS: it is not known whether this answer was sent; Braze did not confirm it at {at}. \
             It was not sent again, so that the customer does not get it twice.{before} If the \
             customer does not react, {advice}."
        ),
        Language::French => format!(
            "SMS : on ne sait pas si cette réponse a été envoyée ; Braze ne l'a pas confirmée à \
             {at}. Elle n'a pas été renvoyée, pour que le client ne la reçoive pas deux \
             fois.{before} Si le client ne réagit pas, {advice}."
        ),
    }
}

/// Braze did not say whether it took the closing message.
pub fn closing_unknown(language: Language, now: i64) -> String {
    let (at, advice) = (clock(now), add_the_tag(language));
    match language {
        Language::English => format!(
            "SMS: it is not known whether the closing message was sent; Braze did not confirm it \
             at {at}. It was not sent again. If that matters, {advice}."
        ),
        Language::French => format!(
            "SMS : on ne sait pas si le message de clôture a été envoyé ; Braze ne l'a pas \
             confirmé à {at}. Il n'a pas été renvoyé. Si c'est important, {advice}."
        ),
    }
}

/// Braze refused a message for good.
pub fn refused(language: Language, refusal: &Refusal) -> String {
    let Refusal {
        status,
        code,
        detail,
    } = refusal;
    let answered = language.choose("Braze answered", "Braze a répondu");
    let why = match (status, detail.present()) {
        (0, _) => code.clone(),
        (status, None) => format!("{answered} {status} {code}").trim_end().to_owned(),
        (status, Some(detail)) => format!("{answered} {status}: {detail}"),
    };
    match language {
        Language::English => format!(
            "SMS not sent: {why}. It will not be tried again; please tell your administrator."
        ),
        Language::French => format!(
            "SMS non envoyé : {why}. Il n'y aura pas d'autre essai ; veuillez prévenir votre \
             administrateur."
        ),
    }
}

/// A text could not be brought onto the ticket in time.
pub fn text_given_up(language: Language) -> String {
    language.choose(
        "SMS: a text of the customer could not be added to this ticket, although it was tried for \
         a day. It is kept as a dead letter; please tell your administrator.",
        "SMS : un message du client n'a pas pu être ajouté à ce ticket, malgré des essais pendant \
         un jour. Il est conservé ; veuillez prévenir votre administrateur.",
    )
}

/// Zendesk does not take a text of the customer.
pub fn text_refused(language: Language, status: u16) -> String {
    match language {
        Language::English => format!(
            "SMS: a text of the customer could not be added to this ticket: Zendesk refused it \
             ({status}). It is kept as a dead letter; please tell your administrator."
        ),
        Language::French => format!(
            "SMS : un message du client n'a pas pu être ajouté à ce ticket : Zendesk l'a refusé \
             ({status}). Il est conservé ; veuillez prévenir votre administrateur."
        ),
    }
}

/// An answer could not be handed to Braze in time.
pub fn answer_given_up(language: Language) -> String {
    language.choose(
        "SMS not sent: Braze could not be reached for a day. The message is kept as a dead letter; \
         please tell your administrator.",
        "SMS non envoyé : Braze est resté injoignable pendant un jour. Le message est conservé ; \
         veuillez prévenir votre administrateur.",
    )
}

/// The customer sent STOP.
pub fn customer_opted_out(language: Language) -> String {
    language.choose(
        "The customer opted out of SMS. Answers on this ticket are not sent until they text START.",
        "Le client s'est désinscrit des SMS. Les réponses de ce ticket ne sont pas envoyées tant \
         qu'il n'envoie pas START.",
    )
}

/// The customer sent START.
pub fn customer_opted_in(language: Language) -> String {
    language.choose(
        "The customer opted in to SMS again. Answers on this ticket are sent.",
        "Le client s'est réinscrit aux SMS. Les réponses de ce ticket sont envoyées.",
    )
}

/// The customer sent HELP.
pub fn customer_asked_for_help(language: Language) -> String {
    language.choose(
        "The customer texted HELP. Braze answered with the help message.",
        "Le client a envoyé HELP. Braze a répondu avec le message d'aide.",
    )
}

/// The closing message where neither the trigger nor a setting brings one.
pub fn closing(language: Language) -> String {
    language.choose(
        "Your ticket has been closed",
        "Votre demande a été clôturée",
    )
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
    language.choose(english, french)
}

impl Language {
    /// One of the fixed texts. A further language is one more argument here, and the compiler
    /// names every text that lacks it.
    fn choose(self, english: &str, french: &str) -> String {
        match self {
            Self::English => english,
            Self::French => french,
        }
        .to_owned()
    }
}

fn clock(now: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(now.div_euclid(1000)).ok();
    time.and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "an unknown time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_differs_between_the_languages_and_keeps_its_figures() {
        let refusal = Refusal {
            status: 400,
            ..Refusal::own("code")
        };
        let texts = |language| {
            [
                opted_out(language),
                no_text(language),
                too_long(language, 17, 5),
                unknown(language, 0, 2, true),
                unknown(language, 0, 2, false),
                closing_unknown(language, 0),
                refused(language, &refusal),
                text_given_up(language),
                answer_given_up(language),
                customer_opted_out(language),
                customer_opted_in(language),
                customer_asked_for_help(language),
                closing(language),
                file_not_attached(language, MediaProblem::Status(404), "https://x.example/1"),
                files_only(language, 1),
                files_only(language, 2),
            ]
        };
        let figures = |text: &str| {
            text.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        let pairs = texts(Language::English)
            .into_iter()
            .zip(texts(Language::French));
        for (english, french) in pairs {
            assert_ne!(english, french);
            assert_eq!(figures(&english), figures(&french), "{english}");
            let tag = |text: &str| text.contains("sms_resend") || text.contains("START");
            assert_eq!(tag(&english), tag(&french), "{english}");
        }
    }
}
