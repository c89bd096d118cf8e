//! The kit of the end-to-end tests: a stack of real executables and what to look at in it.
//!
//! Knows executables, HTTP and JSON only; the library `shared` is not a dependency.

use std::time::Duration;

use local::{Options, Stack};
use simulators::braze::User;

/// Longest wait for something that is bound to happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A stack with the customer Ana, `ana`, known to Braze.
///
/// # Panics
///
/// Where the stack cannot start.
pub async fn stack(mut options: Options) -> Stack {
    options.zendesk.retry_wait_scale = 0.0;
    options.braze.retry_wait_scale = 0.0;
    let stack = match Stack::start(options).await {
        Ok(stack) => stack,
        Err(error) => panic!("the stack does not start: {error}"),
    };
    stack
        .braze
        .add_user(User::new("ana", "Ana", "Silva", "+15550001"));
    stack
}
