//! Generated schedules: several customers, agents and workers in a random order, with faults,
//! crashes and clock jumps; after everything is drained the promises are checked.
//!
//! A failure prints its seed and the shortest list of acts that still fails. How to run more, and
//! what each promise is: `docs/testing.md`.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

mod act;
mod anonymous;
mod by_hand;
mod check;
mod dice;
mod exports;
mod fakes;
mod gate;
mod happen;
mod limits;
mod recorded;
mod run;
mod same;
mod shorten;
mod table;
mod world;

use shared::conversation::store::Memory;

use act::{Act, Setting};
use run::{Run, Table};

/// Schedules on the table in memory: of the ordinary run, and with `PLAY=all`.
const SCHEDULES: (u64, u64) = (2_000, 20_000);

/// Schedules played on the real store and an embedded DynamoDB as well, likewise.
const REAL_SCHEDULES: (u64, u64) = (15, 150);

/// Runs that compare the two tables, likewise, and operations of each.
const COMPARISONS: (u64, u64) = (10, 40);
const OPERATIONS: u32 = 60;

/// Plays one schedule on a table; returns the story and what is wrong, if anything.
fn play<S: Table>(
    setting: Setting,
    acts: &[Act],
    store: S,
    told: bool,
) -> (Vec<String>, Option<String>) {
    let runtime = runtime();
    let mut run = Run::new(setting, store, told);
    let result = runtime.block_on(async {
        run.play(acts).await?;
        run.check()?;
        run.check_markers().await?;
        run.check_repeated_exports().await
    });
    (run.story.take().unwrap_or_default(), result.err())
}

/// One thread, and a clock that stands still unless a test moves it.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
}

fn play_seed(seed: u64) -> Result<(), String> {
    let (setting, acts) = act::schedule(seed);
    play_acts(setting, acts).map_err(|failure| format!("seed {seed}: {failure}"))
}

/// Plays a schedule; a failure is told with the shortest list of acts that still fails, in the form of a
/// file in `once_failed/`.
fn play_acts(setting: Setting, acts: Vec<Act>) -> Result<(), String> {
    let wrong = |acts: &[Act]| play(setting, acts, Memory::default(), false).1;
    let Some(problem) = wrong(&acts) else {
        return Ok(());
    };
    let short = shorten::shorten(acts, |acts| wrong(acts).is_some());
    let (story, last) = play(setting, &short, Memory::default(), true);
    let about = last.unwrap_or_default();
    Err(format!(
        "{problem}\nshort ({} acts):\n{}{}",
        short.len(),
        recorded::write(&about, setting, &short),
        story.join("\n")
    ))
}

/// Of an ordinary number and the whole one, what this run plays.
fn sample((ordinary, all): (u64, u64)) -> u64 {
    let play_all = std::env::vars_os().any(|(name, value)| name == "PLAY" && value == "all");
    if play_all { all } else { ordinary }
}

#[test]
fn the_table_in_memory_answers_as_the_real_one() {
    for seed in 0..sample(COMPARISONS) {
        runtime().block_on(same::compare(seed, OPERATIONS));
    }
}

#[test]
fn schedules_on_the_real_store_keep_the_promises() {
    for seed in 0..sample(REAL_SCHEDULES) {
        let (setting, acts) = act::schedule(seed);
        let (_, problem) = play(setting, &acts, table::Real::new(), false);
        assert_eq!(problem, None, "seed {seed}");
    }
}

#[test]
fn schedules_that_once_failed_keep_the_promises() {
    let recorded = recorded::once_failed();
    assert!(!recorded.is_empty());
    for schedule in recorded {
        let played = play_acts(schedule.setting, schedule.acts);
        played.unwrap_or_else(|failure| panic!("{}: {failure}", schedule.name));
    }
}

#[test]
fn every_schedule_keeps_the_promises() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a longer run is asked for by the environment"
    )]
    let asked = |name| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    if let Some(seed) = asked("SEED") {
        play_seed(seed).unwrap_or_else(|failure| panic!("{failure}"));
        return;
    }
    let total = asked("SCHEDULES").unwrap_or(sample(SCHEDULES));
    let first = asked("FIRST_SEED").unwrap_or(0);
    let workers = std::thread::available_parallelism().map_or(2, |n| n.get() as u64);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut seeds = (first + worker..first + total).step_by(workers as usize);
                    seeds.find_map(|seed| play_seed(seed).err())
                })
            })
            .collect();
        running
            .into_iter()
            .filter_map(|thread| thread.join().expect("a thread"))
            .collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
