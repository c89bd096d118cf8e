//! Files on an agent's comment: their links below the text, a picture for the campaign, or a note
//! that says they were not sent.
//!
//! In: the answer, the setting, and comments as fetched. Out: what goes out, and notes. A trigger's
//! body that names no files costs no call: they are found when comments are fetched anyway.

use crate::message::{
    Attachment, Body, CommentId, DeliveryId, Event, Note, Personal, Reply, TicketId,
};

use super::super::notes;
use super::super::policy::FilesOut;
use super::super::state::{Entry, Progress, State};
use super::super::step::{FetchedComment, Step};
use super::{Case, fingerprint};

/// An answer with what becomes of its files.
pub(super) struct Outgoing<'r> {
    /// The text, links included.
    pub(super) text: String,
    /// A picture that goes with its first message.
    pub(super) picture: Option<&'r Personal>,
    /// What does not go.
    pub(super) left: Vec<&'r Attachment>,
}

/// Sorts the files of an answer whose text is this.
pub(super) fn outgoing<'r>(case: &Case<'_>, reply: &'r Reply, mut text: String) -> Outgoing<'r> {
    let mut left: Vec<&Attachment> = reply.files.iter().flatten().collect();
    let mut picture = None;
    match case.policy.style.files {
        FilesOut::Note => {}
        FilesOut::Links => {
            for file in left.drain(..) {
                if !text.contains(file.url.as_str()) {
                    text.push('\n');
                    text.push_str(file.url.as_str());
                }
            }
        }
        FilesOut::Media => {
            // A picture alone has no message to go with: its link is the message.
            let first = left.iter().position(|file| file.picture);
            let sent = first.map(|index| left.remove(index));
            if let Some(file) = sent {
                picture = Some(&file.url);
                if text.trim().is_empty() {
                    file.url.as_str().clone_into(&mut text);
                    picture = None;
                }
            }
        }
    }
    // A link in the text reaches the customer anyway.
    left.retain(|file| !text.contains(file.url.as_str()));
    Outgoing {
        text,
        picture,
        left,
    }
}

/// The step that asks for the files, where the setting sends them and the body did not name them.
pub(super) fn wanted(
    case: &Case<'_>,
    state: &State,
    progress: &Progress,
    reply: &Reply,
) -> Option<Step> {
    let sends = case.policy.style.files != FilesOut::Note;
    let unknown = reply.files.is_none() && reply.text.is_some() && progress.sent == 0;
    let ticket = reply.ticket.or(state.ticket)?;
    (sends && unknown && !progress.fetched).then_some(Step::FetchComments(ticket))
}

/// Takes the files from the answer's own comment.
pub(super) fn take(reply: &mut Reply, progress: &mut Progress, comments: Vec<FetchedComment>) {
    progress.fetched = true;
    let text = reply.text.as_ref().map(|text| fingerprint(text.as_str()));
    let own = comments.into_iter().find(|found| match reply.comment {
        Some(comment) => found.comment == comment,
        None => found.public && Some(fingerprint(found.text.as_str())) == text,
    });
    reply.files = own.map(|found| found.files);
}

/// Whether a step only asks for files: the answer does not wait for it.
pub(super) fn only_asks(step: &Step, body: &Body) -> bool {
    matches!((step, body), (Step::FetchComments(_), Body::Reply(reply)) if reply.text.is_some())
}

/// An answer was sent: remembers whether its files are known.
pub(super) fn remember(case: &Case<'_>, state: &mut State, reply: &Reply) {
    match (&reply.files, reply.comment) {
        (Some(_), comment) => state.files_upto = state.files_upto.max(comment),
        (None, _) if state.files_unseen == 0 => state.files_unseen = case.now,
        (None, _) => {}
    }
}

/// Notes on the files of answers that were sent without knowing of them.
pub(super) fn found(
    case: &Case<'_>,
    state: &mut State,
    comments: &[FetchedComment],
    since: i64,
    is_sent: impl Fn(&FetchedComment) -> bool,
) -> Vec<Entry> {
    let unseen = |found: &&FetchedComment| {
        let by_agent = found.public && found.by_agent && found.created_at >= since;
        by_agent && Some(found.comment) > state.files_upto && !found.files.is_empty()
    };
    let told = comments
        .iter()
        .rev()
        .filter(unseen)
        .filter(|found| is_sent(found));
    let notes: Vec<Entry> = told
        .filter_map(|found| {
            let shown = |file: &&Attachment| !found.text.as_str().contains(file.url.as_str());
            let left: Vec<&Attachment> = found.files.iter().filter(shown).collect();
            let text =
                (!left.is_empty()).then(|| notes::files_not_sent(case.policy.language, &left))?;
            Some(note(case, state.ticket?, found.comment, text))
        })
        .collect();
    let newest = comments.iter().map(|found| found.comment).max();
    state.files_upto = state.files_upto.max(newest);
    state.files_unseen = 0;
    notes
}

fn note(case: &Case<'_>, ticket: TicketId, comment: CommentId, text: String) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("files", &[&comment.to_string()]),
        received_at: case.now,
        body: Body::Note(Note {
            ticket,
            text: Personal(text),
            tags: vec![],
            untag: vec![],
        }),
    })
}
