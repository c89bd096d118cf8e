//! The right to make one call, and how far renewing it has gone.
//!
//! In: credentials or a token. Out: [`Pass`]. Imports only `secrets`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use super::error::ZendeskError;
use crate::secrets::{Secret, Secrets};

/// The right to make a call, and what it was made from.
#[derive(Clone)]
pub(super) struct Pass {
    pub(super) header: HeaderValue,
    pub(super) secrets: Arc<Secrets>,
    /// Counts the tokens; 0 for a legacy pass.
    pub(super) generation: u64,
    pub(super) stage: Stage,
}

/// How much has been tried for this call already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The first pass.
    First,
    /// A renewed token from the same credentials.
    Renewed,
    /// Credentials read again from the secret.
    Reread,
}

/// A credential has characters that no header can carry.
#[derive(Debug, thiserror::Error)]
#[error("a zendesk credential cannot be put into a header")]
struct NotAHeader;

impl Pass {
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

/// A pass from an e-mail address and an API token.
pub(super) fn legacy(
    email: &Secret,
    token: &Secret,
    secrets: &Arc<Secrets>,
) -> Result<Pass, ZendeskError> {
    let pair = format!("{}/token:{}", email.expose(), token.expose());
    Ok(Pass {
        header: header(&format!("Basic {}", STANDARD.encode(pair)))?,
        secrets: Arc::clone(secrets),
        generation: 0,
        stage: Stage::First,
    })
}

/// The value of an `Authorization` header, kept out of debug output.
pub(super) fn header(value: &str) -> Result<HeaderValue, ZendeskError> {
    let mut header =
        HeaderValue::from_str(value).map_err(|_| ZendeskError::unavailable(NotAHeader))?;
    header.set_sensitive(true);
    Ok(header)
}
