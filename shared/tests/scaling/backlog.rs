//! What waits after an outage of both vendors, and how fast it is drained: real pace, real gates, vendors with a
//! time and limits of their own.
//!
//! In: a [`Backlog`]. Out: what each vendor took, minute by minute.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::conversation::policy::Policy;
use shared::conversation::state::Trouble;
use shared::conversation::step::{Ending, Failure, Outcome, Step, Written};
use shared::conversation::store::Vendor;
use shared::delivery::{
    Bridge, Clock, Gate, Pace, Side, Summary, UnderWay, Updates, Vendors, Work,
};
use shared::message::{
    Body, CommentId, DeliveryId, Event, Incoming, Personal, Reply, Text, TicketId, UserId,
};
use shared::net::Deadline;
use tokio::time::Instant;

use super::table::{Table, customer};
use super::vendors::Updated;

/// When the simulation begins, in milliseconds since the epoch: a full hour, as Braze counts its limit.
const BEGIN: i64 = 1_790_002_800_000;

/// How long a run of `redelivery` may last (`template.yaml`).
const RUN: i64 = 55_000;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What waits, and what the vendors allow.
#[derive(Clone, Copy, Debug)]
pub struct Backlog {
    /// Customers' texts, for Zendesk, one of a customer each.
    pub texts: u64,
    /// Agents' answers, for Braze, likewise.
    pub answers: u64,
    /// Ticket updates a minute; zero: any number.
    pub updates: u32,
    /// Requests a minute that Zendesk takes, and tells.
    pub requests: Told,
    /// Sends an hour that Braze takes, and tells.
    pub sends: Told,
    /// What a call to Zendesk, and one to Braze takes, in milliseconds.
    pub latency: (u64, u64),
    /// Runs side by side.
    pub runs: u8,
    /// Conversations that a run works on at once for each vendor.
    pub at_once: u32,
}

/// A limit, and what the vendor's answers say of it from which minute on: `None`, nothing.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub limit: u32,
    pub told: [(i64, Option<u32>); 2],
}

impl Told {
    /// A limit that is told as it is.
    pub fn right(limit: u32) -> Self {
        Self::as_if(limit, Some(limit))
    }

    /// A limit that is told as another one, or not at all.
    pub fn as_if(limit: u32, told: Option<u32>) -> Self {
        Self {
            limit,
            told: [(0, told), (0, told)],
        }
    }

    fn at(self, minute: i64) -> Option<u32> {
        let [(_, first), (from, then)] = self.told;
        let told = if minute >= from { then } else { first };
        told.filter(|&limit| limit > 0)
    }
}

/// What was seen.
#[derive(Debug)]
pub struct Drained {
    /// Calls taken in each minute since the vendors were back, texts' and answers'.
    pub zendesk: Vec<u64>,
    pub braze: Vec<u64>,
    /// Calls refused for their rate.
    pub refused: (u64, u64),
    /// Calls that each vendor met while it was down.
    pub met_while_down: (u64, u64),
    /// The summaries of the runs since then.
    pub runs: Vec<Summary>,
    /// Seconds until nothing waited.
    pub seconds: u64,
}

impl Drained {
    /// What was taken a minute while there was enough: after the first two minutes, before the last.
    pub fn a_minute(taken: &[u64]) -> f64 {
        let last = taken.iter().rposition(|&count| count > 0).unwrap_or(0);
        let whole = taken.get(2..last).unwrap_or_default();
        whole.iter().sum::<u64>() as f64 / (whole.len().max(1)) as f64
    }
}

#[derive(Default)]
struct State {
    updates: Updated,
    /// Requests by minute, sends by hour.
    requests: BTreeMap<i64, u32>,
    sends: BTreeMap<i64, u32>,
    /// What was taken: when, and whose.
    appended: Vec<(i64, TicketId, String)>,
    sent: Vec<(i64, String)>,
    refused: (u64, u64),
    met_while_down: (u64, u64),
}

/// Both vendors as one environment sees them.
struct Seller {
    account: Arc<Account>,
    clock: Clock,
    gates: [Gate; 2],
    paces: [Pace; 2],
    /// Calls of this environment.
    calls: Mutex<(u64, u64)>,
    /// Until when each limit lasts, as this environment was told.
    limited: Mutex<(i64, i64)>,
}

struct Account {
    load: Backlog,
    down: AtomicBool,
    state: Mutex<State>,
}

