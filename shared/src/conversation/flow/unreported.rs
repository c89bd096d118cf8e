//! Public answers of agents that no webhook has reported yet, found among a ticket's comments.

use crate::message::{Body, CommentId, Event, Reply};

use super::super::fingerprint::fingerprint;
use super::super::state::{Entry, State, Status};
use super::super::step::FetchedComment;
use super::{EventContext, delivery_of, files};

/// How long the conversation surely remembers which comments were sent, in milliseconds.
const REMEMBERED: i64 = 48 * 60 * 60 * 1000;

/// Zendesk's times are whole seconds of a clock that is not ours, in milliseconds.
pub(super) const CLOCK_SLACK: i64 = 60 * 1000;

/// The answers among a ticket's newest comments that are still to be sent, oldest first, as events
/// of their own; before them, notes on files that were not sent.
pub(super) fn answers(
    context: &EventContext<'_>,
    state: &mut State,
    comments: Vec<FetchedComment>,
    status: Option<Status>,
) -> Vec<Entry> {
    let since = state.since.saturating_sub(CLOCK_SLACK);
    let since = since.max(context.now.saturating_sub(REMEMBERED));
    let (own, texts) = (state.own_comments.clone(), state.sent_texts.clone());
    let is_sent = |found: &FetchedComment| {
        let known = context.seen.contains(&delivery_of(found.comment));
        known || texts.contains(&fingerprint(found.text.as_str()))
    };
    let is_own = |found: &FetchedComment| own.contains(&found.comment);
    let sent_answer = |found: &FetchedComment| is_sent(found) && !is_own(found);
    let mut events = files::notes_on_unseen(context, state, &comments, since, sent_answer);
    let known_from = known_from(state, &comments);
    for found in comments.into_iter().rev() {
        let too_old = found.created_at < since || Some(found.comment) < known_from;
        let answer = found.public && found.by_agent && !is_own(&found);
        if !answer || is_sent(&found) || too_old {
            continue;
        }
        state.fetched_text(fingerprint(found.text.as_str()));
        events.push(Entry::fresh(Event {
            delivery: delivery_of(found.comment),
            received_at: context.now,
            body: Body::Reply(Reply {
                ticket: state.ticket,
                comment: Some(found.comment),
                role_unknown: false,
                text: Some(found.text),
                files: Some(found.files),
                author: found.author,
                status: status.map(|status| status.as_str().to_owned()),
                recent: Some(vec![]),
                asked_at: None,
                campaign: None,
            }),
        }));
    }
    events
}

/// The oldest comment that is surely judged by its text: where no more texts are remembered, one
/// before it may have been sent as well, and is not sent again.
fn known_from(state: &State, newest_first: &[FetchedComment]) -> Option<CommentId> {
    if !state.forgets_texts() {
        return None;
    }
    let mut texts = state.sent_texts.clone();
    let known = newest_first.iter().filter(|found| {
        let print = fingerprint(found.text.as_str());
        let at = texts.iter().position(|&text| text == print);
        at.map(|at| texts.swap_remove(at)).is_some()
    });
    known.last().map(|found| found.comment)
}
