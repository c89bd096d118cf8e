//! When a message that was reported as not sent goes out after all, the agent reads so.

use e2e::case;
use e2e::view::{notes, phone, ticket};
use e2e::{ANA, agent, answered, settled, stack, with_ticket};
use simulators::zendesk::{Comment, Status};
use simulators::{Effect, Fault};

/// An answer whose outcome is not known.
async fn with_an_unknown_answer() -> (local::Stack, u64) {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    stack
        .braze
        .fault(Fault::once("campaigns.trigger.send", Effect::Drop));
    answered(&stack, id, "Please restart it.").await;
    assert_eq!(notes(&ticket(&stack, id)).len(), 1);
    assert_eq!(phone(&stack, ANA), [""; 0]);
    (stack, id)
}

#[test]
fn an_answer_that_was_sent_once_more_is_reported_as_sent() {
    case!(async {
        let (stack, id) = with_an_unknown_answer().await;
        stack.zendesk.add_tags(id, &["sms_resend"]).expect("tagged");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Please restart it."]);
        let notes = notes(&ticket(&stack, id));
        assert_eq!(notes.len(), 2, "{notes:?}");
    });
}

#[test]
fn a_closing_message_that_was_sent_once_more_is_reported_as_sent() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack
            .braze
            .fault(Fault::once("campaigns.trigger.send", Effect::Drop));
        stack
            .zendesk
            .set_status(id, Status::Solved)
            .expect("solved");
        settled(&stack).await;
        let before = notes(&ticket(&stack, id)).len();
        stack.zendesk.add_tags(id, &["sms_resend"]).expect("tagged");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Your ticket has been closed"]);
        assert_eq!(notes(&ticket(&stack, id)).len(), before + 1);
    });
}

#[test]
fn a_request_to_send_again_that_fails_as_well_is_reported_as_not_sent() {
    case!(async {
        let (stack, id) = with_an_unknown_answer().await;
        stack
            .braze
            .fault(Fault::once("campaigns.trigger.send", Effect::status(400)));
        stack.zendesk.add_tags(id, &["sms_resend"]).expect("tagged");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
        let notes = notes(&ticket(&stack, id));
        assert_eq!(notes.len(), 2, "{notes:?}");
    });
}

#[test]
fn a_resent_answer_of_two_messages_is_reported_once() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let long = "Please read this to the end. ".repeat(80);
        // The first message is taken, the second one's answer is lost.
        stack
            .braze
            .fault(Fault::once("campaigns.trigger.send", Effect::Drop).after(1));
        agent(&stack, id, Comment::public(&long)).await;
        let before = notes(&ticket(&stack, id)).len();
        stack.zendesk.add_tags(id, &["sms_resend"]).expect("tagged");
        settled(&stack).await;
        assert!(
            phone(&stack, ANA).len() >= 2,
            "{:?}",
            phone(&stack, ANA).len()
        );
        assert_eq!(notes(&ticket(&stack, id)).len(), before + 1);
    });
}
