//! Phones: what a carrier makes of a message, and the list of invalid numbers.

use serde::{Deserialize, Serialize};

/// What happens to an SMS on its way to a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// It arrives.
    #[default]
    Works,
    /// Braze tries once more, then it arrives.
    Flaky,
    /// It fails at the carrier, each time.
    Fails(Failure),
}

/// A carrier's failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The provider's code, such as `30005`.
    pub code: String,
    /// Its words.
    pub error: String,
    /// Refused by the carrier, not failed there.
    pub rejected: bool,
    /// Braze then counts the number as invalid.
    pub permanent: bool,
}

impl Failure {
    /// The failure of a code of Braze's SMS provider; a code that is not known gets no words.
    pub fn of(code: &str) -> Self {
        let (error, rejected, permanent) = match code {
            "30003" => ("Unreachable destination handset", false, false),
            "30004" => ("Message blocked", true, false),
            "30005" => ("Unknown destination handset", false, true),
            "30006" => ("Landline or unreachable carrier", false, true),
            "30007" => ("Carrier violation", true, false),
            "30008" => ("Unknown error", false, false),
            _ => ("", false, false),
        };
        Self {
            code: code.to_owned(),
            error: error.to_owned(),
            rejected,
            permanent,
        }
    }
}

/// A number that Braze does not text any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvalidNumber {
    /// The number.
    pub phone: String,
    /// Simulated time, milliseconds since the epoch.
    pub detected_at_ms: i64,
    /// Why.
    pub reason: InvalidReason,
}

/// Why a number is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidReason {
    /// The provider answered that it can get no SMS.
    ProviderError,
    /// Its owner gave it up.
    Deactivated,
}

impl InvalidReason {
    /// As the API writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::ProviderError => "provider_error",
            Self::Deactivated => "deactivated",
        }
    }
}

/// Whether two numbers are the same but for their punctuation, which Braze drops.
pub(super) fn same_number(one: &str, other: &str) -> bool {
    let digits = |number: &str| {
        number
            .bytes()
            .filter(u8::is_ascii_digit)
            .collect::<Vec<_>>()
    };
    let digits_of_one = digits(one);
    !digits_of_one.is_empty() && (one == other || digits_of_one == digits(other))
}
