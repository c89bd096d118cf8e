//! Customers text at a rate; environments come and go as Lambda makes them; the schedule drains.
//!
//! In: a [`Load`]. Out: what was [`Seen`]. Time is virtual: it passes only when nothing is to be
//! done, so a day costs what its events cost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::conversation::policy::Policy;
use shared::conversation::step::Ending;
use shared::conversation::store::Store;
use shared::delivery::{Bridge, Clock, Updates, Work};
use shared::message::{Body, DeliveryId, Event, Incoming, Personal, Text};
use tokio::time::Instant;

use super::table::{Counts, Table, customer};
use super::vendors::{Saves, Zendesk};

/// When the simulation begins, in milliseconds since the epoch: a full minute.
const BEGIN: i64 = 1_790_000_040_000;

/// How long a run of `redelivery` may last (`template.yaml`).
const RUN: i64 = 55_000;

const MINUTE: Duration = Duration::from_secs(60);

/// What is asked of the bridge.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Texts a second.
    pub rate: u32,
    /// For how long.
    pub seconds: u32,
    /// Customers with an open ticket, who text in turn.
    pub customers: u64,
    /// Ticket updates that Zendesk takes in any minute, agents' own included.
    pub updates_per_minute: u64,
    /// Per cent of them that the bridge may use.
    pub share: u32,
    /// Tickets that agents save a minute, evenly, from the first text until nothing waits.
    pub saves_per_minute: u32,
    /// Enforce DynamoDB's partition limit on the index.
    pub throttles: bool,
    /// Let the schedule run until nothing waits.
    pub drained: bool,
}

/// What was seen.
#[derive(Clone)]
pub struct Seen {
    pub accepted: u64,
    /// Answered 503: not stored, the sender repeats.
    pub unavailable: u64,
    /// Delivered within the request.
    pub at_once: u64,
    /// Environments that worked at the same time.
    pub environments: usize,
    /// Median time of a request, in milliseconds.
    pub request_ms: u64,
    /// What the table consumed while texts came in.
    pub counts: Counts,
    /// Conversations that waited when the last text was in.
    pub waiting: usize,
    /// Minutes from there until nothing waited.
    pub drained_after: u64,
    /// The same in seconds.
    pub drained_s: u64,
    /// Texts on tickets at the end.
    pub appended: usize,
    /// Calls that Zendesk refused for their rate.
    pub refused: u64,
    /// What agents saved meanwhile.
    pub saves: Saves,
    /// What the table consumed altogether.
    pub total: Counts,
}

/// Environments of the function, as Lambda keeps them.
struct Fleet {
    store: Store,
    zendesk: Zendesk,
    clock: Clock,
    policy: Policy,
    idle: Mutex<Vec<Arc<Bridge<Zendesk>>>>,
    running: AtomicUsize,
    most: AtomicUsize,
}

/// Plays a load.
pub async fn simulate(load: Load) -> Seen {
    let table = Table::new(load.customers, load.throttles);
    let begun = Instant::now();
    let clock = Clock::from_fn(move || {
        BEGIN + i64::try_from(begun.elapsed().as_millis()).expect("a short simulation")
    });
    let zendesk = Zendesk::new(load.updates_per_minute, clock.clone());
    let mut policy = Policy::default();
    policy.updates.share = load.share;
    policy.updates.a_minute = u32::try_from(load.updates_per_minute).expect("small");
    let fleet = Arc::new(Fleet {
        store: table.store.clone(),
        zendesk: zendesk.clone(),
        clock,
        policy,
        idle: Mutex::default(),
        running: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
    });
    let ended = Arc::new(AtomicBool::new(false));
    let schedule = tokio::spawn(Arc::clone(&fleet).run_schedule(begun, Arc::clone(&ended)));
    let agents = tokio::spawn(save(zendesk.clone(), load.saves_per_minute));
    let handled = fleet.play(load, begun).await;
    let counts = table.meter.counts();
    let waiting = table.waiting();
    let last = Instant::now();
    while load.drained && table.waiting() > 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let drained_s = last.elapsed().as_secs();
    ended.store(true, Ordering::Relaxed);
    schedule.abort();
    agents.abort();
    check_order(&zendesk, &handled);
    let mut times: Vec<u64> = handled.iter().map(|one| one.ms).collect();
    times.sort_unstable();
    let count = |wanted: Option<bool>| handled.iter().filter(|one| one.delivered == wanted).count();
    let small = |count: usize| u64::try_from(count).expect("small");
    let unavailable = small(count(None));
    Seen {
        accepted: small(handled.len()) - unavailable,
        unavailable,
        at_once: small(count(Some(true))),
        environments: fleet.most.load(Ordering::Relaxed),
        request_ms: times[times.len() / 2],
        counts,
        waiting,
        drained_after: drained_s.div_ceil(60),
        drained_s,
        appended: zendesk.appended().len(),
        refused: zendesk.refused(),
        saves: zendesk.saves(),
        total: table.meter.counts(),
    }
}

