//! A conversation played by hand, written down as the file that `bridge sandbox --script` plays.
//!
//! In: steps as they are done, and what came of them at rest. Out: a conversation file with its
//! expectations. Tickets get numbers in the order they appeared, as in every such file.

use std::collections::{BTreeMap, BTreeSet};

use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::Status;

use super::toml_text::toml;
use crate::acts::Cast;
use crate::steps::{Expect, Step};
use crate::transcript::line;

/// Attributes that are the same whenever it is played again.
const STABLE: [&str; 1] = ["zendesk_ticket_open"];

/// What was done so far, and what was seen of it.
pub(super) struct Recorder {
    /// Steps and remarks, in order.
    entries: Vec<Entry>,
    /// Tickets from before.
    old: BTreeSet<u64>,
    /// Tickets in the order they appeared.
    tickets: Vec<u64>,
    /// SMS, comments and the like that an expectation named.
    received: BTreeMap<String, usize>,
    commented: BTreeMap<u64, usize>,
    statuses: BTreeMap<u64, Status>,
    attributes: BTreeMap<String, Value>,
    /// Why it cannot be played again, if so.
    problem: Option<String>,
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
            received: BTreeMap::new(),
            commented: BTreeMap::new(),
            statuses: BTreeMap::new(),
            attributes: BTreeMap::new(),
            problem: None,
        };
        recorder.expectations(stack);
        recorder
    }

    /// How many steps there are, expectations included.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Why it cannot be played again, if so.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Writes down a step that is about to be done; its customers and tickets are ids.
    pub(super) fn step(&mut self, stack: &Stack, step: &Step) {
        if stack.is_idle() {
            let seen = self.expectations(stack);
            self.entries.extend(seen);
        }
        if stack.braze.texts().iter().any(|text| {
            text.status.is_none_or(|s| s >= 500)
                && text.attempts.len() < 5
                && !text.payload.is_empty()
        }) {
            self.entries.push(Entry::Remark(
                "Braze was still trying a text here: played again, it has given up by now.",
            ));
        }
        self.look(stack);
        let mut step = step.clone();
        step.say = None;
        match step.name(self) {
            Ok(()) => self.entries.push(Entry::Step(json!(step))),
            Err(why) => self.problem = Some(why),
        }
    }

    /// The file's text.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn text(&mut self, stack: &Stack, rested: bool) -> Result<String, String> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        if rested {
            let seen = self.expectations(stack);
            self.entries.extend(seen);
        }
        if self.entries.is_empty() {
            return Err("nothing has happened yet".to_owned());
        }
        let mut text = "# Recorded in the sandbox. Play it again:\n#\n\
            #     cargo run -- sandbox --script conversation.toml\n\n\
            title = \"Recorded in the sandbox\"\n"
            .to_owned();
        for user in self.people(stack) {
            let members = ["id", "first_name", "last_name", "phone"];
            text.push_str("\n[[customer]]\n");
            for (name, value) in members.iter().zip(&user) {
                text.push_str(&format!("{name} = {}\n", toml(&json!(value))));
            }
        }
        for entry in &self.entries {
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

    /// Everybody who is named, and at least somebody.
    fn people(&self, stack: &Stack) -> Vec<[String; 4]> {
        let steps = self.entries.iter().filter_map(|entry| match entry {
            Entry::Step(step) => Some(step),
            Entry::Remark(_) => None,
        });
        let named: BTreeSet<&str> = steps
            .flat_map(|step| step.as_object().into_iter().flat_map(|step| step.values()))
            .flat_map(|what| [what["id"].as_str(), what["customer"].as_str()])
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
    fn expectations(&mut self, stack: &Stack) -> Vec<Entry> {
        self.look(stack);
        let mut expectations = Vec::new();
        for at in 0..self.tickets.len() {
            let id = self.tickets[at];
            let Some(ticket) = stack.zendesk.ticket(id).filter(|ticket| !ticket.deleted) else {
                continue;
            };
            let seen = self
                .commented
                .insert(id, ticket.comments.len())
                .unwrap_or(0);
            let known = self.statuses.insert(id, ticket.status);
            let comments: Vec<String> = ticket.comments.iter().skip(seen).map(line).collect();
            if !comments.is_empty() || known != Some(ticket.status) {
                expectations.push(Expect {
                    ticket: u64::try_from(at + 1).ok(),
                    comments: Some(comments),
                    status: Some(ticket.status),
                    ..Expect::default()
                });
            }
        }
        for user in stack.braze.users() {
            let id = user.external_id.clone();
            let inbox = stack.braze.inbox(&id);
            let seen = self.received.insert(id.clone(), inbox.len()).unwrap_or(0);
            let stable = user
                .attributes
                .iter()
                .filter(|(name, _)| STABLE.contains(&name.as_str()));
            let stable: BTreeMap<&String, &Value> = stable.collect();
            let known = self.attributes.insert(id.clone(), json!(stable));
            let changed = !stable.is_empty() && known != Some(json!(stable));
            if inbox.len() > seen || changed {
                let texts = inbox.into_iter().skip(seen).map(|sms| sms.body);
                let attributes = stable.into_iter().filter_map(|(name, value)| {
                    Some((name.clone(), toml::Value::try_from(value).ok()?))
                });
                expectations.push(Expect {
                    customer: Some(id),
                    received: Some(texts.collect()),
                    attributes: attributes.collect(),
                    ..Expect::default()
                });
            }
        }
        let step = |expect| {
            Entry::Step(json!(Step {
                expect: Some(expect),
                ..Step::default()
            }))
        };
        expectations.into_iter().map(step).collect()
    }
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
