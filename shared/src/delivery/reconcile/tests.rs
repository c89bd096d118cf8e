//! Runs over exports that are whole, break off, repeat themselves or never end.

use std::sync::Mutex;

use super::*;
use crate::conversation::policy::Policy;
use crate::conversation::state::Status;
use crate::conversation::step::{Outcome, Step};
use crate::conversation::store::Memory;
use crate::delivery::{Clock, NotTold, Updates};
use crate::message::{TicketId, UserId};

const NOW: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;
/// What the export leaves out.
const BEHIND: i64 = MINUTE;

/// What an export answers.
type Export = dyn Fn(&From) -> Result<Changes, NotTold> + Send + Sync;

/// A desk with an export of its own.
struct Desk {
    export: Box<Export>,
    asked: Mutex<Vec<From>>,
    calls: Mutex<Vec<&'static str>>,
    is_quiet_now: bool,
}

impl Vendors for Desk {
    async fn execute(&self, step: &Step, _: Deadline) -> Outcome {
        self.calls.lock().expect("calls").push(step.name());
        match step {
            Step::LookUpTicket(ticket) => Outcome::Ticket(Some(facts(ticket.get()))),
            Step::FetchComments(_) => Outcome::Comments(vec![]),
            step => panic!("{} is not expected", step.name()),
        }
    }

    async fn changed(&self, from: &From, _: Deadline) -> Result<Changes, NotTold> {
        // Tests that are about something else.
        if from.since == NOW - JUST_NOW && self.is_quiet_now {
            return Ok(Changes::default());
        }
        self.asked.lock().expect("asked").push(from.clone());
        let mut changes = (self.export)(from)?;
        changes
            .tickets
            .retain(|changed| changed.at >= Some(from.since));
        Ok(changes)
    }
}

fn facts(ticket: u64) -> TicketFacts {
    TicketFacts {
        ticket: TicketId::new(ticket).expect("id"),
        status: Some(Status::Open),
        requester: UserId::new(ticket),
        customer: format!("c{ticket}").parse().ok(),
        number: None,
        tags: vec![],
    }
}

/// A page; a last one tells everything but the newest minute.
fn changes(tickets: &[(u64, i64)], next: Option<&str>) -> Changes {
    let changed = |&(ticket, at): &(u64, i64)| TicketChange {
        facts: facts(ticket),
        at: Some(at),
    };
    Changes {
        tickets: tickets.iter().map(changed).collect(),
        reached: match next {
            Some(_) => tickets.iter().map(|(_, at)| *at).max(),
            None => Some(NOW - BEHIND),
        },
        next: next.map(str::to_owned),
    }
}

fn bridge(
    export: impl Fn(&From) -> Result<Changes, NotTold> + Send + Sync + 'static,
) -> Bridge<Desk, Memory> {
    Bridge {
        store: Memory::default(),
        vendors: Desk {
            export: Box::new(export),
            asked: Mutex::default(),
            calls: Mutex::default(),
            is_quiet_now: true,
        },
        policy: Policy::default(),
        clock: Clock::from_fn(|| NOW),
        updates: Updates::default(),
    }
}

/// One run: from where pages were asked for, how many tickets were looked at, and the watermark then.
async fn run(bridge: &Bridge<Desk, Memory>) -> (Vec<From>, u32, Option<i64>) {
    let work = Work::scheduled("run", NOW + 55_000);
    let mut summary = Summary::default();
    let ran = bridge.reconcile(&work, &mut summary).await;
    ran.expect("the table");
    let asked = std::mem::take(&mut *bridge.vendors.asked.lock().expect("asked"));
    let watermark = bridge.store.watermark().await.expect("the table");
    (asked, summary.compared, watermark)
}

fn page(page: &From) -> Option<&str> {
    page.page.as_deref()
}

#[tokio::test]
async fn a_run_goes_on_where_the_last_one_ended() {
    let bridge = bridge(|_| Ok(changes(&[(1, NOW - 5 * MINUTE)], None)));
    let (asked, looked, watermark) = run(&bridge).await;
    assert_eq!((asked[0].since, looked), (NOW - LONGEST, 1));
    assert_eq!(watermark, Some(NOW - BEHIND));
    let (asked, looked, _) = run(&bridge).await;
    assert_eq!((asked.len(), asked[0].since), (1, NOW - BEHIND));
    assert_eq!(looked, 0, "the same change is compared once");
    assert_eq!(bridge.vendors.calls.lock().expect("calls").len(), 2);
}

#[tokio::test]
async fn a_watermark_that_cannot_be_right_is_not_believed() {
    for (watermark, since) in [
        (NOW - 3 * MINUTE, NOW - 3 * MINUTE),
        (NOW + MINUTE, NOW - LONGEST),
        (i64::MAX, NOW - LONGEST),
        (NOW - 365 * DAY, NOW - LONGEST),
        (0, NOW - LONGEST),
        (i64::MIN, NOW - LONGEST),
    ] {
        let bridge = bridge(|_| Ok(changes(&[], None)));
        let set = bridge.store.set_watermark(watermark).await;
        set.expect("the table");
        let (asked, _, after) = run(&bridge).await;
        assert_eq!(asked[0].since, since, "{watermark}");
        assert_eq!(after, Some(NOW - BEHIND));
    }
}