impl Seller {
    fn new(account: &Arc<Account>, clock: Clock) -> Self {
        Self {
            account: Arc::clone(account),
            clock,
            gates: Default::default(),
            paces: Default::default(),
            calls: Mutex::default(),
            limited: Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.account.state.lock().expect("unpoisoned")
    }

    fn failed(&self, vendor: Vendor) -> Outcome {
        let met = &mut self.state().met_while_down;
        match vendor {
            Vendor::Zendesk => met.0 += 1,
            Vendor::Braze => met.1 += 1,
        }
        self.gates[vendor as usize].failed(self.clock.now());
        Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
    }

    fn take(&self, vendor: Vendor) -> Result<(), i64> {
        let (now, load) = (self.clock.now(), self.account.load);
        let mut state = self.state();
        let until = match vendor {
            Vendor::Zendesk => {
                let minute = now.div_euclid(MINUTE);
                let used = state.requests.entry(minute).or_default();
                let within = *used < load.requests.limit;
                *used += u32::from(within);
                let updates = match (within, load.updates) {
                    (true, 1..) => state.updates.take(now, load.updates as usize),
                    _ => Ok(()),
                };
                match (within, updates) {
                    (false, _) => Err((minute + 1) * MINUTE),
                    (true, updates) => updates,
                }
            }
            Vendor::Braze => {
                let hour = now.div_euclid(HOUR);
                let used = state.sends.entry(hour).or_default();
                let within = *used < load.sends.limit;
                *used += u32::from(within);
                within.then_some(()).ok_or((hour + 1) * HOUR)
            }
        };
        let Err(until) = until else { return Ok(()) };
        let mut limited = self.limited.lock().expect("unpoisoned");
        match vendor {
            Vendor::Zendesk => {
                state.refused.0 += 1;
                limited.0 = limited.0.max(until);
            }
            Vendor::Braze => {
                state.refused.1 += 1;
                limited.1 = limited.1.max(until);
            }
        }
        Err(until)
    }
}

impl Vendors for Seller {
    async fn execute(&self, step: &Step, _: Deadline) -> Outcome {
        let load = self.account.load;
        let (vendor, ms) = match step {
            Step::Append(_) => (Vendor::Zendesk, load.latency.0),
            Step::SendSms(_) => (Vendor::Braze, load.latency.1),
            other => panic!("a text or an answer needs no {}", other.name()),
        };
        let later = |until| Outcome::Failed(Failure::Later(until, Trouble::Limited));
        let now = self.clock.now();
        let limited = *self.limited.lock().expect("unpoisoned");
        let until = match vendor {
            Vendor::Zendesk => limited.0,
            Vendor::Braze => limited.1,
        };
        if until > now {
            return later(Some(until));
        }
        if self.gates[vendor as usize].admit(now).is_err() {
            return Outcome::Failed(Failure::Later(None, Trouble::Spared));
        }
        {
            let mut calls = self.calls.lock().expect("unpoisoned");
            match vendor {
                Vendor::Zendesk => calls.0 += 1,
                Vendor::Braze => calls.1 += 1,
            }
        }
        tokio::time::sleep(Duration::from_millis(ms)).await;
        if self.account.down.load(Ordering::Relaxed) {
            return self.failed(vendor);
        }
        self.gates[vendor as usize].answered();
        if let Err(until) = self.take(vendor) {
            return later(Some(until));
        }
        let now = self.clock.now();
        match step {
            Step::Append(comment) => {
                let mut state = self.state();
                let taken = (now, comment.ticket, comment.body.as_str().to_owned());
                state.appended.push(taken);
                let number = u64::try_from(state.appended.len()).expect("small");
                Outcome::Posted(Written {
                    ticket: comment.ticket,
                    status: comment.status,
                    comment: CommentId::new(number),
                    requester: None,
                    tags: None,
                })
            }
            Step::SendSms(sms) => {
                let taken = (now, sms.message.as_str().to_owned());
                self.state().sent.push(taken);
                Outcome::Sent(None)
            }
            _ => unreachable!("seen above"),
        }
    }

    fn limited_until(&self, under_way: UnderWay, now: i64) -> Option<i64> {
        let UnderWay {
            vendor,
            conversations,
            runs,
        } = under_way;
        let gate = &self.gates[vendor as usize];
        if conversations > 0 && gate.is_on_trial(now) {
            return Some(now + 500);
        }
        let calls = *self.calls.lock().expect("unpoisoned");
        let limited = *self.limited.lock().expect("unpoisoned");
        let (load, minute) = (self.account.load, (now - BEGIN) / MINUTE);
        let (until, calls, a_minute) = match vendor {
            Vendor::Zendesk => (limited.0, calls.0, load.requests.at(minute)),
            // Put aside until then.
            Vendor::Braze => (0, calls.1, load.sends.at(minute).map(|limit| limit / 60)),
        };
        let a_minute = a_minute.map(|limit| limit / u32::from(runs));
        let paced = self.paces[vendor as usize].until(now, conversations, calls, a_minute);
        Some(until).filter(|&until| until > now).max(paced)
    }

    fn down_until(&self, vendor: Vendor, now: i64) -> Option<i64> {
        self.gates[vendor as usize].down_until(now)
    }

