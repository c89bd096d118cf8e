//! One customer texts far more than Zendesk takes at the time.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use e2e::send::{inbound, inbound_body};
use e2e::table::{dead_letters, redelivered, waiting};
use e2e::view::{only_ticket, public};
use e2e::{ANA, plays_all, settled, stack_with};
use local::Stack;
use serde_json::Value;
use simulators::{Effect, Fault};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many send, and how many texts each: more together than a mailbox holds.
const SENDERS: (usize, usize) = (20, 8);

/// The same where everything is played.
const ALL_SENDERS: (usize, usize) = (50, 20);

/// Events a mailbox holds.
const MAILBOX: usize = 100;

/// DynamoDB's limit of an item.
const ITEM: usize = 400 * 1024;

/// Less than what the bridge asks for, so that the test does not take minutes.
const PAUSE: Duration = Duration::from_secs(1);

/// How long Zendesk takes for an update: while the mailbox fills, and after.
const SLOW: Duration = Duration::from_secs(1);
const USUAL: Duration = Duration::from_millis(10);

/// A mailbox that is full and that nobody works on would never end.
const LONGEST: Duration = Duration::from_secs(1200);

/// A text that was accepted.
struct Accepted {
    text: String,
    sent: Instant,
    answered: Instant,
}

/// Zendesk takes 30 updates of a ticket in ten minutes, and asks for a wait of up to that long.
#[tokio::test(flavor = "multi_thread")]
async fn a_tickets_own_limit_delays_its_texts_alone_and_loses_none() {
    const TEXTS: usize = 40;
    let stack = stack_with(|options| {
        options.zendesk.limits.updates_per_ticket = 30;
        options.limits.environments = 1;
    })
    .await;
    let send = |customer, number: usize| {
        let body = inbound_body(
            customer,
            &format!("Text {number}"),
            &format!("{customer}-{number}"),
        );
        inbound(&stack, body.to_string())
    };
    let mut delivered = 0;
    for number in 0..TEXTS {
        let answer = send(ANA, number).await;
        match answer.outcome() {
            "delivered" if delivered == number => delivered += 1,
            outcome => assert_eq!((answer.status, outcome), (202, "queued"), "{number}"),
        }
    }
    // The text that makes the ticket is none of its updates.
    assert_eq!(delivered, 31);
    let ticket = only_ticket(&stack).id;
    assert_eq!(
        send("bob", 0).await.outcome(),
        "delivered",
        "nobody else waits"
    );
    stack.zendesk.clock().advance(Duration::from_secs(600));
    redelivered(&stack).await;
    let texts: Vec<String> = (0..TEXTS).map(|number| format!("Text {number}")).collect();
    assert_eq!(public(&e2e::view::ticket(&stack, ticket)), texts);
    assert!(dead_letters(&stack).is_empty() && waiting(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_one_customer_from_many_senders_make_one_ticket_in_the_order_of_acceptance() {
    let (senders, each) = if plays_all() { ALL_SENDERS } else { SENDERS };
    let stack = stack_with(|options| {
        options.limits.environments = senders;
        // So many processes on a busy machine are slow; none is to be ended for it.
        options.timeout = Duration::from_secs(30);
    })
    .await;
    takes(&stack, SLOW);
    let stack = Arc::new(stack);
    let full = Arc::new(AtomicBool::new(false));
    let mut sending = JoinSet::new();
    for sender in 0..senders {
        // One after the other: processes that start at once would need seconds each.
        let (begun, first) = oneshot::channel();
        let (stack, full) = (Arc::clone(&stack), Arc::clone(&full));
        sending.spawn(async move { send(&stack, (sender, each), begun, &full).await });
        first.await.expect("a first text");
    }
    let mut accepted = HashMap::new();
    let mut largest = 0;
    let began = Instant::now();
    while !sending.is_empty() {
        let done = tokio::time::timeout(Duration::from_millis(250), sending.join_next()).await;
        if let Ok(Some(texts)) = done {
            let texts = texts.expect("a sender");
            accepted.extend(texts.into_iter().map(|text| (text.text.clone(), text)));
        }
        assert!(began.elapsed() < LONGEST, "the texts are not taken in");
        largest = largest.max(size(&stack));
    }
    assert!(
        full.load(Ordering::Relaxed),
        "the mailbox was never full, the test shows nothing"
    );
    settled(&stack).await;
    stack.zendesk.clear_faults();
    redelivered(&stack).await;

    let on_ticket = public(&only_ticket(&stack));
    assert_eq!(on_ticket.len(), senders * each);
    // From the last text back: none was sent after a later one had been answered.
    let mut earliest: Option<Instant> = None;
    for text in on_ticket.iter().rev() {
        let text = accepted.remove(text).expect("each text once");
        assert!(earliest.is_none_or(|at| text.sent <= at), "{}", text.text);
        earliest = Some(earliest.map_or(text.answered, |at| at.min(text.answered)));
    }
    assert!(accepted.is_empty(), "texts are lost");
    assert!(largest < ITEM / 2, "the item had {largest} bytes");
    assert!(waiting(&stack).is_empty());
}

/// From now on Zendesk takes this long for an update.
fn takes(stack: &Stack, time: Duration) {
    stack.zendesk.clear_faults();
    let delay = Effect::Delay(time);
    stack.zendesk.fault(Fault::always("tickets.update", delay));
}

/// Sends one text after the other, each again until it is accepted. The first that finds the mailbox
/// full lets Zendesk be as fast as usual.
async fn send(
    stack: &Stack,
    (sender, texts): (usize, usize),
    begun: oneshot::Sender<()>,
    full: &AtomicBool,
) -> Vec<Accepted> {
    let mut accepted = Vec::new();
    let mut begun = Some(begun);
    for number in 0..texts {
        let text = format!("{sender:02}-{number:02}");
        let body = inbound_body(ANA, &text, &text).to_string();
        let first = Instant::now();
        loop {
            let again = Instant::now();
            let answer = inbound(stack, body.clone()).await;
            begun.take().map(|begun| begun.send(()));
            if matches!(answer.status, 200 | 202) {
                // A table too slow to answer may have stored a text that was refused.
                let stored = answer.outcome() == "duplicate";
                let sent = if stored { first } else { again };
                let answered = Instant::now();
                accepted.push(Accepted {
                    text,
                    sent,
                    answered,
                });
                break;
            }
            assert_eq!(answer.status, 503, "{answer:?}");
            assert_eq!(answer.retry_after.as_deref(), Some("5"), "{answer:?}");
            if mailbox(stack) == MAILBOX && !full.swap(true, Ordering::Relaxed) {
                takes(stack, USUAL);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    accepted
}

/// The conversation's size in bytes: of its JSON, which is more than DynamoDB counts.
fn size(stack: &Stack) -> usize {
    Value::to_string(&conversation(stack)).len()
}

/// How many events wait in the conversation.
fn mailbox(stack: &Stack) -> usize {
    let item = conversation(stack);
    item["mailbox"]["L"].as_array().map_or(0, Vec::len)
}

fn conversation(stack: &Stack) -> Value {
    let item = stack.dynamo.item("customer#ana").expect("the table");
    item.unwrap_or_default()
}
