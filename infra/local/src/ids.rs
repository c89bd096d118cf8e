//! Random identifiers in the shapes AWS uses.
//!
//! In: nothing. Out: request ids and trace ids. Not for secrets: the source is the standard
//! library's hash seed.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A request id shaped as a version 4 UUID.
pub(crate) fn request_id() -> String {
    let (a, b) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

/// An X-Ray trace header's value, not sampled.
pub(crate) fn trace_id(epoch_seconds: u64) -> String {
    format!(
        "Root=1-{:08x}-{:016x}{:08x};Sampled=0",
        epoch_seconds & 0xffff_ffff,
        random(),
        random() >> 32
    )
}

/// Sixteen lower-case hexadecimal digits.
pub(crate) fn short_id() -> String {
    format!("{:016x}", random())
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
