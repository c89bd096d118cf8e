//! One customer's or ticket's whole path.

use std::time::Duration;

use e2e::send::{reply, reply_body, text};
use e2e::{ANA, PATIENCE, answered, settled, with_ticket};
use serde_json::{Value, json};
use simulators::braze::{Condition, WorkspaceState};
use simulators::zendesk::Status;
use simulators::{Effect, Fault};

use crate::kit::{Live, fits};

fn hop<'h>(path: &'h Value, kind: &str, at: usize) -> &'h Value {
    let hops = path["hops"].as_array().unwrap().iter();
    let mut of_kind = hops.filter(|hop| hop["kind"] == kind);
    of_kind
        .nth(at)
        .unwrap_or_else(|| panic!("no {kind} {at} in {path:#}"))
}

/// A text and an answer that arrived, a dead letter with its note, and a text that waits.
async fn eventful(live: &Live) -> u64 {
    let ticket = with_ticket(&live.stack).await;
    answered(&live.stack, ticket, "An answer").await;
    live.refused_texts(&["A refused text"]).await;
    let down = Fault::always("tickets.update", Effect::status(503));
    live.stack.zendesk.fault(down);
    text(&live.stack, ANA, "A late text").await;
    settled(&live.stack).await;
    ticket
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_tells_what_arrived_what_waits_and_what_is_dead() {
    let live = Live::start().await;
    let ticket = eventful(&live).await;
    let path = live.json("trace ana").await;
    assert_eq!(path["customer"], "ana");
    assert_eq!(path["ticket"], ticket);
    assert_eq!(hop(&path, "text", 0)["standing"], "is on the ticket");
    let reply = hop(&path, "reply", 0);
    assert_eq!(
        reply["standing"],
        "accepted and sent to Braze, no note against it"
    );
    assert_eq!(
        hop(&path, "note", 0)["standing"],
        "the bridge's internal note"
    );
    let standings: Vec<_> = [1, 2]
        .map(|at| hop(&path, "text", at)["standing"].as_str().unwrap())
        .into();
    let dead = standings
        .iter()
        .any(|told| told.starts_with("dead letter since ") && told.contains("422"));
    let waits = standings
        .iter()
        .any(|told| told.starts_with("waits for Zendesk, which is down or out of reach; failed "));
    assert!(dead && waits, "{path:#}");
    let times: Vec<_> = path["hops"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hop| hop["at"].to_string())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let told = live.well("trace ana").await;
    fits(&told);
    assert!(
        told.contains(&format!("Ticket     {ticket} (open)")),
        "{told}"
    );
    assert!(told.contains("Pause      Zendesk: failed "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_leads_to_the_same_path_with_zendesk_and_without() {
    let live = Live::start().await;
    let ticket = eventful(&live).await;
    let by_customer = live.json("trace ana").await;
    let by_ticket = live.json(&format!("trace {ticket}")).await;
    assert_eq!(by_ticket["hops"], by_customer["hops"]);
    let named = live.json(&format!("trace --ticket {ticket}")).await;
    assert_eq!(named["hops"], by_customer["hops"]);
    live.stack.zendesk.clear_faults();
    live.stack
        .zendesk
        .fault(Fault::always("*", Effect::status(503)));
    let said = live.run(&format!("trace {ticket}")).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err
            .starts_with("sms-bridge: the ticket is not shown: "),
        "{said:?}"
    );
    assert!(said.out.contains("its comments are missing"), "{said:?}");
    assert!(said.out.contains("Customer   ana\n"), "{said:?}");
    assert!(said.out.contains("dead letter since "), "{said:?}");
    assert!(said.out.contains("waits for Zendesk"), "{said:?}");
    fits(&said.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_no_webhook_has_reported_is_told_as_such() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    live.stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Held);
    answered_unheard(&live, ticket);
    let path = live.json("trace ana").await;
    let reply = hop(&path, "reply", 0);
    assert_eq!(
        reply["standing"],
        "NOT ACCEPTED: no webhook has reported it"
    );
}

/// An agent's answer, reported as by the Braze guide's trigger: without its comment's id.
async fn answered_as_in_the_guide(live: &Live, ticket: u64, text: &str) {
    live.stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Held);
    let comment = simulators::zendesk::Comment::public(text);
    live.stack.zendesk.agent_comments(ticket, comment).unwrap();
    let header = format!("{}\n\nJo Agent, Sep 30, 2026, 10:12 AM\n\n", "-".repeat(46));
    let body = json!({"campaign_id": "reply-campaign", "recipients": [{
        "external_user_id": ANA, "trigger_properties": {"msg_body": header + text},
        "attributes": {"zendesk_ticket": ticket.to_string(), "zendesk_ticket_open": "true"}}]});
    let invocation = format!("invocation-{}", text.len());
    let answer = reply(&live.stack, &invocation, body.to_string()).await;
    assert!(answer.status < 300, "{answer:?}");
    settled(&live.stack).await;
}

/// Where each answer stands.
fn standings(path: &Value, kind: &str) -> Vec<String> {
    let hops = path["hops"].as_array().unwrap().iter();
    let of_kind = hops.filter(|hop| hop["kind"] == kind);
    of_kind
        .map(|hop| hop["standing"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_came_without_its_comments_id_is_known_by_its_text() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    answered_as_in_the_guide(&live, ticket, "As the guide\n\nhas it").await;
    let inbox = live.stack.braze.inbox(ANA);
    assert_eq!(inbox.len(), 1);
    answered_unheard(&live, ticket);
    let path = live.json("trace ana").await;
    assert_eq!(
        standings(&path, "reply"),
        [
            "accepted, by its text, and sent to Braze; no note against it",
            "not known: answers came in without their comment's id"
        ]
    );
    // What its delivery is, nobody can tell.
    assert!(hop(&path, "reply", 0)["delivery"].is_null(), "{path:#}");
    text(&live.stack, ANA, "STOP").await;
    settled(&live.stack).await;
    let after = live.json("trace ana").await;
    assert_eq!(standings(&after, "reply"), standings(&path, "reply"));
    fits(&live.well("trace ana").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_its_comments_id_that_was_not_sent_is_told_once() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    let refused = Fault::always("campaigns.trigger.send", Effect::status(400));
    live.stack.braze.fault(refused);
    answered_as_in_the_guide(&live, ticket, "Refused").await;
    live.stack.braze.clear_faults();
    text(&live.stack, ANA, "STOP").await;
    settled(&live.stack).await;
    answered_as_in_the_guide(&live, ticket, "After STOP").await;
    let path = live.json("trace ana").await;
    let standings = standings(&path, "reply");
    assert_eq!(standings.len(), 2, "{path:#}");
    assert!(standings[0].starts_with("dead letter since "), "{path:#}");
    assert_eq!(
        standings[1],
        "accepted, by its text; an internal note after it may say more"
    );
    assert!(hop(&path, "reply", 0)["comment"].is_u64(), "{path:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_names_a_comment_and_cannot_be_understood_is_told_once() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    live.stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Held);
    let comment = simulators::zendesk::Comment::public("Odd");
    let comment = live.stack.zendesk.agent_comments(ticket, comment).unwrap();
    let mut body = reply_body(ticket, ANA, comment, "Odd");
    body["campaign_id"] = json!({});
    let answer = reply(&live.stack, "invocation-1", body.to_string()).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let path = live.json("trace ana").await;
    assert_eq!(standings(&path, "reply"), [""; 0]);
    assert_eq!(hop(&path, "request", 0)["comment"], comment);
    let quick = live.json("trace ana --quick").await;
    assert_eq!(
        standings(&quick, "reply"),
        ["not known without the dead letters: leave out --quick"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn solves_and_consent_are_on_the_path() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    let last = simulators::zendesk::Comment::public("Done").status(Status::Solved);
    e2e::agent(&live.stack, ticket, last).await;
    let path = live.json("trace ana").await;
    let hops = path["hops"].as_array().unwrap().iter();
    let kinds: Vec<_> = hops.map(|hop| hop["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text", "reply", "solved"]);
    assert_eq!(
        standings(&path, "solved"),
        ["accepted and closing SMS sent to Braze"]
    );
    for sent in ["STOP", "It is broken again"] {
        text(&live.stack, ANA, sent).await;
        settled(&live.stack).await;
    }
    // Two equal bodies signed in the same second are one signature: a replay.
    let two_seconds = std::time::Duration::from_secs(2);
    live.stack.zendesk.clock().advance(two_seconds);
    live.stack
        .zendesk
        .set_status(ticket, Status::Solved)
        .unwrap();
    settled(&live.stack).await;
    let path = live.json("trace ana").await;
    assert_eq!(
        standings(&path, "opt-out"),
        ["known; an internal note informs the agent"]
    );
    assert_eq!(
        standings(&path, "solved"),
        ["accepted; no closing SMS: the customer had opted out"]
    );
    live.stack
        .zendesk
        .fault(Fault::always("*", Effect::status(503)));
    let said = live.run("trace ana --json").await;
    let path: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(standings(&path, "opt-out"), ["known: no SMS is sent"]);
    assert_eq!(standings(&path, "solved").len(), 1, "{path:#}");
    assert!(path["ticket_not_read"].is_string(), "{path:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_closing_message_is_told_once() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    let refused = Fault::always("campaigns.trigger.send", Effect::status(400));
    live.stack.braze.fault(refused);
    live.stack
        .zendesk
        .set_status(ticket, Status::Solved)
        .unwrap();
    settled(&live.stack).await;
    let standings = standings(&live.json("trace ana").await, "solved");
    assert_eq!(standings.len(), 1, "{standings:?}");
    assert!(
        standings[0].starts_with("dead letter since "),
        "{standings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_solve_the_bridge_knows_nothing_of_is_told_as_such() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    live.stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Held);
    live.stack
        .zendesk
        .set_status(ticket, Status::Solved)
        .unwrap();
    let untold = "NOT ACCEPTED: the bridge knows nothing of this solve";
    let path = live.json("trace ana").await;
    assert_eq!(standings(&path, "solved"), [untold]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_could_not_be_looked_at_is_not_told_as_empty() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    live.stack
        .zendesk
        .fault(Fault::always("*", Effect::status(503)));
    let said = live.run("trace ana").await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.out
            .ends_with("Nothing waits; the ticket could not be looked at.\n"),
        "{said:?}"
    );
    live.stack
        .dynamo
        .edit("customer#ana", &json!({"memory": {"S": "{}"}}))
        .unwrap();
    let said = live.run(&format!("trace {ticket}")).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err
            .starts_with("sms-bridge: the ticket is not shown: "),
        "{said:?}"
    );
    assert!(said.out.starts_with("Customer   ana\n"), "{said:?}");
}

fn answered_unheard(live: &Live, ticket: u64) {
    let comment = simulators::zendesk::Comment::public("Unheard");
    live.stack.zendesk.agent_comments(ticket, comment).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_customer_has_to_be_looked_up_is_on_the_customers_path() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    live.stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Held);
    let comment = simulators::zendesk::Comment::public("Whose?");
    let comment = live.stack.zendesk.agent_comments(ticket, comment).unwrap();
    let down = Fault::always("tickets.*", Effect::status(503));
    live.stack.zendesk.fault(down);
    let mut body = reply_body(ticket, "", comment, "Whose?");
    body["external_user_id"] = Value::from("");
    let answer = reply(&live.stack, "invocation-1", body.to_string()).await;
    assert_eq!(answer.outcome(), "queued", "{answer:?}");
    live.stack.zendesk.clear_faults();
    let path = live.json("trace ana").await;
    let reply = hop(&path, "reply", 0);
    assert_eq!(
        reply["standing"],
        "waits for Zendesk to say whose ticket it is"
    );
    assert_eq!(reply["comment"], comment);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_unknown_outcome_is_told_as_such() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    let lost = Fault::once("campaigns.trigger.send", Effect::DropAfter);
    live.stack.braze.fault(lost);
    answered(&live.stack, ticket, "Perhaps").await;
    let path = live.json("trace ana").await;
    let told = hop(&path, "reply", 0)["standing"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        told, "Braze's answer is not known: sms_resend sends it again",
        "{path:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_and_nothing_are_told_in_one_sentence() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.run("trace bob")
        .await
        .refuses("the table holds nothing of bob: check the Braze external id, or give --ticket");
    live.run("trace 987654").await.refuses(
        "no conversation is on ticket 987654: its requester has no Braze external id, or \
         nothing of it has come in yet",
    );
    assert_eq!(live.run("trace").await.code, Some(2));
    assert_eq!(live.run("trace --ticket x").await.code, Some(2));
}

const EVENTS_TOKEN: &str = "events-token-of-the-tests";

/// A running bundle to which Braze exports its events.
async fn exporting() -> Live {
    let live = Live::start().await;
    let secrets = &live.stack.secrets;
    secrets.set_key("braze_events_token", EVENTS_TOKEN);
    let url = format!("{}/braze/events", live.stack.front_url());
    live.stack.braze.set_currents(&url, EVENTS_TOKEN);
    live
}

/// Waits until Braze has told every event.
async fn told(live: &Live) {
    let all = |state: &WorkspaceState| state.currents.waiting() == 0;
    assert!(live.stack.braze.wait_until(PATIENCE, all).await);
    settled(&live.stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_shown_as_sent_delivered_failed_or_withheld() {
    let live = exporting().await;
    let ticket = with_ticket(&live.stack).await;
    let cases = [
        (Condition::Subscribed, "delivered to the phone"),
        (Condition::Unreachable, "FAILED at the carrier (30003)"),
        (
            Condition::Filtered,
            "FAILED: refused by the carrier (30007)",
        ),
        (
            Condition::Capped,
            "taken by Braze, which has said nothing of it since",
        ),
    ];
    for (number, (condition, standing)) in cases.into_iter().enumerate() {
        live.stack.braze.set_condition(ANA, condition);
        answered(&live.stack, ticket, &format!("Answer {number}")).await;
        told(&live).await;
        let path = live.json("trace ana").await;
        assert_eq!(hop(&path, "reply", number)["standing"], standing);
    }
    let by = Duration::from_secs(11 * 60);
    live.stack.pass(by).await.unwrap();
    live.stack.redeliver().await.unwrap();
    settled(&live.stack).await;
    let path = live.json("trace ana").await;
    let withheld = "WITHHELD by Braze: taken, and not sent";
    assert_eq!(hop(&path, "reply", 3)["standing"], withheld);
    fits(&live.well("trace ana").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_message_is_shown_with_its_fate() {
    for (condition, fate) in [
        (Condition::Subscribed, "delivered to the phone"),
        (Condition::Landline, "FAILED at the carrier (30006)"),
    ] {
        let live = exporting().await;
        let ticket = with_ticket(&live.stack).await;
        live.stack.braze.set_condition(ANA, condition);
        live.stack
            .zendesk
            .set_status(ticket, Status::Solved)
            .unwrap();
        settled(&live.stack).await;
        told(&live).await;
        let path = live.json("trace ana").await;
        let standing = format!("accepted; closing SMS {fate}");
        assert_eq!(hop(&path, "solved", 0)["standing"], standing, "{path:#}");
    }
}

/// How an answer ended: the word, and the reason where there is one.
fn arrival(path: &Value, at: usize) -> (String, String) {
    let arrival = &hop(path, "reply", at)["arrival"];
    let text = |name: &str| arrival[name].as_str().unwrap_or_default().to_owned();
    (text("is"), text("why"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_ends_delivered_not_delivered_or_unknown_with_the_reason() {
    let live = exporting().await;
    let ticket = with_ticket(&live.stack).await;
    for (number, (condition, is, why)) in [
        (Condition::Subscribed, "delivered", ""),
        (Condition::Unreachable, "not delivered", "note says why"),
        (Condition::Capped, "unknown", "no event of it has come yet"),
    ]
    .into_iter()
    .enumerate()
    {
        live.stack.braze.set_condition(ANA, condition);
        answered(&live.stack, ticket, &format!("Answer {number}")).await;
        told(&live).await;
        let ended = arrival(&live.json("trace ana").await, number);
        assert!(
            ended.0 == is && ended.1.contains(why),
            "{condition:?}: {ended:?}"
        );
    }
    live.stack.pass(Duration::from_secs(11 * 60)).await.unwrap();
    live.stack.redeliver().await.unwrap();
    settled(&live.stack).await;
    assert_eq!(arrival(&live.json("trace ana").await, 2).0, "not delivered");
    // An answer that was not sent at all: its note says so.
    live.stack.braze.set_condition(ANA, Condition::Subscribed);
    text(&live.stack, ANA, "STOP").await;
    answered(&live.stack, ticket, "Too late").await;
    assert_eq!(arrival(&live.json("trace ana").await, 3).0, "not delivered");
    let shown = live.well("trace ana").await;
    assert!(
        shown.contains("arrived: yes") && shown.contains("arrived: no: "),
        "{shown}"
    );
    fits(&shown);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_exported_events_the_reason_says_so() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    answered(&live.stack, ticket, "Hello").await;
    let (is, why) = arrival(&live.json("trace ana").await, 0);
    assert_eq!(is, "unknown");
    assert!(why.contains("exports no events"), "{why}");
    assert!(live.well("trace ana").await.contains("arrived: not known:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_braze_was_asked_the_reason_says_what_it_told() {
    let live = Live::start_with(|options| e2e::set(options, "CHECK_WITHHELD", "on")).await;
    let ticket = with_ticket(&live.stack).await;
    let ended = async |at| arrival(&live.json("trace ana").await, at).1;
    answered(&live.stack, ticket, "The first").await;
    assert!(ended(0).await.contains("is asked about it"));
    live.stack.pass(Duration::from_secs(11 * 60)).await.unwrap();
    live.stack.redeliver().await.unwrap();
    assert!(
        ended(0)
            .await
            .contains("as Braze's record of the customer says")
    );
    answered(&live.stack, ticket, "The second").await;
    assert!(
        ended(1)
            .await
            .contains("about another answer within the day")
    );
    live.stack
        .pass(Duration::from_secs(25 * 60 * 60))
        .await
        .unwrap();
    live.stack
        .braze
        .set_permissions(Some(&["campaigns.trigger.send", "users.track"]));
    answered(&live.stack, ticket, "The third").await;
    live.stack.pass(Duration::from_secs(11 * 60)).await.unwrap();
    live.stack.redeliver().await.unwrap();
    assert!(ended(2).await.contains("users.export.ids"));
}