    fn spares(&self, vendor: Vendor, now: i64) -> bool {
        self.gates[vendor as usize].is_closed(now)
    }
}

/// Plays it: everything comes in within a minute while both vendors are down, ten minutes before they are back.
pub async fn drain(load: Backlog) -> Drained {
    let table = Table::new(load.texts + load.answers, true);
    let begun = Instant::now();
    let clock = Clock::from_fn(move || {
        BEGIN + i64::try_from(begun.elapsed().as_millis()).expect("a short simulation")
    });
    let account = Arc::new(Account {
        load,
        down: AtomicBool::new(true),
        state: Mutex::default(),
    });
    let mut policy = Policy {
        reply_campaign: Some("reply".to_owned()),
        ..Policy::default()
    };
    policy.updates.a_minute = load.updates;
    policy.drained_at_once = load.at_once;
    let environment = || {
        Arc::new(Bridge {
            store: table.store.clone(),
            vendors: Seller::new(&account, clock.clone()),
            policy: policy.clone(),
            clock: clock.clone(),
            updates: Updates::default(),
        })
    };
    let runs: Vec<_> = (0..load.runs).map(|_| environment()).collect();
    let inbox = environment();
    for number in 0..load.texts + load.answers {
        take_in(&inbox, load, number).await;
    }
    for _ in 0..10 {
        minute(&runs, load.runs).await;
    }
    account.down.store(false, Ordering::Relaxed);
    let back = clock.now();
    let mut summaries = Vec::new();
    while table.waiting() > 0 {
        assert!(summaries.len() < 600, "{} wait still", table.waiting());
        summaries.extend(minute(&runs, load.runs).await);
    }
    let seconds = u64::try_from((clock.now() - back) / 1_000).expect("ahead");
    let state = std::mem::take(&mut *account.state.lock().expect("unpoisoned"));
    once_each(&state, load);
    Drained {
        zendesk: by_minute(state.appended.iter().map(|(at, ..)| at - back)),
        braze: by_minute(state.sent.iter().map(|(at, _)| at - back)),
        refused: state.refused,
        met_while_down: state.met_while_down,
        runs: summaries,
        seconds,
    }
}

fn by_minute(times: impl Iterator<Item = i64>) -> Vec<u64> {
    let mut counts: Vec<u64> = vec![];
    for at in times {
        let nth = usize::try_from(at / MINUTE).expect("since then");
        counts.resize(counts.len().max(nth + 1), 0);
        counts[nth] += 1;
    }
    counts
}

/// The schedule comes once, to each of the runs; a minute passes.
async fn minute(runs: &[Arc<Bridge<Seller>>], of: u8) -> Vec<Summary> {
    let over = Instant::now() + Duration::from_secs(60);
    let mut tasks = Vec::new();
    for (nth, bridge) in (0..of).zip(runs) {
        let bridge = Arc::clone(bridge);
        let now = bridge.clock.now();
        let work = Work::scheduled(&format!("run-{now}-{nth}"), now + RUN);
        let work = work.beside(Side { nth, of }).that_comes_back();
        tasks.push(tokio::spawn(async move { bridge.redeliver(&work).await }));
    }
    let mut summaries = Vec::new();
    for task in tasks {
        summaries.push(task.await.expect("a run").expect("the table"));
    }
    tokio::time::sleep_until(over).await;
    summaries
}

/// A text, or an answer. Vendors are down, so that each waits.
async fn take_in(bridge: &Arc<Bridge<Seller>>, load: Backlog, number: u64) {
    let now = bridge.clock.now();
    let incoming = event(number, number < load.texts, now);
    let work = Work::request(incoming.event.delivery.as_str(), now + 10_000, now);
    let report = Box::pin(bridge.handle(incoming, &work)).await;
    assert_eq!(report.expect("stored").ending, Ending::Queued);
}

/// A customer's text, or an agent's answer to that customer.
pub fn event(number: u64, is_text: bool, now: i64) -> Incoming {
    let words = Personal(format!("This is number {number} of them all."));
    let body = if is_text {
        Body::Text(Text {
            text: words,
            ..Text::default()
        })
    } else {
        Body::Reply(Reply {
            ticket: TicketId::new(1 + number),
            requester: UserId::new(36_000_000_000_000 + number),
            comment: CommentId::new(1_000_000 + number),
            text: Some(words),
            files: Some(vec![]),
            recent: Some(vec![]),
            status: Some("open".to_owned()),
            ..Reply::default()
        })
    };
    Incoming {
        customer: Some(customer(number).parse().expect("an id")),
        event: Event {
            delivery: DeliveryId::derive("backlog", &[&number.to_string()]),
            received_at: now,
            body,
        },
        aliases: vec![],
    }
}

/// Nothing is lost, and nothing goes out twice.
fn once_each(state: &State, load: Backlog) {
    let mut texts: Vec<u64> = state.appended.iter().map(|(_, id, _)| id.get()).collect();
    texts.sort_unstable();
    assert_eq!(texts, Vec::from_iter(1..=load.texts));
    let mut answers: Vec<&str> = state.sent.iter().map(|(_, text)| text.as_str()).collect();
    answers.sort_unstable();
    answers.dedup();
    assert_eq!(answers.len() as u64, load.answers);
    assert_eq!(state.sent.len() as u64, load.answers);
}
