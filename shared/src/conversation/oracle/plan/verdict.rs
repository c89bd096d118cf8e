//! What the plan asked for, and what an outcome meant.

use super::super::state::Entry;
use super::super::step::{Ending, Step};

/// What to do next with an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Make this call.
    Step(Step),
    /// No call is needed.
    Settled(Verdict),
}

/// What the outcome of a step means for its event.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Ask for the next step.
    Again,
    /// Write the progress down, then ask for the next step.
    Checkpoint,
    /// Try again later, not before the time given (milliseconds since the epoch).
    Wait(Option<i64>),
    /// These events come first.
    After(Vec<Entry>),
    /// The event is finished, these follow in its place.
    Done(Ending, Vec<Entry>),
}

impl Verdict {
    /// Finished as asked.
    pub fn delivered() -> Self {
        Self::Done(Ending::Delivered, Vec::new())
    }

    /// Finished without doing anything.
    pub fn ignored(reason: &'static str) -> Self {
        Self::Done(Ending::Ignored(reason), Vec::new())
    }
}
