//! One command stops all outgoing SMS, and another lets them go again.

use e2e::table::{dead_letters, redelivered};
use e2e::view::phone;
use e2e::{ANA, agent, answered, case, settled, with_ticket};
use simulators::zendesk::{Comment, Mode, Status};
use std::time::Duration;

use crate::kit::Live;

/// A running bundle with Ana's ticket, on which nothing goes out any more.
async fn stopped() -> (Live, u64) {
    let live = Live::start().await;
    let id = with_ticket(&live.stack).await;
    live.run("stop --yes").await;
    // Every send sees it within 15 seconds; environments that start later see it at once.
    live.stack.pass(Duration::from_secs(20)).await.unwrap();
    (live, id)
}

async fn let_go(live: &Live) {
    live.run("go --yes").await;
    live.stack.pass(Duration::from_secs(20)).await.unwrap();
    redelivered(&live.stack).await;
    settled(&live.stack).await;
}

#[test]
fn an_answer_waits_while_everything_is_stopped() {
    case!(async {
        let (live, id) = stopped().await;
        answered(&live.stack, id, "written by a thief").await;
        assert_eq!(phone(&live.stack, ANA), [""; 0]);
        assert_eq!(dead_letters(&live.stack).len(), 0);
        let_go(&live).await;
        assert_eq!(phone(&live.stack, ANA), ["written by a thief"]);
    });
}

#[test]
fn a_closing_message_waits_while_everything_is_stopped() {
    case!(async {
        let (live, id) = stopped().await;
        agent(
            &live.stack,
            id,
            Comment::note("Done").status(Status::Solved),
        )
        .await;
        assert_eq!(phone(&live.stack, ANA), [""; 0]);
        let_go(&live).await;
        assert_eq!(phone(&live.stack, ANA), ["Your ticket has been closed"]);
    });
}

#[test]
fn an_answer_that_no_webhook_reported_waits_as_well() {
    case!(async {
        let (live, id) = stopped().await;
        live.stack.zendesk.webhook_delivery(Mode::Held);
        answered(&live.stack, id, "written by a thief").await;
        for held in live.stack.zendesk.held_webhooks() {
            live.stack.zendesk.discard(held.id).unwrap();
        }
        for _ in 0..3 {
            live.stack.pass(Duration::from_secs(31 * 60)).await.unwrap();
            live.stack.redeliver().await.unwrap();
            settled(&live.stack).await;
        }
        assert_eq!(phone(&live.stack, ANA), [""; 0]);
    });
}

#[test]
fn the_time_to_give_up_stands_still_while_everything_is_stopped() {
    case!(async {
        let (live, id) = stopped().await;
        answered(&live.stack, id, "Please restart it.").await;
        live.stack
            .pass(Duration::from_secs(30 * 60 * 60))
            .await
            .unwrap();
        live.stack.redeliver().await.unwrap();
        settled(&live.stack).await;
        assert_eq!(phone(&live.stack, ANA), [""; 0]);
        assert_eq!(dead_letters(&live.stack).len(), 0, "given up");
        let_go(&live).await;
        assert_eq!(phone(&live.stack, ANA), ["Please restart it."]);
    });
}

#[test]
fn customers_texts_still_arrive_while_everything_is_stopped() {
    case!(async {
        let (live, id) = stopped().await;
        let text = e2e::send::text(&live.stack, ANA, "Hello?").await;
        assert_eq!(
            (text.outcome(), text.ticket()),
            ("delivered", id),
            "{text:?}"
        );
    });
}
