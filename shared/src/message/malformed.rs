//! A body that cannot be understood.

/// Which field of a body cannot be understood, and why. Holds no content of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct Malformed {
    /// The field's name as the contract spells it, or `body`.
    pub field: &'static str,
    /// What is wrong with it, a fixed sentence part.
    pub problem: String,
}
