//! The bridge's own story: one entry per event, with every hop it took.
//!
//! In: invocations and hops. Out: per invocation who asked, what was stored, called and answered,
//! and how long each took. A call is an invocation's when the credentials say so, or when it is
//! about the conversation that invocation holds.

use std::collections::BTreeMap;

use local::Stack;
use local::journal::Invocation;
use serde_json::{Value, json};

use super::Room;
use super::asked::{Asked, answered};
use super::clock::millis;
use super::hops::{Hop, Hops};
use super::live::Values;

/// Entries shown.
const SHOWN: usize = 250;
/// A call may be written down this much before or after its invocation, in milliseconds.
const SLACK: i64 = 3;
/// An entry that ended this long ago does not change any more, in milliseconds.
const SETTLED: i64 = 2_000;

/// The entries so far.
pub(super) struct Timeline {
    hops: Hops,
    /// Entries that do not change any more; `None`: nothing to show.
    done: BTreeMap<u64, Option<String>>,
    /// Attempts at each delivery of a vendor, by invocation.
    attempts: BTreeMap<String, Vec<u64>>,
}

impl Timeline {
    /// A timeline that begins now.
    pub(super) fn new(stack: &Stack) -> Self {
        Self {
            hops: Hops::from_now(stack),
            done: BTreeMap::new(),
            attempts: BTreeMap::new(),
        }
    }

    /// The latest entries.
    pub(super) fn show(&mut self, room: &Room, values: &mut Values) {
        let all = room.stack.journal().all();
        let first = all.first().map_or(0, |first| first.number);
        let forgotten = self.done.range(..first).next_back().is_some();
        if all.is_empty() || (forgotten && all.len() < SHOWN) {
            // The journal was emptied: everything started over.
            self.done.clear();
            self.attempts.clear();
            self.hops.clear();
        }
        self.done = self.done.split_off(&first);
        self.hops.read(&room.stack);
        let now = simulators::Clock::new().now_ms();
        // One look at the calls for all that may still change.
        let open = all
            .iter()
            .filter(|one| !self.done.contains_key(&one.number));
        let from = open.map(|one| span(one).0).min().unwrap_or(now);
        let near = self.hops.between(from - SLACK, now + SETTLED);
        let mut shown = 0;
        for one in all.iter().rev() {
            if shown == SHOWN {
                break;
            }
            let entry = match self.done.get(&one.number) {
                Some(entry) => entry.clone(),
                None => {
                    let entry = fresh(room, one, &all, &near, &mut self.attempts);
                    if one.end.is_some() && span(one).1 + SETTLED < now {
                        self.done.insert(one.number, entry.clone());
                    }
                    entry
                }
            };
            if let Some(entry) = entry {
                values.insert(format!("event/{:09}", one.number), entry);
                shown += 1;
            }
        }
    }
}

/// An entry that may still change; `None`: nothing to show. `near` is in the order of time.
fn fresh(
    room: &Room,
    one: &Invocation,
    all: &[Invocation],
    near: &[&Hop],
    attempts: &mut BTreeMap<String, Vec<u64>>,
) -> Option<String> {
    let (from, to) = span(one);
    let before = near.partition_point(|hop| hop.at < from - SLACK);
    let until = near.partition_point(|hop| hop.at <= to.saturating_add(SLACK));
    let hops = near.get(before..until).unwrap_or_default();
    // Where the comparison got to is housekeeping.
    let shown = |hop: &&&Hop| {
        let about = hop.about.as_deref();
        !about.is_some_and(|pk| pk.starts_with("cursor#"))
    };
    let own = hops
        .iter()
        .filter(shown)
        .filter(|hop| is_own(hop, one, all, hops));
    let own: Vec<&Hop> = own.copied().collect();
    let asked = Asked::of(one);
    let attempt = asked.delivery.clone().map(|delivery| {
        let tries = attempts.entry(delivery).or_default();
        if !tries.contains(&one.number) {
            tries.push(one.number);
            tries.sort_unstable();
        }
        tries.iter().position(|n| *n == one.number).unwrap_or(0) + 1
    });
    let worth = one.function != "redelivery" || one.end.is_none() || worth_telling(one, &own);
    worth.then(|| {
        let ahead = room.clock.ahead_at(from);
        entry(one, &own, &asked, attempt, ahead).to_string()
    })
}

/// When it began and ended, in milliseconds since the epoch.
fn span(one: &Invocation) -> (i64, i64) {
    let from = millis(one.at);
    let took = one
        .end
        .as_ref()
        .map(|(took, _)| i64::try_from(took.as_millis()).unwrap_or(i64::MAX));
    (from, took.map_or(i64::MAX / 2, |took| from + took))
}

fn name(one: &Invocation) -> String {
    format!("{}/{}", one.function, one.environment)
}

/// Whether a hop is this invocation's.
fn is_own(hop: &Hop, one: &Invocation, all: &[Invocation], hops: &[&Hop]) -> bool {
    if let Some(caller) = &hop.caller {
        return *caller == name(one);
    }
    let during = |other: &&Invocation| {
        let (from, to) = span(other);
        (from - SLACK..=to.saturating_add(SLACK)).contains(&hop.at)
    };
    let candidates: Vec<&Invocation> = all.iter().filter(during).collect();
    if candidates.len() < 2 {
        return true;
    }
    // The one that last wrote to the conversation the call is about holds it.
    let writes = hops.iter().rev().filter(|write| {
        write.place == "table"
            && write.at <= hop.at + SLACK
            && write.about.is_some()
            && write.about == hop.about
    });
    let holder = writes
        .filter_map(|write| write.caller.as_ref())
        .find(|caller| {
            candidates
                .iter()
                .any(|candidate| name(candidate) == **caller)
        });
    match holder {
        Some(holder) => *holder == name(one),
        None => candidates.iter().map(|c| c.number).max() == Some(one.number),
    }
}

/// A run of redelivery that found nothing is no news.
fn worth_telling(one: &Invocation, own: &[&Hop]) -> bool {
    let failed = matches!(one.end, Some((_, Err(_))));
    let touched = |hop: &&Hop| {
        let about = hop.about.as_deref().unwrap_or_default();
        matches!(hop.place, "zendesk" | "braze") && hop.name != "oauth.token"
            || about.starts_with("customer#")
            || about.starts_with("ticket#")
    };
    failed || own.iter().any(touched)
}

fn entry(
    one: &Invocation,
    own: &[&Hop],
    asked: &Asked,
    attempt: Option<usize>,
    ahead: i64,
) -> Value {
    let (from, _) = span(one);
    let answer = one.end.as_ref().map(|(_, result)| match result {
        Ok(bytes) => answered(bytes),
        Err(error) => json!({"error": error.to_string()}),
    });
    let abouts = own
        .iter()
        .filter_map(|hop| hop.about.as_deref()?.strip_prefix("customer#"));
    let mut customers: Vec<&str> = abouts.chain(asked.customer.as_deref()).collect();
    customers.sort_unstable();
    customers.dedup();
    let hops = own.iter().map(|hop| {
        json!({"at": hop.at - from, "place": hop.place, "name": hop.name, "ms": hop.ms,
            "status": hop.status, "fault": hop.fault, "detail": hop.detail})
    });
    json!({
        "number": one.number,
        "at": from + ahead,
        "function": one.function,
        "environment": one.environment,
        "cold": one.cold,
        "source": asked.source,
        "kind": asked.kind,
        "customers": customers,
        "ticket": asked.ticket,
        "attempt": attempt,
        "ms": one.end.as_ref().map(|(took, _)| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
        "answer": answer,
        "hops": hops.collect::<Vec<_>>(),
    })
}
