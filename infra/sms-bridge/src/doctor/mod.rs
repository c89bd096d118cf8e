//! `sms-bridge doctor`: every hop of the deployed stack, looked at from here.
//!
//! In: the stack. Out: findings in the order of the hops, each with the exact setting and what to
//! do; exit code 0 when all is well, 1 when something has to be done, 2 when it cannot look at all.
//! Changes nothing and reaches no customer.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::Failure;
use crate::account::{self, Account, Deployed, talk};
use crate::braze::{Braze, tokens};
use crate::setup::merge::get;
use crate::setup::zendesk::given;

mod campaigns;
mod delivered;
mod finding;
mod rights;
mod routes;
pub(crate) mod routing;
mod secret;
mod settings;
mod stack;
mod table;
mod zendesk;

pub(crate) use finding::Finding;

/// For `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  sms-bridge doctor                     look at everything
  sms-bridge doctor --client admin.env  webhooks and triggers as an administrator
  sms-bridge doctor --json | jq '.findings[] | select(.level == \"wrong\")'

Exit code: 0 all is well, 1 something is wrong, 2 it could not look.
The test events are signed like real ones and touch no customer: the functions
answer them with \"ignored\".";

/// The key of what the campaigns' header proves.
const INBOUND_TOKEN: &str = "braze_inbound_token";

/// Check every hop of the deployed stack.
#[derive(Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    account: account::Options,
    /// A file with an administrator's zendesk_oauth_client_id and zendesk_oauth_client_secret, to look at webhooks and
    /// triggers where the secret's client is an agent's; not stored (`-`: standard input).
    #[arg(long, value_name = "FILE")]
    client: Option<String>,
}

/// Findings, printed as they come.
struct Report {
    findings: Vec<Finding>,
    quiet: bool,
}

impl Report {
    fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if !self.quiet {
                talk::say(&finding.text());
            }
            self.findings.push(finding);
        }
    }
}

impl Doctor {
    /// The last step of the set-up.
    pub(crate) fn of(account: account::Options) -> Self {
        Self {
            account,
            client: None,
        }
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        let admin = self.client.as_deref().map(given).transpose()?;
        let account = self.account.connect().await?;
        let deployed = account.deployed().await?;
        let mut report = Report {
            findings: Vec::new(),
            quiet: self.account.json,
        };
        report.add(stack::check(deployed));
        report.add(settings::check(deployed));
        report.add(table::check(&account).await);
        let (object, findings) = secret::check(&account).await;
        report.add(findings);
        let seen = zendesk::check(&account, deployed, &object, admin.as_ref(), &mut report).await;
        report.add(campaigns::check(deployed, &seen.bodies));
        routes::check(&account, deployed, &object, seen.clock, &mut report).await;
        // Where the functions take another token than the secret's, the campaigns' headers may well be right.
        let refused = report.findings.iter().any(|one| one.is_of(INBOUND_TOKEN));
        let (findings, asked) = braze(&account, deployed, &object, !refused).await;
        report.add(findings);
        report.add(routing::check(&account, deployed, &object, &asked).await);
        let wrong = report
            .findings
            .iter()
            .filter(|finding| finding.is_bad())
            .count();
        if self.account.json {
            let findings: Vec<Value> = report.findings.iter().map(Finding::json).collect();
            talk::say_json(&json!({"healthy": wrong == 0, "findings": findings}));
        } else {
            talk::say(&match wrong {
                0 => "\nAll is well.".to_owned(),
                1 => "\n1 thing is wrong.".to_owned(),
                _ => format!("\n{wrong} things are wrong."),
            });
        }
        match wrong {
            0 => Ok(()),
            _ => Err(Failure::Told),
        }
    }
}

async fn braze(
    account: &Account,
    stack: &Deployed,
    object: &Map<String, Value>,
    headers: bool,
) -> (Vec<Finding>, Vec<routing::Asked>) {
    // What is missing was reported when the stack and the secret were looked at.
    let base = stack.parameter("BrazeBaseUrl").unwrap_or_default();
    let (Ok(base), Some(key)) = (base.parse(), get(object, "braze_api_key")) else {
        return (Vec::new(), Vec::new());
    };
    let http = account.http();
    let tokens = if headers { tokens(object) } else { vec![] };
    let workspace = Braze {
        http,
        base,
        key,
        tokens,
    };
    workspace.check(stack).await
}

/// A failure of the account's as a finding: what is so, and behind its colon what to do.
fn of_failure(area: &'static str, setting: &str, failure: Failure) -> Finding {
    let told = failure.told();
    let (what, remedy) = told.split_once(": ").unwrap_or((told, ""));
    Finding::bad(area, setting, what.to_owned(), remedy)
}
