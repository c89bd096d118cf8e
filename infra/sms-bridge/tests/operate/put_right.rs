//! A dead letter that was replayed is put right everywhere: on the ticket, and in `trace`.

use e2e::table::{dead_letters, redelivered};
use e2e::view::{notes, phone, public, ticket};
use e2e::{ANA, agent, answered, case, settled, with_ticket};
use serde_json::Value;
use simulators::zendesk::{Comment, Status};
use simulators::{Effect, Fault};

use crate::kit::Live;

/// Braze refuses the next message for good.
fn refuses(live: &Live) {
    live.stack
        .braze
        .fault(Fault::once("campaigns.trigger.send", Effect::status(422)));
}

/// An administrator replays everything.
async fn replayed(live: &Live) {
    live.well("dead-letters replay --all --yes").await;
    settled(&live.stack).await;
    redelivered(&live.stack).await;
    settled(&live.stack).await;
    assert_eq!(dead_letters(&live.stack).len(), 0);
}

/// An answer that Braze refused, and one dead letter of it.
async fn with_a_refused_answer(text: &str) -> (Live, u64) {
    let live = Live::start().await;
    let id = with_ticket(&live.stack).await;
    refuses(&live);
    answered(&live.stack, id, text).await;
    assert_eq!(dead_letters(&live.stack).len(), 1);
    assert_eq!(notes(&ticket(&live.stack, id)).len(), 1);
    (live, id)
}

#[test]
fn an_answer_that_was_replayed_is_reported_as_sent() {
    case!(async {
        let (live, id) = with_a_refused_answer("Please restart it.").await;
        replayed(&live).await;
        assert_eq!(phone(&live.stack, ANA), ["Please restart it."]);
        let notes = notes(&ticket(&live.stack, id));
        assert_eq!(notes.len(), 2, "{notes:?}");
    });
}

#[test]
fn a_closing_message_that_was_replayed_is_reported_as_sent() {
    case!(async {
        let live = Live::start().await;
        let id = with_ticket(&live.stack).await;
        refuses(&live);
        agent(
            &live.stack,
            id,
            Comment::note("Nothing to say").status(Status::Solved),
        )
        .await;
        let before = notes(&ticket(&live.stack, id)).len();
        replayed(&live).await;
        assert_eq!(phone(&live.stack, ANA), ["Your ticket has been closed"]);
        assert_eq!(notes(&ticket(&live.stack, id)).len(), before + 1);
    });
}

#[test]
fn a_customers_text_that_was_replayed_is_reported_as_added() {
    case!(async {
        let live = Live::start().await;
        let id = with_ticket(&live.stack).await;
        live.refused_texts(&["It is box 7"]).await;
        let before = notes(&ticket(&live.stack, id)).len();
        replayed(&live).await;
        let now = ticket(&live.stack, id);
        assert_eq!(public(&now), ["SUPPORT", "It is box 7"]);
        assert_eq!(notes(&now).len(), before + 1, "{:?}", notes(&now));
    });
}

#[test]
fn an_answer_whose_replay_fails_as_well_is_reported_as_not_sent() {
    case!(async {
        let (live, id) = with_a_refused_answer("Please restart it.").await;
        live.stack
            .braze
            .fault(Fault::always("campaigns.trigger.send", Effect::status(422)));
        live.well("dead-letters replay --all --yes").await;
        settled(&live.stack).await;
        redelivered(&live.stack).await;
        assert_eq!(phone(&live.stack, ANA), [""; 0]);
        assert_eq!(dead_letters(&live.stack).len(), 1);
        assert!(!notes(&ticket(&live.stack, id)).is_empty());
    });
}

/// What `trace` says of the only answer.
async fn standing(live: &Live) -> String {
    let path = live.json("trace ana").await;
    let hops = path["hops"].as_array().into_iter().flatten();
    let mut answers = hops.filter(|hop| hop["kind"] == "reply");
    let standing = answers
        .next()
        .map(|hop| hop["standing"].clone())
        .unwrap_or_default();
    let Value::String(standing) = standing else {
        panic!("no answer in {path:#}");
    };
    standing
}

#[test]
fn trace_tells_an_answer_that_was_replayed_from_one_that_was_not_sent() {
    case!(async {
        let (live, _) = with_a_refused_answer("Please restart it.").await;
        let ids = live.ids().await.join(" ");
        live.well(&format!("dead-letters drop {ids} --yes")).await;
        let never_sent = standing(&live).await;
        let (live, _) = with_a_refused_answer("Please restart it.").await;
        replayed(&live).await;
        assert_ne!(
            standing(&live).await,
            never_sent,
            "on-call reads the same of both"
        );
    });
}
