//! The outside calls of a flow, as discovered by playing it without faults.
//!
//! In: the call logs of the stand-ins. Out: [`Call`]s, named as in the documentation.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use local::pictures;

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
    /// Where customers' pictures lie.
    Pictures,
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
    /// How many writes of the table come before it; the next one settles what it did.
    pub writes: u32,
    /// It writes down where a profile's conversation is: it has no condition that could be lost, and who makes it
    /// looks at the clock afterwards.
    pub of_profile: bool,
}

impl Call {
    /// Only a cold start surely makes this call: of the switch that stops all SMS a look counts for a while.
    pub fn is_of_a_cold_start(&self) -> bool {
        let kept = ["oauth.token", "GetItem"];
        self.party == Party::Secrets || kept.contains(&self.operation.as_str())
    }

    /// It names a ticket that may be gone.
    pub fn is_about_a_ticket(&self) -> bool {
        let named = [
            "tickets.show",
            "tickets.update",
            "tickets.add_tags",
            "tickets.remove_tags",
            "comments.list",
            "audits.list",
            "metrics.show",
        ];
        self.party == Party::Zendesk && named.contains(&self.operation.as_str())
    }

    /// The write of the table that comes after it.
    pub fn settling_write(&self) -> Self {
        Self {
            party: Party::Dynamo,
            operation: "UpdateItem".to_owned(),
            nth: self.writes,
            writes: self.writes,
            of_profile: false,
        }
    }

    /// Every call since the marks, each operation numbered from zero.
    pub fn since(stage: &Stage, marks: Marks) -> Vec<Self> {
        let mut names: Vec<(Party, String, i64)> = Vec::new();
        if stage.stack.secrets.reads() > marks.secrets {
            names.push((Party::Secrets, "GetSecretValue".to_owned(), 0));
        }
        let zendesk = stage.stack.zendesk.calls();
        let braze = stage.stack.braze.calls();
        let dynamo = stage.stack.dynamo.calls();
        names.extend(
            zendesk[marks.zendesk..]
                .iter()
                .map(|call| (Party::Zendesk, call.operation.clone(), call.at_ms)),
        );
        names.extend(
            braze[marks.braze..]
                .iter()
                .map(|call| (Party::Braze, call.operation.clone(), call.at_ms)),
        );
        names.extend(
            dynamo[marks.dynamo..]
                .iter()
                .map(|call| (Party::Dynamo, call.operation.clone(), 0)),
        );
        let writes = dynamo[marks.dynamo..]
            .iter()
            .filter(|call| call.operation == "UpdateItem");
        let of_profile = writes.map(|call| {
            let key = call.key.as_deref();
            key.is_some_and(|key| key.starts_with("profile#"))
        });
        let of_profile: Vec<bool> = of_profile.collect();
        let pictures = stage.downloads() - marks.pictures;
        let download = (Party::Pictures, pictures::GET.to_owned(), 0);
        names.extend(std::iter::repeat_n(download, pictures));
        let mut counts: BTreeMap<(Party, String), u32> = BTreeMap::new();
        names
            .into_iter()
            // Every run of redelivery asks for it in the end, and does without where it is refused: the tests of
            // `delivery/reconcile.rs` play that.
            .filter(|(_, operation, _)| {
                !["incremental.tickets", "search.tickets"].contains(&operation.as_str())
            })
            .map(|(party, operation, at)| {
                let count = counts.entry((party, operation.clone())).or_default();
                *count += 1;
                let nth = *count - 1;
                let is_write = operation == "UpdateItem";
                let of_profile = is_write && of_profile.get(nth as usize) == Some(&true);
                Self {
                    party,
                    operation,
                    nth,
                    of_profile,
                    writes: writes_before(stage, marks, at),
                }
            })
            .collect()
    }
}

/// Writes of the table since the marks that came before this time of the simulators' clock.
fn writes_before(stage: &Stage, marks: Marks, at: i64) -> u32 {
    let ahead = stage.stack.zendesk.clock().offset_ms();
    let at = Duration::from_millis(u64::try_from(at - ahead).unwrap_or(0));
    let calls = stage.stack.dynamo.calls();
    let before = calls[marks.dynamo..]
        .iter()
        .filter(|call| call.operation == "UpdateItem" && call.at <= UNIX_EPOCH + at);
    u32::try_from(before.count()).unwrap_or(u32::MAX)
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let party = match self.party {
            Party::Zendesk => "Zendesk",
            Party::Braze => "Braze",
            Party::Dynamo => "DynamoDB",
            Party::Secrets => "Secrets Manager",
            Party::Pictures => "Picture",
        };
        write!(f, "{party} `{}`", self.operation)?;
        if self.nth > 0 {
            write!(f, " no. {}", self.nth + 1)?;
        }
        Ok(())
    }
}
