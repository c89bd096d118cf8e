//! A text's pictures and files: fetched before the text goes to the ticket, attached to its
//! comment, and named in it with link and reason where they cannot be.
//!
//! The text never waits for a file a second time, but for two cases in which it waits itself:
//! Zendesk took neither, or the uploads have lapsed meanwhile.

use crate::message::{MediaProblem, Personal, Text};

use super::super::notes;
use super::super::state::{Attached, Media, Progress};
use super::super::step::{Step, Verdict};
use super::Case;

/// How long uploads are relied on, in milliseconds; Zendesk keeps them for 60 minutes.
const UPLOADS_LIFE: i64 = 50 * 60 * 1000;

/// How long after a failed upload it is tried again, where the text had to wait, too.
const TRY_AGAIN: i64 = 2_000;

/// How often fetching may break off without a result, as in a crash, before the text goes alone.
const MAX_BREAKS: u8 = 2;

/// Most files that a comment names as missing.
const MAX_NAMED: usize = 20;

/// The step that fetches what came with the text, where that is still to be done.
pub(super) fn wanted(case: &Case<'_>, progress: &mut Progress, text: &Text) -> Option<Step> {
    if text.media_urls.is_empty() {
        return None;
    }
    if let Some(media) = &progress.media {
        let age = case.now.saturating_sub(media.at);
        let may_work_now = media.files.contains(&Attached::Not(MediaProblem::NotTaken));
        let lapsed = age > UPLOADS_LIFE && has_uploads(media);
        let again = may_work_now && age > TRY_AGAIN && !media.used;
        if !lapsed && !again {
            return None;
        }
    } else if progress.breaks >= MAX_BREAKS {
        // Meant: a worker that vanished counts once, whatever was looked for afterwards.
        let files = vec![Attached::Not(MediaProblem::Interrupted); text.media_urls.len()];
        let _ = fetched(case, progress, files);
        return None;
    }
    let links = text.media_urls.iter().map(|link| link.as_str().into());
    Some(Step::AttachMedia(links.collect()))
}

/// Keeps what became of the files. It is written down before anything is made of it: a ticket is
/// created under a key, and the same key needs the same body.
pub(super) fn fetched(case: &Case<'_>, progress: &mut Progress, files: Vec<Attached>) -> Verdict {
    progress.media = Some(Media {
        at: case.now,
        files,
        used: false,
    });
    Verdict::Checkpoint
}

/// An attempt of unknown outcome was looked up: if the files were never heard of again, they may be
/// what it broke off at.
pub(super) fn looked_for(_: &mut Progress, _: &Text) -> Verdict {
    Verdict::Again
}

/// A ticket may have been created with the files.
pub(super) fn used(progress: &mut Progress) {
    if let Some(media) = &mut progress.media {
        media.used = true;
    }
}

/// Another ticket takes the text: uploads that the last one was offered may be used up.
pub(super) fn renew(progress: &mut Progress) {
    if progress.media.as_ref().is_some_and(has_uploads) {
        progress.media = None;
    }
}

/// Zendesk refused the comment: says whether it had files, which are left out from now on.
pub(super) fn left_out(progress: &mut Progress) -> bool {
    let Some(media) = progress.media.as_mut().filter(|media| has_uploads(media)) else {
        return false;
    };
    for file in &mut media.files {
        if matches!(file, Attached::Token(_)) {
            *file = Attached::Not(MediaProblem::Refused);
        }
    }
    true
}

/// The tokens of the files that go with the text.
pub(super) fn uploads(progress: &Progress) -> Vec<Personal> {
    let files = progress.media.iter().flat_map(|media| &media.files);
    let tokens = files.filter_map(|file| match file {
        Attached::Token(token) => Some(token.clone()),
        Attached::Not(_) => None,
    });
    tokens.collect()
}

/// The comment's text: what the customer typed, exactly, then the files that are missing.
pub(super) fn comment_body(case: &Case<'_>, progress: &Progress, text: &Text) -> String {
    let language = case.policy.language;
    let files = progress
        .media
        .as_ref()
        .map_or(&[][..], |media| &media.files);
    let mut lines: Vec<String> = Vec::new();
    lines.extend(text.text.present().map(|_| text.text.as_str().to_owned()));
    let missing = files.iter().zip(&text.media_urls);
    let mut missing = missing.filter_map(|(file, link)| match file {
        Attached::Not(problem) => Some((*problem, link)),
        Attached::Token(_) => None,
    });
    for (problem, link) in missing.by_ref().take(MAX_NAMED) {
        lines.push(notes::file_not_attached(language, problem, link));
    }
    match missing.count() {
        0 => {}
        more => lines.push(notes::more_not_attached(language, more)),
    }
    if lines.is_empty() {
        // Zendesk takes no comment without a text.
        lines.push(notes::files_only(language, files.len()));
    }
    lines.join("\n")
}

fn has_uploads(media: &Media) -> bool {
    let is_upload = |file: &Attached| matches!(file, Attached::Token(_));
    media.files.iter().any(is_upload)
}
