//! What people write, made fit for where it goes: comment text, SMS encoding and splitting.
//!
//! In: text. Out: text, with what it costs. Pure; imports no other room.

pub mod comment;
pub mod courtesy;
pub mod html;
pub mod sms;
