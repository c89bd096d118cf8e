//! What the walk finds out and the stack does not know yet: the SMS subscription group of the reply campaign.
//!
//! In: the stack, what Braze tells of the campaign, else a person. Out: the deployed stack's parameters. Asked once: who
//! has no group is not asked again.

use std::io::IsTerminal;

use crate::Failure;
use crate::account::{Account, Deployed, talk};
use crate::braze::Braze;
use crate::columns::{terminal, wrapped};

const GROUP: &str = "BrazeSubscriptionGroupId";
const CHECK: &str = "CheckSubscription";
const REPLY: &str = "BrazeReplyCampaignId";

/// Fills [`GROUP`] and [`CHECK`] where the group is empty and looks at subscriptions are not switched off. `seen`: the
/// group, where the campaigns that were looked at tell it.
pub(super) async fn subscription(
    account: &Account,
    stack: &Deployed,
    braze: &Braze<'_>,
    seen: Option<&str>,
    asks: bool,
) -> Result<(), Failure> {
    if stack.parameter(GROUP).is_some() || stack.parameter(CHECK) == Some("off") {
        return Ok(());
    }
    let mut group = seen.map(str::to_owned);
    if let (None, Some(campaign)) = (&group, stack.parameter(REPLY)) {
        group = braze.group_of(campaign).await?;
        if group.is_none() && asks && std::io::stdin().is_terminal() {
            group = Some(asked()?);
        }
    }
    let Some(group) = group else {
        return Ok(());
    };
    let values = match group.as_str() {
        "" => vec![(CHECK, "off")],
        group => vec![(GROUP, group), (CHECK, "on")],
    };
    let shown: Vec<String> = values
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match account.fill(&values).await {
        Ok(()) => tell(&format!(
            "The stack gets {}: CloudFormation is changing it. {DONE}",
            shown.join(" and ")
        )),
        Err(refused) => tell(&format!(
            "The stack was not given {}: {}. Do it by `sms-bridge deploy --set {}`.",
            shown.join(" and "),
            refused.told(),
            shown.join(" --set ")
        )),
    }
    Ok(())
}

const DONE: &str = "In a few minutes, agents are warned when a customer is not subscribed.";

/// The id, or an empty text.
fn asked() -> Result<String, Failure> {
    tell(
        "Which SMS subscription group do the SMS campaigns send in? Its API identifier stands in Braze under Audience > \
         Subscription group management. With it, agents are warned when a customer is not \
         subscribed. Press Enter alone to skip this.",
    );
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    loop {
        let typed = talk::ask(&format!("  {GROUP}: "))?;
        if typed.chars().all(letter) {
            return Ok(typed);
        }
        talk::warn("  an API identifier has letters, figures and dashes only; once more.");
    }
}

fn tell(text: &str) {
    talk::say(&wrapped(text, terminal()).join("\n"));
}
