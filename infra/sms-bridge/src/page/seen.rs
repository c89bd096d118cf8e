//! What came of the steps of a recording.
//!
//! In: tickets and phones. Out: expectations of what is new there since the last look. Writes no
//! file.

use std::collections::BTreeMap;

use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::Status;

use super::view::name;
use crate::steps::Expect;
use crate::transcript::line;

/// Attributes that are the same whenever it is played again.
const STABLE: [&str; 1] = ["zendesk_ticket_open"];

/// SMS, comments and the like that an expectation named.
#[derive(Default)]
pub(super) struct Seen {
    sms: BTreeMap<String, usize>,
    commented: BTreeMap<u64, usize>,
    statuses: BTreeMap<u64, Status>,
    attributes: BTreeMap<String, Value>,
}

impl Seen {
    /// What came since the last time; it is expected from then on.
    pub(super) fn news(&mut self, stack: &Stack, tickets: &[u64]) -> Vec<Expect> {
        let mut expectations = self.said(stack, tickets);
        expectations.extend(self.received(stack));
        expectations
    }

    /// Comments and statuses of each ticket.
    fn said(&mut self, stack: &Stack, tickets: &[u64]) -> Vec<Expect> {
        let mut expectations = Vec::new();
        for (at, &id) in tickets.iter().enumerate() {
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
        expectations
    }

    /// SMS and attributes of each customer.
    fn received(&mut self, stack: &Stack) -> Vec<Expect> {
        let mut expectations = Vec::new();
        for user in stack.braze.users() {
            let id = name(&user).to_owned();
            let inbox = stack.braze.inbox(&id);
            let seen = self.sms.insert(id.clone(), inbox.len()).unwrap_or(0);
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
        expectations
    }
}
