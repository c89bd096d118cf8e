//! The real executables, end to end.

mod bodies;
mod conversation;
mod failures;
mod media;
mod order;
mod resend;
mod tickets;
