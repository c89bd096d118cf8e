//! Conversation files: what people do, and what should come of it.
//!
//! In: a TOML file. Out: checked steps, or a sentence naming line and field. The format is told
//! to users in [`HELP`] and at the head of the file that ships.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use simulators::zendesk::Status;
use toml::Spanned;

/// The format, for `--help`.
pub(crate) const HELP: &str = "\
Conversation files (--script) are TOML:

  title = \"...\"                     printed first
  limit_seconds = 20                longest wait for one step (default 20)
  [settings]                        environment variables of the functions
  OPEN_ON = \"any\"
  [[customer]]                      at least one; the first is meant by default
  id = \"ada\"  first_name = \"Ada\"  last_name = \"Lovelace\"  phone = \"+1...\"

  [[step]]                          played in order, each with one action:
  customer = { texts = [\"...\"], id = \"ada\", at_once = false }
  agent = { text = \"...\", public = true, status = \"solved\", ticket = 1,
            name = \"Ada Agent\" }
  solve = { ticket = 1 }            also: close, delete
  merge = { from = 2, into = 1 }
  wait = { seconds = 0.5 }
  redeliver = {}                    run redelivery now
  expect = { received = [\"...\"],    SMS since the last expect that named them
             customer = \"ada\", in_any_order = false,
             ticket = 1,
             comments = [\"customer: ...\", \"agent: ...\", \"note: ...\"],
             status = \"open\", tickets = 1, attributes = { zendesk_ticket_open = true } }

Tickets are counted from 1 in the order they appear; left out, the newest is
meant. An expectation waits until it holds, then nothing more may follow. An SMS
that no expectation named fails the run. Exit code: 0 all held, 1 not, 2 the
file is wrong.";

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversation {
    pub(crate) title: String,
    #[serde(default = "usual_limit")]
    pub(crate) limit_seconds: u64,
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) customer: Vec<Customer>,
    pub(crate) step: Vec<Spanned<Step>>,
    /// Line of each step, from 1.
    #[serde(skip)]
    pub(crate) lines: Vec<usize>,
}

/// A customer with a phone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Customer {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) first_name: String,
    #[serde(default)]
    pub(crate) last_name: String,
    pub(crate) phone: String,
}

/// One step; exactly one of the fields is there.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) customer: Option<Texts>,
    pub(crate) agent: Option<Answer>,
    pub(crate) solve: Option<Which>,
    pub(crate) close: Option<Which>,
    pub(crate) delete: Option<Which>,
    pub(crate) merge: Option<Merge>,
    pub(crate) wait: Option<Wait>,
    pub(crate) redeliver: Option<Nothing>,
    pub(crate) expect: Option<Expect>,
}

/// A customer texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    pub(crate) id: Option<String>,
    pub(crate) texts: Vec<String>,
    #[serde(default)]
    pub(crate) at_once: bool,
}

/// An agent comments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) text: String,
    #[serde(default = "yes")]
    pub(crate) public: bool,
    pub(crate) status: Option<Status>,
    pub(crate) ticket: Option<usize>,
    pub(crate) name: Option<String>,
}

/// A ticket by its number in the conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    pub(crate) ticket: Option<usize>,
}

/// An agent merges tickets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    pub(crate) from: usize,
    pub(crate) into: usize,
}

/// Time passes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wait {
    pub(crate) seconds: f64,
}

/// An action without choices.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// What should have come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) customer: Option<String>,
    pub(crate) received: Option<Vec<String>>,
    pub(crate) ticket: Option<usize>,
    pub(crate) comments: Option<Vec<String>>,
    pub(crate) status: Option<Status>,
    pub(crate) tickets: Option<usize>,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub(crate) in_any_order: bool,
}

