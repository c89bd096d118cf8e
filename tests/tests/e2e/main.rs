//! The real executables, end to end.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

mod bodies;
mod compare;
mod conversation;
mod door;
mod failures;
mod logs;
mod media;
mod order;
mod resend;
mod tickets;
mod written;
