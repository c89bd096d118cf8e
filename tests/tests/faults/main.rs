//! The fault matrix: every outside call of every flow, broken in every way, and the process killed in it.
//!
//! In: the real executables, the simulators, a list of faults. Out: a verdict per cell, and the
//! table in `docs/faults.md`, which these tests keep true.

#![allow(
    clippy::expect_used,
    reason = "a test ends where its ground is missing"
)]

mod call;
mod end;
mod fault;
mod flow;
mod known;
mod matrix;
mod play;
mod run;
mod sample;
mod stage;
mod table;
mod thaw;
