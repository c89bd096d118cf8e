//! One fault of a vendor, and how long it takes until what met it is delivered; and a vendor that is browned out.
//!
//! Real flows, gates and table; a vendor whose calls take 0.1 to 0.9 s; the schedule comes once a minute.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::conversation::policy::Policy;
use shared::conversation::state::Trouble;
use shared::conversation::step::{Failure, Outcome, Step, Written};
use shared::delivery::{Bridge, Clock, Gate, Updates, Vendors, Work};
use shared::message::CommentId;
use shared::net::Deadline;
use tokio::time::Instant;

use super::backlog::event;
use super::table::Table;
use super::{full, in_virtual_time};

const BEGIN: i64 = 1_790_000_040_000;

/// How a vendor fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// 503, answered within 0.6 s.
    Unavailable,
    /// 429 with one second, or two.
    Limited,
    /// The connection is refused.
    Refused,
}

/// One vendor, which fails when it is told to.
#[derive(Clone)]
struct Faulty {
    clock: Clock,
    gate: Arc<Gate>,
    /// A request tries a call once more.
    tries: bool,
    /// How the next calls fail, the last first.
    next: Arc<Mutex<Vec<Fault>>>,
    dice: Arc<AtomicU64>,
    calls: Arc<AtomicU64>,
    /// When something was delivered.
    delivered: Arc<Mutex<Vec<i64>>>,
}

impl Faulty {
    fn roll(&self, from: u64, to: u64) -> u64 {
        let next = |dice: u64| {
            dice.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407)
        };
        let dice = self.dice.load(Ordering::Relaxed);
        self.dice.store(next(dice), Ordering::Relaxed);
        from + (next(dice) >> 33) % (to - from)
    }

    async fn fails(&self, fault: Fault) -> Outcome {
        let ms = match fault {
            Fault::Unavailable => self.roll(5, 600),
            Fault::Limited => self.roll(100, 900),
            Fault::Refused => self.roll(1, 20),
        };
        tokio::time::sleep(Duration::from_millis(ms)).await;
        let now = self.clock.now();
        self.gate.note_failure(now);
        Outcome::Failed(match fault {
            Fault::Limited => {
                self.gate.answered();
                let seconds = i64::try_from(self.roll(1, 3)).expect("small");
                Failure::Later(Some(now + seconds * 1_000), Trouble::Limited)
            }
            Fault::Unavailable | Fault::Refused => {
                self.gate.failed(now);
                Failure::Later(None, Trouble::Unavailable)
            }
        })
    }
}

impl Vendors for Faulty {
    async fn execute(&self, step: &Step, _: Deadline) -> Outcome {
        if self.gate.admit(self.clock.now()).is_err() {
            return Outcome::Failed(Failure::Later(None, Trouble::Spared));
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        let fault = self.next.lock().expect("unpoisoned").pop();
        if let Some(fault) = fault {
            return self.fails(fault).await;
        }
        let ms = self.roll(100, 900);
        tokio::time::sleep(Duration::from_millis(ms)).await;
        self.gate.answered();
        let mut delivered = self.delivered.lock().expect("unpoisoned");
        delivered.push(self.clock.now());
        match step {
            Step::Append(comment) => Outcome::Posted(Written {
                ticket: comment.ticket,
                status: comment.status,
                comment: CommentId::new(7),
                requester: None,
                tags: None,
            }),
            Step::SendSms(_) => Outcome::Sent(None),
            other => panic!("a text or an answer needs no {}", other.name()),
        }
    }

    fn may_try_again(&self, _: &Step, _: Trouble, now: i64) -> bool {
        self.tries && self.gate.has_failed_once(now)
    }
}

/// A table, a vendor, and an environment.
fn place(customers: u64, tries: bool) -> (Faulty, Arc<Bridge<Faulty>>) {
    let begun = Instant::now();
    let clock = Clock::from_fn(move || {
        BEGIN + i64::try_from(begun.elapsed().as_millis()).expect("a short simulation")
    });
    let vendor = Faulty {
        clock: clock.clone(),
        gate: Arc::default(),
        tries,
        next: Arc::default(),
        dice: Arc::new(AtomicU64::new(0x9E37_79B9_7F4A_7C15)),
        calls: Arc::default(),
        delivered: Arc::default(),
    };
    let bridge = Arc::new(Bridge {
        store: Table::new(customers, false).store,
        vendors: vendor.clone(),
        policy: Policy {
            reply_campaign: Some("reply".to_owned()),
            ..Policy::default()
        },
        clock,
        updates: Updates::default(),
    });
    (vendor, bridge)
}

async fn receive(bridge: &Bridge<Faulty>, number: u64) {
    let now = bridge.clock.now();
    let incoming = event(number, number.is_multiple_of(2), now);
    let work = Work::request(incoming.event.delivery.as_str(), now + 10_000, now);
    Box::pin(bridge.handle(incoming, &work))
        .await
        .expect("stored");
}

/// Texts and answers in turn, each of which meets one fault; with second tries and runs that come back, or as before
/// there were any. Milliseconds until each was delivered, in order.
async fn one_fault_each(fault: Fault, tries: bool) -> Vec<i64> {
    let number = if full() { 3_000 } else { 150 };
    let (vendor, bridge) = place(number, tries);
    let schedule = {
        let elsewhere = Faulty {
            gate: Arc::default(),
            ..vendor.clone()
        };
        let bridge = Arc::new(Bridge {
            store: bridge.store.clone(),
            vendors: elsewhere,
            policy: bridge.policy.clone(),
            clock: bridge.clock.clone(),
            updates: Updates::default(),
        });
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(60)).await;
                let now = bridge.clock.now();
                let work = Work::scheduled(&format!("run-{now}"), now + 55_000);
                let work = match tries {
                    true => work.that_comes_back(),
                    false => work,
                };
                let _ = bridge.redeliver(&work).await;
            }
        })
    };
    let mut times = Vec::new();
    for nth in 0..number {
        vendor.next.lock().expect("unpoisoned").push(fault);
        let begun = bridge.clock.now();
        receive(&bridge, nth).await;
        let delivered = || vendor.delivered.lock().expect("unpoisoned").len() as u64;
        while delivered() <= nth {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let at = vendor.delivered.lock().expect("unpoisoned")[times.len()];
        times.push(at - begun);
        // At another point of the minute each time.
        tokio::time::sleep(Duration::from_millis(31_000 + nth * 7_919 % 60_000)).await;
    }
    schedule.abort();
    times.sort_unstable();
    times
}

