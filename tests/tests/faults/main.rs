//! The fault matrix and the crash tests: every outside call of every flow, broken in every way.
//!
//! In: the real executables, the simulators, a list of faults. Out: a verdict per cell, and the
//! table in `docs/operations.md`, which these tests keep true.

#![allow(
    clippy::expect_used,
    reason = "a test ends where its ground is missing"
)]

mod call;
mod crash;
mod end;
mod fault;
mod flow;
mod known;
mod matrix;
mod play;
mod run;
mod stage;
mod table;
mod thaw;
