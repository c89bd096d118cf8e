//! That reading takes time and memory as the input grows: eight times the text, about eight times the time, and no
//! more than so many bytes for each of the text's.
//!
//! Time is the processor's for this thread, so that tests beside it and other programs do not count.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

const SMALL: usize = 32_768;
const LARGE: usize = 262_144;

/// Eight times the text may take this many times as long; where every byte looks at all others, it takes 64 times.
const MOST_TIMES: u32 = 24;

/// Ticks of the clock that counts, and what a first run pays.
const SLACK: Duration = Duration::from_millis(50);

/// Most that may come out of a text, for each of its bytes and in all: lists are indented and quotes marked, and
/// references add the address they name.
const MOST_BYTES: usize = 64;
const MOST_MORE: usize = 100_000;

/// A quarter of a megabyte of each unit is read in linear time, and what is made of it is bounded by it. `read`
/// answers how many bytes that is.
pub(in crate::text) fn grows_as_the_text(units: &[&str], read: impl Fn(&str) -> usize) {
    for unit in units {
        let linear = (0..3).any(|_| {
            let small = cost(&unit.repeat(SMALL / unit.len()), &read);
            cost(&unit.repeat(LARGE / unit.len()), &read) <= small * MOST_TIMES + SLACK
        });
        assert!(linear, "{unit:?}");
    }
}

fn cost(text: &str, read: impl Fn(&str) -> usize) -> Duration {
    let before = used();
    let made = read(text);
    let cost = used() - before;
    assert!(made <= MOST_BYTES * text.len() + MOST_MORE, "{made} bytes");
    cost
}

/// Processor time that this thread has used; where the system does not tell, time by the clock.
fn used() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
