//! One customer's or ticket's whole path.

use e2e::send::{reply, reply_body, text};
use e2e::{ANA, answered, settled, with_ticket};
use serde_json::Value;
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
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.err.starts_with("bridge: the ticket is not shown: "),
        "{said:?}"
    );
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
        "waits for Zendesk to tell whose ticket it is"
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
        "nobody's conversation is on ticket 987654: its requester has no Braze external id, or \
         nothing of it has come in yet",
    );
    assert_eq!(live.run("trace").await.code, Some(2));
    assert_eq!(live.run("trace --ticket x").await.code, Some(2));
}
