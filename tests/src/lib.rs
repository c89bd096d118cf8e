//! The kit of the end-to-end tests: a stack of real executables, and what to look at in it.
//!
//! In: options. Out: running stacks, requests as the vendors write them, and views of what
//! customers and agents see. Knows executables, HTTP, JSON and the table's contract only; the
//! library `shared` is not a dependency.

pub mod known;
pub mod send;
pub mod table;
pub mod view;

use std::time::Duration;

use local::{Options, Stack};
use serde_json::Value;
use simulators::braze::User;
use simulators::zendesk::Comment;

/// Longest wait for something that is bound to happen.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Whether everything is to be played (`PLAY=all`) of which an ordinary run plays a sample.
#[must_use]
pub fn plays_all() -> bool {
    std::env::vars_os().any(|(name, value)| name == "PLAY" && value == "all")
}

/// The customer every stack knows.
pub const ANA: &str = "ana";

/// Her number.
pub const ANA_PHONE: &str = "+15550100001";

/// A stack with the customer Ana Silva, [`ANA`], known to Braze.
///
/// # Panics
///
/// Where the stack cannot start.
pub async fn stack() -> Stack {
    stack_with(|_| {}).await
}

/// The same with options changed; vendors never wait between their attempts.
///
/// # Panics
///
/// Where the stack cannot start.
pub async fn stack_with(change: impl FnOnce(&mut Options)) -> Stack {
    let mut options = Options::default();
    change(&mut options);
    options.zendesk.retry_wait_scale = 0.0;
    options.braze.retry_wait_scale = 0.0;
    let stack = match Stack::start(options).await {
        Ok(stack) => stack,
        Err(error) => panic!("the stack does not start: {error}"),
    };
    stack
        .braze
        .add_user(User::new(ANA, "Ana", "Silva", ANA_PHONE));
    stack
}

/// Sets an environment variable of all functions.
pub fn set(options: &mut Options, name: &str, value: &str) {
    options
        .variables
        .insert(name.to_owned(), Some(value.to_owned()));
}

/// Waits until nothing is under way.
///
/// # Panics
///
/// When that does not come.
pub async fn settled(stack: &Stack) {
    assert!(
        stack.quiesce(PATIENCE).await,
        "the stack does not come to rest"
    );
}

/// A stack on which Ana has opened a ticket by texting; gives the ticket's id.
///
/// # Panics
///
/// When that does not work.
pub async fn with_ticket(stack: &Stack) -> u64 {
    let text = send::text(stack, ANA, "SUPPORT").await;
    assert_eq!(text.outcome(), "delivered", "{text:?}");
    settled(stack).await;
    text.ticket()
}

/// An agent answers, and the webhook is delivered.
///
/// # Panics
///
/// When the ticket cannot be answered.
pub async fn answered(stack: &Stack, ticket: u64, text: &str) {
    agent(stack, ticket, Comment::public(text)).await;
}

/// An agent submits a comment, and all that follows is done.
///
/// # Panics
///
/// When the ticket cannot be changed.
pub async fn agent(stack: &Stack, ticket: u64, comment: Comment) -> u64 {
    let comment = match stack.zendesk.agent_comments(ticket, comment) {
        Ok(comment) => comment,
        Err(error) => panic!("{error}"),
    };
    settled(stack).await;
    comment
}

/// Changes the Zendesk account in a way no screen or call can.
///
/// # Panics
///
/// When the change leaves no account.
pub fn edit_zendesk(stack: &Stack, change: impl FnOnce(&mut Value)) {
    let mut account = stack.zendesk.snapshot();
    change(&mut account);
    if let Err(error) = stack.zendesk.restore(account) {
        panic!("{error}");
    }
}