fn percentile(times: &[i64], of_hundred: usize) -> f64 {
    let index = (times.len() * of_hundred).div_ceil(100).max(1) - 1;
    times[index] as f64 / 1_000.0
}

#[test]
fn one_fault_delays_an_event_by_seconds() {
    let mut all = Vec::new();
    for fault in [Fault::Unavailable, Fault::Limited, Fault::Refused] {
        let times = in_virtual_time(one_fault_each(fault, true));
        let (half, most) = (percentile(&times, 50), percentile(&times, 99));
        println!("{fault:?}: p50 {half:.2} s, p99 {most:.2} s");
        all.extend(times);
    }
    all.sort_unstable();
    let (half, most) = (percentile(&all, 50), percentile(&all, 99));
    println!("all: p50 {half:.2} s, p99 {most:.2} s");
    assert!(half <= 2.0 && most <= 8.0, "{half} {most}");
    let times = in_virtual_time(one_fault_each(Fault::Unavailable, false));
    let (half, most) = (percentile(&times, 50), percentile(&times, 99));
    println!(
        "without a second try, and runs that do not come back: p50 {half:.2} s, p99 {most:.2} s"
    );
    assert!(half > 15.0 && most > 50.0, "{half} {most}");
}

/// Half of all calls fail for minutes: next to none is made twice.
#[test]
fn a_vendor_that_is_browned_out_gets_no_doubled_load() {
    let calls = |tries| {
        in_virtual_time(async move {
            let number = 200;
            let (vendor, bridge) = place(number, tries);
            for nth in 0..number {
                let fails = vendor.roll(0, 2) == 0;
                let next = if fails {
                    vec![Fault::Unavailable]
                } else {
                    vec![]
                };
                *vendor.next.lock().expect("unpoisoned") = next;
                receive(&bridge, nth).await;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            vendor.calls.load(Ordering::Relaxed)
        })
    };
    let (with, without) = (calls(true), calls(false));
    println!("calls of 200 events: {with} with second tries, {without} without");
    assert!(with <= 200 + 4, "{with}");
    assert!(without <= 200, "{without}");
}

/// What fails within a run of the schedule is tried again within the same run, and so is what a request has just left.
#[test]
fn a_run_comes_back_to_what_falls_due_while_it_lasts() {
    for (faults, comes_back, tried) in [(3, true, 1), (4, true, 1), (3, false, 0)] {
        let summary = in_virtual_time(async {
            let (vendor, bridge) = place(1, true);
            *vendor.next.lock().expect("unpoisoned") = vec![Fault::Unavailable; faults];
            receive(&bridge, 0).await;
            let begun = bridge.clock.now();
            let work = Work::scheduled("run", begun + 55_000);
            let work = match comes_back {
                true => work.that_comes_back(),
                false => work,
            };
            let summary = bridge.redeliver(&work).await.expect("the table");
            let took = bridge.clock.now() - begun;
            assert!(took < 20_000, "{took}");
            summary
        });
        assert_eq!(summary.delivered, tried, "{faults} faults: {summary:?}");
    }
}
