//! What people write, made fit for where it goes: comment text, SMS encoding and splitting. Pure.

mod addresses;
pub mod answer;
pub mod comment;
pub mod html;
pub mod incoming;
mod link;
mod lists;
pub mod markdown;
pub mod signature;
pub mod sms;
mod spaces;
mod struck;

#[cfg(test)]
mod tests;
