//! The loop fuse: a customer's number that sends the same text over and over is a machine, and what
//! the bridge sends by itself may be what it answers.
//!
//! In: texts as they come. Out: one note for the agent, and whether automatic SMS rest. The answers
//! of agents are no automatic SMS.

use crate::message::Text;

use super::super::notes;
use super::super::state::{Echo, Progress, State};
use super::super::step::{Ending, Next, Verdict};
use super::{Case, fingerprint, note_entry};

/// How long equal texts are counted together, in milliseconds.
const WINDOW: i64 = 60 * 60 * 1000;

/// Counts a text, once.
pub(super) fn hear(case: &Case<'_>, state: &mut State, progress: &mut Progress, text: &Text) {
    let fuse = case.policy.loop_fuse;
    if fuse == 0 || std::mem::replace(&mut progress.heard, true) {
        return;
    }
    let Some(words) = text.text.present() else {
        return;
    };
    let print = fingerprint(words);
    state.echo = Some(match state.echo {
        Some(Echo(known, count, since)) if known == print && is_recent(case.at, since) => {
            let count = count.saturating_add(1);
            progress.too_often = count == fuse;
            // Once it is blown, it rests until an hour passed in silence.
            Echo(print, count, if count >= fuse { case.at } else { since })
        }
        _ => Echo(print, 1, case.at),
    });
}

/// Whether automatic SMS rest.
pub(super) fn is_blown(case: &Case<'_>, state: &State) -> bool {
    let fuse = case.policy.loop_fuse;
    let blown = |Echo(_, count, at): Echo| count >= fuse && is_recent(case.now, at);
    fuse > 0 && state.echo.is_some_and(blown)
}

/// The same verdict, with the note behind it where one is due.
pub(super) fn tell(
    case: &Case<'_>,
    state: &State,
    progress: &Progress,
    verdict: Verdict,
) -> Verdict {
    match (verdict, state.ticket) {
        (Verdict::Done(Ending::Delivered, mut follow), Some(ticket)) if progress.too_often => {
            let text = notes::loop_fuse(case.policy.language, case.policy.loop_fuse);
            follow.push(note_entry(case, ticket, text, &[]));
            Verdict::Done(Ending::Delivered, follow)
        }
        (verdict, _) => verdict,
    }
}

/// [`tell`] for a decision that needs no call.
pub(super) fn tell_next(case: &Case<'_>, state: &State, progress: &Progress, next: Next) -> Next {
    match next {
        Next::Settled(verdict) => Next::Settled(tell(case, state, progress, verdict)),
        step => step,
    }
}

fn is_recent(now: i64, at: i64) -> bool {
    now.saturating_sub(at) < WINDOW
}
