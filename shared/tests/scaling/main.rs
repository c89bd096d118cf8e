//! The figures of `docs/scaling.md`, by simulation: the real accept and settle on an embedded
//! DynamoDB that counts and throttles, vendors with a time and a limit, and a virtual clock.
//!
//! `cargo test -p shared --test scaling -- --nocapture` prints what the small loads give;
//! `SCALE=full` plays the document's.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

use std::sync::OnceLock;

mod backlog;
mod cost;
mod drains;
mod faults;
mod simulation;
mod table;
mod vendors;

use cost::{Cost, LIST};
use simulation::{Load, Seen, simulate};
use table::PARTITION_LIMIT;

/// A quiet company: every text is delivered within its request.
const QUIET: Load = Load {
    rate: 1,
    seconds: 60,
    customers: 500,
    updates_per_minute: 100,
    share: 60,
    saves_per_minute: 30,
    throttles: true,
    drained: true,
};

fn full() -> bool {
    std::env::vars_os().any(|(name, value)| name == "SCALE" && value == "full")
}

/// One thread, and a clock that moves only when nothing else does.
fn in_virtual_time<T>(play: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(play)
}

fn play(load: Load) -> Seen {
    let seen = in_virtual_time(simulate(load));
    tell(load, &seen);
    seen
}

fn per_text(units: f64, seen: &Seen) -> f64 {
    units / f64::from(u32::try_from(seen.accepted).expect("small"))
}

fn tell(load: Load, seen: &Seen) {
    let units = per_text(seen.total.write_units, seen);
    let seconds = f64::from(u32::try_from(seen.request_ms).expect("short")) / 1e3;
    let cost = Cost::of(LIST, units, seconds, 0.25, 400.0);
    println!("{load:?}");
    println!(
        "  accepted {} (at once {}, 503 {}), environments {}, request {} ms, Zendesk refused {}",
        seen.accepted,
        seen.at_once,
        seen.unavailable,
        seen.environments,
        seen.request_ms,
        seen.refused
    );
    println!(
        "  per text: {units:.2} write units, {:.2} calls; hottest index shard {:.0} units/s, throttled {}",
        per_text(
            f64::from(u32::try_from(seen.total.calls).expect("small")),
            seen
        ),
        seen.total.hottest_shard(),
        seen.total.throttled
    );
    println!(
        "  waiting at the end of the burst {}, drained after {} min, on tickets {}",
        seen.waiting, seen.drained_after, seen.appended
    );
    println!(
        "  agents' saves {}, of which Zendesk refused {}",
        seen.saves.tried, seen.saves.refused
    );
    println!("  per million texts: {:.2} $ ({cost:.2?})", cost.total());
}

#[test]
fn a_text_costs_two_round_trips_and_four_write_units_however_many_conversations_there_are() {
    let sizes: &[u64] = if full() {
        &[1, 1_000, 1_000_000]
    } else {
        &[1, 1_000, 5_000]
    };
    for &customers in sizes {
        let seen = play(Load { customers, ..QUIET });
        assert_eq!((seen.accepted, seen.at_once), (60, 60));
        assert_eq!(seen.counts.calls, 120, "{customers} customers");
        let units = per_text(seen.counts.write_units, &seen);
        assert!(
            units > 0.0 && units <= 4.0,
            "{units} units, {customers} customers"
        );
        assert_eq!(seen.appended, 60);
    }
}

#[test]
fn environments_follow_littles_law() {
    let seen = play(Load {
        rate: 50,
        seconds: 10,
        updates_per_minute: 1_000_000,
        ..QUIET
    });
    let expected = 50 * seen.request_ms / 1_000;
    let most = u64::try_from(seen.environments).expect("small");
    assert!(
        most.abs_diff(expected) <= 2,
        "{most} environments, {expected} expected"
    );
}

#[test]
fn what_zendesk_does_not_take_waits_and_is_drained_at_its_rate() {
    let limits: &[u64] = if full() { &[100, 300] } else { &[100] };
    for &limit in limits {
        let (rate, seconds) = if full() { (100, 60) } else { (10, 30) };
        let seen = play(Load {
            rate,
            seconds,
            customers: if full() { 20_000 } else { 500 },
            updates_per_minute: limit,
            ..QUIET
        });
        let texts = u64::from(rate * seconds);
        assert_eq!((seen.accepted, seen.unavailable), (texts, 0));
        assert_eq!(seen.appended, usize::try_from(texts).expect("small"));
        let waiting = u64::try_from(seen.waiting).expect("small");
        assert!(
            waiting >= texts - limit * 2 && waiting <= texts,
            "{waiting} waited"
        );
        let at_limit = (texts - limit * 2).div_ceil(limit);
        assert!(
            seen.drained_after >= at_limit,
            "{} minutes",
            seen.drained_after
        );
    }
}

