//! What to do about an event: the decision itself.
//!
//! In: state, entry, the outcome of the last step. Out: the next [`Step`] or a [`Verdict`]. Pure:
//! no I/O, time and identities passed by hand, so that generated schedules can drive it.

mod aside;
mod check;
mod closing;
mod files;
mod follow;
mod fuse;
mod give_up;
mod lost;
mod media;
mod missed;
mod moved;
mod new_ticket;
mod opted_out;
mod reply;
mod resend;
mod sent;
mod solved;
mod text;
mod told;
pub(super) mod verdict;

use crate::message::{
    Body, CommentId, DeliveryId, Event, ExternalUserId, Note, Personal, TicketId,
};

use super::policy::Policy;
use super::seen::Seen;
use super::state::{Entry, State, Trouble};
use super::step::{Ending, Failure, Next, Outcome, Step, Verdict};

pub use give_up::{BROKE_OFF, TOO_LONG, given_up, is_poison, is_too_old};

/// How long a write that got no answer may still come to act, in milliseconds: it is not looked for
/// before.
const LATE_WRITE: i64 = 60 * 1000;

/// How long a refused look at Zendesk is repeated before the event ends without it, in milliseconds.
const REFUSED_FOR: i64 = 10 * 60 * 1000;

/// How late a webhook may come and still be believed to be late, in milliseconds.
const LATE: i64 = 7 * 24 * 60 * 60 * 1000;

/// What a decision may look at besides state and entry.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Whose conversation it is.
    pub customer: &'a ExternalUserId,
    /// The settings.
    pub policy: &'a Policy,
    /// Deliveries accepted lately.
    pub seen: &'a Seen,
    /// Milliseconds since the epoch.
    pub now: i64,
}

/// One event being decided: the context, and what identifies the event.
#[derive(Debug, Clone, Copy)]
struct Case<'a> {
    customer: &'a ExternalUserId,
    policy: &'a Policy,
    seen: &'a Seen,
    now: i64,
    delivery: &'a DeliveryId,
    /// The name its writes carry.
    marker: &'a DeliveryId,
    /// When the event was accepted.
    at: i64,
}

impl<'a> Case<'a> {
    fn new(
        context: &Context<'a>,
        delivery: &'a DeliveryId,
        marker: &'a DeliveryId,
        at: i64,
    ) -> Self {
        let Context {
            customer,
            policy,
            seen,
            now,
        } = *context;
        Self {
            customer,
            policy,
            seen,
            now,
            delivery,
            marker,
            at,
        }
    }

    /// When Zendesk made the invocation, by its own clock. Times far from now are not Zendesk's.
    fn asked_at(&self, told: Option<i64>) -> Option<i64> {
        told.filter(|asked| self.at.abs_diff(*asked) < LATE.unsigned_abs())
    }
}

/// The next step of an event, or how it ends.
pub fn next(context: &Context<'_>, state: &mut State, entry: &mut Entry) -> Next {
    if is_poison(entry) {
        return Next::Settled(give_up::broken(context, state, entry));
    }
    let marker = entry.marker().clone();
    let Entry { event, progress } = entry;
    let case = Case::new(context, &event.delivery, &marker, event.received_at);
    match &mut event.body {
        Body::Text(text) => {
            fuse::hear(&case, state, progress, text);
            let next = text::next(&case, state, progress, text);
            fuse::tell_next(&case, state, progress, next)
        }
        Body::Consent(consent) => aside::consent(&case, state, consent),
        Body::Note(note) => aside::note(&case, progress, note),
        Body::Attributes => aside::attributes(&case, state),
        Body::Check => check::next(&case, state, progress),
        Body::Resend(resend) => resend::next(&case, state, resend),
        Body::Reply(reply) => reply::next(&case, state, progress, reply),
        Body::Solved(solved) => solved::next(&case, state, progress, solved),
    }
}

/// What the outcome of a step means for its event.
pub fn apply(
    context: &Context<'_>,
    state: &mut State,
    entry: &mut Entry,
    step: &Step,
    outcome: Outcome,
) -> Verdict {
    // Attributes that are only a part of an event follow on their own; they hold nothing up.
    let body = &entry.event.body;
    let aside = matches!(step, Step::SetAttributes(_)) && *body != Body::Attributes;
    // Nothing waits for a comparison either: the next one comes.
    let aside = aside || files::only_asks(step, body) || *body == Body::Check;
    let trouble = match &outcome {
        Outcome::Failed(Failure::Later(_, trouble)) => Some(*trouble),
        Outcome::Failed(Failure::Unknown) => Some(Trouble::NoAnswer),
        _ => None,
    };
    let verdict = match &outcome {
        Outcome::Failed(Failure::Later(not_before, _)) if !aside => Verdict::Wait(*not_before),
        _ => decided(context, state, entry, step, outcome),
    };
    match verdict {
        Verdict::Wait(not_before) => {
            entry.progress.trouble = trouble.or(entry.progress.trouble);
            give_up::later(context, state, entry, not_before)
        }
        verdict => verdict,
    }
}

fn decided(
    context: &Context<'_>,
    state: &mut State,
    entry: &mut Entry,
    step: &Step,
    outcome: Outcome,
) -> Verdict {
    let marker = entry.marker().clone();
    let Entry { event, progress } = entry;
    let case = Case::new(context, &event.delivery, &marker, event.received_at);
    match &mut event.body {
        Body::Text(text) => {
            let verdict = text::apply(&case, state, progress, text, step, outcome);
            fuse::tell(&case, state, progress, verdict)
        }
        Body::Consent(_) | Body::Resend(_) => Verdict::delivered(),
        Body::Note(note) => aside::noted(&case, state, progress, note, outcome),
        Body::Attributes => aside::set(&outcome),
        Body::Check => check::apply(&case, state, progress, step, outcome),
        Body::Reply(reply) => reply::apply(&case, state, progress, reply, step, outcome),
        Body::Solved(solved) => solved::apply(&case, state, progress, solved, step, outcome),
    }
}

/// A note for the agent as an event of its own.
fn note_entry(case: &Case<'_>, ticket: TicketId, text: String, tags: &[&str]) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("note", &[case.delivery.as_str()]),
        received_at: case.now,
        body: Body::Note(Note {
            ticket,
            text: Personal(text),
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            untag: vec![],
        }),
    })
}

/// Braze's attributes as an event of their own.
fn attributes_entry(case: &Case<'_>) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("attributes", &[case.delivery.as_str()]),
        received_at: case.now,
        body: Body::Attributes,
    })
}

/// How an event ends that waits no longer for an attribute call: at once, or with the attributes
/// following on their own.
fn announced(case: &Case<'_>, ending: Ending, outcome: &Outcome) -> Verdict {
    let follow = match outcome {
        Outcome::Failed(Failure::Refused(_) | Failure::NotFound) | Outcome::Done => vec![],
        _ => vec![attributes_entry(case)],
    };
    Verdict::Done(ending, follow)
}

/// The delivery of an agent's comment, however the bridge came to know of it.
fn delivery_of(comment: CommentId) -> DeliveryId {
    DeliveryId::derive("reply", &[&comment.to_string()])
}

/// 32 bits of a text without its white space, to know a text again in another rendering.
pub fn fingerprint(text: &str) -> u32 {
    let dense: String = text.split_whitespace().collect();
    let marker = DeliveryId::derive("fingerprint", &[&dense]).marker();
    u32::from_be_bytes([marker[0], marker[1], marker[2], marker[3]])
}
