//! Whose conversation it is: a Braze profile with an external id, or one that is known by its number alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{DeliveryId, ExternalUserId, IdError};

/// A customer, as it is named to the vendors.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Customer {
    /// A profile with an external id.
    Id(ExternalUserId),
    /// An anonymous profile, which texted a keyword from a number that no profile had.
    Phone(Phone),
}

impl Customer {
    /// No customer: an id that none can have.
    pub const NOBODY: Self = Self::Id(ExternalUserId::NOBODY);

    /// The external id, where there is one.
    pub fn id(&self) -> Option<&ExternalUserId> {
        match self {
            Self::Id(id) => Some(id),
            Self::Phone(_) => None,
        }
    }

    /// What is shown to agents of a customer without a name: the external id, or the number.
    pub fn shown(&self) -> &str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Phone(phone) => phone.as_e164(),
        }
    }

    /// The parts that tell the customer from every other one.
    pub(super) fn parts(&self) -> Vec<&str> {
        match self {
            Self::Id(id) => vec![id.as_str()],
            Self::Phone(phone) => vec!["phone", phone.digits()],
        }
    }
}

impl From<ExternalUserId> for Customer {
    fn from(id: ExternalUserId) -> Self {
        Self::Id(id)
    }
}

/// A text is an external id, whatever it looks like.
impl FromStr for Customer {
    type Err = IdError;

    fn from_str(value: &str) -> Result<Self, IdError> {
        value.parse().map(Self::Id)
    }
}

impl PartialEq<ExternalUserId> for Customer {
    fn eq(&self, id: &ExternalUserId) -> bool {
        self.id() == Some(id)
    }
}

/// Shows what kind of customer it is only.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Phone(phone) => phone.fmt(f),
        }
    }
}

/// A phone number in E.164: `+`, the country's code, the rest, 7 to 15 digits in all.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// With the plus, as Braze and Zendesk write it.
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// Without the plus.
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }

    /// The number of exactly these digits.
    pub fn of_digits(digits: &str) -> Option<Self> {
        let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
        let fits = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        (is_number && fits).then(|| Self(format!("+{digits}")))
    }

    /// Reads a number that names its country, whatever its punctuation.
    pub fn read(written: &str) -> Option<Self> {
        let written = written.trim();
        let number = match written.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &written[4..],
            _ => written,
        };
        let number = number.trim_start().replace("(0)", "");
        let number = number.strip_prefix('+').or(number.strip_prefix("00"))?;
        let is_mark = |c: char| c.is_whitespace() || "-‐‑‒–.·/()".contains(c);
        let digits: String = number.chars().filter(|c| !is_mark(*c)).collect();
        Self::of_digits(&digits)
    }
}

impl TryFrom<String> for Phone {
    type Error = IdError;

    fn try_from(written: String) -> Result<Self, IdError> {
        Self::read(&written).ok_or(IdError::NotANumber)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// Shows the length only.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({} digits)", self.digits().len())
    }
}

/// A profile's Braze id, which stays the same when the profile gets an external id. It is compared and nothing else, so
/// a digest of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrazeId(DeliveryId);

impl BrazeId {
    /// The id as Braze writes it; nothing where it is blank.
    pub fn of(id: &str) -> Option<Self> {
        let id = id.trim();
        (!id.is_empty()).then(|| Self(DeliveryId::derive("braze_id", &[id])))
    }

    /// 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_many_spellings() {
        for written in [
            "+15550100042",
            " +1 (555) 010-0042 ",
            "+1.555.010.0042",
            "tel:+1-555-010-0042",
            "0015550100042",
            "+1\u{a0}555\u{2011}010/0042",
        ] {
            let phone = Phone::read(written).expect(written);
            assert_eq!(phone.as_e164(), "+15550100042", "{written}");
            assert_eq!(phone.digits(), "15550100042", "{written}");
        }
    }

    #[test]
    fn a_number_without_its_country_is_none() {
        for written in [
            "",
            "+",
            "5550100042",
            "0555 0100042",
            "+0155501",
            "+1555x",
            "+12345",
        ] {
            assert_eq!(Phone::read(written), None, "{written}");
        }
        assert_eq!(Phone::of_digits("+15550100042"), None);
        assert_eq!(Phone::of_digits("1234567890123456"), None);
    }

    #[test]
    fn an_id_that_looks_like_a_number_is_an_id() {
        for id in ["phone#+15550100042", "phone#15550100042", "+15550100042"] {
            let by_id: Customer = id.parse().expect("an id");
            let phone = Customer::Phone(Phone::read("+15550100042").expect("a number"));
            assert_ne!(by_id, phone, "{id}");
            assert_ne!(by_id.parts(), phone.parts(), "{id}");
            assert!(!format!("{by_id:?}{phone:?}").contains("555"));
        }
    }
}
