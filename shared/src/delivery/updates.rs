//! Keeps the bridge within its share of Zendesk's limit of ticket updates, which agents' own saves use too.
//!
//! In: what time it is, how many updates a minute are allowed. Out: whether one may be made now, else when
//! it is its turn. An environment that makes few updates does not ask. One that makes more than its bridge is
//! allowed at an even pace counts each in the table, together with all other environments that do.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::conversation::store::{Counted, Storage};
use crate::net::Deadline;

/// Updates are counted together for so long, in milliseconds.
const SPAN: i64 = 2_000;

/// What the limits are counted over, in milliseconds.
const MINUTE: i64 = 60_000;

/// An environment counts in the table for so long after it last had to, in milliseconds.
const COUNTS_FOR: i64 = 2 * MINUTE;

/// Furthest turn given, in milliseconds from now: the limit may have grown until then.
const FURTHEST: i64 = 15 * MINUTE;

/// Updates that an environment makes at once without counting them in the table. Few: it is not known how many
/// environments there are.
const AT_ONCE: i64 = 2;

/// Of what is allowed, the tenths that requests may use up: the rest is the schedule's, whose events have
/// waited for longer.
const OF_REQUESTS: i64 = 8;

/// Microseconds in a minute: the unit of the balance.
const A_MINUTE: i64 = 60_000_000;

/// How an update is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asking {
    /// In milliseconds since the epoch.
    pub(super) now: i64,
    /// Updates a minute.
    pub(super) allowed: u32,
    /// By the schedule.
    pub(super) scheduled: bool,
}

/// The updates of one environment, and what it knows of the others'.
#[derive(Debug, Default)]
pub struct Updates {
    state: Mutex<State>,
    /// One asks the table at a time: the others learn from its answer.
    asking: tokio::sync::Mutex<()>,
}

/// Times in milliseconds since the epoch.
#[derive(Debug, Default)]
struct State {
    /// Made at once, up to this many: microseconds, drawn up at a time.
    balance: Option<(i64, i64)>,
    /// Made lately, and not counted in the table.
    uncounted: VecDeque<Counted>,
    /// Spans in the table that are over.
    over: Vec<i64>,
    counts_until: i64,
    full_until: i64,
    /// The last turn that was given.
    last_turn: i64,
}

impl Updates {
    /// Takes one of the updates that are allowed, or says when it is the turn of this one.
    pub(super) async fn take<S: Storage + Sync>(
        &self,
        store: &S,
        asking: Asking,
        deadline: Deadline,
    ) -> Result<(), i64> {
        if self.state().alone(asking) {
            return Ok(());
        }
        let _one = self.asking.lock().await;
        let more = {
            let mut state = self.state();
            if let Some(turn) = state.turn_while_full(asking) {
                return Err(turn);
            }
            state.not_counted(asking.now) + 1
        };
        let Some(counted) = self.count(store, more, asking, deadline).await else {
            // It is not known, and nothing stops for that.
            return Ok(());
        };
        let Some(full_until) = full_until(&counted, asking) else {
            return Ok(());
        };
        self.count(store, -1, asking, deadline).await;
        Err(self.state().full(full_until, asking))
    }

    /// When the next of those that were put off here has its turn; `None`: nothing was.
    pub(super) fn next_turn(&self, now: i64, allowed: Option<u32>) -> Option<i64> {
        let state = self.state();
        let waits = state.last_turn > now && state.last_turn - now <= FURTHEST;
        let pause = pause(allowed?).clamp(250, 5_000);
        waits.then(|| {
            state
                .full_until
                .min(now.saturating_add(5_000))
                .max(now.saturating_add(pause))
        })
    }

