//! Files, the customer's and the agent's.

use super::super::policy::Language;
use super::fill;
use super::texts::Texts;
use crate::message::{Attachment, MediaProblem};

/// Names of files that are listed.
const NAMES_LISTED: usize = 10;

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

pub(super) fn media_problem(language: Language, problem: MediaProblem) -> String {
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
