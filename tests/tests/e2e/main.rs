//! The real executables, end to end.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

mod alternate;
mod bodies;
mod compare;
mod conversation;
mod door;
mod events;
mod failures;
mod hot;
mod logs;
mod media;
#[cfg(target_os = "linux")]
mod memory;
mod next;
mod odd;
mod order;
mod outage;
mod resend;
mod samples;
mod submit;
mod tickets;
mod versions;
mod written;
