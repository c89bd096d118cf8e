//! What optional features cost: calls, write units and dollars, of the executables as they are, in the table of
//! `docs/scaling.md`. `UPDATE_DOCS=1` rewrites it.

use std::fmt::Write;
use std::fs;
use std::future::Future;
use std::time::Duration;

use e2e::case;
use e2e::send::{self, post, reply};
use e2e::view::Mark;
use e2e::{ANA, answered, set, settled, stack_with, with_ticket};
use local::binaries::workspace_root;
use local::{Options, Stack};
use serde_json::{Value, json};
use simulators::braze::SMS_GROUP;
use simulators::zendesk::Status;

#[expect(
    dead_code,
    reason = "prices are the same as of the simulation of many texts"
)]
#[path = "../../../shared/tests/scaling/cost.rs"]
mod prices;

use prices::LIST;

const TOKEN: &str = "events-token-of-the-tests";
const HEAD: &str = "| what happens | with | table calls | write units | Braze | Zendesk | requests | $ a million | more |";

/// What an event took.
#[derive(Debug, Clone, Copy)]
struct Cost {
    table: usize,
    units: f64,
    braze: usize,
    zendesk: usize,
    requests: usize,
}

impl Cost {
    /// US dollars for a million such events: a call to Zendesk takes 0.3 s, to Braze 0.1 s, to the table 5 ms; each
    /// request writes 400 bytes of log; 256 MB.
    fn dollars(&self) -> f64 {
        let count = |number: usize| u32::try_from(number).map_or(0.0, f64::from);
        let (table, braze, zendesk) = (count(self.table), count(self.braze), count(self.zendesk));
        let seconds = 0.3 * zendesk + 0.1 * braze + 0.005 * table;
        let per_request = LIST.api + LIST.requests + 400.0 * 1e6 / 1e9 * LIST.log_gb;
        self.units * LIST.writes
            + count(self.requests) * per_request
            + 1e6 * seconds * 0.25 * LIST.gb_second
    }
}

/// What it takes until all that it set off is done. A look whether all SMS are stopped counts for ten seconds in its
/// environment, and a token of Zendesk's for hours: neither is counted.
async fn cost(stack: &Stack, act: impl Future<Output = ()>) -> Cost {
    settled(stack).await;
    let invoked = || {
        let all = stack.journal().all();
        all.iter()
            .filter(|one| one.function != "redelivery")
            .count()
    };
    let (mark, before) = (Mark::now(stack), invoked());
    let writes = Mark::now(stack);
    act.await;
    settled(stack).await;
    let (zendesk, braze) = mark.since(stack);
    let table = writes.dynamo(stack);
    let table: Vec<_> = table
        .iter()
        .filter(|call| call.operation != "GetItem")
        .collect();
    Cost {
        table: table.len(),
        units: table.iter().map(|call| call.write_units).sum(),
        braze: braze.len(),
        zendesk: zendesk.iter().filter(|call| *call != "oauth.token").count(),
        requests: invoked() - before,
    }
}

async fn with(settings: &[(&str, &str)]) -> Stack {
    stack_with(|options: &mut Options| {
        for (name, value) in settings {
            set(options, name, value);
        }
    })
    .await
}

async fn exporting() -> Stack {
    stack_with(|options| {
        let token = ("braze_events_token".to_owned(), json!(TOKEN));
        options.secret.extend([token]);
    })
    .await
}

/// Braze exports one event in one request; when many come together, they share it.
async fn export(stack: &Stack, kind: &str, properties: Value) {
    let event = json!({"event_type": format!("users.messages.sms.{kind}"),
        "id": format!("{kind}-{}", stack.journal().all().len()), "time": send::now_ms() / 1_000,
        "user": {"external_user_id": ANA, "user_id": "b-1"}, "properties": properties});
    let bearer = format!("Bearer {TOKEN}");
    let body = json!({ "events": [event] }).to_string();
    let answer = post(stack, "/braze/events", &[("authorization", &bearer)], body).await;
    assert_eq!(answer.status, 200);
}

