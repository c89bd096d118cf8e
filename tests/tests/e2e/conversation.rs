//! A whole conversation, as both sides see it.

use e2e::{PATIENCE, stack};
use local::Options;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_text_opens_a_ticket() {
    let stack = stack(Options::default()).await;
    stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    assert!(stack.quiesce(PATIENCE).await);
    let tickets = stack.zendesk.tickets();
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].comments[0].plain_body, "SUPPORT");
}
