//! Vendors, the table and the functions themselves fail; nothing is lost and nothing doubled.

use std::time::Duration;

use e2e::send::{self, inbound, inbound_body, now_ms};
use e2e::table::{dead_letters, items, let_time_pass, pk, redelivered, redelivered_once, waiting};
use e2e::view::{notes, only_ticket, phone, public, ticket};
use e2e::{ANA, PATIENCE, agent, answered, settled, stack, stack_with, with_ticket};
use local::dynamo::{internal_error, throttled};
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Mode, Status};
use simulators::{Call, Effect, Fault};

const SEND: &str = "campaigns.trigger.send";

fn due_ms(item: &Value) -> i64 {
    let due = item["due_at"]["N"].as_str().unwrap_or_default();
    due.parse().unwrap_or_default()
}

fn is_held(calls: &[Call]) -> bool {
    calls
        .iter()
        .any(|call| call.fault.as_deref() == Some("hold"))
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_wait_for_zendesk_and_arrive_in_order() {
    for effect in [Effect::status(503), Effect::html_502(), Effect::Drop] {
        let stack = stack().await;
        stack.zendesk.fault(Fault::always("*", effect.clone()));
        for text in ["one", "two", "three"] {
            let answer = send::text(&stack, ANA, text).await;
            assert_eq!((answer.status, answer.outcome()), (202, "queued"));
        }
        settled(&stack).await;
        let waits = waiting(&stack);
        assert_eq!(waits.len(), 1);
        assert!(waits[0]["due_at"]["N"].is_string());
        assert!(waits[0]["due_shard"]["N"].is_string());
        assert!(stack.zendesk.tickets().is_empty());

        stack.zendesk.clear_faults();
        let_time_pass(&stack);
        assert_eq!(redelivered_once(&stack).await, 3);
        assert_eq!(public(&only_ticket(&stack)), ["one", "two", "three"]);
        assert!(waiting(&stack).is_empty());
        assert_eq!(redelivered_once(&stack).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_due_yet_is_left_alone() {
    let stack = stack().await;
    stack
        .zendesk
        .fault(Fault::always("*", Effect::zendesk_rate_limited(40)));
    let before = now_ms();
    assert_eq!(send::text(&stack, ANA, "one").await.status, 202);
    settled(&stack).await;
    let due = due_ms(&waiting(&stack)[0]);
    assert!(due >= before + 40_000, "due {} ms from then", due - before);
    stack.zendesk.clear_faults();
    assert_eq!(redelivered_once(&stack).await, 0);
    assert!(stack.zendesk.tickets().is_empty());
    redelivered(&stack).await;
    assert_eq!(public(&only_ticket(&stack)), ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_wait_for_braze_and_texts_do_not_wait_for_them() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let reset = now_ms() / 1000 + 90;
    for effect in [Effect::status(503), Effect::braze_rate_limited(reset)] {
        stack.braze.fault(Fault::always(SEND, effect.clone()));
        let sent = phone(&stack, ANA).len();
        answered(&stack, id, "one").await;
        answered(&stack, id, "two").await;
        let log = stack.zendesk.webhook_log();
        assert_eq!(log.last().and_then(|delivery| delivery.status), Some(202));
        let text = send::text(&stack, ANA, "are you there?").await;
        assert_eq!(text.outcome(), "delivered");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA).len(), sent);
        assert_eq!(waiting(&stack).len(), 1);
        if let Effect::Respond { status: 429, .. } = effect {
            let due = due_ms(&waiting(&stack)[0]);
            assert!(due + 5 >= reset * 1000, "{} ms early", reset * 1000 - due);
        }
        stack.braze.clear_faults();
        redelivered(&stack).await;
        assert_eq!(phone(&stack, ANA)[sent..], ["one", "two"]);
    }
    assert!(notes(&ticket(&stack, id)).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn brazes_maintenance_answer_is_an_acceptance() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    stack.braze.fault(Fault::once(SEND, Effect::braze_queued()));
    answered(&stack, id, "one").await;
    redelivered(&stack).await;
    assert_eq!(phone(&stack, ANA), ["one"]);
    assert!(notes(&ticket(&stack, id)).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_whose_answer_was_lost_is_not_doubled() {
    for (effect, audits_closed, metadata) in [
        (Effect::DropAfter, true, true),
        (Effect::DropAfter, false, true),
        (Effect::DropAfter, false, false),
        (Effect::DropAfter, true, false),
        (Effect::status_after(502), true, true),
        (Effect::HangAfter, true, true),
    ] {
        let stack = stack_with(|options| {
            options.timeout = Duration::from_secs(2);
            options.zendesk.variants.audits_need_global_read = audits_closed;
            options.zendesk.variants.comment_metadata = metadata;
        })
        .await;
        with_ticket(&stack).await;
        stack
            .zendesk
            .fault(Fault::once("tickets.update", effect.clone()));
        let answer = send::text(&stack, ANA, "once").await;
        assert!(matches!(answer.status, 200 | 202), "{answer:?}");
        send::text(&stack, ANA, "after").await;
        settled(&stack).await;
        redelivered(&stack).await;
        assert_eq!(
            public(&only_ticket(&stack)),
            ["SUPPORT", "once", "after"],
            "{effect:?} {audits_closed} {metadata}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_was_never_added_is_added() {
    for effect in [Effect::Drop, Effect::Hang, Effect::status(502)] {
        let stack = stack_with(|options| options.timeout = Duration::from_secs(2)).await;
        with_ticket(&stack).await;
        stack
            .zendesk
            .fault(Fault::once("tickets.update", effect.clone()));
        send::text(&stack, ANA, "once").await;
        settled(&stack).await;
        redelivered(&stack).await;
        assert_eq!(
            public(&only_ticket(&stack)),
            ["SUPPORT", "once"],
            "{effect:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_whose_creation_was_not_answered_is_one_ticket() {
    for effect in [
        Effect::DropAfter,
        Effect::status_after(504),
        Effect::HangAfter,
    ] {
        for hours in [0, 3] {
            let stack = stack_with(|options| options.timeout = Duration::from_secs(2)).await;
            stack
                .zendesk
                .fault(Fault::once("tickets.create", effect.clone()));
            send::text(&stack, ANA, "one").await;
            settled(&stack).await;
            let clock = stack.zendesk.clock();
            clock.advance(Duration::from_secs(hours * 60 * 60));
            redelivered(&stack).await;
            send::text(&stack, ANA, "two").await;
            settled(&stack).await;
            let ticket = only_ticket(&stack);
            assert_eq!(
                public(&ticket),
                ["one", "two"],
                "{effect:?} after {hours} h"
            );
            let user = stack.braze.user(ANA).expect("known");
            assert_eq!(user.attributes["zendesk_ticket"], ticket.id.to_string());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sms_nobody_confirmed_is_sent_once_and_the_agent_is_told() {
    for effect in [Effect::DropAfter, Effect::HangAfter] {
        let stack = stack_with(|options| options.timeout = Duration::from_secs(2)).await;
        let id = with_ticket(&stack).await;
        stack.braze.fault(Fault::once(SEND, effect.clone()));
        answered(&stack, id, "Once only").await;
        redelivered(&stack).await;
        redelivered(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Once only"], "{effect:?}");
        let told = notes(&ticket(&stack, id));
        assert_eq!(told.len(), 1, "{told:?}");
        answered(&stack, id, "And on").await;
        assert_eq!(phone(&stack, ANA), ["Once only", "And on"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_braze_refuses_is_a_dead_letter_the_agent_is_told_of() {
    for status in [400, 401, 403, 404, 413] {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let refusal = Fault::always(SEND, Effect::status(status));
        stack.braze.fault(refusal);
        answered(&stack, id, "Never").await;
        stack.braze.clear_faults();
        redelivered(&stack).await;
        assert!(phone(&stack, ANA).is_empty());
        assert_eq!(notes(&ticket(&stack, id)).len(), 1, "{status}");
        assert_eq!(dead_letters(&stack).len(), 1, "{status}");
        answered(&stack, id, "But this").await;
        assert_eq!(phone(&stack, ANA), ["But this"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_zendesk_refuses_for_good_is_a_dead_letter_and_blocks_nobody() {
    let stack = stack().await;
    with_ticket(&stack).await;
    let refusal = Fault::always("tickets.update", Effect::status(422)).times(2);
    stack.zendesk.fault(refusal);
    let answer = send::text(&stack, ANA, "poison").await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
    settled(&stack).await;
    stack.zendesk.clear_faults();
    redelivered(&stack).await;
    let letters = dead_letters(&stack);
    assert_eq!(letters.len(), 1);
    assert!(letters[0].to_string().contains("poison"));
    let notes = notes(&only_ticket(&stack));
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].contains("422") && notes[0].contains("dead-letters"),
        "{notes:?}"
    );
    assert_eq!(send::text(&stack, ANA, "next").await.outcome(), "delivered");
    assert_eq!(public(&only_ticket(&stack)), ["SUPPORT", "next"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_killed_while_zendesk_works_loses_and_doubles_nothing() {
    for acts in [true, false] {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let effect = match acts {
            true => Effect::Hold("kill".to_owned()),
            false => Effect::Hang,
        };
        stack.zendesk.fault(Fault::once("tickets.update", effect));
        let braze = stack.braze.clone();
        let text = tokio::spawn(async move { braze.customer_texts(ANA, "once", &[]).await });
        let met = |state: &simulators::zendesk::AccountState| {
            let met = |call: &Call| call.fault.is_some();
            state.calls.iter().any(met)
        };
        assert!(stack.zendesk.wait_until(PATIENCE, met).await);
        assert_eq!(stack.function("braze-inbound").kill_in_flight(), 1);
        let delivery = text.await.expect("text");
        assert_eq!(delivery.attempts.first(), Some(&Some(500)));
        if acts {
            stack.zendesk.release_hold("kill");
            let acted = |state: &simulators::zendesk::AccountState| {
                state
                    .tickets
                    .get(&id)
                    .is_some_and(|t| t.comments.len() == 2)
            };
            assert!(stack.zendesk.wait_until(PATIENCE, acted).await);
        }
        settled(&stack).await;
        assert_eq!(waiting(&stack).len(), 1, "the lease is held still");
        redelivered(&stack).await;
        assert_eq!(
            public(&ticket(&stack, id)),
            ["SUPPORT", "once"],
            "acts: {acts}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_killed_while_braze_works_sends_no_second_sms() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let hold = Fault::once(SEND, Effect::Hold("kill".to_owned()));
    stack.braze.fault(hold);
    let comment = stack
        .zendesk
        .agent_comments(id, Comment::public("Once only"));
    comment.expect("an open ticket");
    let met = |state: &simulators::braze::WorkspaceState| is_held(&state.calls);
    assert!(stack.braze.wait_until(PATIENCE, met).await);
    assert_eq!(stack.function("zendesk-reply").kill_in_flight(), 1);
    stack.braze.release_hold("kill");
    let sent = |state: &simulators::braze::WorkspaceState| !state.sends.is_empty();
    assert!(stack.braze.wait_until(PATIENCE, sent).await);
    settled(&stack).await;
    redelivered(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Once only"]);
    assert_eq!(notes(&ticket(&stack, id)).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_stored_is_asked_for_again() {
    for fault in [throttled(), internal_error()] {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack.dynamo.faults().add(Fault::always("*", fault));
        let text = inbound_body(ANA, "again", "d-1").to_string();
        let reply = send::reply_body(id, ANA, 901, "Hello").to_string();
        let solved = send::solved_body(id, ANA).to_string();
        let answers = [
            inbound(&stack, text.clone()).await,
            send::reply(&stack, "INV1", reply.clone()).await,
            send::solved(&stack, "INV2", solved.clone()).await,
            inbound(&stack, "not understood").await,
        ];
        for answer in answers {
            assert_eq!(answer.status, 503, "{answer:?}");
            assert_eq!(answer.retry_after.as_deref(), Some("5"));
            assert_eq!(answer.content_type, "application/problem+json");
        }
        assert_eq!(ticket(&stack, id).comments.len(), 1);
        assert!(phone(&stack, ANA).is_empty());
        stack.dynamo.faults().clear();
        for answer in [
            inbound(&stack, text).await,
            send::reply(&stack, "INV1", reply).await,
            send::solved(&stack, "INV2", solved).await,
        ] {
            assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        }
        assert_eq!(public(&ticket(&stack, id)), ["SUPPORT", "again"]);
        assert_eq!(phone(&stack, ANA)[0], "Hello");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_senders_own_retries_bring_a_refused_event_home() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let few = |effect| Fault::always("UpdateItem", effect).times(6);
    stack.dynamo.faults().add(few(throttled()));
    answered(&stack, id, "Hello").await;
    assert_eq!(phone(&stack, ANA), ["Hello"]);
    stack.dynamo.faults().clear();
    stack.dynamo.faults().add(few(throttled()));
    send::text(&stack, ANA, "Hi").await;
    stack.dynamo.faults().clear();
    settled(&stack).await;
    redelivered(&stack).await;
    assert_eq!(public(&ticket(&stack, id)), ["SUPPORT", "Hello", "Hi"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_that_could_not_be_settled_is_not_repeated() {
    let stack = stack_with(|options| options.timeout = Duration::from_secs(3)).await;
    let id = with_ticket(&stack).await;
    let after_accepting = || Fault::always("UpdateItem", throttled()).after(1);
    stack.dynamo.faults().add(after_accepting());
    let text = send::text(&stack, ANA, "once").await;
    assert!(matches!(text.status, 200 | 202), "{text:?}");
    settled(&stack).await;
    stack.dynamo.faults().clear();
    redelivered(&stack).await;
    assert_eq!(public(&ticket(&stack, id)), ["SUPPORT", "once"]);

    stack.dynamo.faults().add(after_accepting());
    answered(&stack, id, "Once only").await;
    stack.dynamo.faults().clear();
    redelivered(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Once only"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_renewed_within_the_request() {
    let stack = stack().await;
    with_ticket(&stack).await;
    stack.zendesk.revoke_tokens();
    let text = send::text(&stack, ANA, "more").await;
    assert_eq!(text.outcome(), "delivered");
    assert_eq!(public(&only_ticket(&stack)), ["SUPPORT", "more"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_solve_waits_for_the_answers_before_it_through_an_outage() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    stack.braze.fault(Fault::always("*", Effect::status(500)));
    let last = Comment::public("Fixed.").status(Status::Solved);
    agent(&stack, id, last).await;
    assert!(phone(&stack, ANA).is_empty());
    stack.braze.clear_faults();
    redelivered(&stack).await;
    assert_eq!(
        phone(&stack, ANA),
        ["Fixed.", "Your ticket has been closed"]
    );
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_of_an_unknown_customer_waits_for_zendesk_to_tell_whose_it_is() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    stack.zendesk.fault(Fault::always("*", Effect::status(500)));
    let body = send::reply_body(id, "", 901, "Hello").to_string();
    let answer = send::reply(&stack, "INV1", body).await;
    assert_eq!(answer.outcome(), "queued", "{answer:?}");
    stack.zendesk.clear_faults();
    redelivered(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_redeliveries_at_once_deliver_once() {
    let stack = stack().await;
    stack.zendesk.fault(Fault::always("*", Effect::status(500)));
    for number in 0..12 {
        let body = inbound_body(&format!("user-{number}"), "Hello", "d-1");
        assert_eq!(inbound(&stack, body.to_string()).await.status, 202);
    }
    stack.zendesk.clear_faults();
    assert_eq!(let_time_pass(&stack), 12);
    let (a, b, c) = tokio::join!(
        redelivered_once(&stack),
        redelivered_once(&stack),
        redelivered_once(&stack)
    );
    assert_eq!(a + b + c, 12);
    let tickets = stack.zendesk.tickets();
    assert_eq!(tickets.len(), 12);
    assert!(tickets.iter().all(|ticket| ticket.comments.len() == 1));
    assert!(waiting(&stack).is_empty());
    let mut conversations = items(&stack);
    conversations.retain(|item| pk(item).starts_with("customer#"));
    assert_eq!(conversations.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_stays_until_its_dead_letter_is_kept() {
    let stack = stack().await;
    with_ticket(&stack).await;
    let unknown = r#"{"id":"x","at":1}"#;
    let changes = json!({"mailbox": {"L": [{"S": unknown}]}, "lease": {"S": "-"},
        "due_at": {"N": "1"}, "due_shard": {"N": "0"}});
    let edited = stack.dynamo.edit(&format!("customer#{ANA}"), &changes);
    edited.expect("edited");
    let letters = || -> Vec<String> {
        let content = |letter: &Value| letter["content"]["S"].as_str().map(str::to_owned);
        dead_letters(&stack).iter().filter_map(content).collect()
    };

    stack
        .dynamo
        .faults()
        .add(Fault::always("PutItem", throttled()));
    let text = send::text(&stack, ANA, "Hi").await;
    assert_eq!(text.outcome(), "queued", "{text:?}");
    redelivered_once(&stack).await;
    assert!(letters().is_empty());
    stack.dynamo.faults().clear();
    redelivered(&stack).await;
    assert_eq!(letters(), [unknown]);
    assert_eq!(public(&only_ticket(&stack)), ["SUPPORT", "Hi"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_acts_long_after_its_time_out_is_not_repeated() {
    let stack = stack_with(|options| options.timeout = Duration::from_secs(4)).await;
    with_ticket(&stack).await;
    let slow = Fault::once("tickets.update", Effect::Hold("slow".to_owned()));
    stack.zendesk.fault(slow);
    let text = send::text(&stack, ANA, "once").await;
    assert_eq!(text.outcome(), "queued", "{text:?}");
    // The schedule comes round before Zendesk is done with it.
    redelivered_once(&stack).await;
    stack.zendesk.release_hold("slow");
    let there = |state: &simulators::zendesk::AccountState| {
        let ticket = state.tickets.values().next();
        ticket.is_some_and(|ticket| ticket.comments.len() > 1)
    };
    assert!(stack.zendesk.wait_until(PATIENCE, there).await);
    redelivered(&stack).await;
    assert_eq!(public(&only_ticket(&stack)), ["SUPPORT", "once"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_counts_at_once_although_texts_wait_before_it() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let limit = Effect::zendesk_rate_limited(300);
    stack.zendesk.fault(Fault::always("tickets.update", limit));
    let text = send::text(&stack, ANA, "second text").await;
    assert_eq!(text.outcome(), "queued", "{text:?}");
    let stop = json!({"kind": "opted_out", "external_user_id": ANA, "message": "STOP",
        "dispatch_id": "d-stop"});
    let stop = inbound(&stack, stop.to_string()).await;
    assert_eq!(stop.outcome(), "delivered", "{stop:?}");
    answered(&stack, id, "Are you there?").await;
    assert!(stack.braze.sends().is_empty(), "nothing is sent after STOP");
    stack.zendesk.clear_faults();
    redelivered(&stack).await;
    let notes = notes(&ticket(&stack, id));
    assert_eq!(notes.len(), 2, "{notes:?}");
}
