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
        // An alarm looks at this number.
        let counted = |line: &String| line.contains("\"SmsStopped\":1");
        assert!(live.stack.logs.of("zendesk-reply").iter().any(counted));
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

#[test]
fn what_waits_is_listed_before_it_goes_and_its_words_only_where_asked_for() {
    case!(async {
        let (live, id) = stopped().await;
        answered(&live.stack, id, "written by a thief").await;
        let listed = live.well("go --dry-run").await;
        assert!(listed.contains(&format!("ticket {id}")), "{listed}");
        assert!(!listed.contains("thief"), "{listed}");
        crate::kit::fits(&listed);
        let listed = live.well("go --dry-run --text").await;
        assert!(listed.contains("written by a thief"), "{listed}");
        assert_eq!(phone(&live.stack, ANA), [""; 0], "a dry run");
        // Without a terminal there is nobody to ask.
        assert_eq!(live.run("go").await.code, Some(2));
        assert!(live.json("status").await["stopped_at"].is_string());
    });
}

#[test]
fn what_is_dropped_never_goes_out_and_the_rest_does() {
    case!(async {
        let (live, id) = stopped().await;
        answered(&live.stack, id, "written by a thief").await;
        answered(&live.stack, id, "written by the agent").await;
        let listed = live.json("go --dry-run --text").await;
        let waits = listed["outgoing"].as_array().unwrap();
        assert_eq!(waits.len(), 2, "{listed}");
        let thief = waits.iter().find(|one| one["text"] == "written by a thief");
        let drop = thief.unwrap()["delivery"].as_str().unwrap().to_owned();
        live.run("go --yes --drop 00000000000000000000000000000000")
            .await
            .refuses(
                "no SMS waits under the id 00000000000000000000000000000000: sms-bridge go --dry-run \
                 lists them",
            );
        live.well(&format!("go --yes --drop {drop}")).await;
        live.stack.pass(Duration::from_secs(20)).await.unwrap();
        // Awake: no pause has to end first.
        live.stack.redeliver().await.unwrap();
        settled(&live.stack).await;
        assert_eq!(phone(&live.stack, ANA), ["written by the agent"]);
        // Nor is it found when the conversation is compared with its ticket.
        live.stack.pass(Duration::from_secs(31 * 60)).await.unwrap();
        live.stack.redeliver().await.unwrap();
        settled(&live.stack).await;
        assert_eq!(phone(&live.stack, ANA), ["written by the agent"]);
    });
}

#[test]
fn a_second_stop_changes_nothing_and_going_on_twice_neither() {
    case!(async {
        let (live, _) = stopped().await;
        let first = live.json("status").await["stopped_at"].clone();
        let said = live.run("stop --yes").await;
        assert!(said.tells("Stopped already"), "{said:?}");
        assert_eq!(live.json("status").await["stopped_at"], first);
        for changed in [true, false] {
            assert_eq!(live.json("go --yes").await["changed"], changed);
        }
        assert!(live.json("status").await["stopped_at"].is_null());
    });
}

#[test]
fn the_rest_of_a_long_answer_waits_and_nothing_is_sent_twice() {
    case!(async {
        let live = Live::start().await;
        let id = with_ticket(&live.stack).await;
        let first = "First. ".repeat(220);
        // The second message finds Braze down, and meanwhile everything is stopped.
        let down =
            simulators::Fault::always("campaigns.trigger.send", simulators::Effect::status(503));
        live.stack.braze.fault(down.after(1));
        answered(&live.stack, id, &first).await;
        let sent = phone(&live.stack, ANA).len();
        live.run("stop --yes").await;
        live.stack.braze.clear_faults();
        live.stack.pass(Duration::from_secs(20 * 60)).await.unwrap();
        live.stack.redeliver().await.unwrap();
        settled(&live.stack).await;
        assert_eq!(phone(&live.stack, ANA).len(), sent);
        let_go(&live).await;
        let all = phone(&live.stack, ANA).concat();
        assert_eq!(all.matches("First.").count(), 220);
    });
}
