//! A conversation played by hand, written down as the file that `sms-bridge sandbox --script` plays.
//!
//! In: steps as they are done, and what came of them at rest. Out: a conversation file with its
//! expectations. Tickets get numbers in the order they appeared, as in every such file.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use local::Stack;
use serde_json::{Value, json};

use super::pauses;
use super::seen::Seen;
use super::toml_text::toml;
use crate::acts::Cast;
use crate::steps::{Redeliver, Step, Wait};

/// What a vendor that was spared is tried again after, at the latest.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What was done so far, and what was seen of it.
pub(super) struct Recorder {
    /// Steps and remarks, in order, each with the number of the act it was written for.
    entries: Vec<(Act, Entry)>,
    /// Tickets from before.
    old: BTreeSet<u64>,
    /// Tickets in the order they appeared.
    tickets: Vec<u64>,
    seen: Seen,
    /// Since when something waits, or nothing did.
    since: Instant,
    /// Why it cannot be played again, if so, and since which act.
    problem: Option<(Act, String)>,
}

/// An act that was written down, so that it can be taken back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Act(u64);

impl Act {
    /// One that was there before; it is not taken back.
    const SEEN: Self = Self(0);

    fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

enum Entry {
    Step(Value),
    Remark(&'static str),
}

impl Recorder {
    /// A recording that begins now.
    pub(super) fn new(stack: &Stack) -> Self {
        let mut recorder = Self {
            entries: Vec::new(),
            old: stack.zendesk.tickets().iter().map(|t| t.id).collect(),
            tickets: Vec::new(),
            seen: Seen::default(),
            since: Instant::now(),
            problem: None,
        };
        recorder.expect(stack);
        recorder.entries.clear();
        recorder
    }

    /// How many steps there are, expectations included.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Why it cannot be played again, if so.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_ref().map(|(_, why)| why.as_str())
    }

    /// Writes down a step that is about to be done; its customers and tickets are ids.
    pub(super) fn step(&mut self, stack: &Stack, step: &Step) -> Act {
        if stack.is_idle() {
            self.expect(stack);
        }
        let act = Act::next();
        if stack.braze.texts().iter().any(|text| !text.over) {
            let remark =
                "Braze was still trying a text here: played again, it has given up by now.";
            self.entries.push((act, Entry::Remark(remark)));
        }
        let waits = pauses::before(stack, step);
        if waits.met {
            self.time_passes(act, step, waits.others);
        }
        if waits.met || !waits.any {
            self.since = Instant::now();
        }
        self.look(stack);
        let mut named = step.clone();
        named.say = None;
        if let (Some(redeliver), true) = (&mut named.redeliver, waits.met) {
            redeliver.due = true;
        }
        match named.name(self) {
            Ok(()) => self.entries.push((act, Entry::Step(json!(named)))),
            Err(why) => {
                self.problem.get_or_insert((act, why));
            }
        }
        if waits.ended {
            self.entries.push((act, due()));
        }
        act
    }

    /// Takes back an act that came to nothing.
    pub(super) fn take_back(&mut self, act: Act) {
        self.entries.retain(|(written, _)| *written != act);
        self.problem.take_if(|(since, _)| *since == act);
    }

    /// A pause has run out before a step. Pauses have some chance in them: the file ends them.
    fn time_passes(&mut self, act: Act, step: &Step, others: bool) {
        let seconds = self.since.elapsed().min(LONGEST_WAIT).as_secs_f64();
        let wait = Wait {
            seconds: (seconds * 10.0).ceil() / 10.0,
        };
        let wait = json!({"wait": wait});
        self.entries.push((act, Entry::Step(wait)));
        if others {
            let remark = "Something else still waited here: played again, its pause ends, too.";
            self.entries.push((act, Entry::Remark(remark)));
        }
        if step.redeliver.is_none() {
            self.entries.push((act, due()));
        }
    }

    /// The file's text.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn text(&mut self, stack: &Stack, rested: bool) -> Result<String, String> {
        if let Some(problem) = self.problem() {
            return Err(problem.to_owned());
        }
        if rested {
            self.expect(stack);
        }
        if self.entries.is_empty() {
            return Err("nothing has happened yet".to_owned());
        }
        let mut text = "# Recorded in the sandbox. Play it again:\n#\n\
            #     cargo run -- sandbox --script conversation.toml\n\n\
            title = \"Recorded in the sandbox\"\nlimit_seconds = 60\n"
            .to_owned();
        for user in self.people(stack) {
            let members = ["id", "first_name", "last_name", "phone"];
            text.push_str("\n[[customer]]\n");
            for (name, value) in members.iter().zip(&user) {
                text.push_str(&format!("{name} = {}\n", toml(&json!(value))));
            }
        }
        for (_, entry) in &self.entries {
            match entry {
                Entry::Remark(remark) => text.push_str(&format!("\n# {remark}\n")),
                Entry::Step(step) => {
                    let (name, what) = step.as_object().and_then(|s| s.iter().next()).unzip();
                    let name = name.map_or("", String::as_str);
                    let what = toml(what.unwrap_or(&Value::Null));
                    text.push_str(&format!("\n[[step]]\n{name} = {what}\n"));
                }
            }
        }
        Ok(text)
    }

    /// All customers who are named, and at least one.
    fn people(&self, stack: &Stack) -> Vec<[String; 4]> {
        let steps = self.entries.iter().filter_map(|(_, entry)| match entry {
            Entry::Step(step) => Some(step),
            Entry::Remark(_) => None,
        });
        let named: BTreeSet<&str> = steps
            .flat_map(|step| step.as_object().into_iter().flat_map(|step| step.values()))
            .flat_map(|what| ["id", "customer", "from", "into"].map(|name| what[name].as_str()))
            .flatten()
            .collect();
        let mut users = stack.braze.users();
        if !named.is_empty() {
            users.retain(|user| named.contains(user.external_id.as_str()));
        }
        let four = |u: simulators::braze::User| [u.external_id, u.first_name, u.last_name, u.phone];
        users.into_iter().map(four).collect()
    }

    fn look(&mut self, stack: &Stack) {
        for ticket in stack.zendesk.tickets() {
            if !self.old.contains(&ticket.id) && !self.tickets.contains(&ticket.id) {
                self.tickets.push(ticket.id);
            }
        }
    }

    /// What came since the last time, as expectations; it is expected from then on.
    fn expect(&mut self, stack: &Stack) {
        self.look(stack);
        for expect in self.seen.news(stack, &self.tickets) {
            let entry = Entry::Step(json!({"expect": expect}));
            self.entries.push((Act::SEEN, entry));
        }
    }
}

/// Every pause ends, and redelivery runs.
fn due() -> Entry {
    Entry::Step(json!({"redeliver": Redeliver { due: true }}))
}

impl Cast for Recorder {
    fn customer(&self, id: Option<&str>) -> Result<String, String> {
        id.map(str::to_owned)
            .ok_or_else(|| "which customer?".to_owned())
    }

    fn ticket(&self, number: Option<u64>) -> Result<u64, String> {
        let id = number.ok_or("which ticket?")?;
        let at = self.tickets.iter().position(|known| *known == id);
        let number = at.and_then(|at| u64::try_from(at + 1).ok());
        number.ok_or_else(|| {
            format!("ticket #{id} is from before the recording: start over to record")
        })
    }
}
