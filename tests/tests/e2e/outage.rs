//! A vendor is down or limits the rate: it is spared, and what waits goes out in time, or is given
//! up where a person sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use e2e::send::{self, inbound, inbound_body, now_ms};
use e2e::table::{dead_letters, let_time_pass, older, pk, redelivered, redelivered_once, waiting};
use e2e::view::{Mark, calls_of, notes, phone, public, ticket};
use e2e::{ANA, PATIENCE, answered, settled, stack, stack_with, with_ticket};
use local::Stack;
use serde_json::Value;
use simulators::braze::User;
use simulators::zendesk::Mode;
use simulators::{Call, Effect, Fault};

const SEND: &str = "campaigns.trigger.send";

/// Failures in a row after which a vendor is spared, and for how long at first.
const FAILURES: usize = 5;
const PAUSE: Duration = Duration::from_secs(2);

/// Conversations that redelivery works on at the same time.
const AT_ONCE: usize = 32;

/// One environment of each function: the breaker is each environment's own.
async fn one_environment() -> Stack {
    stack_with(|options| options.limits.environments = 1).await
}

async fn texted(stack: &Stack, customer: &str) -> send::Answer {
    let body = inbound_body(customer, "Hello", "d-1").to_string();
    inbound(stack, body).await
}

/// A customer Braze knows, whose conversation has begun. Returns its ticket.
async fn begun(stack: &Stack, customer: &str, number: u64) -> u64 {
    let phone = format!("+1555{number:07}");
    stack
        .braze
        .add_user(User::new(customer, "User", "X", &phone));
    let body = inbound_body(customer, "Before", "d-0").to_string();
    let answer = inbound(stack, body).await;
    settled(stack).await;
    answer.ticket()
}

/// An agent's answer on a customer's ticket.
async fn answer_to(stack: &Stack, customer: &str, ticket: u64, comment: u64) -> send::Answer {
    let body = send::reply_body(ticket, customer, comment, "Hello");
    let body = send::in_full(stack, body);
    send::reply(stack, &format!("INV{comment}"), body.to_string()).await
}

/// Six customers whose conversations have begun, `other-0` to `other-5`. Returns their tickets.
async fn others(stack: &Stack) -> Vec<u64> {
    let mut tickets = Vec::new();
    for number in 0..6 {
        tickets.push(begun(stack, &format!("other-{number}"), 901 + number).await);
    }
    tickets
}

/// As many conversations wait for Zendesk.
async fn backlog(stack: &Stack, customers: usize) {
    stack.zendesk.fault(Fault::always("*", Effect::status(503)));
    for number in 0..customers {
        let answer = texted(stack, &format!("user-{number}")).await;
        assert_eq!((answer.status, answer.outcome()), (202, "queued"));
    }
    stack.zendesk.clear_faults();
    assert_eq!(let_time_pass(stack), customers);
}

/// When an item is due, in milliseconds since the epoch.
fn due_ms(item: &Value) -> i64 {
    let due = item["due_at"]["N"].as_str().unwrap_or_default();
    due.parse().expect("a time")
}

