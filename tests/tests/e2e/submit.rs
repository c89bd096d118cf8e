//! An agent answers and solves in one submit: two webhooks, in any order, late, doubled or missing.

use std::time::Duration;

use e2e::send::{inbound, inbound_body};
use e2e::table::{redelivered, waiting};
use e2e::view::{phone, ticket};
use e2e::{settled, stack};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, Mode, Status};

const CLOSING: &str = "Your ticket has been closed";

/// What becomes of the submit's two webhooks, step by step. Each step comes to rest before the next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Reply,
    Solved,
    /// Both at once.
    Both,
    /// Copies of both, under the same invocation ids.
    Copies,
    /// What never comes is found by a look at the ticket some minutes later.
    Minutes,
}

#[tokio::test(flavor = "multi_thread")]
async fn however_the_two_webhooks_of_a_submit_come_the_answer_goes_first_and_each_goes_once() {
    use Step::{Both, Copies, Minutes, Reply, Solved};
    let stack = stack().await;
    stack.zendesk.webhook_delivery(Mode::Held);
    let ways: [&[Step]; 9] = [
        &[Reply, Solved],
        &[Solved, Reply],
        &[Both],
        &[Reply, Solved, Copies],
        &[Solved, Reply, Copies],
        &[Both, Copies, Copies],
        &[Solved],
        &[Reply, Minutes],
        &[Minutes],
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let customer = format!("user-{number}");
        let open = conversation(&stack, &customer, number).await;
        let last = Comment::public("Fixed.").status(Status::Solved);
        stack.zendesk.agent_comments(open, last).expect("open");
        let [reply, solved] = fired(&stack);
        let copies = copied(&stack, way, [reply, solved]);
        let mut copies = copies.into_iter();
        for step in way {
            match step {
                Reply => drop(stack.zendesk.release(reply).await.expect("held")),
                Solved => drop(stack.zendesk.release(solved).await.expect("held")),
                Both => {
                    let desk = &stack.zendesk;
                    let (a, b) = tokio::join!(desk.release(solved), desk.release(reply));
                    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
                }
                Copies => {
                    for copy in copies.by_ref().take(2) {
                        let delivery = stack.zendesk.release(copy).await.expect("held");
                        assert!(delivery.body.contains("duplicate"), "{way:?} {delivery:?}");
                    }
                }
                Minutes => minutes_later(&stack).await,
            }
            settled(&stack).await;
        }
        redelivered(&stack).await;
        assert_eq!(phone(&stack, &customer), ["Fixed.", CLOSING], "{way:?}");
        let user = stack.braze.user(&customer).expect("known");
        assert_eq!(user.attributes["zendesk_ticket_open"], false, "{way:?}");
        assert_eq!(ticket(&stack, open).status, Status::Solved, "{way:?}");
        assert!(waiting(&stack).is_empty(), "{way:?}");
        for webhook in stack.zendesk.held_webhooks() {
            stack.zendesk.discard(webhook.id).expect("held");
        }
    }
}

/// A customer with an open ticket; gives the ticket.
async fn conversation(stack: &Stack, customer: &str, number: usize) -> u64 {
    let phone = format!("+1555030000{number}");
    stack
        .braze
        .add_user(User::new(customer, "User", "X", &phone));
    let body = inbound_body(customer, "SUPPORT", &format!("d-{number}"));
    let answer = inbound(stack, body.to_string()).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    settled(stack).await;
    answer.ticket()
}

/// The reply's webhook and the solve's, in this order.
fn fired(stack: &Stack) -> [u64; 2] {
    let held = stack.zendesk.held_webhooks();
    let of = |route: &str| {
        let found = held.iter().find(|held| held.endpoint.ends_with(route));
        found.expect("a webhook").id
    };
    [of("/zendesk/reply"), of("/zendesk/solved")]
}

/// Copies of both for every step that wants them.
fn copied(stack: &Stack, way: &[Step], originals: [u64; 2]) -> Vec<u64> {
    let wanted = way.iter().filter(|step| matches!(step, Step::Copies));
    let pairs = wanted.flat_map(|_| originals);
    pairs
        .map(|original| stack.zendesk.duplicate(original).expect("held"))
        .collect()
}

/// Some minutes later what nobody reported is found.
async fn minutes_later(stack: &Stack) {
    let passed = stack.pass(Duration::from_secs(180)).await;
    passed.expect("time passes");
    stack.redeliver().await.expect("ran");
}
