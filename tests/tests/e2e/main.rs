//! The real executables, end to end.

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
