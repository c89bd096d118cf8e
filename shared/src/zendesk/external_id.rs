//! External ids of users that the bridge makes up: of customers who have only a number, and where a Braze id as it is
//! would be another user's in Zendesk.
//!
//! In: numbers, marks, Braze ids. Out: external ids, and what one of them says.

use sha2::{Digest, Sha256};

use crate::message::{DeliveryId, Phone};

/// Before a number.
const BY_NUMBER: &str = "braze_phone:";

/// Before a digest.
const UNLIKE: &str = "braze-";

/// Hexadecimal digits of a digest.
const DIGEST_DIGITS: usize = 32;

/// Digits of a person's mark in an external id.
const MARK_DIGITS: usize = 16;

/// Of a customer who has only a number: never the number alone, which may be another user's in Zendesk, and
/// another one for each person who has it after another.
pub fn by_number(phone: &Phone, mark: Option<&DeliveryId>) -> String {
    let own = format!("{BY_NUMBER}{}", phone.digits());
    match mark.and_then(|mark| mark.as_str().get(..MARK_DIGITS)) {
        Some(mark) => format!("{own}:{mark}"),
        None => own,
    }
}

/// One that no other Braze id leads to, whatever Zendesk makes of case, accents and width.
pub fn unlike_any_other(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let bytes = digest.iter().take(DIGEST_DIGITS / 2);
    let hex: String = bytes.map(|byte| format!("{byte:02x}")).collect();
    format!("{UNLIKE}{hex}")
}

/// The number that such an id names.
pub fn number_in(external_id: &str) -> Option<Phone> {
    let number = external_id.strip_prefix(BY_NUMBER)?;
    Phone::of_digits(number.split(':').next()?)
}

/// The bridge made it up: it is nobody's Braze id.
pub fn is_made_up(external_id: &str) -> bool {
    let is_digest = |rest: &str| {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        rest.len() == DIGEST_DIGITS && rest.bytes().all(is_hex)
    };
    let digest = external_id.strip_prefix(UNLIKE).is_some_and(is_digest);
    digest || external_id.starts_with(BY_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_id_is_known_as_one_and_names_its_number() {
        let phone = Phone::of_digits("15550100042").unwrap();
        let mark = DeliveryId::derive("person", &["braze-profile"]);
        for made in [by_number(&phone, None), by_number(&phone, Some(&mark))] {
            assert!(is_made_up(&made), "{made}");
            assert_eq!(number_in(&made), Some(phone.clone()), "{made}");
        }
        let unlike = unlike_any_other("ANA");
        assert!(is_made_up(&unlike));
        assert_eq!(number_in(&unlike), None);
    }

    #[test]
    fn a_braze_id_that_merely_looks_like_one_is_none() {
        for id in [
            "ana",
            "braze-ana",
            "braze-0123456789abcdef",
            "braze-0123456789ABCDEF0123456789ABCDEF",
            "+15550100042",
            "phone#+15550100042",
            "braze_phone",
        ] {
            assert!(!is_made_up(id), "{id}");
            assert_eq!(number_in(id), None, "{id}");
        }
        assert_eq!(number_in("braze_phone:"), None);
        assert_eq!(number_in("braze_phone:ana"), None);
        assert_eq!(number_in("braze_phone:0123"), None);
    }
}
