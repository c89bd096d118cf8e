//! What came back: status and headers first, the body only as far as it could be read.
//!
//! In: a response. Out: [`Answer`], [`Refused`], [`Detail`]. Imports only `message` for text that
//! must stay out of logs.

use std::fmt;

use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::message::Personal;

/// Longest error text kept, in characters.
const MAX_DETAIL_CHARS: usize = 300;
/// Longest loggable part of an error kept, in characters.
const MAX_CODE_CHARS: usize = 60;

/// A vendor's answer. The status stands even where the body could not be read.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, or why it is not known.
    pub body: Result<Vec<u8>, BodyError>,
}

/// Why the body of an answer is not known.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Larger than the limit.
    #[error("the answer's body is over the limit")]
    TooLarge,
    /// Not complete when the time was over.
    #[error("the answer's body was not complete in time")]
    TimedOut,
    /// The connection ended early.
    #[error("the connection ended within the answer's body")]
    Dropped(#[source] reqwest::Error),
    /// Complete, but not what the vendor documents. The cause names a line and column only.
    #[error("the answer's body is not the documented JSON")]
    Malformed(#[source] MalformedJson),
}

/// Where a JSON body stopped making sense. Holds nothing of the body.
#[derive(Debug, thiserror::Error)]
#[error("{category:?} error at line {line}, column {column}")]
pub struct MalformedJson {
    category: serde_json::error::Category,
    line: usize,
    column: usize,
}

impl Answer {
    /// The body as the documented JSON.
    ///
    /// # Errors
    /// Where it was not read completely, or is something else.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, BodyError> {
        serde_json::from_slice(&self.body?).map_err(|error| {
            BodyError::Malformed(MalformedJson {
                category: error.classify(),
                line: error.line(),
                column: error.column(),
            })
        })
    }

    /// A header's value, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// The answer as a refusal: its status, and what the body says.
    pub fn refused(&self) -> Refused {
        Refused {
            status: self.status.as_u16(),
            detail: Detail::of(self.body.as_deref().unwrap_or_default()),
        }
    }
}

/// An answer that is not a success.
#[derive(Debug, Clone, thiserror::Error)]
#[error("answered {status} {detail}")]
pub struct Refused {
    /// The status.
    pub status: u16,
    /// What the body says.
    pub detail: Detail,
}

/// A vendor's own words about an error. Shows only the error's code: the text may name a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// The error's name, e.g. `RecordInvalid`: letters, digits and underscores only, may be empty.
    pub code: String,
    /// At most 300 characters of the body; for a person's eyes, not for the log.
    pub text: Personal,
}

impl Detail {
    /// Reads the detail from an error's body of any kind.
    pub fn of(body: &[u8]) -> Self {
        let text: String = String::from_utf8_lossy(body)
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(MAX_DETAIL_CHARS)
            .collect();
        Self {
            code: code(body).unwrap_or_default(),
            text: Personal(text.trim().to_owned()),
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.code.is_empty() {
            "(no code)"
        } else {
            &self.code
        })
    }
}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Detail({self})")
    }
}

fn code(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error")?;
    let code = error.as_str().or_else(|| error.get("title")?.as_str())?;
    let fits =
        code.len() <= MAX_CODE_CHARS && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_its_code_and_never_its_text() {
        let body = br#"{"error":"RecordInvalid","description":"Phone: +15551234 is taken"}"#;
        let detail = Detail::of(body);
        assert_eq!(detail.code, "RecordInvalid");
        assert!(detail.text.as_str().contains("+15551234"));
        assert!(!format!("{detail} {detail:?}").contains("1555"));
    }

    #[test]
    fn a_sentence_in_the_error_field_is_not_a_code() {
        assert_eq!(
            Detail::of(br#"{"error":"Couldn't authenticate you"}"#).code,
            ""
        );
    }

    #[test]
    fn the_text_of_an_error_is_cut_at_300_characters() {
        let detail = Detail::of("é".repeat(5_000).as_bytes());
        assert_eq!(detail.text.as_str().chars().count(), 300);
    }
}
