//! Zendesk's three limits are told apart: one ticket's limit stops that conversation alone.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::table::{redelivered_once, waiting};
use e2e::view::public;
use e2e::{ANA, answered, settled, stack, stack_with, with_ticket};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::LimitHeaders;
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

/// Updates of tickets that the bridge made, and how many of them Zendesk refused.
fn updates(stack: &Stack) -> (usize, usize) {
    let calls = stack.zendesk.calls();
    let updates: Vec<_> = calls
        .iter()
        .filter(|call| call.operation == "tickets.update")
        .collect();
    let refused = updates
        .iter()
        .filter(|call| call.status == Some(429))
        .count();
    (updates.len(), refused)
}

/// Twenty updates of tickets a minute for the whole account, half of them for the bridge.
async fn twenty_a_minute() -> Stack {
    stack_with(|options| {
        options.zendesk.limits.updates_per_minute = 20;
        for (name, value) in [
            ("ZENDESK_UPDATES_PER_MINUTE", "20"),
            ("ZENDESK_UPDATES_SHARE", "50"),
        ] {
            options
                .variables
                .insert(name.to_owned(), Some(value.to_owned()));
        }
    })
    .await
}

/// A burst of texts takes no more than the bridge's share of the account's updates; the rest waits without a
/// call, and an agent's answer does not wait with it.
#[test]
fn a_burst_of_texts_leaves_the_agents_their_updates() {
    case!(async {
        let stack = twenty_a_minute().await;
        let hers = with_ticket(&stack).await;
        let mut queued = 0;
        for number in 0..30 {
            let answer = send::text(&stack, ANA, &format!("Text {number}")).await;
            queued += usize::from(answer.outcome() == "queued");
        }
        let (made, refused) = updates(&stack);
        assert!((6..=11).contains(&made), "{made} updates");
        assert_eq!((refused, queued), (0, 30 - made));
        answered(&stack, hers, "Please restart it.").await;
        assert_eq!(e2e::view::phone(&stack, ANA), ["Please restart it."]);
    });
}

/// A limit that Zendesk tells counts, not the one that was set.
#[test]
fn the_limit_of_updates_that_zendesk_tells_is_used() {
    case!(async {
        let stack = stack_with(|options| {
            options.zendesk.variants.limit_headers = LimitHeaders::Endpoint;
            options.zendesk.limits.updates_per_minute = 1_000;
            let set = (
                "ZENDESK_UPDATES_PER_MINUTE".to_owned(),
                Some("20".to_owned()),
            );
            options.variables.extend([set]);
        })
        .await;
        with_ticket(&stack).await;
        for number in 0..30 {
            let answer = send::text(&stack, ANA, &format!("Text {number}")).await;
            assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        }
        assert_eq!(updates(&stack), (30, 0));
    });
}

/// Zero: the bridge does not hold back, whatever the share is.
#[test]
fn without_a_limit_nothing_is_held_back() {
    case!(async {
        let stack = stack_with(|options| {
            for (name, value) in [
                ("ZENDESK_UPDATES_PER_MINUTE", "0"),
                ("ZENDESK_UPDATES_SHARE", "1"),
            ] {
                options
                    .variables
                    .insert(name.to_owned(), Some(value.to_owned()));
            }
        })
        .await;
        with_ticket(&stack).await;
        for number in 0..10 {
            let answer = send::text(&stack, ANA, &format!("Text {number}")).await;
            assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        }
    });
}
