//! The real executables, end to end.

mod bodies;
mod compare;
mod conversation;
mod failures;
mod order;
mod resend;
mod tickets;