impl Conversation {
    /// Reads and checks a file; the error is one sentence.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{name} cannot be read: {error}"))?;
        Self::parse(&text).map_err(|wrong| format!("{name}, {wrong}"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let mut conversation: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            format!("line {}: {}", line(at), error.message().replace('\n', ", "))
        })?;
        let starts = conversation.step.iter().map(|step| step.span().start);
        conversation.lines = starts.map(line).collect();
        conversation.check()?;
        Ok(conversation)
    }

    fn check(&self) -> Result<(), String> {
        if self.customer.is_empty() {
            return Err("line 1: field `customer`: there must be at least one".to_owned());
        }
        for (step, line) in self.step.iter().zip(&self.lines) {
            let step = step.as_ref();
            let wrong =
                |field: &str, why: &str| Err(format!("line {line}: field `{field}`: {why}"));
            if step.actions() != 1 {
                return wrong("step", "must have exactly one action");
            }
            let texts = step.customer.as_ref();
            let named = texts.and_then(|texts| texts.id.as_ref());
            let named = named.or(step.expect.as_ref().and_then(|e| e.customer.as_ref()));
            if named.is_some_and(|id| self.customer.iter().all(|known| known.id != *id)) {
                return wrong("customer", "there is no [[customer]] of this id");
            }
            if texts.is_some_and(|texts| texts.texts.is_empty()) {
                return wrong("customer.texts", "must not be empty");
            }
            let seconds = step.wait.as_ref().map(|wait| wait.seconds);
            if seconds.is_some_and(|seconds| !(0.0..=3600.0).contains(&seconds)) {
                return wrong("wait.seconds", "must be from 0 to 3600");
            }
        }
        Ok(())
    }
}

impl Step {
    fn actions(&self) -> usize {
        let there = [
            self.customer.is_some(),
            self.agent.is_some(),
            self.solve.is_some(),
            self.close.is_some(),
            self.delete.is_some(),
            self.merge.is_some(),
            self.wait.is_some(),
            self.redeliver.is_some(),
            self.expect.is_some(),
        ];
        there.into_iter().filter(|there| *there).count()
    }
}

fn usual_limit() -> u64 {
    20
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "title = \"t\"\n[[customer]]\nid = \"ada\"\nphone = \"+1\"\n";

    fn wrong(steps: &str) -> String {
        Conversation::parse(&format!("{HEAD}{steps}")).unwrap_err()
    }

    #[test]
    fn the_shipped_conversation_is_well_formed() {
        let shipped = include_str!("../conversations/support.toml");
        assert!(Conversation::parse(shipped).unwrap().step.len() > 8);
    }

    #[test]
    fn an_unknown_field_is_told_with_its_line() {
        let wrong = wrong("[[step]]\ncustomer = { texts = [\"a\"], form = \"b\" }\n");
        assert!(wrong.starts_with("line 6: unknown field `form`"), "{wrong}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told_with_its_line() {
        let wrong = wrong("[[step]]\nagent = { text = 1 }\n");
        assert!(wrong.starts_with("line 6: invalid type"), "{wrong}");
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        assert!(wrong("[[step]\n").starts_with("line 5: "));
    }

    #[test]
    fn a_step_does_exactly_one_thing() {
        let none = wrong("[[step]]\n");
        assert_eq!(none, "line 5: field `step`: must have exactly one action");
        let two = wrong("[[step]]\n[[step]]\nsolve = {}\nclose = {}\n");
        assert!(two.contains("must have exactly one action"), "{two}");
    }

    #[test]
    fn a_customer_nobody_introduced_is_refused() {
        let wrong = wrong("[[step]]\ncustomer = { id = \"bob\", texts = [\"a\"] }\n");
        assert_eq!(
            wrong,
            "line 5: field `customer`: there is no [[customer]] of this id"
        );
    }

    #[test]
    fn a_missing_field_is_named() {
        let wrong = Conversation::parse("title = \"t\"\n").unwrap_err();
        assert!(wrong.contains("missing field `customer`"), "{wrong}");
    }
}
