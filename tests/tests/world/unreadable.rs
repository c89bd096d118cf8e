//! An agent's custom role may read neither audits nor the comments' metadata: whether a write of unknown outcome is on its
//! ticket cannot be known. Nothing is lost, nothing is there twice, the agent reads so, and what comes behind goes on.

use std::time::Duration;

use e2e::send;
use e2e::table::{dead_letters, waiting};
use e2e::view::{notes, public, ticket};
use e2e::{ANA, answered, case, settled, stack_with, with_ticket};
use local::Stack;
use serde_json::Value;
use simulators::{Effect, Fault};

/// A stack whose Zendesk shows no marker to its credentials.
async fn blind() -> Stack {
    let stack = stack_with(|options| {
        options.zendesk.variants.comment_metadata = false;
        options.zendesk.variants.audits_need_global_read = true;
    })
    .await;
    let forbidden = Fault::always("audits.list", Effect::status(403));
    stack.zendesk.fault(forbidden);
    stack
}

/// Lets what waits have its turns for a quarter of an hour.
async fn later(stack: &Stack) {
    for _ in 0..15 {
        stack
            .pass(Duration::from_secs(60))
            .await
            .expect("time passes");
        stack.redeliver().await.expect("a run");
        settled(stack).await;
    }
}

#[test]
fn a_text_that_cannot_be_looked_for_is_there_once_and_told_and_the_next_one_arrives() {
    case!(async {
        for (effect, there) in [
            (Effect::DropAfter, true),
            (Effect::status_after(502), true),
            (Effect::Drop, false),
        ] {
            let stack = blind().await;
            let id = with_ticket(&stack).await;
            stack
                .zendesk
                .fault(Fault::once("tickets.update", effect.clone()));
            send::text(&stack, ANA, "in doubt").await;
            send::text(&stack, ANA, "behind").await;
            settled(&stack).await;
            later(&stack).await;
            let all = ticket(&stack, id);
            let wanted: &[&str] = match there {
                true => &["SUPPORT", "in doubt", "behind"],
                false => &["SUPPORT", "behind"],
            };
            assert_eq!(public(&all), wanted, "{effect:?}");
            let noted = notes(&all);
            assert_eq!(noted.len(), 1, "{noted:?}");
            assert!(noted[0].contains("may be missing"), "{noted:?}");
            assert_eq!(
                (dead_letters(&stack).len(), waiting(&stack)),
                (1, Vec::<Value>::new())
            );
        }
    });
}

#[test]
fn with_a_wider_scope_it_is_known() {
    case!(async {
        let stack = blind().await;
        stack.zendesk.clear_faults();
        let id = with_ticket(&stack).await;
        stack
            .zendesk
            .fault(Fault::once("tickets.update", Effect::DropAfter));
        send::text(&stack, ANA, "once").await;
        settled(&stack).await;
        later(&stack).await;
        assert_eq!(public(&ticket(&stack, id)), ["SUPPORT", "once"]);
        assert_eq!(
            (dead_letters(&stack).len(), notes(&ticket(&stack, id)).len()),
            (0, 0)
        );
    });
}

#[test]
fn answers_and_solves_go_out_where_no_marker_is_shown() {
    case!(async {
        let stack = blind().await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Hello").await;
        stack
            .zendesk
            .set_status(id, simulators::zendesk::Status::Solved)
            .expect("solved");
        settled(&stack).await;
        send::text(&stack, ANA, "It is broken again").await;
        settled(&stack).await;
        assert_eq!(
            e2e::view::phone(&stack, ANA),
            ["Hello", "Your ticket has been closed"]
        );
        assert_eq!(public(&ticket(&stack, id)).len(), 3);
        assert_eq!(dead_letters(&stack).len(), 0);
    });
}
