//! The real executables, end to end.

mod conversation;
mod resend;