#[tokio::test]
async fn an_export_that_is_refused_is_asked_again_from_the_same_time() {
    let bridge = bridge(|_| Err(NotTold("503".to_owned())));
    for _ in 0..3 {
        let (asked, looked, watermark) = run(&bridge).await;
        assert_eq!((asked.len(), looked), (1, 0));
        assert_eq!(watermark, Some(NOW - LONGEST));
    }
}

#[tokio::test]
async fn an_export_that_is_refused_half_way_goes_on_behind_what_it_told() {
    let told = NOW - 30 * MINUTE;
    let bridge = bridge(move |from| match page(from) {
        None if from.since < told => Ok(changes(&[(1, told)], Some("two"))),
        None => Ok(changes(&[(1, told), (2, told + 1000)], None)),
        Some(_) => Err(NotTold("429".to_owned())),
    });
    let (asked, looked, watermark) = run(&bridge).await;
    assert_eq!((asked.len(), looked, watermark), (2, 1, Some(told)));
    let (asked, looked, watermark) = run(&bridge).await;
    // The second in which it broke off is asked for once more.
    assert_eq!((asked[0].since, looked), (told, 2));
    assert_eq!(watermark, Some(NOW - BEHIND));
}

#[tokio::test]
async fn a_page_that_names_itself_as_the_next_one_is_not_read_for_ever() {
    let bridge = bridge(|_| Ok(changes(&[(1, NOW - 5 * MINUTE)], Some("same"))));
    let (asked, looked, watermark) = run(&bridge).await;
    assert_eq!((asked.len(), looked), (2, 1));
    assert_eq!(watermark, Some(NOW - 5 * MINUTE));
}

#[tokio::test]
async fn an_export_without_an_end_costs_a_few_calls_a_run_and_gets_on() {
    let bridge = bridge(|from| {
        let number: u64 = page(from).map_or(0, |page| page.parse().expect("a number"));
        Ok(changes(&[(1, from.since)], Some(&(number + 1).to_string())))
    });
    let mut before = NOW - LONGEST;
    for _ in 0..3 {
        let (asked, looked, watermark) = run(&bridge).await;
        assert_eq!((asked.len(), looked), (PAGES - PAGES_OF_JUST_NOW, 1));
        assert_eq!(watermark, Some(before + 1000));
        before += 1000;
    }
}

#[tokio::test]
async fn a_page_that_is_not_in_order_is_not_passed_over() {
    let bridge = bridge(|from| match page(from) {
        None => Ok(Changes {
            reached: None,
            ..changes(&[(1, NOW - 5 * MINUTE), (2, NOW - 9 * MINUTE)], Some("two"))
        }),
        Some(_) => Err(NotTold("503".to_owned())),
    });
    let (_, looked, watermark) = run(&bridge).await;
    assert_eq!((looked, watermark), (2, Some(NOW - LONGEST)));
}

#[tokio::test]
async fn more_changes_than_one_run_looks_at_are_the_next_runs() {
    let all: Vec<(u64, i64)> = (1..=250).map(|n| (n, NOW - 10 * MINUTE)).collect();
    let bridge = bridge(move |_| Ok(changes(&all, None)));
    let mut looked_at = Vec::new();
    for _ in 0..4 {
        looked_at.push(run(&bridge).await.1);
    }
    assert_eq!(looked_at, [100, 100, 50, 0]);
    let calls = bridge.vendors.calls.lock().expect("calls");
    assert_eq!(calls.len(), 2 * 250, "two for each ticket");
}

#[tokio::test]
async fn times_from_the_future_do_not_move_the_watermark_there() {
    let bridge = bridge(|from| match page(from) {
        None => Ok(changes(&[(1, NOW + DAY)], Some("two"))),
        Some(_) => Err(NotTold("503".to_owned())),
    });
    let (_, _, watermark) = run(&bridge).await;
    assert_eq!(watermark, Some(NOW));
}

#[tokio::test]
async fn while_a_run_catches_up_what_just_happened_is_found_too() {
    let mut bridge = bridge(|from| {
        let just_now = (1, NOW - 90 * 1000);
        match (from.by_search, page(from)) {
            // Where an export breaks off, it is not told how far it got.
            (false, None) => Ok(changes(&[just_now], Some("two"))),
            (false, Some(_)) => Err(NotTold("429".to_owned())),
            (true, _) => Ok(changes(&[(2, from.since + DAY)], Some("more"))),
        }
    });
    bridge.vendors.is_quiet_now = false;
    for day in [1, 2] {
        let (asked, _, watermark) = run(&bridge).await;
        let by_search: Vec<bool> = asked.iter().map(|from| from.by_search).collect();
        if day == 1 {
            assert_eq!(by_search, [false, false, true, true]);
            assert_eq!(watermark, Some(NOW - LONGEST + DAY));
        }
    }
    let calls = bridge.vendors.calls.lock().expect("calls");
    assert!(calls.len() >= 4, "both tickets were looked at: {calls:?}");
}

#[tokio::test]
async fn a_watermark_of_the_last_half_hour_is_caught_up_with_by_the_export() {
    for (ago, by_search) in [(MINUTE, false), (30 * MINUTE, false), (31 * MINUTE, true)] {
        let bridge = bridge(|_| Ok(changes(&[], None)));
        let set = bridge.store.set_watermark(NOW - ago).await;
        set.expect("the table");
        let (asked, ..) = run(&bridge).await;
        assert_eq!((asked.len(), asked[0].by_search), (1, by_search), "{ago}");
    }
}