/// A backlog of some minutes while agents save thirty tickets a minute, played once.
async fn while_a_backlog_drains() -> Seen {
    static SEEN: OnceLock<Seen> = OnceLock::new();
    let load = Load {
        rate: 10,
        seconds: 20,
        customers: 200,
        ..QUIET
    };
    let played = tokio::task::spawn_blocking(move || SEEN.get_or_init(|| play(load)).clone());
    played.await.expect("played")
}

/// However large limit and share are, and however fast agents save what is left to them.
#[test]
fn a_drain_uses_nine_tenths_of_the_bridges_share_and_leaves_agents_theirs() {
    let cases = [(100, 60, 39), (60, 85, 8), (300, 60, 118), (100, 20, 79)];
    let played = if full() { cases.len() } else { 2 };
    for (limit, share, saves) in cases.into_iter().take(played) {
        let allowed = limit * u64::from(share) / 100;
        let seen = play(Load {
            // More than seven minutes' worth within one.
            rate: u32::try_from(allowed / 8).expect("small"),
            customers: 1_000,
            updates_per_minute: limit,
            share,
            saves_per_minute: saves,
            ..QUIET
        });
        assert_eq!(seen.unavailable, 0);
        let waited = seen.accepted - seen.at_once;
        let a_minute = waited as f64 * 60.0 / seen.drained_s as f64;
        println!("  {a_minute:.1} of {allowed} a minute");
        assert!(a_minute >= 0.9 * allowed as f64, "{a_minute} of {allowed}");
        assert!(seen.refused * 100 <= seen.accepted, "{}", seen.refused);
        assert!(
            seen.saves.refused * 50 <= seen.saves.tried,
            "{:?}",
            seen.saves
        );
    }
}

/// Texts come in bursts that each environment alone would think small.
#[test]
fn a_burst_of_texts_leaves_agents_their_share() {
    let seen = play(Load {
        rate: 100,
        seconds: 2,
        customers: 200,
        saves_per_minute: 38,
        ..QUIET
    });
    assert!(seen.environments > 20, "{}", seen.environments);
    assert!(seen.at_once >= 40, "{}", seen.at_once);
    assert_eq!(seen.appended, 200);
    assert!(
        seen.saves.refused * 20 <= seen.saves.tried,
        "{:?}",
        seen.saves
    );
}

#[test]
fn agents_can_save_their_tickets_while_a_backlog_drains() {
    e2e::case!(async {
        let saves = while_a_backlog_drains().await.saves;
        assert!(saves.tried >= 30);
        assert!(saves.refused * 50 <= saves.tried, "{saves:?}");
    });
}

#[test]
fn a_backlog_is_drained_with_few_calls_that_zendesk_refuses() {
    e2e::case!(async {
        let seen = while_a_backlog_drains().await;
        assert!(seen.refused <= seen.accepted / 10, "{}", seen.refused);
    });
}

#[test]
fn every_row_of_the_known_failures_names_a_test() {
    assert_eq!(e2e::known::unknown("scaling"), [""; 0]);
}

#[test]
fn the_index_is_what_a_flood_meets_first() {
    let seconds = 1;
    let flood = Load {
        share: 100,
        rate: if full() { 10_000 } else { 2_500 },
        seconds,
        customers: if full() { 20_000 } else { 2_500 },
        updates_per_minute: 1_000_000,
        saves_per_minute: 0,
        throttles: false,
        drained: false,
    };
    if full() {
        let hottest = play(flood).counts.hottest_shard();
        // Two writes of the index for each text, spread over the shards.
        let shards = f64::from(shared::conversation::store::SHARDS);
        let expected = 2.0 * f64::from(flood.rate) / shards;
        assert!(hottest > 0.6 * expected && hottest < 1.4 * expected);
        assert!(hottest > PARTITION_LIMIT, "{hottest}");
    }
    let held = play(Load {
        throttles: true,
        ..flood
    });
    assert!(held.counts.throttled > 0);
    assert!(held.counts.hottest_shard() <= PARTITION_LIMIT + 1.0);
    assert_eq!(
        held.accepted + held.unavailable,
        u64::from(flood.rate * seconds)
    );
}