/// Agents save tickets, so many a minute.
async fn save(zendesk: Zendesk, a_minute: u32) {
    let Some(pause) = MINUTE.checked_div(a_minute) else {
        return;
    };
    loop {
        tokio::time::sleep(pause).await;
        zendesk.save();
    }
}

/// What became of one text within its request.
struct Handling {
    customer: u64,
    delivery: String,
    /// Nothing: not stored.
    delivered: Option<bool>,
    ms: u64,
}

impl Fleet {
    async fn play(self: &Arc<Self>, load: Load, begun: Instant) -> Vec<Handling> {
        let texts = u64::from(load.rate) * u64::from(load.seconds);
        let mut requests = Vec::new();
        for number in 0..texts {
            let at = Duration::from_micros(number * 1_000_000 / u64::from(load.rate));
            tokio::time::sleep_until(begun + at).await;
            // A stride that meets every customer, neighbours in time far apart.
            let customer = (number * 7_919) % load.customers;
            requests.push(tokio::spawn(Arc::clone(self).receive(customer, number)));
        }
        let mut handled = Vec::with_capacity(requests.len());
        for request in requests {
            handled.push(request.await.expect("a request"));
        }
        handled
    }

    async fn receive(self: Arc<Self>, who: u64, number: u64) -> Handling {
        let environment = self.environment();
        let begun = Instant::now();
        let now = self.clock.now();
        let delivery = DeliveryId::derive("text", &[&number.to_string()]);
        let text = Text {
            // Not the same text each time: that would be a loop to the bridge.
            text: Personal(format!("Hello, is order {number} on its way? It is late.")),
            ..Text::default()
        };
        let incoming = Incoming {
            customer: Some(customer(who).parse().expect("an id")),
            event: Event {
                delivery: delivery.clone(),
                received_at: now,
                body: Body::Text(text),
            },
            aliases: vec![],
        };
        let work = Work::request(&format!("request-{number}"), now + 10_000, now);
        let report = Box::pin(environment.handle(incoming, &work)).await;
        self.idle.lock().expect("unpoisoned").push(environment);
        self.running.fetch_sub(1, Ordering::Relaxed);
        Handling {
            customer: who,
            delivery: delivery.as_str().to_owned(),
            delivered: report.ok().map(|one| one.ending == Ending::Delivered),
            ms: u64::try_from(begun.elapsed().as_millis()).expect("short"),
        }
    }

    fn environment(&self) -> Arc<Bridge<Zendesk>> {
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(running, Ordering::Relaxed);
        let idle = self.idle.lock().expect("unpoisoned").pop();
        idle.unwrap_or_else(|| self.start())
    }

    fn start(&self) -> Arc<Bridge<Zendesk>> {
        Arc::new(Bridge {
            store: self.store.clone(),
            vendors: self.zendesk.elsewhere(),
            policy: self.policy.clone(),
            clock: self.clock.clone(),
            updates: Updates::default(),
        })
    }

    /// Once a minute, never two at a time.
    async fn run_schedule(self: Arc<Self>, begun: Instant, ended: Arc<AtomicBool>) {
        let bridge = self.start();
        for minute in 1_u32.. {
            tokio::time::sleep_until(begun + MINUTE * minute).await;
            if ended.load(Ordering::Relaxed) {
                return;
            }
            let work = Work::scheduled(&format!("run-{minute}"), self.clock.now() + RUN);
            let work = work.that_comes_back();
            // A throttled query ends the run; the next minute comes.
            let _ = bridge.redeliver(&work).await;
        }
    }
}

/// Every stored text is on its ticket once, in the order of acceptance; those not drained yet are
/// missing at the end, never in between.
fn check_order(zendesk: &Zendesk, handled: &[Handling]) {
    let mut sent: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for one in handled.iter().filter(|one| one.delivered.is_some()) {
        sent.entry(one.customer + 1)
            .or_default()
            .push(&one.delivery);
    }
    let appended = zendesk.appended();
    let mut there: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for (ticket, marker) in &appended {
        there.entry(*ticket).or_default().push(marker);
    }
    for (ticket, markers) in there {
        let wanted = &sent[&ticket];
        assert_eq!(markers, wanted[..markers.len()], "ticket {ticket}");
    }
}
