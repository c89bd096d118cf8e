//! The drill of Braze's outage: agents answer while Braze is down, then it takes so many sends an hour.
//!
//! As the other drill: real store, clients and redelivery, simulated vendors, simulated time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use local::options::REPLY_CAMPAIGN;
use shared::conversation::step::Ending;
use shared::delivery::{Bridge, Side, Work};
use shared::message::{
    Body, CommentId, DeliveryId, Event, Incoming, Personal, Reply, TicketId, UserId,
};
use simulators::braze::{Campaign, User};
use simulators::{Effect, Fault};

use crate::drill::in_simulated_time;
use crate::drill::world::World;

const SEND: &str = "campaigns.trigger.send";
const CUSTOMERS: u64 = 60;
const ANSWERS: u64 = 20;
const AN_HOUR: u32 = 6_000;

fn customer(number: u64) -> String {
    format!("customer-{number:03}")
}

fn answer(number: u64, nth: u64) -> String {
    format!("Answer {nth} to {number}")
}

async fn handle(bridge: &Arc<Bridge>, customer: &str, name: &str, body: Body) -> Ending {
    let now = bridge.clock.now();
    let incoming = Incoming {
        customer: Some(customer.parse().expect("an id")),
        event: Event {
            delivery: DeliveryId::derive("drill", &[customer, name]),
            received_at: now,
            body,
        },
        aliases: vec![],
    };
    let work = Work::request(&format!("{customer} {name}"), now + 10_000, now);
    let report = Box::pin(bridge.handle(incoming, &work)).await;
    report.expect("stored").ending
}

/// The schedule comes to each of two runs; a minute passes.
async fn minute(runs: &[Arc<Bridge>; 2]) {
    let mut tasks = Vec::new();
    for (nth, bridge) in (0..2).zip(runs) {
        let bridge = Arc::clone(bridge);
        let now = bridge.clock.now();
        let work = Work::scheduled(&format!("run-{now}-{nth}"), now + 55_000);
        let work = work.beside(Side { nth, of: 2 }).that_comes_back();
        tasks.push(tokio::spawn(async move { bridge.redeliver(&work).await }));
    }
    let over = tokio::time::Instant::now() + Duration::from_secs(60);
    for task in tasks {
        task.await.expect("a run").expect("the table");
    }
    tokio::time::sleep_until(over).await;
}

/// Every customer texts once; the ticket and requester of each.
async fn begin(world: &World, bridge: &Arc<Bridge>) -> Vec<(Option<TicketId>, Option<UserId>)> {
    let mut places = Vec::new();
    for number in 0..CUSTOMERS {
        let (id, phone) = (customer(number), format!("+1555{number:07}"));
        world.braze.add_user(User::new(&id, "Ana", "Silva", &phone));
        let text = shared::message::Text {
            text: Personal("It broke.".to_owned()),
            profile: shared::message::Profile {
                phone: Personal(phone),
                ..Default::default()
            },
            ..Default::default()
        };
        let done = handle(bridge, &id, "text", Body::Text(text)).await;
        assert_eq!(done, Ending::Delivered);
    }
    let mut tickets = world.zendesk.tickets();
    tickets.sort_by_key(|ticket| ticket.id);
    for ticket in tickets {
        places.push((TicketId::new(ticket.id), UserId::new(ticket.requester.id)));
    }
    places
}

/// An agent answers each customer.
async fn answers(bridge: &Arc<Bridge>, places: &[(Option<TicketId>, Option<UserId>)], nth: u64) {
    for (number, &(ticket, requester)) in (0..CUSTOMERS).zip(places) {
        let reply = Reply {
            ticket,
            requester,
            comment: CommentId::new(9_000_000 + nth * 1_000 + number),
            text: Some(Personal(answer(number, nth))),
            files: Some(vec![]),
            recent: Some(vec![]),
            status: Some("open".to_owned()),
            ..Reply::default()
        };
        let name = format!("answer {nth}");
        let done = handle(bridge, &customer(number), &name, Body::Reply(reply)).await;
        assert_eq!(done, Ending::Queued);
    }
}

#[test]
fn after_an_outage_of_braze_every_answer_goes_out_once_in_order_and_at_the_rate_allowed() {
    in_simulated_time(async {
        let world =
            World::start_with(|options| options.braze.limits.sends_per_hour = AN_HOUR).await;
        let campaign = Campaign::new(REPLY_CAMPAIGN, "Agent's reply");
        world.braze.add_campaign(campaign);
        let functions = world.environment();
        let runs = [world.environment(), world.environment()];
        let places = begin(&world, &functions).await;

        world.braze.fault(Fault::always(SEND, Effect::status(503)));
        let before = world.braze.calls().len();
        for nth in 0..ANSWERS {
            answers(&functions, &places, nth).await;
            minute(&runs).await;
        }
        let met = world.braze.calls().len() - before;
        assert!(met < 300, "{met} calls while Braze was down");

        world.braze.clear_faults();
        let delay = Effect::Delay(Duration::from_millis(150));
        world.braze.fault(Fault::always("*", delay));
        let back = world.braze.calls().len();
        for _ in 0..15 {
            minute(&runs).await;
        }
        assert_eq!(world.waiting(), 0);
        let calls = world.braze.calls().split_off(back);
        let sends: Vec<_> = calls.iter().filter(|call| call.operation == SEND).collect();
        assert!(
            sends.iter().all(|call| call.status == Some(201)),
            "{sends:?}"
        );
        let (first, last) = (sends[0].at_ms, sends[sends.len() - 1].at_ms);
        let minutes = (last - first) as f64 / 60_000.0;
        let used = sends.len() as f64 / minutes / (f64::from(AN_HOUR) / 60.0);
        println!(
            "{met} calls while Braze was down; {} answers in {minutes:.1} minutes, {:.1} % of what is allowed",
            sends.len(),
            100.0 * used
        );
        assert!((0.9..=1.05).contains(&used), "{used}");
        let mut read: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for send in world.braze.sends() {
            let text = send.trigger_properties["msg_body"].as_str();
            let texts = read.entry(send.external_user_id).or_default();
            texts.push(text.unwrap_or_default().to_owned());
        }
        for number in 0..CUSTOMERS {
            let all: Vec<String> = (0..ANSWERS).map(|nth| answer(number, nth)).collect();
            assert_eq!(read[&customer(number)], all);
        }
    });
}
