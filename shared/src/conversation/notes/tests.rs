//! Every note in both languages.

use std::time::Duration;

use super::super::policy::Language;
use super::super::step::Refusal;
use super::super::watch::Because;
use super::files::media_problem;
use super::*;
use crate::message::{Attachment, Ended, MediaProblem, NotDelivered, Personal, TicketId};
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
        braze_not_informed(language),
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
        not_received(language, one, None),
        not_received(language, second, Some(Because::UnknownCustomer)),
        not_received(language, one, Some(Because::ControlGroup)),
        sent_after_all(language, second),
    ]
}

#[test]
fn a_note_that_says_that_nothing_was_sent_is_known_as_such() {
    for language in [Language::English, Language::French] {
        for note in [
            opted_out(language),
            no_text(language),
            too_long(language, 12, 10),
        ] {
            assert!(says_nothing_was_sent(&note), "{note}");
        }
        assert!(!says_nothing_was_sent(&answer_sent_after_all(language)));
    }
}

#[test]
fn every_text_differs_between_the_languages_and_keeps_its_figures() {
    let figures = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
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
    assert_eq!(note("Hello"), "SMS cost: 1 part in 1 message, GSM-7");
    assert_eq!(
        note("ça va"),
        "SMS cost: 1 part in 1 message, UCS-2, because of the character “ç” (U+00E7)"
    );
    let mixed = format!(
        "{}😀",
        "Please restart the box and tell me what you see. ".repeat(40)
    );
    assert_eq!(
        note(&mixed),
        "SMS cost: 17 parts in 2 messages, GSM-7 + UCS-2, because of the character “😀” (U+1F600)"
    );
}
