//! The rooms that read strangers' bytes, compiled from the library's own files without the rest of
//! it, so that no SDK is instrumented.

#[path = "../../shared/src/http/auth.rs"]
pub mod auth;
pub mod media;
#[path = "../../shared/src/message/mod.rs"]
pub mod message;
#[path = "../../shared/src/text/mod.rs"]
pub mod text;
