//! What an outage leaves is drained at the rates that the vendors allow, and neither waits for the other.

use super::backlog::{Backlog, Drained, Told, drain};
use super::{full, in_virtual_time};

/// Texts and answers that wait together, for five to six minutes each.
fn both() -> Backlog {
    let (answers, sends) = if full() {
        (25_000, 250_000)
    } else {
        (600, 6_000)
    };
    Backlog {
        texts: 350,
        answers,
        updates: 100,
        requests: Told::right(700),
        sends: Told::right(sends),
        latency: (300, 300),
        runs: 1,
        at_once: 32,
    }
}

fn play(load: Backlog) -> Drained {
    let drained = in_virtual_time(drain(load));
    println!("{load:?}");
    println!(
        "  {:.1} texts and {:.0} answers a minute, all out in {} s; refused {:?}; met while down {:?}",
        Drained::a_minute(&drained.zendesk),
        Drained::a_minute(&drained.braze),
        drained.seconds,
        drained.refused,
        drained.met_while_down,
    );
    println!("  {:?}\n  {:?}", drained.zendesk, drained.braze);
    drained
}

fn uses(taken: &[u64], a_minute: f64) {
    let used = Drained::a_minute(taken) / a_minute;
    assert!(
        (0.9..=1.0).contains(&used),
        "{used} of {a_minute}: {taken:?}"
    );
}

/// Braze takes answers as fast as it allows, while texts keep to the share of ticket updates.
#[test]
fn both_vendors_are_drained_at_once_at_nine_tenths_of_what_each_allows() {
    let load = both();
    let drained = play(load);
    uses(&drained.braze, f64::from(load.sends.limit) / 60.0);
    uses(&drained.zendesk, 60.0);
    assert_eq!(drained.refused, (0, 0));
    tells_how_long(&drained);
}

/// Each run says how long the rest takes.
fn tells_how_long(drained: &Drained) {
    for (minute, run) in (1..).zip(&drained.runs) {
        let left = drained.seconds.saturating_sub(minute * 60);
        let (least, most) = (left.saturating_sub(90) * 3 / 4, (left + 90) * 5 / 4);
        let told = run.drain_s;
        assert!(
            (least..=most).contains(&told),
            "{told} for {left} in run {minute}"
        );
    }
}

/// A small plan's limit of requests holds up texts alone.
#[test]
fn a_limit_of_zendesks_requests_does_not_hold_up_what_waits_for_braze() {
    let (texts, limit) = if full() { (1_200, 200) } else { (350, 60) };
    let load = Backlog {
        texts,
        updates: 0,
        requests: Told::right(limit),
        ..both()
    };
    let drained = play(load);
    uses(&drained.braze, f64::from(load.sends.limit) / 60.0);
    uses(&drained.zendesk, f64::from(limit));
    assert!(drained.refused.0 + drained.refused.1 <= 15, "{drained:?}");
}

/// Runs side by side share what each vendor allows, and do what one cannot where a vendor is slow.
#[test]
fn runs_side_by_side_share_what_a_vendor_allows() {
    let slow = Backlog {
        texts: 0,
        latency: (300, if full() { 900 } else { 3_000 }),
        at_once: if full() { 32 } else { 4 },
        ..both()
    };
    let alone = play(slow);
    tells_how_long(&alone);
    let allowed = f64::from(slow.sends.limit) / 60.0;
    assert!(Drained::a_minute(&alone.braze) < 0.9 * allowed);
    let beside = play(Backlog { runs: 2, ..slow });
    uses(&beside.braze, allowed);
    assert_eq!(beside.refused.1, 0);
    let quick = play(Backlog { runs: 4, ..both() });
    uses(&quick.braze, allowed);
    uses(&quick.zendesk, 60.0);
    assert_eq!(quick.refused, (0, 0));
}

/// Whatever a vendor says of its limit, what waits goes out, and no faster than it takes it.
#[test]
fn a_limit_that_is_told_wrong_or_not_at_all_or_changes_stops_nothing() {
    let small = Backlog {
        texts: 100,
        answers: 150,
        updates: 0,
        ..both()
    };
    for told in [None, Some(0), Some(1), Some(u32::MAX)] {
        let load = Backlog {
            requests: Told::as_if(40, told),
            sends: Told::as_if(6_000, told),
            ..small
        };
        let drained = play(load);
        let most = drained.zendesk.iter().max().copied().unwrap_or(0);
        assert!(most <= 40, "{:?}", drained.zendesk);
        assert!(drained.seconds <= 5 * 60, "{}", drained.seconds);
    }
    // It changes while the backlog is drained.
    let changes = |limit, from, then| Told {
        limit,
        told: [(0, Some(from)), (13, Some(then))],
    };
    let drained = play(Backlog {
        texts: 150,
        requests: changes(40, 40, 10),
        sends: changes(6_000, 1_800, 6_000),
        ..small
    });
    assert!(drained.zendesk[1..3].iter().all(|&count| count >= 34));
    assert!(drained.zendesk[4..6].iter().all(|&count| count <= 12));
    assert!(drained.braze[1..3].iter().all(|&count| count <= 32));
}
