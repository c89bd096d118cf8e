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
    let id = stack.zendesk.tickets()[0].id;
    stack.zendesk.agent_comments(id, Comment::public("Hello \u{201c}Ana\u{201d}\n\nSecond").status(Status::Open)).unwrap();
    stack.braze.wait_until(PATIENCE, |s| s.sends.len() > 0).await;
    stack.quiesce(PATIENCE).await;
    stack.zendesk.agent_comments(id, Comment::public("Bye").status(Status::Solved)).unwrap();
    stack.quiesce(PATIENCE).await;
    println!("{:?}", stack.braze.inbox("ana"));
    for c in stack.dynamo.calls() { println!("{c:?}"); }
    for line in stack.logs.all() { println!("{line:?}"); }
    let _ = PATIENCE;
}
