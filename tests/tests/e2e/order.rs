//! In order, and once: races, duplicates, webhooks that arrive reversed, late or not at all.

use std::time::Duration;

use e2e::send::{self, inbound, inbound_body};
use e2e::table::{redelivered, waiting};
use e2e::view::{Mark, notes, only_ticket, phone, public, ticket};
use e2e::{ANA, PATIENCE, agent, answered, settled, stack, stack_with, with_ticket};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, Mode, PendingWebhook, Status};
use simulators::{Effect, Fault};
use tokio::task::JoinSet;

const CLOSING: &str = "Your ticket has been closed";

#[tokio::test(flavor = "multi_thread")]
async fn thirty_racing_texts_make_one_ticket_with_each_text_once() {
    let stack = stack_with(|options| options.limits.environments = 30).await;
    let mut racing = JoinSet::new();
    let mut sent = Vec::new();
    for number in 0..30 {
        let (braze, text) = (stack.braze.clone(), format!("text {number:02}"));
        sent.push(text.clone());
        racing.spawn(async move { braze.customer_texts(ANA, &text, &[]).await.status });
    }
    while let Some(status) = racing.join_next().await {
        assert!(matches!(status, Ok(Some(200 | 202))), "{status:?}");
    }
    settled(&stack).await;
    redelivered(&stack).await;
    let mut comments = public(&only_ticket(&stack));
    comments.sort();
    assert_eq!(comments, sent);
    assert!(waiting(&stack).is_empty());
    let users = stack.zendesk.users();
    let hers = users
        .iter()
        .filter(|u| u.external_id.as_deref() == Some(ANA));
    assert_eq!(hers.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_in_parallel_keep_their_own_tickets() {
    let stack = stack().await;
    let mut racing = JoinSet::new();
    for number in 0..8 {
        let id = format!("user-{number}");
        let phone = format!("+1555020000{number}");
        stack.braze.add_user(User::new(&id, "User", "X", &phone));
        let braze = stack.braze.clone();
        racing.spawn(async move {
            for text in ["one", "two", "three"] {
                let text = format!("{id} {text}");
                braze.customer_texts(&id, &text, &[]).await;
            }
        });
    }
    while racing.join_next().await.is_some() {}
    settled(&stack).await;
    redelivered(&stack).await;
    let tickets = stack.zendesk.tickets();
    assert_eq!(tickets.len(), 8);
    for ticket in tickets {
        let id = ticket.requester.external_id.clone().unwrap_or_default();
        let want = ["one", "two", "three"].map(|text| format!("{id} {text}"));
        assert_eq!(public(&ticket), want);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_come_while_one_is_under_way_follow_in_their_order() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let hold = Fault::once("tickets.update", Effect::Hold("first".to_owned()));
    stack.zendesk.fault(hold);
    let braze = stack.braze.clone();
    let first = tokio::spawn(async move { braze.customer_texts(ANA, "text 0", &[]).await });
    let under_way = |state: &simulators::zendesk::AccountState| {
        let held = |call: &simulators::Call| call.fault.as_deref() == Some("hold");
        state.calls.iter().any(held)
    };
    assert!(stack.zendesk.wait_until(PATIENCE, under_way).await);
    for number in 1..6 {
        let answer = send::text(&stack, ANA, &format!("text {number}")).await;
        assert_eq!((answer.status, answer.outcome()), (202, "queued"));
    }
    stack.zendesk.release_hold("first");
    first.await.expect("first");
    settled(&stack).await;
    let want: Vec<_> = (0..6).map(|number| format!("text {number}")).collect();
    assert_eq!(public(&ticket(&stack, id))[1..], want);
    assert!(waiting(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_sent_twice_texts_once() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let [reply] = held(&stack, id, Comment::public("Hello"));
    let copy = stack.zendesk.duplicate(reply).expect("held");
    let other = stack.zendesk.duplicate(reply).expect("held");
    let (first, second) = tokio::join!(stack.zendesk.release(reply), stack.zendesk.release(copy));
    for delivery in [first, second] {
        assert!(matches!(delivery.expect("held").status, Some(200 | 202)));
    }
    settled(&stack).await;
    let third = stack.zendesk.release(other).await.expect("held");
    assert!(third.body.contains("duplicate"), "{}", third.body);
    assert_eq!(phone(&stack, ANA), ["Hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_before_the_closing_message_though_the_webhooks_arrive_reversed() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let last = Comment::public("Fixed.").status(Status::Solved);
    let [reply, solved] = held(&stack, id, last);
    stack.zendesk.release(solved).await.expect("held");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Fixed.", CLOSING]);
    let late = stack.zendesk.release(reply).await.expect("held");
    assert_eq!(late.status, Some(200));
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Fixed.", CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_and_its_solve_arriving_together_keep_their_order() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let last = Comment::public("Fixed.").status(Status::Solved);
    let [reply, solved] = held(&stack, id, last);
    let (a, b) = tokio::join!(stack.zendesk.release(solved), stack.zendesk.release(reply));
    assert!(a.is_ok() && b.is_ok());
    settled(&stack).await;
    redelivered(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Fixed.", CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_whose_webhooks_were_lost_go_out_with_the_solve_in_their_order() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let [first] = held(&stack, id, Comment::public("First."));
    let [second] = held(&stack, id, Comment::public("Second."));
    stack.zendesk.discard(first).expect("held");
    stack.zendesk.discard(second).expect("held");
    stack.zendesk.webhook_delivery(Mode::Immediate);
    agent(&stack, id, Comment::note("not for her")).await;
    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["First.", "Second.", CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_closed_towards_the_customer_once_per_solve() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let body = send::solved_body(id, ANA).to_string();
    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), [CLOSING]);
    let again = send::solved(&stack, "INV9", body).await;
    assert_eq!(again.status, 200);
    assert_eq!(phone(&stack, ANA), [CLOSING]);

    send::text(&stack, ANA, "no, it is not").await;
    settled(&stack).await;
    assert_eq!(ticket(&stack, id).status, Status::Open);
    // Two equal bodies signed in the same second are one signature: a replay.
    stack.zendesk.clock().advance(Duration::from_secs(2));
    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), [CLOSING, CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_an_agent_reopens_with_an_answer_can_be_closed_again() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let solve = || stack.zendesk.set_status(id, Status::Solved);
    solve().expect("solved");
    settled(&stack).await;
    let back = Comment::public("One more thing.").status(Status::Open);
    agent(&stack, id, back).await;
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], true);
    stack.zendesk.clock().advance(Duration::from_secs(2));
    solve().expect("solved");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), [CLOSING, "One more thing.", CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_an_agent_reopens_without_a_word_can_be_closed_again() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    for status in [Status::Solved, Status::Open, Status::Solved] {
        stack.zendesk.set_status(id, status).expect("set");
        settled(&stack).await;
        stack.zendesk.clock().advance(Duration::from_secs(2));
    }
    assert_eq!(phone(&stack, ANA), [CLOSING, CLOSING]);
    // Reported once more without another reopening: nothing.
    let body = send::solved_body(id, ANA).to_string();
    let again = send::solved(&stack, "INV9", body).await;
    assert_eq!(again.outcome(), "duplicate");
    assert_eq!(phone(&stack, ANA), [CLOSING, CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_of_a_closed_ticket_is_sent_and_opens_no_second_ticket() {
    let stack = stack().await;
    let first = with_ticket(&stack).await;
    let [reply] = held(&stack, first, Comment::public("Try again."));
    stack.zendesk.webhook_delivery(Mode::Immediate);
    stack.zendesk.close(first).expect("closed");
    let second = send::text(&stack, ANA, "It is back").await.ticket();
    assert_ne!(second, first);
    stack.zendesk.release(reply).await.expect("held");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Try again."]);
    assert_eq!(send::text(&stack, ANA, "more").await.ticket(), second);
    assert_eq!(stack.zendesk.tickets().len(), 2);
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket"], second.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_answer_goes_before_the_closing_message_though_it_arrives_later() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let [reply] = held(&stack, id, Comment::public("Wait.").status(Status::Pending));
    stack.zendesk.clock().advance(Duration::from_secs(2));
    let [last, solved] = held(&stack, id, Comment::public("Fixed.").status(Status::Solved));
    stack.zendesk.release(solved).await.expect("held");
    stack.zendesk.release(last).await.expect("held");
    stack.zendesk.release(reply).await.expect("held");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Wait.", "Fixed.", CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_dispatch_is_one_text_and_an_equal_text_of_another_is_another() {
    let stack = stack().await;
    let first = stack.braze.customer_texts(ANA, "Hello", &[]).await;
    let mark = Mark::now(&stack);
    let again = stack.braze.repeat(&first).await;
    assert_eq!(again.status, Some(200));
    assert!(again.body.contains("duplicate"), "{}", again.body);
    assert_eq!(mark.since(&stack), (vec![], vec![]));
    send::text(&stack, ANA, "Hello").await;
    assert_eq!(public(&only_ticket(&stack)), ["Hello", "Hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_dispatch_racing_with_itself_is_one_text() {
    let stack = stack().await;
    let body = inbound_body(ANA, "Hello", "dispatch-1").to_string();
    let (a, b, c) = tokio::join!(
        inbound(&stack, body.clone()),
        inbound(&stack, body.clone()),
        inbound(&stack, body.clone())
    );
    settled(&stack).await;
    let mut outcomes = [a.outcome(), b.outcome(), c.outcome()];
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["delivered", "duplicate", "duplicate"]);
    assert_eq!(public(&only_ticket(&stack)), ["Hello"]);
}

/// As in Braze's guide: every ticket of a customer is texted about.
async fn all_tickets_texted() -> Stack {
    stack_with(|options| e2e::set(options, "TEXT_TICKETS", "any")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_an_agent_opens_starts_a_conversation() {
    let stack = all_tickets_texted().await;
    let id = stack
        .zendesk
        .agent_opens_ticket(ANA, "Your order", "Hello Ana, it is late.");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["Hello Ana, it is late."]);
    let answer = send::text(&stack, ANA, "How late?").await;
    assert_eq!((answer.outcome(), answer.ticket()), ("delivered", id));
    assert_eq!(
        public(&only_ticket(&stack)),
        ["Hello Ana, it is late.", "How late?"]
    );
    let comment = only_ticket(&stack).comments.remove(1);
    assert_eq!(comment.author.external_id.as_deref(), Some(ANA));
    answered(&stack, id, "A day.").await;
    assert_eq!(phone(&stack, ANA).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opened_and_solved_before_its_webhooks_came_is_told_in_order() {
    let stack = all_tickets_texted().await;
    stack.zendesk.webhook_delivery(Mode::Held);
    let id = stack
        .zendesk
        .agent_opens_ticket(ANA, "Order", "It is on its way.");
    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("solved");
    for webhook in stack.zendesk.held_webhooks().iter().rev() {
        stack.zendesk.release(webhook.id).await.expect("held");
    }
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["It is on its way.", CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_on_a_solved_ticket_is_sent_and_opens_nothing() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let done = Comment::public("Fixed.").status(Status::Solved);
    agent(&stack, id, done).await;
    agent(&stack, id, Comment::public("One more hint.")).await;
    assert_eq!(phone(&stack, ANA), ["Fixed.", CLOSING, "One more hint."]);
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], false);
    assert_eq!(ticket(&stack, id).status, Status::Solved);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tickets_the_conversation_follows_the_one_answered_last() {
    let stack = all_tickets_texted().await;
    let first = with_ticket(&stack).await;
    let second = stack.zendesk.agent_opens_ticket(ANA, "Order", "About it:");
    settled(&stack).await;
    assert_eq!(send::text(&stack, ANA, "yes?").await.ticket(), second);

    stack
        .zendesk
        .set_status(first, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    assert_eq!(phone(&stack, ANA), ["About it:"]);
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], true);

    let back = Comment::public("And your box?").status(Status::Open);
    agent(&stack, first, back).await;
    assert_eq!(send::text(&stack, ANA, "It is fine").await.ticket(), first);
    assert_eq!(phone(&stack, ANA), ["About it:", "And your box?"]);
    assert!(notes(&ticket(&stack, first)).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bridges_own_comments_come_back_to_nobodys_phone() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    send::text(&stack, ANA, "more").await;
    for (number, comment) in ticket(&stack, id).comments.iter().enumerate() {
        let body = send::reply_body(id, ANA, comment.id, &comment.plain_body);
        let answer = send::reply(&stack, &format!("INV{number}"), body.to_string()).await;
        assert_eq!(answer.outcome(), "ignored", "{answer:?}");
    }
    assert!(phone(&stack, ANA).is_empty());
}

/// The webhooks an agent's submit fires, held; in the order they were fired.
fn held<const N: usize>(stack: &Stack, ticket: u64, comment: Comment) -> [u64; N] {
    stack.zendesk.webhook_delivery(Mode::Held);
    let before = stack.zendesk.held_webhooks().len();
    let submitted = stack.zendesk.agent_comments(ticket, comment);
    assert!(submitted.is_ok(), "{submitted:?}");
    let fired = stack.zendesk.held_webhooks().split_off(before);
    let numbers: Vec<u64> = fired.iter().map(|held: &PendingWebhook| held.id).collect();
    match numbers.try_into() {
        Ok(numbers) => numbers,
        Err(numbers) => panic!("{} webhooks instead of {N}", numbers.len()),
    }
}