/// An answer, and the three events of a message that arrives.
async fn answered_and_told(stack: &Stack, id: u64, text: &str) {
    answered(stack, id, text).await;
    let sends = stack.braze.sends();
    let dispatch = sends.last().map(|send| send.dispatch_id.clone());
    for kind in ["Send", "CarrierSend", "Delivery"] {
        let of = json!({"campaign_id": "reply-campaign", "dispatch_id": dispatch});
        export(stack, kind, of).await;
    }
}

async fn texted(stack: &Stack, text: &str) {
    send::text(stack, ANA, text).await;
}

async fn solve(stack: &Stack, id: u64) {
    let solved = stack.zendesk.set_status(id, Status::Solved);
    solved.expect("solved");
    settled(stack).await;
}

/// The pages' rows: what happens, and what it costs with which feature; the first of each kind is without any.
type Row = (&'static str, &'static str, Cost);

async fn answers(rows: &mut Vec<Row>) {
    let what = "an agent's answer";
    let plain = with(&[]).await;
    let id = with_ticket(&plain).await;
    rows.push((what, "", cost(&plain, answered(&plain, id, "Hello")).await));

    let asking = with(&[
        ("BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP),
        ("CHECK_SUBSCRIPTION", "on"),
    ])
    .await;
    let id = with_ticket(&asking).await;
    let within = cost(&asking, answered(&asking, id, "Hello")).await;
    let hour = Duration::from_secs(61 * 60);
    asking.pass(hour).await.expect("time passes");
    let first = cost(&asking, answered(&asking, id, "Hello again")).await;
    rows.push((what, "subscription, the first of an hour", first));
    rows.push((what, "subscription, within the hour", within));

    let withheld = with(&[("CHECK_WITHHELD", "on")]).await;
    let id = with_ticket(&withheld).await;
    let asked = async {
        answered(&withheld, id, "Hello").await;
        let minutes = Duration::from_secs(11 * 60);
        withheld.pass(minutes).await.expect("time passes");
        withheld.redeliver().await.expect("a run");
    };
    let first = cost(&withheld, asked).await;
    rows.push((what, "withheld, the first of a day", first));
    let second = cost(&withheld, answered(&withheld, id, "Hello again")).await;
    rows.push((what, "withheld, later that day", second));

    let limited = with(&[
        ("PARTS_PER_CUSTOMER_DAY", "100"),
        ("PARTS_PER_HOUR", "1000"),
    ])
    .await;
    let id = with_ticket(&limited).await;
    let counted = cost(&limited, answered(&limited, id, "Hello")).await;
    rows.push((what, "both limits of SMS parts", counted));

    let exporting = exporting().await;
    let id = with_ticket(&exporting).await;
    let told = cost(&exporting, answered_and_told(&exporting, id, "Hello")).await;
    rows.push((what, "Currents, with its three events", told));
    for number in 2..10 {
        answered_and_told(&exporting, id, &format!("Answer {number}")).await;
    }
    let tenth = cost(&exporting, answered_and_told(&exporting, id, "Bye")).await;
    rows.push((what, "Currents, the tenth in ten days", tenth));
}

async fn texts(rows: &mut Vec<Row>) {
    let what = "a text on an open ticket";
    let plain = with(&[]).await;
    with_ticket(&plain).await;
    // Whose profile it is, is asked once.
    texted(&plain, "Hello?").await;
    rows.push((what, "", cost(&plain, texted(&plain, "And?")).await));
    let exporting = exporting().await;
    with_ticket(&exporting).await;
    texted(&exporting, "Hello?").await;
    let both = async {
        texted(&exporting, "And?").await;
        let text = json!({"message_body": "And?", "media_urls": [], "action": "None"});
        export(&exporting, "InboundReceive", text).await;
    };
    rows.push((
        what,
        "Currents, with its event",
        cost(&exporting, both).await,
    ));
}

async fn tickets(rows: &mut Vec<Row>) {
    let checking: &[(&str, &str)] = &[
        ("BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP),
        ("CHECK_SUBSCRIPTION", "on"),
    ];
    let events: &[(&str, &str)] = &[("BRAZE_EVENTS", "on")];
    for (feature, settings) in [
        ("", &[][..]),
        ("subscription", checking),
        ("events", events),
    ] {
        let stack = with(settings).await;
        let opened = cost(&stack, texted(&stack, "Where is my order?")).await;
        rows.push(("a text that opens a ticket", feature, opened));
    }
    for (feature, settings) in [("", &[][..]), ("events", events)] {
        let stack = with(settings).await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "On its way").await;
        rows.push(("a solve", feature, cost(&stack, solve(&stack, id)).await));
    }
}

async fn others(rows: &mut Vec<Row>) {
    let stack = with(&[]).await;
    let id = with_ticket(&stack).await;
    let body = json!({"ticket_id": id.to_string(), "external_user_id": ANA, "tags": "braze_sms",
        "say": "We answer within two hours."});
    let said = async {
        reply(&stack, "s1", body.to_string()).await;
    };
    rows.push(("an automatic text", "`say`", cost(&stack, said).await));

    let rated = with(&[("CSAT", "on")]).await;
    let id = with_ticket(&rated).await;
    texted(&rated, "Hello?").await;
    answered(&rated, id, "On its way").await;
    solve(&rated, id).await;
    let rating = cost(&rated, texted(&rated, "5")).await;
    rows.push(("a customer's rating", "ratings", rating));
}

fn table(rows: &[Row]) -> String {
    let mut text = format!("{HEAD}\n|---|---|---|---|---|---|---|---|---|\n");
    let mut without = ("", 0.0);
    for (what, feature, cost) in rows {
        let dollars = cost.dollars();
        if feature.is_empty() {
            without = (what, dollars);
        }
        let (feature, more) = match *feature {
            "" => ("nothing", String::new()),
            feature if without.0 == *what => (feature, format!("{:.2}", dollars - without.1)),
            feature => (feature, format!("{dollars:.2}")),
        };
        let _ = writeln!(
            text,
            "| {what} | {feature} | {} | {} | {} | {} | {} | {dollars:.2} | {more} |",
            cost.table, cost.units, cost.braze, cost.zendesk, cost.requests
        );
    }
    text
}

#[test]
fn what_each_optional_feature_costs_is_documented() {
    case!(async {
        let mut rows = Vec::new();
        answers(&mut rows).await;
        texts(&mut rows).await;
        tickets(&mut rows).await;
        others(&mut rows).await;
        let found = table(&rows);
        let path = workspace_root().join("docs/scaling.md");
        let page = fs::read_to_string(&path).expect("a page");
        let (before, rest) = page.split_once(HEAD).expect("the table");
        let after = rest.find("\n\n").map_or("", |end| &rest[end + 1..]);
        let documented = &page[before.len()..page.len() - after.len()];
        if std::env::vars_os().any(|(name, value)| name == "UPDATE_DOCS" && value == "1") {
            fs::write(&path, format!("{before}{found}{after}")).expect("the page can be written");
            return;
        }
        assert_eq!(documented, found, "UPDATE_DOCS=1 rewrites it");
    });
}

#[test]
fn an_answer_within_the_hour_of_a_look_costs_no_more_than_without() {
    case!(async {
        let mut rows = Vec::new();
        answers(&mut rows).await;
        let of = |feature: &str| {
            let found = rows.iter().find(|(_, with, _)| *with == feature);
            found.map(|(_, _, cost)| *cost).expect("a row")
        };
        let (plain, within) = (of(""), of("subscription, within the hour"));
        assert_eq!((within.braze, within.table), (1, plain.table));
        assert!(within.units <= plain.units);
        let first = of("subscription, the first of an hour");
        assert_eq!((first.braze, first.zendesk), (2, plain.zendesk));
        // What Braze takes and its export tells is written beside the conversation, not in it.
        let told = of("Currents, with its three events");
        assert_eq!((told.braze, told.zendesk), (plain.braze, plain.zendesk));
    });
}
