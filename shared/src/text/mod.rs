//! What people write, made fit for where it goes: comment text, SMS encoding and splitting.
//!
//! In: text. Out: text, with what it costs. Pure; imports no other room.

pub mod answer;
pub mod comment;
pub mod courtesy;
pub mod html;
pub mod markdown;
pub mod signature;
pub mod sms;
