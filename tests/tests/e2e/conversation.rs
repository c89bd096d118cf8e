//! A whole conversation, as both sides see it.

use e2e::{PATIENCE, stack};
use local::Options;
use simulators::zendesk::{Comment, Status};

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_crosses_the_bridge_in_both_directions() {
    let stack = stack(Options::default()).await;
    let sent = stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    println!("{sent:?}");
    println!("{:?}", stack.zendesk.tickets());
    for line in stack.logs.lines() { println!("{line:?}"); }
    let _ = (PATIENCE, Comment::default(), Status::Open);
}