    async fn count<S: Storage + Sync>(
        &self,
        store: &S,
        updates: i64,
        asking: Asking,
        deadline: Deadline,
    ) -> Option<Vec<Counted>> {
        let span = asking.now.div_euclid(SPAN);
        let over = std::mem::take(&mut self.state().over);
        let more = Counted { span, updates };
        let counting = store.count_updates(more, &over, asking.allowed, asking.now);
        match deadline.run(counting).await {
            Some(Ok(counted)) => {
                let old = counted.iter().filter(|one| !is_live(one.span, asking.now));
                self.state().over = old.map(|one| one.span).take(40).collect();
                Some(counted)
            }
            Some(Err(error)) => {
                tracing::warn!(error = %error, "ticket updates are not counted");
                None
            }
            None => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether the update may be made without asking the table.
    fn alone(&mut self, asking: Asking) -> bool {
        let Asking { now, allowed, .. } = asking;
        let each = A_MINUTE / i64::from(allowed.max(1));
        let most = (i64::from(allowed) / 30).max(AT_ONCE).saturating_mul(each);
        let (at, balance) = self.balance.unwrap_or((now, each * 3 / 2));
        let earned = now.saturating_sub(at).max(0).saturating_mul(1_000);
        let balance = balance.saturating_add(earned).min(most);
        let enough = balance >= each;
        self.balance = Some((now, if enough { balance - each } else { balance }));
        if !enough {
            self.counts_until = now.saturating_add(COUNTS_FOR);
        }
        let counts = (now + 1..=now.saturating_add(COUNTS_FOR)).contains(&self.counts_until)
            || self.has_turns(now);
        if !counts {
            self.note(now);
        }
        !counts
    }

    fn note(&mut self, now: i64) {
        let span = now.div_euclid(SPAN);
        while (self.uncounted.front()).is_some_and(|one| !is_live(one.span, now)) {
            self.uncounted.pop_front();
        }
        match self.uncounted.back_mut().filter(|one| one.span == span) {
            Some(one) => one.updates += 1,
            None => self.uncounted.push_back(Counted { span, updates: 1 }),
        }
    }

    /// How many of the last minute are not counted in the table; from now on they are.
    fn not_counted(&mut self, now: i64) -> i64 {
        let uncounted = std::mem::take(&mut self.uncounted);
        let live = uncounted.iter().filter(|one| is_live(one.span, now));
        live.map(|one| one.updates).sum()
    }

    fn has_turns(&self, now: i64) -> bool {
        self.last_turn > now && self.last_turn - now <= FURTHEST
    }

    fn turn_while_full(&mut self, asking: Asking) -> Option<i64> {
        let full = (asking.now + 1..=asking.now + MINUTE + 2 * SPAN).contains(&self.full_until);
        full.then(|| self.full(self.full_until, asking))
    }

    /// There is no room until then. The schedule gives each a turn of its own; what a request leaves to it
    /// is due at once, and gets one there.
    fn full(&mut self, until: i64, asking: Asking) -> i64 {
        let Asking { now, allowed, .. } = asking;
        self.full_until = until;
        self.counts_until = now.saturating_add(COUNTS_FOR);
        if !asking.scheduled {
            return now.saturating_add(1_000);
        }
        if !self.has_turns(now) {
            self.last_turn = now;
        }
        let furthest = now.saturating_add(FURTHEST);
        let next = self.last_turn.saturating_add(pause(allowed));
        self.last_turn = next.max(until).min(furthest);
        self.last_turn
    }
}

/// Between two turns, in milliseconds: a little more than what is allowed, as spans count until they are
/// over for a minute.
fn pause(allowed: u32) -> i64 {
    (MINUTE + SPAN / 2) / i64::from(allowed.max(1)) + 1
}

/// The span may have seen updates of the last minute.
fn is_live(span: i64, now: i64) -> bool {
    let current = now.div_euclid(SPAN);
    (current - MINUTE / SPAN..=current + 1).contains(&span)
}

/// Until when there is no room for the update that was counted last; `None`: there was.
fn full_until(counted: &[Counted], asking: Asking) -> Option<i64> {
    let now = asking.now;
    let allowed = i64::from(asking.allowed);
    let most = match asking.scheduled {
        true => allowed,
        false => (allowed * OF_REQUESTS / 10).max(1),
    };
    let mut live: Vec<Counted> = counted
        .iter()
        .copied()
        .filter(|one| is_live(one.span, now))
        .collect();
    let mut surplus = live.iter().map(|one| one.updates).sum::<i64>() - most;
    if surplus <= 0 {
        return None;
    }
    live.sort_unstable_by_key(|one| one.span);
    let ends = live.iter().find(|one| {
        surplus -= one.updates;
        surplus <= 0
    });
    let ends = ends.map_or(now, |one| (one.span + 1).saturating_mul(SPAN) + MINUTE);
    Some(ends.max(now.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::store::Memory;
    use crate::test_support::later;

    fn asking(now: i64, scheduled: bool) -> Asking {
        Asking {
            now,
            allowed: 60,
            scheduled,
        }
    }

    fn counted(counts: &[(i64, i64)]) -> Vec<Counted> {
        let one = |&(span, updates): &(i64, i64)| Counted { span, updates };
        counts.iter().map(one).collect()
    }

    #[test]
    fn an_update_counts_until_its_span_is_over_for_a_minute() {
        let now = 1_000 * SPAN + 10;
        assert_eq!(
            full_until(&counted(&[(1_000, 60)]), asking(now, true)),
            None
        );
        // Too old, or by a clock that is ahead.
        let others = counted(&[(969, 99), (1_002, 99), (1_000, 1)]);
        assert_eq!(full_until(&others, asking(now, true)), None);
        let full = counted(&[(970, 1), (972, 2), (1_000, 59)]);
        assert_eq!(
            full_until(&full, asking(now, true)),
            Some(973 * SPAN + MINUTE)
        );
        // Requests leave a part to what has waited.
        let full = counted(&[(972, 1), (1_000, 48)]);
        assert_eq!(
            full_until(&full, asking(now, false)),
            Some(973 * SPAN + MINUTE)
        );
        let one = Asking {
            allowed: 1,
            ..asking(now, false)
        };
        assert_eq!(full_until(&counted(&[(1_000, 1)]), one), None);
    }

    #[test]
    fn whatever_is_counted_the_pause_is_short() {
        let now = 1_000 * SPAN;
        for updates in [-5, 0, 1, 61, i64::from(u32::MAX)] {
            for allowed in [0, 1, 60, u32::MAX] {
                let asking = Asking {
                    allowed,
                    ..asking(now, true)
                };
                let until = full_until(&counted(&[(999, updates)]), asking).unwrap_or(now + 1);
                assert!(until > now && until <= now + MINUTE + 2 * SPAN);
                assert!(pause(allowed) > 0);
            }
        }
    }

    #[test]
    fn the_schedule_gives_each_a_turn_of_its_own_and_not_too_far_away() {
        let mut state = State::default();
        let turns: Vec<i64> = (0..3).map(|_| state.full(5_000, asking(0, true))).collect();
        assert_eq!(turns, [5_000, 5_000 + pause(60), 5_000 + 2 * pause(60)]);
        let last = (0..2_000)
            .map(|_| state.full(5_000, asking(0, true)))
            .last();
        assert_eq!(last, Some(FURTHEST));
        // A clock that was set back gives new turns.
        assert_eq!(
            state.full(-9_500_000, asking(-10_000_000, true)),
            -9_500_000
        );
        assert_eq!(state.full(5_000, asking(0, false)), 1_000);
    }

    #[tokio::test]
    async fn an_even_pace_asks_nobody_and_a_burst_does() {
        let updates = Updates::default();
        for now in (0..300_000).step_by(1_000) {
            assert!(updates.state().alone(asking(now, false)), "at {now}");
        }
        for _ in 0..AT_ONCE {
            assert!(updates.state().alone(asking(302_000, false)));
        }
        assert!(!updates.state().alone(asking(302_000, false)));
        assert!(
            !updates.state().alone(asking(310_000, false)),
            "for a while"
        );
        // What was not counted is, once; a table that does not answer stops no update.
        assert!(updates.state().not_counted(310_000) > 50);
        assert_eq!(updates.state().not_counted(310_000), 0);
        let store = Memory::default();
        for _ in 0..100 {
            let taken = updates.take(&store, asking(310_000, true), later()).await;
            assert_eq!(taken, Ok(()));
        }
        let later = asking(310_000 + COUNTS_FOR, false);
        assert!(updates.state().alone(later), "not for ever");
    }

    #[test]
    fn a_clock_that_jumps_stops_nothing_for_long() {
        let mut state = State::default();
        state.full(50_000_000, asking(49_990_000, true));
        assert_eq!(state.turn_while_full(asking(0, true)), None);
        assert!(!state.has_turns(0));
        assert!(state.turn_while_full(asking(49_999_000, true)).is_some());
    }
}
