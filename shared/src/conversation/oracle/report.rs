//! Plays many cases, and shortens one that fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use super::count::Count;
use super::tape::{Tape, shorten};

/// Says what differs in the case that a tape makes, if anything does.
pub(super) trait Check: Fn(&mut Tape, &mut Count) -> Option<String> + Sync {}

impl<F: Fn(&mut Tape, &mut Count) -> Option<String> + Sync> Check for F {}

/// Plays that many cases, or as many as `CASES` says, from `FIRST_SEED` on; with `SEED` only that one.
/// Fails with the first difference, shortened, and where one of `ways` was not gone in a whole run.
pub(super) fn every(ordinary: u64, ways: &str, check: impl Check) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a longer run is asked for by the environment"
    )]
    let asked = |name| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let first = asked("SEED").or(asked("FIRST_SEED")).unwrap_or(0);
    let cases = match asked("SEED") {
        Some(_) => 1,
        None => asked("CASES").unwrap_or(ordinary),
    };
    let workers = std::thread::available_parallelism().map_or(2, |n| n.get() as u64);
    let counts = Mutex::new(Count::default());
    let failed: Option<u64> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers)
            .map(|worker| {
                let (check, counts) = (&check, &counts);
                scope.spawn(move || {
                    let mut count = Count::default();
                    let mut seeds = (first + worker..first + cases).step_by(workers as usize);
                    let failed = seeds
                        .find(|seed| play(check, &mut Tape::of_seed(*seed), &mut count).is_some());
                    counts.lock().expect("counts").merge(count);
                    failed
                })
            })
            .collect();
        let failed = running
            .into_iter()
            .map(|thread| thread.join().expect("a thread"));
        failed.flatten().min()
    });
    if let Some(seed) = failed {
        panic!("seed {seed}: {}", shortest(&check, seed));
    }
    if first == 0 && cases >= ordinary {
        counts.into_inner().expect("counts").reached(ways);
    }
}

fn play(check: &impl Check, tape: &mut Tape, count: &mut Count) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| check(tape, count)))
        .unwrap_or_else(|_| Some("it panics".to_owned()))
}

fn shortest(check: &impl Check, seed: u64) -> String {
    let mut tape = Tape::of_seed(seed);
    let _ = play(check, &mut tape, &mut Count::default());
    let again = |numbers: &[u32]| {
        let mut tape = Tape::of(numbers.to_vec());
        play(check, &mut tape, &mut Count::default())
    };
    let numbers = shorten(tape.into_numbers(), |numbers| again(numbers).is_some());
    let story = again(&numbers).unwrap_or_else(|| "not shown again".to_owned());
    format!("{story}\ntape {numbers:?}")
}