fn each_text_is_on_a_ticket_of_its_own(stack: &Stack, customers: usize) {
    let tickets = stack.zendesk.tickets();
    let whose = tickets.iter().map(|t| t.requester.external_id.clone());
    assert_eq!(whose.collect::<BTreeSet<_>>().len(), customers);
    assert_eq!(tickets.len(), customers);
    assert!(tickets.iter().all(|ticket| public(ticket) == ["Hello"]));
    assert!(waiting(stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn zendesk_down_is_spared_by_the_function_too_and_trusted_again() {
    for effect in [Effect::status(503), Effect::Drop] {
        let stack = one_environment().await;
        stack.zendesk.fault(Fault::always("*", effect));
        let started = Instant::now();
        for number in 0..30 {
            let answer = texted(&stack, &format!("user-{number}")).await;
            assert_eq!((answer.status, answer.outcome()), (202, "queued"));
        }
        // Each pause lets one call through; a slow machine may have seen some. Where the sign-in
        // that runs beside the work closes the gate, the work may be under way already. A dropped
        // connection is made up for by one more attempt where that does no harm.
        let pauses = started.elapsed().as_secs() / PAUSE.as_secs();
        let most = 2 * (FAILURES + 1 + usize::try_from(pauses).expect("few"));
        let met = stack.zendesk.calls().len();
        assert!(
            (FAILURES..=most).contains(&met),
            "{met} calls, {most} expected"
        );

        stack.zendesk.clear_faults();
        let mut number = 30;
        let again = Instant::now();
        while texted(&stack, &format!("user-{number}")).await.outcome() != "delivered" {
            assert!(again.elapsed() < PATIENCE, "Zendesk is not trusted again");
            number += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        redelivered(&stack).await;
        each_text_is_on_a_ticket_of_its_own(&stack, number + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn braze_down_is_spared_by_the_function_too() {
    let stack = one_environment().await;
    let mut tickets = BTreeMap::new();
    for comment in 901..921 {
        let ticket = begun(&stack, &format!("user-{comment}"), comment).await;
        tickets.insert(comment, ticket);
    }
    stack.braze.fault(Fault::always(SEND, Effect::status(503)));
    let started = Instant::now();
    for comment in 901..921 {
        // A customer each: one's own second answer waits for the first anyway.
        let answer = answer_to(
            &stack,
            &format!("user-{comment}"),
            tickets[&comment],
            comment,
        )
        .await;
        assert_eq!((answer.status, answer.outcome()), (202, "queued"));
    }
    let pauses = started.elapsed().as_secs() / PAUSE.as_secs();
    let most = FAILURES + usize::try_from(pauses).expect("few");
    let met = calls_of(stack.braze.calls(), SEND).len();
    assert!(
        (FAILURES..=most).contains(&met),
        "{met} calls, {most} expected"
    );
    stack.braze.clear_faults();
    redelivered(&stack).await;
    for comment in 901..921 {
        assert_eq!(phone(&stack, &format!("user-{comment}")), ["Hello"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_limits_the_rate_is_not_asked_again_before_its_time() {
    let stack = one_environment().await;
    let tickets = others(&stack).await;
    let limited = Fault::once("users.*", Effect::zendesk_rate_limited(50));
    stack.zendesk.fault(limited);
    let reset = now_ms() / 1000 + 90;
    stack
        .braze
        .fault(Fault::once(SEND, Effect::braze_rate_limited(reset)));
    let (before, mark) = (now_ms(), Mark::now(&stack));
    for number in 0..6 {
        let customer = format!("user-{number}");
        let answer = texted(&stack, &customer).await;
        assert_eq!((answer.status, answer.outcome()), (202, "queued"));
        let answer = answer_to(
            &stack,
            &format!("other-{number}"),
            tickets[number as usize],
            901 + number,
        )
        .await;
        assert_eq!((answer.status, answer.outcome()), (202, "queued"));
    }
    let (zendesk, braze) = mark.since(&stack);
    assert_eq!(
        (zendesk.len(), braze.len()),
        (1, 1),
        "{zendesk:?} {braze:?}"
    );
    for item in waiting(&stack) {
        let due = due_ms(&item);
        let earliest = match pk(&item).starts_with("customer#user-") {
            true => before + 50_000,
            false => reset * 1000 - 5,
        };
        assert!(
            due >= earliest,
            "{} is due {} ms early",
            pk(&item),
            earliest - due
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redelivery_sits_out_a_rate_limit_and_goes_on_in_the_same_run() {
    let stack = stack().await;
    backlog(&stack, 12).await;
    let limited = Fault::once("tickets.create", Effect::zendesk_rate_limited(2)).after(3);
    stack.zendesk.fault(limited);
    let mark = stack.zendesk.calls().len();
    assert_eq!(redelivered_once(&stack).await, 12);
    each_text_is_on_a_ticket_of_its_own(&stack, 12);
    let calls = stack.zendesk.calls().split_off(mark);
    let refused = calls.iter().position(|call| call.status == Some(429));
    let refused = refused.expect("the limit was met");
    // What was under way already may still arrive; nothing else before the time given.
    let early = calls[refused + 1..]
        .iter()
        .filter(|call| call.at_ms < calls[refused].at_ms + 1_900);
    assert!(early.count() < AT_ONCE, "Zendesk was asked again too early");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_vendors_rate_limit_does_not_hold_up_what_goes_to_the_other() {
    let stack = stack().await;
    let tickets = others(&stack).await;
    stack.braze.fault(Fault::always(SEND, Effect::status(503)));
    stack.zendesk.fault(Fault::always("*", Effect::status(503)));
    for number in 0..6 {
        answer_to(
            &stack,
            &format!("other-{number}"),
            tickets[number as usize],
            901 + number,
        )
        .await;
        texted(&stack, &format!("user-{number}")).await;
    }
    stack.zendesk.clear_faults();
    stack.braze.clear_faults();
    let reset = now_ms() / 1000 + 3_600;
    stack
        .braze
        .fault(Fault::always(SEND, Effect::braze_rate_limited(reset)));
    assert_eq!(let_time_pass(&stack), 12);
    redelivered_once(&stack).await;
    // Texts are on their tickets; answers, and what Braze is told of the tickets, wait for the hour.
    for item in waiting(&stack) {
        assert!(due_ms(&item) + 5 >= reset * 1000, "{item}");
    }
    let of_texts = |t: &&simulators::zendesk::Ticket| public(t) == ["Hello"];
    assert_eq!(stack.zendesk.tickets().iter().filter(of_texts).count(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn redelivery_stops_before_its_time_out_and_leaves_the_rest_for_the_next_run() {
    const TIMEOUT: Duration = Duration::from_secs(9);
    let stack = stack_with(|options| options.redelivery_timeout = TIMEOUT).await;
    let customers = 60;
    backlog(&stack, customers).await;
    let slow = Effect::Delay(Duration::from_millis(700));
    stack.zendesk.fault(Fault::always("*", slow));
    let started = Instant::now();
    let delivered = redelivered_once(&stack).await;
    assert!(started.elapsed() < TIMEOUT);
    assert!(
        (1..60).contains(&delivered),
        "{delivered} delivered at once"
    );
    let unanswered = stack
        .zendesk
        .calls()
        .into_iter()
        .filter(|call| call.status.is_none());
    assert_eq!(unanswered.count(), 0, "no call was cut off");
    assert_eq!(
        waiting(&stack).len(),
        customers - usize::try_from(delivered).expect("few")
    );
    assert_eq!(
        stack.function("redelivery").started(),
        1,
        "it was not killed"
    );
    stack.zendesk.clear_faults();
    redelivered(&stack).await;
    each_text_is_on_a_ticket_of_its_own(&stack, customers);
}

#[tokio::test(flavor = "multi_thread")]
async fn redelivery_asks_a_vendor_only_so_much_at_once() {
    let stack = stack().await;
    backlog(&stack, 40).await;
    const SLOW: i64 = 150;
    let slow = Effect::Delay(Duration::from_millis(150));
    stack.zendesk.fault(Fault::always("*", slow.clone()));
    stack.braze.fault(Fault::always("*", slow));
    let (zendesk, braze) = (stack.zendesk.calls().len(), stack.braze.calls().len());
    assert_eq!(redelivered_once(&stack).await, 40);
    for calls in [
        stack.zendesk.calls().split_off(zendesk),
        stack.braze.calls().split_off(braze),
    ] {
        // Each call takes at least so long, so those that began within it ran side by side.
        let beside = |call: &Call| {
            let end = call.at_ms + SLOW;
            calls
                .iter()
                .filter(|c| (call.at_ms..end).contains(&c.at_ms))
                .count()
        };
        let most = calls.iter().map(beside).max().unwrap_or_default();
        assert!((2..=AT_ONCE).contains(&most), "{most} calls at once");
    }
    each_text_is_on_a_ticket_of_its_own(&stack, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_delivered_for_the_hours_set_is_given_up_counted_and_noted() {
    let stack = stack_with(|options| e2e::set(options, "GIVE_UP_AFTER_HOURS", "2")).await;
    let id = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    stack.zendesk.fault(Fault::always("*", Effect::status(503)));
    stack.braze.fault(Fault::always("*", Effect::status(503)));
    send::text(&stack, ANA, "lost text").await;
    let body = send::in_full(&stack, send::reply_body(id, ANA, 901, "lost answer")).to_string();
    assert_eq!(send::reply(&stack, "INV1", body).await.outcome(), "queued");
    settled(&stack).await;

    older(&stack, "customer#ana", Duration::from_secs(60 * 60));
    let_time_pass(&stack);
    redelivered_once(&stack).await;
    assert!(dead_letters(&stack).is_empty(), "an hour is not two");
    assert_eq!(counted(&stack), 0);

    older(&stack, "customer#ana", Duration::from_secs(61 * 60));
    let_time_pass(&stack);
    redelivered_once(&stack).await;
    let letters = dead_letters(&stack);
    assert_eq!(letters.len(), 2, "{letters:?}");
    for letter in &letters {
        assert_eq!(letter["cause"]["S"], "0 tried for too long");
        assert_eq!(letter["conversation"]["S"], "customer#ana");
    }
    assert!(
        letters
            .iter()
            .any(|l| l["content"]["S"].to_string().contains("lost text"))
    );
    assert!(
        letters
            .iter()
            .any(|l| l["content"]["S"].to_string().contains("lost answer"))
    );
    assert_eq!(counted(&stack), 2);

    stack.zendesk.clear_faults();
    stack.braze.clear_faults();
    redelivered(&stack).await;
    let told = notes(&ticket(&stack, id));
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(public(&ticket(&stack, id)), ["SUPPORT"]);
    assert!(phone(&stack, ANA).is_empty());
    send::text(&stack, ANA, "next").await;
    answered(&stack, id, "Here again").await;
    stack.zendesk.release_all().await;
    settled(&stack).await;
    assert_eq!(
        public(&ticket(&stack, id)),
        ["SUPPORT", "next", "Here again"]
    );
    assert_eq!(phone(&stack, ANA), ["Here again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_customer_cannot_be_looked_up_is_given_up_and_kept() {
    let stack = stack_with(|options| e2e::set(options, "GIVE_UP_AFTER_HOURS", "2")).await;
    let id = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    stack
        .zendesk
        .fault(Fault::always("tickets.show", Effect::status(503)));
    let body = send::reply_body(id, "", 901, "Hello").to_string();
    assert_eq!(send::reply(&stack, "INV1", body).await.outcome(), "queued");
    older(
        &stack,
        &format!("ticket#{id}"),
        Duration::from_secs(121 * 60),
    );
    let_time_pass(&stack);
    redelivered_once(&stack).await;
    let letters = dead_letters(&stack);
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["cause"]["S"], "0 tried for too long");
    assert!(letters[0]["content"]["S"].to_string().contains("Hello"));
    assert!(waiting(&stack).is_empty());
    assert_eq!(counted(&stack), 1);
}

/// Dead letters as the metric counts them.
fn counted(stack: &Stack) -> u64 {
    let lines = stack.logs.all();
    let told = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(&line.text).ok());
    told.filter(|line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "BrazeZendeskBridge")
        .filter_map(|line| line["DeadLetters"].as_u64())
        .sum()
}

/// Calls that Zendesk met to update a ticket.
fn updates(stack: &Stack) -> usize {
    calls_of(stack.zendesk.calls(), "tickets.update").len()
}

/// A fault that is over within the request's time delays a text by its pause; a second one soon after waits for the
/// schedule, as where the vendor is down.
#[tokio::test(flavor = "multi_thread")]
async fn one_fault_of_zendesk_is_made_up_for_within_the_request() {
    for effect in [Effect::status(503), Effect::zendesk_rate_limited(1)] {
        let stack = one_environment().await;
        let id = with_ticket(&stack).await;
        settled(&stack).await;
        let (before, begun) = (updates(&stack), Instant::now());
        let fault = || Fault::once("tickets.update", effect.clone());
        stack.zendesk.fault(fault());
        let answer = send::text(&stack, ANA, "one").await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        assert!(begun.elapsed() < Duration::from_secs(8));
        assert_eq!(updates(&stack), before + 2);
        stack.zendesk.fault(fault());
        let answer = send::text(&stack, ANA, "two").await;
        assert_eq!(answer.outcome(), "queued", "{answer:?}");
        assert_eq!(updates(&stack), before + 3);
        redelivered(&stack).await;
        assert_eq!(public(&ticket(&stack, id))[1..], ["one", "two"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_fault_of_braze_is_made_up_for_and_a_lost_answer_is_not() {
    let stack = one_environment().await;
    let id = with_ticket(&stack).await;
    settled(&stack).await;
    let sends = || calls_of(stack.braze.calls(), SEND).len();
    stack.braze.fault(Fault::once(SEND, Effect::status(503)));
    answered(&stack, id, "one").await;
    settled(&stack).await;
    assert_eq!((phone(&stack, ANA), sends()), (vec!["one".to_owned()], 2));
    assert!(waiting(&stack).is_empty());

    let other = one_environment().await;
    let id = with_ticket(&other).await;
    settled(&other).await;
    other.braze.fault(Fault::once(SEND, Effect::DropAfter));
    answered(&other, id, "once").await;
    settled(&other).await;
    assert_eq!(phone(&other, ANA), ["once"]);
    assert_eq!(calls_of(other.braze.calls(), SEND).len(), 1);
}

/// A vendor that is down meets one call more, however many texts come in.
#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_is_down_meets_no_doubled_load() {
    let stack = one_environment().await;
    with_ticket(&stack).await;
    let mut tickets = vec![];
    for number in 0..3 {
        tickets.push(begun(&stack, &format!("user-{number}"), 920 + number).await);
    }
    settled(&stack).await;
    let before = updates(&stack);
    let down = Fault::always("tickets.update", Effect::status(503));
    stack.zendesk.fault(down);
    for number in 0..3 {
        let answer = send::text(&stack, &format!("user-{number}"), "later").await;
        assert_eq!(answer.outcome(), "queued", "{answer:?}");
    }
    assert_eq!(updates(&stack), before + 4);
}

/// A limit that lasts longer than the request is left to the schedule at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_lasts_is_not_waited_for() {
    let stack = one_environment().await;
    with_ticket(&stack).await;
    settled(&stack).await;
    let before = updates(&stack);
    let limit = Fault::once("tickets.update", Effect::zendesk_rate_limited(4));
    stack.zendesk.fault(limit);
    let begun = Instant::now();
    let answer = send::text(&stack, ANA, "one").await;
    assert_eq!(answer.outcome(), "queued", "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(updates(&stack), before + 1);
}
