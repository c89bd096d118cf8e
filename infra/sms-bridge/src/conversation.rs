//! Conversation files: what people do, and what should come of it.
//!
//! In: a TOML file. Out: checked steps, or a sentence naming line and field. The format is described
//! to users in [`HELP`] and at the head of the file that ships.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use simulators::braze::User;
use toml::Spanned;

use crate::steps::{Step, is_address};

/// The format, for `--help`.
pub(crate) const HELP: &str = r#"Conversation files (--script) are TOML:

  title = "..."                     printed first
  about = "..."                     what it shows, in a sentence
  limit_seconds = 20                longest wait for one step (default 20)
  [settings]                        environment variables of the functions
  OPEN_ON = "any"
  [[customer]]                      at least one; the first is meant by default
  id = "ada"  first_name = "Ada"  last_name = "Lovelace"  phone = "+1..."
  known = true                      false: Braze has no profile of the number
  language = "fr"                   of the profile, as its
  attributes = { plan = "gold" }    custom attributes

  [[step]]                          played in order, each with one action:
  say = "..."                       what happens, shown on the sandbox's page
  customer = { texts = ["..."], id = "ada", at_once = false,
               pictures = ["data:image/png;base64,..."] }
  phone = { id = "ada", is = "unsubscribed" }   also: subscribed (as at first),
                                    unknown, control_group, suppression_list,
                                    capped, unreachable, blocked, unknown_number,
                                    landline, filtered, failing, deactivated
  agent = { text = "...", public = true, status = "solved", ticket = 1,
            name = "Ada Agent", files = [{ name = "...", data = "data:..." }] }
  open = { id = "ada", subject = "...", text = "..." }   by an agent
  status = { ticket = 1, to = "pending" }
  solve = { ticket = 1 }            also: close, delete
  merge = { from = 2, into = 1 }
  tags = { ticket = 1, add = ["..."] }   also: remove = ["..."]
  requester = { ticket = 1, id = "ben" }   an agent changes the requester
  email = { from = "ann@example.com", name = "Ann", subject = "...", text = "..." }
                                    opens a ticket by e-mail
  merge_users = { from = "ada", into = "ann@example.com" }   two users become one
  suspend = { id = "ada" }          also: suspended = false
  repeat = { id = "ada" }           Braze posts the last text's webhook again
  faults = { zendesk = "down" }     also: braze, database; works, slow, limited,
                                    down, mute (acts, loses the answer), refuses
  webhooks = { hold = true }        keep Zendesk's webhooks
  webhooks = { send = [2, 1, 1] }   send kept ones in this order; also: lose = [3]
  kill = { at = "zendesk", when = "after" }   the next function that calls there
  jump = { hours = 1 }              also: minutes, days; then redelivery runs
  settings = { CSAT = "on" }        deployed from now on; "" removes one
  auto_reply = { say = "..." }      the trigger of `setup zendesk --auto-reply`
  campaign = { keyword = "PARCEL", answer = "...", adds = '"ticket":{...}' }
                                    members for an inbound campaign's body: of a
                                    new keyword, or without one of SUPPORT's;
                                    {brand:NAME}, {group:NAME}, {form:NAME}
                                    stand for ids
  wait = { seconds = 0.5 }
  redeliver = { due = false }       run redelivery now; due: every pause ends before
  replay = { letter = 1 }           a dead letter is tried again; left out: all
  expect = { received = ["..."],    SMS since the last expect that named them
             automatic = ["..."],   likewise Braze's own answers to keywords
             customer = "ada", in_any_order = false,
             ticket = 1,
             comments = ["customer: ...", "agent: ...", "note: ..."],
             status = "open", tags = ["vip"], brand = "Acme", priority = "high",
             tickets = 1, attributes = { zendesk_ticket_open = true } }

