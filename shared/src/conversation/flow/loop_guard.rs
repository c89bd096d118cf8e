//! The auto-reply loop guard: a customer's number that sends the same text over and over is a machine,
//! and what the bridge sends by itself may be what it answers. Agents' answers are sent all the same.

use crate::message::Text;

use super::super::fingerprint::fingerprint;
use super::super::notes;
use super::super::state::{Entry, RepeatedText, State};
use super::{EventContext, Flow};

/// How long equal texts are counted together, in milliseconds.
const WINDOW: i64 = 60 * 60 * 1000;

/// Counts a text among its like, once.
pub(super) fn count(flow: &mut Flow<'_>, text: &Text) {
    let limit = flow.about.policy.loop_fuse;
    if limit == 0 || std::mem::replace(&mut flow.progress.heard, true) {
        return;
    }
    let Some(words) = text.text.present() else {
        return;
    };
    let (print, at) = (fingerprint(words), flow.about.at);
    flow.state.repeated_text = Some(match flow.state.repeated_text {
        Some(RepeatedText(known, count, since)) if known == print && is_recent(at, since) => {
            let count = count.saturating_add(1);
            flow.progress.too_often = count == limit;
            // Once tripped, it rests until an hour passed in silence.
            RepeatedText(print, count, if count >= limit { at } else { since })
        }
        _ => RepeatedText(print, 1, at),
    });
}

/// What the agent reads when the same text came too often.
pub(super) fn note(flow: &Flow<'_>) -> Option<Entry> {
    let ticket = flow.state.ticket.filter(|_| flow.progress.too_often)?;
    let text = notes::loop_fuse(flow.language(), flow.about.policy.loop_fuse);
    Some(flow.note(ticket, text, &[]))
}

/// Whether automatic SMS rest.
pub(super) fn is_tripped(context: &EventContext<'_>, state: &State) -> bool {
    let limit = context.policy.loop_fuse;
    let tripped =
        |RepeatedText(_, count, at): RepeatedText| count >= limit && is_recent(context.now, at);
    limit > 0 && state.repeated_text.is_some_and(tripped)
}

fn is_recent(now: i64, at: i64) -> bool {
    now.saturating_sub(at) < WINDOW
}
