//! Rate limits.
#[derive(Debug, Clone, Default)]
pub(super) struct Rates {}
