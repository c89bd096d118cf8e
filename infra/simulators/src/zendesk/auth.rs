//! Who is calling.
use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    scope: Option<String>,
    expires_at_ms: i64,
}
