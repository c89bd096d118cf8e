//! A customer's name in the logs: the same for all of a customer's lines, and no way back.
//!
//! In: a key, once for the process, and the customer's id. Out: a keyed hash. Without a key there
//! is no name. Imports no other room.

use std::sync::OnceLock;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

static KEYED: OnceLock<Hmac<Sha256>> = OnceLock::new();

/// Sets the key; the process's first one stays.
pub fn keyed_by(key: &[u8]) {
    if KEYED.get().is_none()
        && let Ok(keyed) = Hmac::<Sha256>::new_from_slice(key)
    {
        let _ = KEYED.set(keyed);
    }
}

/// Eight bytes of HMAC-SHA256 over `customer:` and the id, in hexadecimal; `None` without a key.
pub fn of(customer: &str) -> Option<String> {
    KEYED.get().map(|keyed| hash(keyed.clone(), customer))
}

fn hash(mut keyed: Hmac<Sha256>, customer: &str) -> String {
    keyed.update(b"customer:");
    keyed.update(customer.as_bytes());
    let bytes = keyed.finalize().into_bytes();
    bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf customer:ana | openssl dgst -sha256 -hmac inbound-token` begins with it: this finds a
    /// customer's lines.
    #[test]
    fn the_hash_depends_on_key_and_customer_and_can_be_made_outside() {
        let by =
            |key: &[u8], customer| hash(Hmac::new_from_slice(key).expect("any length"), customer);
        assert_eq!(by(b"inbound-token", "ana"), "a230a889ca38f1c8");
        assert_ne!(by(b"inbound-token", "bea"), by(b"inbound-token", "ana"));
        assert_ne!(by(b"another", "ana"), by(b"inbound-token", "ana"));
    }
}
