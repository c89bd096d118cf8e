//! The real executables, end to end.

mod bodies;
mod conversation;
mod door;
mod failures;
mod logs;
mod order;
mod resend;
mod tickets;
