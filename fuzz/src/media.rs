//! What the media room reads of strangers, without what fetches.

#[path = "../../shared/src/media/address.rs"]
mod address;
#[path = "../../shared/src/media/kind/mod.rs"]
mod kind;
#[path = "../../shared/src/media/link.rs"]
mod link;
#[path = "../../shared/src/media/words.rs"]
mod words;

pub use kind::Kind;
use link::Reach;
use url::Url;

use crate::message::MediaProblem;

/// The URL of a link, if it may be followed.
pub fn checked(link: &str) -> Result<Url, MediaProblem> {
    link::checked(link, Reach::default())
}

/// The URL a followed one redirects to, if that may be followed.
pub fn redirected(from: &Url, location: &str) -> Result<Url, MediaProblem> {
    link::redirected(from, location, Reach::default())
}

/// Whether a host's address may be reached.
pub fn admits(address: std::net::IpAddr) -> bool {
    Reach::default().admits(address)
}

/// The kind of a file by its first bytes and the type its sender gives.
pub fn kind(head: &[u8], declared: &str) -> Result<Kind, MediaProblem> {
    let head = &head[..head.len().min(kind::HEAD_BYTES)];
    Kind::of(head, Some(declared))
}

/// The words of a file of plain text.
pub fn spoken(bytes: &[u8]) -> String {
    words::words(bytes)
}
