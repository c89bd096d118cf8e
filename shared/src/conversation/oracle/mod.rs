//! The oracle: the decisions as they were before the flows, held against the implementation in use on
//! generated events, states and answers. Deleted as a whole once every kind of event is a flow.
//!
//! `plan/` is a frozen copy of what `conversation/plan` was. It is never changed, except that a
//! difference that is meant is made there, too, with a comment that says so. It finds its vocabulary in
//! the imports below.
//!
//! Comparisons, each made of a tape of small numbers (`tape.rs`), so that one seed is one case and
//! a failing case can be shortened:
//!
//! * `one.rs`: one run of one event from any state. The calls, with their content, the state
//!   afterwards and how the run ended are the same.
//! * `story.rs`: a mailbox of events until it is empty, with pauses, checkpoints, workers that vanish,
//!   events that come in between and a clock that moves. What was written, how each run ended and the
//!   state after it are the same. A flow may read again what the plan remembered, and is answered as
//!   the plan was; a read that the plan repeated may be answered in another way each time.

mod answers;
mod cast;
mod count;
mod drive;
mod events;
mod hand;
mod one;
#[allow(
    dead_code,
    unused_imports,
    clippy::too_many_lines,
    reason = "a frozen copy, whole"
)]
mod plan;
mod report;
mod show;
mod stage;
mod states;
mod story;
mod tape;

use plan::fingerprint as frozen_fingerprint;

use super::{notes, policy, seen, state};

/// The vocabulary, with the words that only the plan used.
mod step {
    pub(super) use super::plan::verdict::{Next, Verdict};
    pub(super) use crate::conversation::step::*;
}
