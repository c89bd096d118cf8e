//! Who may call: Zendesk's signature over the raw bytes, Braze's bearer token.
//!
//! In: headers, the raw body, the live secrets, the time. Out: yes, or a reason for logs and
//! metrics that is never sent back. Nothing here reads JSON; comparisons take the same
//! time whatever was sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Zendesk's header with the signature, standard base64.
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-zendesk-webhook-signature");
/// Zendesk's header with the time of this attempt, RFC 3339; covered by the signature.
pub const TIMESTAMP: HeaderName = HeaderName::from_static("x-zendesk-webhook-signature-timestamp");
/// Zendesk's header with the id of the invocation, the same over its attempts; not signed.
pub const INVOCATION_ID: HeaderName = HeaderName::from_static("x-zendesk-webhook-invocation-id");

/// How far a signed timestamp may lie from our clock, in seconds, either way.
pub const REPLAY_WINDOW_S: i64 = 300;

/// The secret Zendesk signs with before a webhook is saved. It is public, so it opens nothing.
pub const PUBLIC_TEST_SECRET: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

/// Why a request is not authentic: for logs and metrics, never for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A header that carries the proof is not there.
    #[error("header missing")]
    Missing,
    /// A header that carries the proof is there more than once.
    #[error("header repeated")]
    Repeated,
    /// The timestamp is no RFC 3339 time.
    #[error("timestamp unreadable")]
    BadTimestamp,
    /// The timestamp is outside the replay window: a replay, or a wrong clock.
    #[error("timestamp outside the window")]
    Stale,
    /// The signature or the token is not written as it must be.
    #[error("proof unreadable")]
    Unreadable,
    /// The signature or the token belongs to none of our secrets.
    #[error("no secret matches")]
    Mismatch,
    /// No usable secret is configured, so no request can be let in.
    #[error("no secret configured")]
    NoSecret,
}

impl AuthError {
    /// A stable name for log fields and metric dimensions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Repeated => "repeated",
            Self::BadTimestamp => "bad_timestamp",
            Self::Stale => "stale",
            Self::Unreadable => "unreadable",
            Self::Mismatch => "mismatch",
            Self::NoSecret => "no_secret",
        }
    }

    /// Whether reading the secrets again could change the verdict (they may have been rotated).
    pub fn may_be_rotation(self) -> bool {
        matches!(self, Self::Mismatch | Self::NoSecret)
    }
}

/// Checks that Zendesk signed these bytes with one of the live secrets, within the replay window.
///
/// Empty secrets and [`PUBLIC_TEST_SECRET`] are skipped.
///
/// # Errors
/// [`AuthError`] with the first thing that is wrong.
pub fn zendesk(
    secrets: &[&str],
    headers: &HeaderMap,
    body: &[u8],
    now_unix_s: i64,
) -> Result<(), AuthError> {
    let timestamp = only(headers, &TIMESTAMP)?;
    let signature = only(headers, &SIGNATURE)?;
    let signed_at = signed_at(headers)?;
    if now_unix_s.abs_diff(signed_at) > REPLAY_WINDOW_S.unsigned_abs() {
        return Err(AuthError::Stale);
    }
    let live: Vec<&str> = secrets
        .iter()
        .copied()
        .filter(|secret| *secret != PUBLIC_TEST_SECRET)
        .collect();
    signed_by_one_of(&live, timestamp, body, signature)
}

/// When Zendesk says it signed, in seconds since the epoch.
///
/// # Errors
/// Where the header is missing, repeated, or no RFC 3339 time.
pub fn signed_at(headers: &HeaderMap) -> Result<i64, AuthError> {
    OffsetDateTime::parse(only(headers, &TIMESTAMP)?, &Rfc3339)
        .map(OffsetDateTime::unix_timestamp)
        .map_err(|_| AuthError::BadTimestamp)
}

/// Checks a signature alone: `base64(HMAC-SHA256(secret, timestamp ‖ body))` for any secret.
///
/// The secret's bytes are used as Zendesk shows them, not base64-decoded.
///
/// # Errors
/// [`AuthError::Unreadable`], [`AuthError::Mismatch`] or [`AuthError::NoSecret`].
pub fn signed_by_one_of(
    secrets: &[&str],
    timestamp: &str,
    body: &[u8],
    signature: &str,
) -> Result<(), AuthError> {
    let signature = STANDARD
        .decode(signature)
        .map_err(|_| AuthError::Unreadable)?;
    let mut verdict = Err(AuthError::NoSecret);
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
            continue;
        };
        mac.update(timestamp.as_bytes());
        mac.update(body);
        if mac.verify_slice(&signature).is_ok() {
            verdict = Ok(());
        } else if verdict.is_err() {
            verdict = Err(AuthError::Mismatch);
        }
    }
    verdict
}

/// Checks that the request carries one of the live bearer tokens; empty tokens never match.
///
/// # Errors
/// [`AuthError`] with the first thing that is wrong.
pub fn bearer(tokens: &[&str], headers: &HeaderMap) -> Result<(), AuthError> {
    let value = only(headers, &AUTHORIZATION)?;
    let (scheme, token) = value.split_once(' ').ok_or(AuthError::Unreadable)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(AuthError::Unreadable);
    }
    let given = Sha256::digest(token.as_bytes());
    let mut configured = false;
    let mut matched = Choice::from(0);
    for token in tokens.iter().filter(|token| !token.is_empty()) {
        configured = true;
        matched |= Sha256::digest(token.as_bytes())
            .as_slice()
            .ct_eq(given.as_slice());
    }
    match (configured, bool::from(matched)) {
        (false, _) => Err(AuthError::NoSecret),
        (true, true) => Ok(()),
        (true, false) => Err(AuthError::Mismatch),
    }
}

/// The one value of a header. API Gateway joins repeated headers with a comma, and none of ours
/// may contain one.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h str, AuthError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(AuthError::Missing)?;
    if values.next().is_some() {
        return Err(AuthError::Repeated);
    }
    let value = value.to_str().map_err(|_| AuthError::Unreadable)?;
    if value.contains(',') {
        return Err(AuthError::Repeated);
    }
    Ok(value)
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
