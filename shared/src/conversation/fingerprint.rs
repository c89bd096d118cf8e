//! A text known again in another rendering.

use crate::message::DeliveryId;

/// 32 bits of a text without its white space.
pub fn fingerprint(text: &str) -> u32 {
    let dense: String = text.split_whitespace().collect();
    let marker = DeliveryId::derive("fingerprint", &[&dense]).marker();
    u32::from_be_bytes([marker[0], marker[1], marker[2], marker[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_in_two_renderings_has_one_fingerprint() {
        assert_eq!(
            fingerprint("Hello\r\n\r\n you\u{a0}"),
            fingerprint("Hello\nyou")
        );
        assert_ne!(fingerprint("Hello"), fingerprint("Hallo"));
    }
}
