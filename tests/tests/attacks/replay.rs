//! A genuine request sent again: by an eavesdropper, by Zendesk itself.

use local::options::{REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use simulators::zendesk::{Mode, Status};
use simulators::{Effect, Fault};

use crate::kit::{
    AGENT_SAYS, AGENT_SAYS_AS_IN_THE_GUIDE, AGENT_SOLVES, CUSTOMER_TEXTS, INVOCATION, Post, REPLY,
    SOLVED, assert_not_authentic, at, inbox, stack,
};

/// Seconds from now of a signature that comes in when it was made, also on a slow machine.
const FRESH: i64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_again_inside_the_window_changes_nothing() {
    let stack = stack().await;
    for post in [
        Post::reply(AGENT_SAYS),
        Post::solved(AGENT_SOLVES),
        Post::text(CUSTOMER_TEXTS),
    ] {
        let first = post.send(&stack).await;
        assert_eq!(first.outcome(), "delivered", "{}: {first:?}", post.route);
        let calls = (stack.zendesk.calls().len(), stack.braze.calls().len());
        let again = post.send(&stack).await;
        assert_eq!(again.outcome(), "duplicate", "{}: {again:?}", post.route);
        assert_eq!(
            calls,
            (stack.zendesk.calls().len(), stack.braze.calls().len())
        );
    }
}

/// The invocation id is not signed: whoever sends a request again can write another one.
#[tokio::test(flavor = "multi_thread")]
async fn another_invocation_id_does_not_make_an_old_request_new() {
    let reply = |body| Post::signed_at(REPLY, REPLY_SIGNING_SECRET, body, &at(-10));
    for (what, post) in [
        ("reply", reply(AGENT_SAYS)),
        ("guide's reply", reply(AGENT_SAYS_AS_IN_THE_GUIDE)),
        (
            "solved",
            Post::signed_at(SOLVED, SOLVED_SIGNING_SECRET, AGENT_SOLVES, &at(-10)),
        ),
    ] {
        let stack = stack().await;
        let first = post.send(&stack).await;
        assert_eq!(first.outcome(), "delivered", "{what}: {first:?}");
        let told = inbox(&stack);
        for invocation in ["01OTHER", ""] {
            let again = post.clone().with(INVOCATION, invocation).send(&stack).await;
            assert_eq!(again.outcome(), "duplicate", "{what}: {again:?}");
        }
        let bare = post.without(INVOCATION).send(&stack).await;
        assert_eq!(bare.outcome(), "duplicate", "{what}: {bare:?}");
        assert_eq!(inbox(&stack), told, "{what}");
    }
}

/// Zendesk signs each attempt anew and keeps the invocation id.
#[tokio::test(flavor = "multi_thread")]
async fn zendesks_own_retry_is_a_duplicate() {
    let stack = stack().await;
    let attempt = |seconds| {
        Post::signed_at(
            REPLY,
            REPLY_SIGNING_SECRET,
            AGENT_SAYS_AS_IN_THE_GUIDE,
            &at(seconds),
        )
    };
    assert_eq!(attempt(-60).send(&stack).await.outcome(), "delivered");
    assert_eq!(attempt(0).send(&stack).await.outcome(), "duplicate");
    assert_eq!(inbox(&stack), ["Hello Ana"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_of_an_agent_on_two_occasions_are_two_replies() {
    let stack = stack().await;
    for (seconds, invocation) in [(-60, "01FIRST"), (0, "01SECOND")] {
        let post = Post::signed_at(
            REPLY,
            REPLY_SIGNING_SECRET,
            AGENT_SAYS_AS_IN_THE_GUIDE,
            &at(seconds),
        );
        let answer = post.with(INVOCATION, invocation).send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{invocation}: {answer:?}");
    }
    assert_eq!(inbox(&stack), ["Hello Ana", "Hello Ana"]);
}

/// Zendesk signs whole seconds: the same body in the same second has the same signature.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_of_an_agent_twice_in_one_second_are_two_replies_and_none_when_sent_later() {
    let stack = stack().await;
    let signed = |seconds| {
        let body = AGENT_SAYS_AS_IN_THE_GUIDE;
        Post::signed_at(REPLY, REPLY_SIGNING_SECRET, body, &at(seconds))
    };
    let (now, old) = (signed(FRESH), signed(-10));
    for (invocation, outcome) in [
        ("01FIRST", "delivered"),
        ("01SECOND", "delivered"),
        ("01SECOND", "duplicate"),
        // Without an id nothing tells it from the others.
        ("", "duplicate"),
    ] {
        let answer = now.clone().with(INVOCATION, invocation).send(&stack).await;
        assert_eq!(answer.outcome(), outcome, "{invocation}: {answer:?}");
    }
    for (invocation, outcome) in [("01THIRD", "delivered"), ("01FORGED", "duplicate")] {
        let answer = old.clone().with(INVOCATION, invocation).send(&stack).await;
        assert_eq!(answer.outcome(), outcome, "{invocation}: {answer:?}");
    }
    assert_eq!(inbox(&stack), ["Hello Ana", "Hello Ana", "Hello Ana"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_solve_a_text_and_a_solve_in_one_second_close_twice() {
    let stack = stack().await;
    let ticket = e2e::with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    let body = AGENT_SOLVES.replace("35", &ticket.to_string());
    let solve = Post::signed_at(SOLVED, SOLVED_SIGNING_SECRET, &body, &at(FRESH));
    let closed = async |invocation: &str| {
        let solved = Status::Solved;
        (stack.zendesk.set_status(ticket, solved)).expect("an open ticket");
        let post = solve.clone().with(INVOCATION, invocation);
        let answer = post.send(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{invocation}: {answer:?}");
        let ana = stack.braze.user("ana").expect("a profile");
        assert_eq!(ana.attributes["zendesk_ticket_open"], false, "{invocation}");
    };
    closed("01FIRST").await;
    let text = Post::text(CUSTOMER_TEXTS.replace("d-1", "d-2"));
    assert_eq!(text.send(&stack).await.outcome(), "delivered");
    closed("01SECOND").await;
    assert_eq!(inbox(&stack), ["Your ticket has been closed"; 2]);
}

/// The one request that sends an SMS a second time: whoever recorded it cannot send a third.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_send_again_sends_once_however_often_it_comes() {
    let stack = stack().await;
    let ticket = e2e::with_ticket(&stack).await;
    let lost = Fault::once("campaigns.trigger.send", Effect::Drop);
    stack.braze.fault(lost);
    e2e::answered(&stack, ticket, "Hello Ana").await;
    assert!(inbox(&stack).is_empty(), "nobody knows whether it was sent");
    let again = format!(r#"{{"ticket_id":"{ticket}","resend":"true","external_user_id":"ana"}}"#);
    let forged = Post::signed(REPLY, SOLVED_SIGNING_SECRET, &again);
    assert_not_authentic(&forged.send(&stack).await, "another webhook's secret");
    let asked = Post::reply(&again);
    let answer = asked.send(&stack).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_eq!(inbox(&stack), ["Hello Ana"]);
    for (what, repeat) in [
        ("as it was", asked.clone()),
        (
            "another invocation",
            asked.clone().with(INVOCATION, "01OTHER"),
        ),
        ("no invocation", asked.without(INVOCATION)),
    ] {
        let answer = repeat.send(&stack).await;
        assert_eq!(answer.outcome(), "duplicate", "{what}: {answer:?}");
    }
    assert_eq!(inbox(&stack), ["Hello Ana"]);
}
