//! Idempotency keys.
use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Keyed {
    at_ms: i64,
}
