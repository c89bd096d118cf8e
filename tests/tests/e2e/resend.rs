//! An SMS whose outcome nobody knows: told, and sent once more when the agent asks.

use e2e::{PATIENCE, stack};
use simulators::zendesk::{Comment, Status};
use simulators::{Effect, Fault};

#[tokio::test(flavor = "multi_thread")]
async fn an_sms_of_unknown_outcome_is_told_and_sent_again_by_the_tag() {
    let stack = stack().await;
    stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    let ticket = stack.zendesk.tickets()[0].id;

    stack
        .braze
        .fault(Fault::once("campaigns.trigger.send", Effect::Drop));
    let answer = Comment::public("Please restart it.").status(Status::Open);
    stack
        .zendesk
        .agent_comments(ticket, answer)
        .expect("written");
    let told = |state: &simulators::zendesk::AccountState| {
        let comments = state.ticket(ticket).map(|ticket| ticket.comments.clone());
        comments
            .unwrap_or_default()
            .iter()
            .any(|c| !c.public && c.plain_body.contains("We don't know whether"))
    };
    assert!(
        stack.zendesk.wait_until(PATIENCE, told).await,
        "an internal note says so"
    );
    assert!(
        stack.braze.inbox("ana").is_empty(),
        "it was not sent again blindly"
    );

    stack
        .zendesk
        .add_tags(ticket, &["sms_resend"])
        .expect("tagged");
    assert!(
        stack
            .braze
            .wait_until(PATIENCE, |state| !state.sends.is_empty())
            .await
    );
    assert!(stack.quiesce(PATIENCE).await);
    let inbox = stack.braze.inbox("ana");
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].body, "Please restart it.");

    stack.zendesk.add_tags(ticket, &["other"]).expect("tagged");
    assert!(stack.quiesce(PATIENCE).await);
    assert_eq!(stack.braze.inbox("ana").len(), 1, "asked once, sent once");
}
