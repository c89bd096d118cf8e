//! Nothing but dependencies: with which features tests and tools build the crates they share.
//!
//! Cargo gives a crate the features that the packages of one command ask for together. `cargo test -p e2e`,
//! `cargo run` and the build of the functions inside a test would each ask for another sum, and compile the AWS SDK,
//! tokio and whatever uses them once more. Each has this package among its own, so that the sum is the one of
//! `cargo test --workspace`, and the second command finds what the first one built. `.ci/one-build` checks that.
//!
//! The functions do not depend on it: what is deployed has the features that `Cargo.toml` names one by one.
