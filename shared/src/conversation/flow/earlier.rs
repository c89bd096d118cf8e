//! Answers are read in the order in which they were written: those before this one that no webhook has
//! reported yet go first.

use crate::message::{CommentId, Reply};

use super::super::step::FetchedComment;
use super::{Exit, Flow, Pause, answer, delivery_of, later, unreported};

/// How long an answer waits for Zendesk to say what was written before it, in milliseconds, where its body
/// shows that something was.
const WAITS_FOR: i64 = 60 * 1000;

pub(super) async fn first(flow: &mut Flow<'_>, reply: &mut Reply) -> Result<(), Exit> {
    let (Some(comment), Some(ticket)) = (reply.comment, flow.state.ticket) else {
        return Ok(());
    };
    let progress = &flow.progress;
    let begun = progress.sent > 0 || progress.doubtful || progress.fetched;
    if begun || reply.ticket.is_some_and(|on| on != ticket) {
        return Ok(());
    }
    let missing = is_one_missing(flow, reply, comment);
    match missing {
        // A body that says whose the ticket is, and nothing of recent comments, keeps to its one call.
        None if reply.requester.is_some() => return Ok(()),
        Some(false) => {
            heard(flow, comment);
            return Ok(());
        }
        None | Some(true) => {}
    }
    let Some(comments) = flow.fetch_comments_if_possible(ticket).await? else {
        let waits = missing == Some(true) && flow.age() < WAITS_FOR;
        return if waits { later(None, None) } else { Ok(()) };
    };
    let (own, earlier): (Vec<_>, Vec<_>) = comments
        .into_iter()
        .filter(|found| found.comment <= comment)
        .partition(|found| found.comment == comment);
    for own in own {
        if own.by_end_user {
            return Err(answer::no_answer(flow, answer::BY_END_USER));
        }
        complete(reply, own);
    }
    let status = flow.state.status;
    let on = unreported::Where::own(flow, ticket);
    let found = unreported::answers(flow, on, earlier, status).await?;
    flow.progress.fetched = true;
    heard(flow, comment);
    match found.is_empty() {
        true => Ok(()),
        false => Err(Exit::Pause(Pause::After(found))),
    }
}

/// Whether a comment that was written before this one was never heard of; `None`: the body does not say.
fn is_one_missing(flow: &Flow<'_>, reply: &Reply, comment: CommentId) -> Option<bool> {
    let recent = reply.recent.as_ref()?;
    let own = recent.iter().position(|&id| id == comment);
    let before = own.map_or(&recent[..], |own| &recent[own..]);
    let state = &flow.state;
    let is_known = |id: CommentId| {
        id >= comment
            || Some(id) <= state.heard_upto
            || state.own_comments.contains(&id)
            || flow.about.seen.contains(&delivery_of(id))
    };
    Some(before.iter().any(|&id| !is_known(id)))
}

/// Of what was written before, nothing is missing any more.
fn heard(flow: &mut Flow<'_>, upto: CommentId) {
    flow.state.heard_upto = flow.state.heard_upto.max(Some(upto));
}

/// What the body did not say of the answer.
fn complete(reply: &mut Reply, own: FetchedComment) {
    if reply.files.is_none() && own.public && own.by_agent {
        reply.files = Some(own.files);
    }
}