People of Zendesk are named by a customer's id or an e-mail address.
Tickets are counted from 1 in the order they appear; left out, the newest is
meant. A time in a comment reads {time}. An expectation waits until it holds, then nothing more may follow. An SMS
that no expectation named fails the run. Exit code: 0 all held, 1 not, 2 the
file is wrong."#;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversation {
    pub(crate) title: String,
    /// What it shows, in a sentence.
    #[serde(default)]
    pub(crate) about: String,
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
    /// Whether Braze has a profile of the customer.
    #[serde(default = "yes")]
    pub(crate) known: bool,
    /// The profile's language.
    #[serde(default)]
    pub(crate) language: String,
    /// The profile's custom attributes.
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, toml::Value>,
}

impl Customer {
    /// What names the customer to Braze: the external id, or the number of someone unknown.
    pub(crate) fn name(&self) -> &str {
        if self.known { &self.id } else { &self.phone }
    }
}

impl Customer {
    /// Whether there is more to say of the profile than a name.
    pub(crate) fn has_profile(&self) -> bool {
        !self.language.is_empty() || !self.attributes.is_empty()
    }

    /// Puts that into a profile.
    pub(crate) fn fill(&self, user: &mut User) {
        if !self.language.is_empty() {
            user.language.clone_from(&self.language);
        }
        for (name, value) in &self.attributes {
            let value = serde_json::to_value(value).unwrap_or_default();
            user.attributes.insert(name.clone(), value);
        }
    }
}

impl Conversation {
    /// Reads and checks a file; the error is one sentence.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{name} cannot be read: {error}"))?;
        Self::parse(&text).map_err(|wrong| format!("{name}, {wrong}"))
    }

    /// Checks a file's text; the error names the line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
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
            if let Some((field, why)) = step.wrong() {
                return wrong(field, why);
            }
            let texts = step.customer.as_ref();
            let named = texts.and_then(|texts| texts.id.as_ref());
            let named = named.or(step.phone.as_ref().and_then(|phone| phone.id.as_ref()));
            let named = named.or(step.expect.as_ref().and_then(|e| e.customer.as_ref()));
            let people = step.people().into_iter().filter(|id| !is_address(id));
            let unknown = |id: &String| self.customer.iter().all(|known| known.id != *id);
            if named.into_iter().chain(people).any(unknown) {
                return wrong("customer", "there is no [[customer]] of this id");
            }
        }
        Ok(())
    }
}

fn yes() -> bool {
    true
}

fn usual_limit() -> u64 {
    20
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
    fn a_number_out_of_its_range_is_refused() {
        for (step, why) in [
            ("wait = { seconds = -1 }", "`wait.seconds`: must be from 0"),
            ("wait = { seconds = 1e300 }", "`wait.seconds`: must be from"),
            ("wait = { seconds = nan }", "`wait.seconds`: must be from 0"),
            ("jump = { days = 401 }", "`jump`: must be from 0 to 400"),
            ("merge = { from = 1, into = 1 }", "`merge`: must be into"),
            (
                "merge_users = { from = \"ada\", into = \"ada\" }",
                "`merge_users`: must be into another user",
            ),
            (
                "email = { from = \"ada\", subject = \"s\", text = \"t\" }",
                "`email.from`: must be an e-mail",
            ),
            ("tags = { ticket = 1 }", "`tags`: must add some"),
            ("customer = { texts = [] }", "`customer.texts`: must not"),
        ] {
            let wrong = wrong(&format!("[[step]]\n{step}\n"));
            assert!(wrong.starts_with("line 5: field "), "{wrong}");
            assert!(wrong.contains(why), "{wrong}");
        }
    }

    #[test]
    fn a_customer_nobody_introduced_is_refused() {
        for step in [
            "customer = { id = \"bob\", texts = [\"a\"] }",
            "requester = { id = \"bob\" }",
            "merge_users = { from = \"ann@example.com\", into = \"bob\" }",
        ] {
            let wrong = wrong(&format!("[[step]]\n{step}\n"));
            assert_eq!(
                wrong,
                "line 5: field `customer`: there is no [[customer]] of this id"
            );
        }
    }

    #[test]
    fn a_missing_field_is_named() {
        let wrong = Conversation::parse("title = \"t\"\n").unwrap_err();
        assert!(wrong.contains("missing field `customer`"), "{wrong}");
    }
}
