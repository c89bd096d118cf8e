//! Files on agents' comments. A trigger's body that names no files costs no call, unless the setting
//! sends them: they are found when comments are fetched anyway, and the agent reads what was not sent.

use crate::message::{
    Attachment, Body, CommentId, DeliveryId, Event, Note, Personal, Reply, TicketId,
};

use super::super::fingerprint::fingerprint;
use super::super::notes;
use super::super::policy::FilesOut;
use super::super::state::{Entry, State};
use super::super::step::FetchedComment;
use super::{EventContext, Exit, Flow, answer};

/// Asks for an answer's files, where the setting sends them and the body did not name them. The answer
/// does not wait for them.
pub(super) async fn find(flow: &mut Flow<'_>, reply: &mut Reply) -> Result<(), Exit> {
    let sends = flow.about.policy.style.files != FilesOut::Note;
    if !sends || reply.files.is_some() || flow.progress.sent > 0 {
        return Ok(());
    }
    let Some(ticket) = reply.ticket.or(flow.state.ticket) else {
        return Ok(());
    };
    let Some(comments) = flow.fetch_comments_if_possible(ticket).await? else {
        return Ok(());
    };
    let Some(found) = comment_of(reply, comments) else {
        return Ok(());
    };
    if found.by_end_user {
        return Err(answer::no_answer(flow, answer::BY_END_USER));
    }
    reply.files = Some(found.files);
    Ok(())
}

/// The answer's comment among a ticket's newest: by its id, else by its text.
pub(super) fn comment_of(reply: &Reply, comments: Vec<FetchedComment>) -> Option<FetchedComment> {
    let text = reply.text.as_ref().map(|text| fingerprint(text.as_str()));
    comments.into_iter().find(|found| match reply.comment {
        Some(comment) => found.comment == comment,
        None => found.public && Some(fingerprint(found.text.as_str())) == text,
    })
}

/// An answer was sent: remembers whether its files are known.
pub(super) fn remember(flow: &mut Flow<'_>, reply: &Reply) {
    let now = flow.now();
    let state = &mut *flow.state;
    match (&reply.files, reply.comment) {
        (Some(_), comment) => state.files_upto = state.files_upto.max(comment),
        (None, _) if state.files_unseen == 0 => state.files_unseen = now,
        (None, _) => {}
    }
}

/// Notes on the files of answers that were sent without knowing of them.
pub(super) fn notes_on_unseen(
    context: &EventContext<'_>,
    state: &mut State,
    comments: &[FetchedComment],
    since: i64,
    is_sent: impl Fn(&FetchedComment) -> bool,
) -> Vec<Entry> {
    let unseen = |found: &&FetchedComment| {
        let by_agent = found.public && found.by_agent && found.created_at >= since;
        by_agent && Some(found.comment) > state.files_upto && !found.files.is_empty()
    };
    let oldest_first = comments.iter().rev();
    let sent = oldest_first.filter(unseen).filter(|found| is_sent(found));
    let notes: Vec<Entry> = sent
        .filter_map(|found| {
            let shown = |file: &&Attachment| !found.text.as_str().contains(file.url.as_str());
            let left: Vec<&Attachment> = found.files.iter().filter(shown).collect();
            let ticket = state.ticket.filter(|_| !left.is_empty())?;
            let text = notes::files_not_sent(context.policy.language, &left);
            Some(note(context, ticket, found.comment, text))
        })
        .collect();
    let newest = comments.iter().map(|found| found.comment).max();
    state.files_upto = state.files_upto.max(newest);
    state.files_unseen = 0;
    notes
}

fn note(context: &EventContext<'_>, ticket: TicketId, comment: CommentId, text: String) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("files", &[&comment.to_string()]),
        received_at: context.now,
        body: Body::Note(Note {
            ticket,
            text: Personal(text),
            tags: vec![],
            untag: vec![],
        }),
    })
}
