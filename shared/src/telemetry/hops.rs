//! How long each call outside took, noted by the caller.
//!
//! In: [`note`], from wherever a call ended. Out: [`Hops`] of the work that [`collected`] wraps.
//! Outside of that, nothing is kept. Imports no other room.

use std::cell::RefCell;
use std::future::Future;
use std::time::Instant;

/// Most calls of each kind that are kept; CloudWatch reads up to 100 values of a metric in a line.
const KEPT: usize = 100;

/// Whom a call went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hop {
    /// A write to the table.
    Table,
    /// A step at Zendesk, signing in and fetching pictures included.
    Zendesk,
    /// A step at Braze.
    Braze,
}

/// Durations in milliseconds, in the order of the calls, and how many steps failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hops {
    /// Writes to the table.
    pub table_ms: Vec<u64>,
    /// Steps at Zendesk.
    pub zendesk_ms: Vec<u64>,
    /// Steps at Braze.
    pub braze_ms: Vec<u64>,
    /// Steps at Zendesk that did not do what they were to do.
    pub zendesk_failures: u64,
    /// The same at Braze.
    pub braze_failures: u64,
}

tokio::task_local! {
    static HOPS: RefCell<Hops>;
}

/// Runs a future, and returns with its output what was noted meanwhile and not taken.
pub async fn collected<T>(work: impl Future<Output = T>) -> (T, Hops) {
    let noted = async {
        let output = work.await;
        (output, take())
    };
    Box::pin(HOPS.scope(RefCell::default(), noted)).await
}

/// What was noted so far; it is not given twice.
pub fn take() -> Hops {
    HOPS.try_with(RefCell::take).unwrap_or_default()
}

/// Notes a call that began at `since` and ends now.
pub fn note(hop: Hop, since: Instant, failed: bool) {
    let ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    let noted = HOPS.try_with(|hops| {
        let mut hops = hops.borrow_mut();
        let list = match hop {
            Hop::Table => &mut hops.table_ms,
            Hop::Zendesk => &mut hops.zendesk_ms,
            Hop::Braze => &mut hops.braze_ms,
        };
        if list.len() < KEPT {
            list.push(ms);
        }
        match hop {
            Hop::Zendesk if failed => hops.zendesk_failures += 1,
            Hop::Braze if failed => hops.braze_failures += 1,
            _ => {}
        }
    });
    // Outside of `collected` they are not asked for.
    let _ = noted;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_are_told_to_the_work_they_belong_to_and_to_no_other() {
        note(Hop::Table, Instant::now(), false);
        let work = |failed| async move {
            note(Hop::Table, Instant::now(), false);
            tokio::task::yield_now().await;
            note(Hop::Braze, Instant::now(), failed);
        };
        let (((), one), ((), other)) = tokio::join!(collected(work(true)), collected(work(false)));
        assert_eq!((one.table_ms.len(), one.braze_ms.len()), (1, 1));
        assert_eq!((one.braze_failures, other.braze_failures), (1, 0));
        assert_eq!(take(), Hops::default());
    }
}
