//! Identifiers in the vendors' shapes.
//!
//! In: the time and a counter. Out: ULIDs, hexadecimal ids and secrets nobody can mix up. Imports
//! nothing of the crate.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// 128 bits that do not come twice.
fn fresh() -> u128 {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let state = RandomState::new();
    (u128::from(state.hash_one(number)) << 64) | u128::from(state.hash_one((number, "second")))
}

/// A ULID of this time in milliseconds since the epoch.
pub(crate) fn ulid(at_ms: i64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = u128::from(u64::try_from(at_ms).unwrap_or(0)) & 0xFFFF_FFFF_FFFF;
    let bits = (time << 80) | (fresh() >> 48);
    (0..26)
        .rev()
        .map(|place| char::from(ALPHABET[usize::try_from((bits >> (place * 5)) & 31).unwrap_or(0)]))
        .collect()
}

/// 32 hexadecimal digits.
pub(crate) fn hex() -> String {
    format!("{:032x}", fresh())
}

/// A UUID, of version 4.
pub(crate) fn uuid() -> String {
    as_uuid(&hex())
}

/// The same UUID for the same name, each time.
pub(crate) fn derived_uuid(name: &str) -> String {
    as_uuid(&hex_of(name))
}

/// The same 32 hexadecimal digits for the same name, each time.
pub(crate) fn hex_of(name: &str) -> String {
    let hash = Sha256::digest(name);
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// 32 hexadecimal digits in the shape of a UUID.
fn as_uuid(digits: &str) -> String {
    let part = |from: usize, to: usize| &digits[from..to];
    format!(
        "{}-{}-4{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// A secret as Zendesk shows one: base64.
pub(crate) fn secret() -> String {
    STANDARD.encode([fresh().to_be_bytes(), fresh().to_be_bytes()].concat())
}
