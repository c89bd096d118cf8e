//! Which ways the frozen plan went in the cases played: a comparison that never goes somewhere shows
//! nothing about it.

use std::collections::BTreeMap;

use super::drive::Ran;
use super::plan::{BROKE_OFF, TOO_LONG};
use super::state::Entry;
use super::step::{Ending, Failure, Outcome, Step};

/// How often each way was gone.
#[derive(Default)]
pub(super) struct Count(BTreeMap<String, u64>);

impl Count {
    pub(super) fn called(&mut self, entry: &Entry, step: &Step, outcome: Option<&Outcome>) {
        let kind = entry.event.body.kind();
        let outcome = outcome.map_or("no_time", answer);
        self.add(format!("{kind} {} {outcome}", step.name()));
    }

    pub(super) fn ran(&mut self, entry: &Entry, ran: &Ran) {
        let kind = entry.event.body.kind();
        let end = match ran {
            Ran::Over { ending, follow, .. } => {
                let follow: Vec<&str> = follow.iter().map(|new| new.event.body.kind()).collect();
                let then = if follow.is_empty() { "" } else { ", then " };
                format!("{}{then}{}", name(ending), follow.join(" "))
            }
            Ran::Later(..) => "later".to_owned(),
            Ran::Checkpoint => "checkpoint".to_owned(),
            Ran::After(first) => {
                let first: Vec<&str> = first.iter().map(|new| new.event.body.kind()).collect();
                format!("after {}", first.join(" "))
            }
            Ran::OutOfTime => "out_of_time".to_owned(),
        };
        self.add(format!("{kind}: {end}"));
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (way, times) in other.0 {
            *self.0.entry(way).or_default() += times;
        }
    }

    /// Fails where one of these ways, one a line, was not gone.
    pub(super) fn reached(&self, ways: &str) {
        let all = self.0.iter();
        let shown: String = all
            .map(|(way, times)| format!("{times:>9} {way}\n"))
            .collect();
        println!("{shown}");
        let never = |way: &&str| !self.0.contains_key(*way);
        let missing: Vec<&str> = ways.lines().filter(never).collect();
        assert!(missing.is_empty(), "never gone:\n{}", missing.join("\n"));
    }

    fn add(&mut self, way: String) {
        *self.0.entry(way).or_default() += 1;
    }
}

fn name(ending: &Ending) -> String {
    match ending {
        Ending::Delivered => "delivered".to_owned(),
        Ending::Ignored(reason) => format!("ignored, {reason}"),
        Ending::Duplicate => "duplicate".to_owned(),
        Ending::Queued => "queued".to_owned(),
        Ending::Unknown => "unknown".to_owned(),
        Ending::Dead(refusal) if [BROKE_OFF, TOO_LONG].contains(&refusal.code.as_str()) => {
            format!("dead, {}", refusal.code)
        }
        Ending::Dead(refusal) if refusal.status == 0 => "dead, by the bridge".to_owned(),
        Ending::Dead(_) => "dead".to_owned(),
    }
}

fn answer(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::User(_) => "user",
        Outcome::Ticket(Some(_)) => "ticket",
        Outcome::Ticket(None) => "no_ticket",
        Outcome::Posted { .. } => "posted",
        Outcome::Absent => "absent",
        Outcome::Present(_) => "present",
        Outcome::SolvedAt(Some(_)) => "solved_at",
        Outcome::SolvedAt(None) => "solved_at_unknown",
        Outcome::Attached(_) => "attached",
        Outcome::Comments(_) => "comments",
        Outcome::Done => "done",
        Outcome::Failed(Failure::Later(..)) => "later",
        Outcome::Failed(Failure::Unknown) => "unknown",
        Outcome::Failed(Failure::NotFound) => "not_found",
        Outcome::Failed(Failure::Closed) => "closed",
        Outcome::Failed(Failure::KeyConflict) => "key_conflict",
        Outcome::Failed(Failure::Refused(_)) => "refused",
    }
}
