//! The identifiers the bridge acts on, each a type of its own, checked once where it enters.
//!
//! In: strings and numbers of the vendors. Out: values that need no second look. Imports nothing
//! of this crate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Longest external id accepted, in bytes. Braze allows 997; the DynamoDB key limit is 2,048.
pub const MAX_EXTERNAL_USER_ID_BYTES: usize = 997;

/// Longest Braze campaign id accepted, in bytes.
const MAX_CAMPAIGN_BYTES: usize = 100;

/// How a wrong campaign id is described, wherever it was written.
pub const NOT_A_CAMPAIGN: &str = "not up to 100 letters, digits, hyphens and underscores";

/// Whether a string may be a Braze campaign id, in a setting or in a body.
pub fn is_campaign(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_CAMPAIGN_BYTES).contains(&id.len()) && id.bytes().all(fits)
}

/// Why a string is not the identifier it was given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// White space before or behind it: another id, or a mistake, but not the same id without it.
    #[error("has white space around it")]
    Padded,
    /// Over the length limit.
    #[error("is too long")]
    TooLong,
    /// Has characters that do not belong there.
    #[error("has characters that are not allowed")]
    BadCharacter,
    /// Not a positive whole number.
    #[error("is not a positive whole number")]
    NotANumber,
}

/// A Braze user's external id: the key of a conversation.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalUserId(String);

impl ExternalUserId {
    /// No customer: an id that none can have.
    pub const NOBODY: Self = Self(String::new());

    /// The id as Braze shows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalUserId {
    type Err = IdError;

    fn from_str(value: &str) -> Result<Self, IdError> {
        if value.trim().is_empty() {
            return Err(IdError::Empty);
        }
        if value.trim() != value {
            return Err(IdError::Padded);
        }
        if value.len() > MAX_EXTERNAL_USER_ID_BYTES {
            return Err(IdError::TooLong);
        }
        if value.chars().any(char::is_control) {
            return Err(IdError::BadCharacter);
        }
        Ok(Self(value.to_owned()))
    }
}

impl TryFrom<String> for ExternalUserId {
    type Error = IdError;

    fn try_from(value: String) -> Result<Self, IdError> {
        value.parse()
    }
}

impl From<ExternalUserId> for String {
    fn from(id: ExternalUserId) -> Self {
        id.0
    }
}

/// Shows the length only: an external id may be an e-mail address.
impl fmt::Debug for ExternalUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExternalUserId({} bytes)", self.0.len())
    }
}

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The id, or nothing where it is zero.
            pub fn new(value: u64) -> Option<Self> {
                (value > 0).then_some(Self(value))
            }

            /// The id as a number.
            pub fn get(self) -> u64 {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(value: &str) -> Result<Self, IdError> {
                let value = value.trim();
                if value.is_empty() {
                    return Err(IdError::Empty);
                }
                if !value.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(IdError::NotANumber);
                }
                value.parse().ok().and_then(Self::new).ok_or(IdError::NotANumber)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

numeric_id!(
    /// A Zendesk ticket.
    TicketId
);
numeric_id!(
    /// A comment on a Zendesk ticket.
    CommentId
);
numeric_id!(
    /// A Zendesk user.
    UserId
);

/// One delivery: the same over every retry of the same event, different for different events.
///
/// 32 hexadecimal digits, derived from what identifies the event. It is the idempotency key at
/// Zendesk, the marker on the ticket's audit, and what the conversation remembers as done.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(String);

impl DeliveryId {
    /// Derives the id from a kind of event and the parts that identify it.
    pub fn derive(kind: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(&kind).chain(parts) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        Self(
            digest
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The eight bytes a conversation keeps of a delivery it has seen.
    pub fn marker(&self) -> [u8; 8] {
        let mut hash = Sha256::new();
        hash.update(self.0.as_bytes());
        let digest = hash.finalize();
        let mut marker = [0; 8];
        marker.copy_from_slice(&digest[..8]);
        marker
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A further id of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Alias {
    /// An event that was seen under it is refused.
    Refused(DeliveryId),
    /// It is remembered for those who come later, and refuses nothing now.
    Noted(DeliveryId),
}

impl Alias {
    /// The id.
    pub fn id(&self) -> &DeliveryId {
        match self {
            Self::Refused(id) | Self::Noted(id) => id,
        }
    }

    /// The id, where an event that was seen under it is refused.
    pub fn refused(&self) -> Option<&DeliveryId> {
        match self {
            Self::Refused(id) => Some(id),
            Self::Noted(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_path_characters_is_not_a_ticket() {
        for bad in [
            "",
            " ",
            "-1",
            "0",
            "1/../2",
            "1?x",
            "1#",
            "+1",
            "1.0",
            "99999999999999999999",
        ] {
            assert!(bad.parse::<TicketId>().is_err(), "{bad}");
        }
        assert_eq!(" 35 ".parse::<TicketId>().map(TicketId::get), Ok(35));
    }

    #[test]
    fn parts_of_a_delivery_id_do_not_run_into_each_other() {
        assert_ne!(
            DeliveryId::derive("reply", &["ab", "c"]),
            DeliveryId::derive("reply", &["a", "bc"])
        );
        assert_eq!(DeliveryId::derive("reply", &["7"]).as_str().len(), 32);
    }

    #[test]
    fn an_external_id_never_shows_in_debug_output() {
        let id: ExternalUserId = "ana@example.com".parse().expect("valid");
        assert!(!format!("{id:?}").contains("ana"));
    }
}
