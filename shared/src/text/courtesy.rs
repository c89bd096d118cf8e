//! Whether a text is a courtesy only, which needs no answer.

pub use super::incoming::is_courtesy as is_bare_thanks;
