//! The outside calls of a flow, as discovered by playing it without faults.
//!
//! In: the call logs of the stand-ins. Out: [`Call`]s, named as in the documentation.

use std::collections::BTreeMap;
use std::fmt;

use crate::stage::Marks;
use crate::stage::Stage;

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Zendesk's API.
    Zendesk,
    /// Braze's API.
    Braze,
    /// The table.
    Dynamo,
    /// The secret.
    Secrets,
}

/// One outside call of a flow: the `nth` (from zero) of its operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// Who is called.
    pub party: Party,
    /// What for, such as `tickets.create`.
    pub operation: String,
    /// How many calls of the same operation come before it.
    pub nth: u32,
}

impl Call {
    /// Only a cold start makes this call.
    pub fn is_of_a_cold_start(&self) -> bool {
        self.party == Party::Secrets || self.operation == "oauth.token"
    }

    /// It names a ticket that may be gone.
    pub fn is_about_a_ticket(&self) -> bool {
        let named = [
            "tickets.show",
            "tickets.update",
            "tickets.add_tags",
            "tickets.remove_tags",
            "comments.list",
        ];
        self.party == Party::Zendesk && named.contains(&self.operation.as_str())
    }

    /// Every call since the marks, each operation numbered from zero.
    pub fn since(stage: &Stage, marks: Marks) -> Vec<Self> {
        let mut names: Vec<(Party, String)> = Vec::new();
        if stage.stack.secrets.reads() > marks.secrets {
            names.push((Party::Secrets, "GetSecretValue".to_owned()));
        }
        let zendesk = stage.stack.zendesk.calls();
        let braze = stage.stack.braze.calls();
        let dynamo = stage.stack.dynamo.calls();
        names.extend(
            zendesk[marks.zendesk..]
                .iter()
                .map(|call| (Party::Zendesk, call.operation.clone())),
        );
        names.extend(
            braze[marks.braze..]
                .iter()
                .map(|call| (Party::Braze, call.operation.clone())),
        );
        names.extend(
            dynamo[marks.dynamo..]
                .iter()
                .map(|call| (Party::Dynamo, call.operation.clone())),
        );
        let mut counts: BTreeMap<(Party, String), u32> = BTreeMap::new();
        names
            .into_iter()
            .map(|(party, operation)| {
                let count = counts.entry((party, operation.clone())).or_default();
                *count += 1;
                Self {
                    party,
                    operation,
                    nth: *count - 1,
                }
            })
            .collect()
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let party = match self.party {
            Party::Zendesk => "Zendesk",
            Party::Braze => "Braze",
            Party::Dynamo => "DynamoDB",
            Party::Secrets => "Secrets Manager",
        };
        write!(f, "{party} `{}`", self.operation)?;
        if self.nth > 0 {
            write!(f, " no. {}", self.nth + 1)?;
        }
        Ok(())
    }
}
