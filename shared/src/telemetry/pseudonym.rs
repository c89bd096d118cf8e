//! A customer's name in the logs: the same for all of a customer's lines, and no way back.
//!
//! In: the secret's own key for it, or else the inbound token, and the customer's id. Out: a keyed hash.
//! Without a key there is no name. Imports no other room.

use std::sync::OnceLock;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

static KEY: OnceLock<PseudonymKey> = OnceLock::new();

/// What names are made with.
#[derive(Clone)]
pub struct PseudonymKey(Hmac<Sha256>);

impl PseudonymKey {
    /// The key of the secret's `pseudonym_key`.
    pub fn own(key: &str) -> Option<Self> {
        Hmac::new_from_slice(key.as_bytes()).ok().map(Self)
    }

    /// A key made of `braze_inbound_token`, which opens something and so is not used itself.
    pub fn of_token(token: &str) -> Option<Self> {
        let mut keyed = Hmac::<Sha256>::new_from_slice(token.as_bytes()).ok()?;
        keyed.update(b"pseudonym");
        Hmac::new_from_slice(&keyed.finalize().into_bytes())
            .ok()
            .map(Self)
    }

    /// Eight bytes of HMAC-SHA256 over `customer:` and the id, in hexadecimal.
    pub fn name(&self, customer: &str) -> String {
        self.short("customer:", customer)
    }

    /// Eight bytes of HMAC-SHA256 over `phone:` and the digits of an anonymous customer's number, in hexadecimal.
    pub fn phone_name(&self, digits: &str) -> String {
        self.short("phone:", digits)
    }

    fn short(&self, kind: &str, who: &str) -> String {
        let mut keyed = self.0.clone();
        keyed.update(kind.as_bytes());
        keyed.update(who.as_bytes());
        let bytes = keyed.finalize().into_bytes();
        bytes
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Sets the key of this process; its first one stays.
pub fn keyed_by(key: impl FnOnce() -> Option<PseudonymKey>) {
    if KEY.get().is_none()
        && let Some(key) = key()
    {
        let _ = KEY.set(key);
    }
}

/// The customer's name; `None` without a key.
pub fn of(customer: &str) -> Option<String> {
    KEY.get().map(|key| key.name(customer))
}

/// The name of a customer who is known by a number alone; `None` without a key.
pub fn of_phone(digits: &str) -> Option<String> {
    KEY.get().map(|key| key.phone_name(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf customer:ana | openssl dgst -sha256 -hmac KEY` begins with it.
    #[test]
    fn the_name_depends_on_key_and_customer_and_can_be_made_outside() {
        let by = |key: &str, customer| PseudonymKey::own(key).expect("any length").name(customer);
        assert_eq!(by("inbound-token", "ana"), "a230a889ca38f1c8");
        assert_ne!(by("inbound-token", "bea"), by("inbound-token", "ana"));
        assert_ne!(by("another", "ana"), by("inbound-token", "ana"));
    }

    #[test]
    fn the_token_itself_makes_no_names() {
        let of = |token| {
            PseudonymKey::of_token(token)
                .expect("any length")
                .name("ana")
        };
        assert_ne!(of("inbound-token"), "a230a889ca38f1c8");
        assert_ne!(of("inbound-token"), of("another"));
        assert_eq!(of("inbound-token"), of("inbound-token"));
    }
}
