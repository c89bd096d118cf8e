//! The goals, and what was measured of each.
//!
//! In: figures of the floor, of the functions and of the peers. Out: one line per goal.

use serde_json::{Value, json};

use crate::figures::Figures;

/// One goal.
#[derive(Debug)]
pub struct Goal {
    /// What it is about.
    pub what: String,
    /// The bound.
    pub goal: f64,
    /// Whether more is better.
    pub at_least: bool,
    /// What was measured; not a number where nothing was.
    pub measured: f64,
    /// Its unit.
    pub unit: &'static str,
}

impl Goal {
    /// Whether it is met; nothing where nothing was measured.
    pub fn met(&self) -> Option<bool> {
        if self.measured.is_nan() {
            return None;
        }
        let met = if self.at_least {
            self.measured >= self.goal
        } else {
            self.measured <= self.goal
        };
        Some(met)
    }

    /// For machines.
    pub fn json(&self) -> Value {
        json!({"what": self.what, "goal": self.goal, "at_least": self.at_least,
            "measured": self.measured, "unit": self.unit, "met": self.met()})
    }
}

/// All goals.
pub fn all(floor: &Figures, ours: &[Figures], peers: &[Figures]) -> Vec<Goal> {
    let mut goals = Vec::new();
    if let Some(inbound) = ours.iter().find(|one| one.name == "braze-inbound") {
        goals.extend(of_text(floor, inbound));
        goals.extend(peers.iter().flat_map(|peer| against(peer, inbound)));
    }
    if let Some(reply) = ours.iter().find(|one| one.name == "zendesk-reply") {
        let warm = reply.warm_counts();
        goals.extend([
            at_most("Braze calls of an answer", 1.0, count(warm.braze), ""),
            at_most("Zendesk calls of an answer", 0.0, count(warm.zendesk), ""),
        ]);
    }
    for function in ours {
        let what = format!("executable {}", function.name);
        goals.push(at_most(&what, 6.5, function.size(), "MB"));
    }
    goals
}

/// Of `braze-inbound` appending a text.
fn of_text(floor: &Figures, inbound: &Figures) -> [Goal; 9] {
    let (first, warm) = (inbound.first_counts(), inbound.warm_counts());
    let answer = inbound.answer() / floor.answer();
    let next = inbound.next() / floor.next();
    let cpu = inbound.cpu() / floor.cpu();
    [
        at_most("start to first answer, braze-inbound", 3.0, answer, "x"),
        at_most("start to first poll", 2.0, next, "x"),
        at_most("processor time to first answer", 2.5, cpu, "x"),
        at_most("warm event, own time, p50", 1.0, inbound.warm(0.5), "ms"),
        at_most("warm event, own time, p99", 3.0, inbound.warm(0.99), "ms"),
        at_most("peak memory", 10.0, inbound.memory(), "MB"),
        at_most(
            "DynamoDB round trips of a text",
            2.0,
            count(warm.dynamodb),
            "",
        ),
        at_most(
            "Zendesk calls of a text, ticket open",
            1.0,
            count(warm.zendesk),
            "",
        ),
        at_most(
            "Secrets Manager reads of a start",
            1.0,
            count(first.secrets),
            "",
        ),
    ]
}

fn against(peer: &Figures, inbound: &Figures) -> [Goal; 2] {
    let at_least = |what: &str, goal, measured| Goal {
        what: format!("{}: {what} against ours", peer.name),
        goal,
        at_least: true,
        measured,
        unit: "x",
    };
    let faster = peer.answer() / inbound.answer();
    let smaller = peer.memory() / inbound.memory();
    [
        at_least("time to first answer", 20.0, faster),
        at_least("memory", 6.0, smaller),
    ]
}

fn at_most(what: &str, goal: f64, measured: f64, unit: &'static str) -> Goal {
    Goal {
        what: what.to_owned(),
        goal,
        at_least: false,
        measured,
        unit,
    }
}

// Calls are few.
#[allow(clippy::cast_precision_loss)]
fn count(calls: u64) -> f64 {
    calls as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        let goal = |measured| Goal {
            what: String::new(),
            goal: 2.0,
            at_least: false,
            measured,
            unit: "x",
        };
        assert_eq!(goal(f64::NAN).met(), None);
        assert_eq!(goal(2.0).met(), Some(true));
        assert_eq!(goal(2.1).met(), Some(false));
    }
}
