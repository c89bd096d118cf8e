//! Plays flows without vendors: each call is answered by a function, at once.

use std::pin::pin;
use std::task::{Context as Poller, Poll, Waker};

use super::super::state::{Entry, State};
use super::super::step::{Outcome, Step};
use super::{Calling, Calls, Context, Done, Pause, run};

/// Answers to calls, and the calls that were made.
pub struct Script<'a> {
    /// What time it is, in milliseconds since the epoch.
    pub now: i64,
    /// The calls made so far.
    pub steps: Vec<Step>,
    answer: &'a mut (dyn FnMut(&Step) -> Option<Outcome> + Send),
}

impl<'a> Script<'a> {
    /// `None` as an answer: there is no time for the call.
    pub fn new(now: i64, answer: &'a mut (dyn FnMut(&Step) -> Option<Outcome> + Send)) -> Self {
        let steps = Vec::new();
        Self { now, steps, answer }
    }

    /// Runs an event once.
    pub fn run(
        &mut self,
        context: Context<'_>,
        state: &mut State,
        entry: &mut Entry,
    ) -> Result<Done, Pause> {
        let flow = pin!(run(self, context, state, entry));
        match flow.poll(&mut Poller::from_waker(Waker::noop())) {
            Poll::Ready(ended) => ended,
            Poll::Pending => panic!("a flow awaited something else than a call"),
        }
    }
}

impl Calls for Script<'_> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        let outcome = (self.answer)(step);
        if outcome.is_some() {
            self.steps.push(step.clone());
        }
        Box::pin(async move { outcome })
    }

    fn now(&self) -> i64 {
        self.now
    }
}
