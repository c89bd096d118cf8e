//! The memory of the functions does not grow with what waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use e2e::send::{inbound, inbound_body};
use e2e::table::{let_time_pass, waiting};
use e2e::view::public;
use e2e::{settled, stack_with};
use local::Stack;
use simulators::{Effect, Fault};
use tokio::task::JoinSet;

/// Customers of the ordinary test run; `BACKLOG` sets another number.
const CUSTOMERS: usize = 300;

/// Texts of each.
const TEXTS: usize = 2;

/// Requests at the same time.
const SENDERS: usize = 4;

/// Room for what is allocated once, and for chance, in KB.
const ROOM: u64 = 4 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_the_functions_stays_flat_however_much_waits() {
    let customers = customers();
    let stack = stack_with(|options| {
        options.limits.environments = SENDERS;
        // Several runs.
        options.redelivery_timeout = match customers {
            CUSTOMERS => Duration::from_millis(5_500),
            _ => Duration::from_secs(20),
        };
    })
    .await;
    stack.zendesk.fault(Fault::always("*", Effect::status(503)));
    let stack = Arc::new(stack);
    let mut intake = Vec::new();
    for tenth in 0..10 {
        let part = customers * tenth / 10..customers * (tenth + 1) / 10;
        take_in(&stack, part).await;
        intake.push(resident(&stack, "braze-inbound"));
    }
    settled(&stack).await;
    assert_eq!(waiting(&stack).len(), customers);
    stack.zendesk.clear_faults();

    let mut runs = Vec::new();
    while let_time_pass(&stack) > 0 {
        stack.redeliver().await.expect("a run");
        runs.push(resident(&stack, "redelivery"));
        assert!(runs.len() < 1_000, "the backlog does not end");
    }
    println!("{customers} customers; KB after each tenth of the intake: {intake:?}");
    println!("KB of redelivery after each of its runs: {runs:?}");
    assert_eq!(
        stack.function("redelivery").started(),
        1,
        "one process did it all"
    );
    assert!(runs.len() >= 3, "{} runs show nothing", runs.len());
    for kb in [intake, runs] {
        let (first, most) = (kb[0].max(kb[1]), kb.iter().max().copied());
        assert!(most.is_some_and(|most| most <= first + ROOM), "{kb:?}");
    }
    let mut on_tickets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ticket in stack.zendesk.tickets() {
        let whose = ticket.requester.external_id.clone().unwrap_or_default();
        let before = on_tickets.insert(whose, public(&ticket));
        assert_eq!(before, None, "two tickets");
    }
    assert_eq!(on_tickets.len(), customers);
    assert!(
        on_tickets
            .values()
            .all(|texts| *texts == ["text 0", "text 1"])
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a longer run is asked for by the environment"
)]
fn customers() -> usize {
    let asked = std::env::var("BACKLOG").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(CUSTOMERS)
}

/// Texts of these customers, several customers at a time.
async fn take_in(stack: &Arc<Stack>, customers: std::ops::Range<usize>) {
    let next = Arc::new(AtomicUsize::new(customers.start));
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (stack, next, end) = (Arc::clone(stack), Arc::clone(&next), customers.end);
        senders.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    return;
                }
                for text in 0..TEXTS {
                    let customer = format!("customer-{number}");
                    let body = inbound_body(
                        &customer,
                        &format!("text {text}"),
                        &format!("{number}-{text}"),
                    );
                    let answer = inbound(&stack, body.to_string()).await;
                    assert_eq!(answer.status, 202, "{answer:?}");
                }
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done.expect("a sender");
    }
}

/// The resident memory of a function's largest process, in KB.
fn resident(stack: &Stack, function: &str) -> u64 {
    let of = |process: u32| {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let processes = stack.function(function).processes();
    let largest = processes.into_iter().filter_map(of).max();
    largest.expect("an idle process")
}
