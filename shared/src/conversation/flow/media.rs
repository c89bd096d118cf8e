//! A text's pictures and files: fetched before the text goes to the ticket, attached to its
//! comment, and named in it with link and reason where they cannot be.
//!
//! The text never waits for a file a second time, but for two cases in which it waits itself:
//! Zendesk took neither, or the uploads have lapsed meanwhile.

use crate::message::{MediaProblem, Personal, Text};

use super::super::notes;
use super::super::state::{Attached, Media, Progress};
use super::{Exit, Flow, Pause};

/// How long uploads are relied on, in milliseconds; Zendesk keeps them for 60 minutes.
const UPLOADS_LIFE: i64 = 50 * 60 * 1000;

/// How long after a failed upload it is tried again, where the text had to wait, too.
const TRY_AGAIN: i64 = 2_000;

/// How many workers may vanish before it is known what became of the files; then the text goes alone.
const MOST_BREAKS_OVER_FILES: u8 = 2;

/// Most files that a comment names as missing.
const MAX_NAMED: usize = 20;

/// Fetches what came with the text, where that is still to be done. What became of it is written down
/// before anything is made of it: a ticket is created under a key, and the same key needs the same body.
pub(super) async fn fetch(flow: &mut Flow<'_>, text: &Text) -> Result<(), Exit> {
    if text.media_urls.is_empty() || is_known(flow) {
        return Ok(());
    }
    if flow.progress.media.is_none() && flow.progress.breaks >= MOST_BREAKS_OVER_FILES {
        let files = vec![Attached::Not(MediaProblem::Interrupted); text.media_urls.len()];
        keep(flow, files);
        return Ok(());
    }
    let links = text.media_urls.iter().map(|link| link.as_str().into());
    let files = flow.attach_media(links.collect()).await??;
    keep(flow, files);
    Err(Exit::Pause(Pause::Checkpoint))
}

/// What became of the files is known, and worth relying on still.
pub(super) fn is_known(flow: &Flow<'_>) -> bool {
    let Some(media) = &flow.progress.media else {
        return false;
    };
    let age = flow.now().saturating_sub(media.at);
    let may_work_now = media.files.contains(&Attached::Not(MediaProblem::NotTaken));
    let lapsed = age > UPLOADS_LIFE && has_uploads(media);
    let again = may_work_now && age > TRY_AGAIN && !media.used;
    !lapsed && !again
}

/// Writes down what became of the files.
pub(super) fn keep(flow: &mut Flow<'_>, files: Vec<Attached>) {
    flow.progress.media = Some(Media {
        at: flow.now(),
        files,
        used: false,
    });
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
pub(super) fn leave_out(progress: &mut Progress) -> bool {
    let mut any = false;
    for file in progress.media.iter_mut().flat_map(|media| &mut media.files) {
        if !matches!(file, Attached::Not(_)) {
            *file = Attached::Not(MediaProblem::Refused);
            any = true;
        }
    }
    any
}

/// The tokens of the files that go with the text.
pub(super) fn uploads(progress: &Progress) -> Vec<Personal> {
    let files = progress.media.iter().flat_map(|media| &media.files);
    let tokens = files.filter_map(|file| match file {
        Attached::Token(token) => Some(token.clone()),
        Attached::Words(_) | Attached::Not(_) => None,
    });
    tokens.collect()
}

/// The comment's text: what the customer typed, exactly, then words that came as a file, then
/// the files that are missing.
pub(super) fn comment_body(flow: &Flow<'_>, text: &Text) -> String {
    let language = flow.language();
    let media = flow.progress.media.as_ref();
    let files = media.map_or(&[][..], |media| &media.files);
    let mut lines: Vec<String> = Vec::new();
    lines.extend(text.text.present().map(|_| text.text.as_str().to_owned()));
    lines.extend(files.iter().filter_map(|file| match file {
        Attached::Words(words) => words.present().map(str::to_owned),
        Attached::Token(_) | Attached::Not(_) => None,
    }));
    let missing = files.iter().zip(&text.media_urls);
    let mut missing = missing.filter_map(|(file, link)| match file {
        Attached::Not(problem) => Some((*problem, link)),
        Attached::Token(_) | Attached::Words(_) => None,
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
