//! One run of one event, by whichever implementation.

use std::future::Future;
use std::pin::pin;
use std::task::{Poll, Waker};

use super::plan as frozen;
use super::policy::Policy;
use super::seen::Seen;
use super::state::{Entry, State, Trouble};
use super::step::{Ending, Next, Verdict};
use crate::conversation::flow::{self, Calls, Done, Pause};
use crate::conversation::store::Key;
use crate::message::{Body, ExternalUserId};

/// Steps one run may take, as in `delivery`.
const MAX_STEPS: usize = 24;

/// What a decision may look at besides state and event.
pub(super) struct Around<'a> {
    pub(super) customer: &'a ExternalUserId,
    pub(super) policy: &'a Policy,
    pub(super) seen: &'a Seen,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ran {
    /// The event is finished. A dead letter that cannot be kept leaves the state as `before`.
    Over {
        ending: Ending,
        follow: Vec<Entry>,
        before: Option<Box<State>>,
    },
    /// Tried again later.
    Later(Option<i64>, Option<Trouble>),
    /// Written down, then the event is run again.
    Checkpoint,
    /// These come first.
    After(Vec<Entry>),
    /// There was no time for a call.
    OutOfTime,
}

impl Ran {
    /// The same end. What the state was before a dead letter is each implementation's own affair: the
    /// stories show what comes of it.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let bare = |ran: &Self| match ran.clone() {
            Self::Over { ending, follow, .. } => Self::Over {
                ending,
                follow,
                before: None,
            },
            ran => ran,
        };
        bare(self) == bare(other)
    }
}

/// An implementation of all decisions.
pub(super) trait Decides {
    /// Runs an event until it is over, or for as long as it can be run now.
    async fn run(
        &self,
        around: &Around<'_>,
        state: &mut State,
        entry: &mut Entry,
        calls: &mut dyn Calls,
    ) -> Ran;
}

/// The frozen plan.
pub(super) struct Frozen;

/// The flows.
pub(super) struct InUse;

impl Decides for InUse {
    async fn run(
        &self,
        around: &Around<'_>,
        state: &mut State,
        entry: &mut Entry,
        calls: &mut dyn Calls,
    ) -> Ran {
        let context = flow::Context {
            key: &Key::Customer(around.customer.clone()),
            policy: around.policy,
            seen: around.seen,
        };
        match flow::run(calls, context, state, entry).await {
            Ok(Done::Ended { ending, follow }) => Ran::Over {
                ending,
                follow,
                before: None,
            },
            Ok(Done::Dead {
                refusal,
                follow,
                before,
            }) => Ran::Over {
                ending: Ending::Dead(refusal),
                follow,
                before: Some(before),
            },
            Ok(Done::Forward { .. }) => panic!("forwarded from a customer's conversation"),
            Err(Pause::Later(not_before, _)) => Ran::Later(not_before, entry.progress.trouble),
            Err(Pause::Checkpoint) => Ran::Checkpoint,
            Err(Pause::After(first)) => Ran::After(first),
            Err(Pause::OutOfTime) => Ran::OutOfTime,
        }
    }
}

impl Decides for Frozen {
    async fn run(
        &self,
        around: &Around<'_>,
        state: &mut State,
        entry: &mut Entry,
        calls: &mut dyn Calls,
    ) -> Ran {
        for _ in 0..MAX_STEPS {
            let context = frozen::Context {
                customer: around.customer,
                policy: around.policy,
                seen: around.seen,
                now: calls.now(),
            };
            let before = Box::new(state.clone());
            let verdict = match frozen::next(&context, state, entry) {
                Next::Settled(verdict) => verdict,
                Next::Step(step) => {
                    let Some(outcome) = calls.call(&step).await else {
                        look_again(entry);
                        return Ran::OutOfTime;
                    };
                    let now = calls.now();
                    let context = frozen::Context { now, ..context };
                    frozen::apply(&context, state, entry, &step, outcome)
                }
            };
            match verdict {
                Verdict::Again => {}
                verdict => {
                    look_again(entry);
                    return ran(verdict, entry, before);
                }
            }
        }
        Ran::Later(None, entry.progress.trouble)
    }
}

/// Meant: a ticket is looked at anew in a later run.
fn look_again(entry: &mut Entry) {
    if matches!(entry.event.body, Body::Solved(_) | Body::Reply(_)) {
        entry.progress.confirmed = false;
        entry.progress.elsewhere = false;
    }
    entry.progress.renewed = false;
}

fn ran(verdict: Verdict, entry: &Entry, before: Box<State>) -> Ran {
    match verdict {
        Verdict::Again | Verdict::Checkpoint => Ran::Checkpoint,
        Verdict::Wait(not_before) => Ran::Later(not_before, entry.progress.trouble),
        Verdict::After(entries) => Ran::After(entries),
        Verdict::Done(ending, follow) => {
            let before = matches!(ending, Ending::Dead(_)).then_some(before);
            Ran::Over {
                ending,
                follow,
                before,
            }
        }
    }
}

/// Runs a future that waits for nothing but its calls, which answer at once or never: `None` where it
/// stands at one of the latter.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
