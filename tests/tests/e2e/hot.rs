//! One customer texts far more than Zendesk takes at the time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use e2e::send::{inbound, inbound_body};
use e2e::table::{dead_letters, redelivered, waiting};
use e2e::view::{only_ticket, public};
use e2e::{ANA, settled, stack_with};
use local::Stack;
use serde_json::Value;
use simulators::{Effect, Fault};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::Instant;

const SENDERS: usize = 50;

/// Texts of each sender: a thousand together.
const TEXTS_EACH: usize = 20;

/// Events a mailbox holds.
const MAILBOX: usize = 100;

/// DynamoDB's limit of an item.
const ITEM: usize = 400 * 1024;

/// Less than what the bridge asks for, so that the test does not take minutes.
const PAUSE: Duration = Duration::from_secs(3);

/// A mailbox that is full and that nobody works on would never end.
const LONGEST: Duration = Duration::from_secs(1200);

/// A text that was accepted.
struct Accepted {
    text: String,
    sent: Instant,
    answered: Instant,
    /// How often it was sent before.
    refused: usize,
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
async fn texts_of_one_customer_from_fifty_senders_make_one_ticket_in_the_order_of_acceptance() {
    let stack = stack_with(|options| {
        options.limits.environments = SENDERS;
        // Fifty processes on a busy machine are slow; none is to be ended for it.
        options.timeout = Duration::from_secs(30);
    })
    .await;
    let delay = Effect::Delay(Duration::from_millis(10));
    stack.zendesk.fault(Fault::always("tickets.update", delay));
    let stack = Arc::new(stack);
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        // One after the other: fifty processes that start at once would need seconds each.
        let (begun, first) = oneshot::channel();
        let stack = Arc::clone(&stack);
        senders.spawn(async move { send(&stack, sender, begun).await });
        first.await.expect("a first text");
    }
    let mut accepted = HashMap::new();
    let (mut largest, mut most) = (0, 0);
    let began = Instant::now();
    while !senders.is_empty() {
        let done = tokio::time::timeout(Duration::from_millis(250), senders.join_next()).await;
        if let Ok(Some(texts)) = done {
            let texts = texts.expect("a sender");
            accepted.extend(texts.into_iter().map(|text| (text.text.clone(), text)));
        }
        assert!(began.elapsed() < LONGEST, "the texts are not taken in");
        let (size, mailbox) = item(&stack);
        (largest, most) = (largest.max(size), most.max(mailbox));
    }
    settled(&stack).await;
    stack.zendesk.clear_faults();
    redelivered(&stack).await;

    let on_ticket = public(&only_ticket(&stack));
    assert_eq!(on_ticket.len(), SENDERS * TEXTS_EACH);
    // From the last text back: none was sent after a later one had been answered.
    let mut earliest: Option<Instant> = None;
    for text in on_ticket.iter().rev() {
        let text = accepted.remove(text).expect("each text once");
        assert!(earliest.is_none_or(|at| text.sent <= at), "{}", text.text);
        earliest = Some(earliest.map_or(text.answered, |at| at.min(text.answered)));
        most = most.max(usize::from(text.refused > 0) * MAILBOX);
    }
    assert!(accepted.is_empty(), "texts are lost");
    assert_eq!(
        most, MAILBOX,
        "the mailbox was never full, the test shows nothing"
    );
    assert!(largest < ITEM / 2, "the item had {largest} bytes");
    assert!(waiting(&stack).is_empty());
}

/// Sends one text after the other, each again until it is accepted.
async fn send(stack: &Stack, sender: usize, begun: oneshot::Sender<()>) -> Vec<Accepted> {
    let mut accepted = Vec::new();
    let mut begun = Some(begun);
    for number in 0..TEXTS_EACH {
        let text = format!("{sender:02}-{number:02}");
        let body = inbound_body(ANA, &text, &text).to_string();
        let (mut refused, first) = (0, Instant::now());
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
                    refused,
                });
                break;
            }
            assert_eq!(answer.status, 503, "{answer:?}");
            assert_eq!(answer.retry_after.as_deref(), Some("5"), "{answer:?}");
            refused += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
    accepted
}

/// The conversation's size in bytes (of its JSON, which is more than DynamoDB counts), and how many
/// events wait in it.
fn item(stack: &Stack) -> (usize, usize) {
    let item = stack.dynamo.item("customer#ana").expect("the table");
    let item = item.unwrap_or_default();
    let mailbox = item["mailbox"]["L"].as_array().map_or(0, Vec::len);
    (Value::to_string(&item).len(), mailbox)
}
