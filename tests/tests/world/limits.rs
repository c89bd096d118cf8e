//! Zendesk's three limits are told apart: one ticket's limit stops that conversation alone.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::table::{redelivered_once, waiting};
use e2e::view::public;
use e2e::{ANA, settled, stack, with_ticket};
use local::Stack;
use simulators::braze::User;
use simulators::{Effect, Fault};

use crate::crowd::tickets_of;

/// One ticket's limit, as Zendesk says it: the account has much left.
fn ticket_is_full(retry_after: &str) -> Effect {
    let headers = [
        ("content-type", "application/json"),
        ("retry-after", retry_after),
        ("x-rate-limit", "700"),
        ("x-rate-limit-remaining", "640"),
    ];
    Effect::Respond {
        status: 429,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: r#"{"error":"TooManyUpdates","description":"Too many updates of this ticket"}"#
            .to_owned(),
    }
}

/// Ana's ticket is at its limit; her text waits.
async fn anas_text_waits(retry_after: &str) -> Stack {
    let stack = stack().await;
    stack
        .braze
        .add_user(User::new("dora", "Dora", "X", "+15550100004"));
    with_ticket(&stack).await;
    let first = send::text(&stack, "dora", "SUPPORT").await;
    assert_eq!(first.outcome(), "delivered");
    settled(&stack).await;
    stack
        .zendesk
        .fault(Fault::once("tickets.update", ticket_is_full(retry_after)));
    let waits = send::text(&stack, ANA, "again").await;
    assert_eq!(waits.outcome(), "queued", "{waits:?}");
    settled(&stack).await;
    stack
}

#[test]
fn a_tickets_limit_with_a_short_wait_stops_nobody_else() {
    case!(async {
        let stack = anas_text_waits("30").await;
        let answer = send::text(&stack, "dora", "Hello").await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    });
}

#[test]
fn a_tickets_limit_with_a_wait_of_a_second_stops_nobody_else() {
    case!(async {
        let stack = anas_text_waits("1").await;
        let answer = send::text(&stack, "dora", "Hello").await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    });
}

#[test]
fn a_tickets_limit_does_not_keep_others_from_a_first_ticket() {
    case!(async {
        let stack = anas_text_waits("60").await;
        stack
            .braze
            .add_user(User::new("eva", "Eva", "X", "+15550100005"));
        let answer = send::text(&stack, "eva", "Hello").await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    });
}

#[test]
fn redelivery_goes_on_with_others_when_one_ticket_is_at_its_limit() {
    case!(async {
        let stack = stack().await;
        // More than are drained side by side.
        let customers: Vec<String> = (10..30).map(|number| format!("c{number}")).collect();
        for (number, id) in customers.iter().enumerate() {
            stack
                .braze
                .add_user(User::new(id, "C", "X", &format!("+155501020{number:02}")));
            send::text(&stack, id, "SUPPORT").await;
        }
        settled(&stack).await;
        stack
            .zendesk
            .fault(Fault::always("tickets.update", Effect::status(503)));
        for id in &customers {
            send::text(&stack, id, "later").await;
        }
        settled(&stack).await;
        stack.zendesk.clear_faults();
        // Whichever comes first meets its ticket's limit.
        stack
            .zendesk
            .fault(Fault::once("tickets.update", ticket_is_full("58")));
        e2e::table::let_time_pass(&stack);
        // A new environment: what the old one knew of the outage is gone.
        stack
            .pass(Duration::from_secs(1))
            .await
            .expect("time passes");
        redelivered_once(&stack).await;
        settled(&stack).await;
        let arrived = customers.iter().filter(|id| {
            tickets_of(&stack, id)
                .iter()
                .flat_map(public)
                .any(|text| text == "later")
        });
        assert_eq!(arrived.count(), customers.len() - 1);
        assert_eq!(waiting(&stack).len(), 1);
        stack
            .pass(Duration::from_secs(120))
            .await
            .expect("time passes");
        redelivered_once(&stack).await;
        assert_eq!(waiting(&stack).len(), 0);
    });
}

/// The account's limit of updates stops updates alone: who has no ticket yet gets one.
#[test]
fn the_limit_of_ticket_updates_does_not_keep_others_from_a_first_ticket() {
    case!(async {
        let stack = stack().await;
        let hers = with_ticket(&stack).await;
        let mut exhausted = ticket_is_full("40");
        if let Effect::Respond { headers, body, .. } = &mut exhausted {
            let told = "total=100; remaining=0; resets=40".to_owned();
            headers.push(("zendesk-ratelimit-tickets-update".to_owned(), told));
            *body = r#"{"error":"APIRateLimitExceeded"}"#.to_owned();
        }
        stack
            .zendesk
            .fault(Fault::always("tickets.update", exhausted));
        for text in ["one", "two"] {
            let waits = send::text(&stack, ANA, text).await;
            assert_eq!(waits.outcome(), "queued", "{waits:?}");
        }
        let dora = User::new("dora", "Dora", "X", "+15550100004");
        stack.braze.add_user(dora);
        let answer = send::text(&stack, "dora", "SUPPORT").await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        settled(&stack).await;
        stack.zendesk.clear_faults();
        for _ in 0..2 {
            stack
                .pass(Duration::from_secs(60))
                .await
                .expect("time passes");
            redelivered_once(&stack).await;
        }
        let read = public(&e2e::view::ticket(&stack, hers));
        assert_eq!(read[1..], ["one", "two"]);
    });
}

/// Braze counts sends, attributes and look-ups each for themselves.
#[test]
fn a_limit_of_brazes_attributes_holds_up_no_answer() {
    case!(async {
        let stack = stack().await;
        let reset = send::now_ms() / 1000 + 50;
        let limited = Effect::braze_rate_limited(reset);
        stack.braze.fault(Fault::always("users.track", limited));
        let hers = with_ticket(&stack).await;
        e2e::answered(&stack, hers, "Please restart it.").await;
        assert_eq!(e2e::view::phone(&stack, ANA), ["Please restart it."]);
    });
}
