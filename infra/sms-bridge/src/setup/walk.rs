//! `sms-bridge setup`: all of it in one walk, which goes on where it was left.
//!
//! In: the stack, a person at a terminal. Out: the secret filled, Zendesk set up, Braze's campaigns found by their URL,
//! the stack given what Braze tells of them, everything checked. Each step first looks at what is there, asks for what is missing only, and each value once.

use clap::Args;
use serde_json::Value;

use super::braze::{CAMPAIGNS, page};
use super::fill;
use super::merge::get;
use super::secret::{TOKEN, fill};
use super::zendesk::Zendesk;
use crate::Failure;
use crate::account::{self, Account, Deployed, talk};
use crate::braze::Braze;
use crate::columns::{terminal, wrapped};
use crate::doctor::Doctor;

/// For `--help`.
pub(super) const EXAMPLES: &str = "\
Without a command: all of it, one after the other. It asks for what is missing
only, shows what it will do in Zendesk and asks, prints what to paste into Braze
and waits, and checks every hop at the end. Interrupted, run it again.";

/// The whole walk.
#[derive(Args)]
pub(crate) struct Walk {
    /// Do not ask before Zendesk is changed, nor wait for Braze.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

impl Walk {
    pub(super) async fn run(self) -> Result<(), Failure> {
        if self.account.json {
            let sentence = "the walk is for a person; --json is for `setup secret`, `setup zendesk`, `setup braze` \
                            and `doctor`, each by itself";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        let account = self.account.connect().await?;
        let stack = account.deployed().await?;
        heading(1, "credentials");
        fill(&account).await?;
        heading(2, "Zendesk");
        Box::pin(Zendesk::in_the_walk(self.yes, self.account.clone()).run()).await?;
        heading(3, "Braze");
        self.braze(&account, stack).await?;
        heading(4, "check");
        Box::pin(Doctor::of(self.account.clone()).run()).await
    }

    /// Finds the campaigns, and waits for a person to make what texts need at least.
    async fn braze(&self, account: &Account, stack: &Deployed) -> Result<(), Failure> {
        let object = account.secret().await?.read().await?;
        let (key, token) = (get(&object, "braze_api_key"), get(&object, TOKEN));
        let (Some(key), Some(token)) = (key, token) else {
            let sentence = "the secret lacks braze_api_key or braze_inbound_token: run `sms-bridge setup` again";
            return Err(Failure::Usage(sentence.to_owned()));
        };
        let base = stack.parameter("BrazeBaseUrl").unwrap_or_default().parse();
        let base = base.map_err(|error| {
            Failure::Usage(format!("the stack's parameter BrazeBaseUrl {error}"))
        })?;
        let http = account.http();
        let tokens = Vec::new();
        let braze = Braze {
            http,
            base,
            key,
            tokens,
        };
        let found = self.campaigns(&braze, stack, token).await?;
        let group = found.as_ref().and_then(|found| found.group(stack));
        fill::subscription(account, stack, &braze, group, !self.yes).await
    }

    /// The campaigns as they are in the end; `None`: the key may not list them.
    async fn campaigns(
        &self,
        braze: &Braze<'_>,
        stack: &Deployed,
        token: &str,
    ) -> Result<Option<Found>, Failure> {
        let url = stack.output("BrazeInboundUrl")?;
        let mut printed = false;
        loop {
            let campaigns = braze.campaigns().await?;
            let found = campaigns.as_deref().map(|all| Found::of(all, url, token));
            if let Some(found) = &found {
                found.tell(stack);
            }
            if found.as_ref().is_some_and(Found::takes_texts) {
                return Ok(found);
            }
            if !printed && (found.is_none() || !self.yes) {
                talk::say(&page(stack, token)?);
                printed = true;
            }
            if self.yes {
                return Ok(found);
            }
            let question = match &found {
                Some(_) => {
                    "Press Enter once the campaign for OTHER is launched (s goes on without): "
                }
                None => "The key may not list campaigns. Press Enter once they are launched: ",
            };
            if talk::ask(question)? == "s" || found.is_none() {
                return Ok(found);
            }
        }
    }
}

fn heading(number: usize, what: &str) {
    talk::say(&format!("\n{number} of 4: {what}\n"));
}

/// The workspace's campaigns as far as they are the bridge's.
struct Found {
    /// Which of [`CAMPAIGNS`] are live, with the stack's URL.
    live: Vec<&'static str>,
    /// Names of those that send another token.
    other_token: Vec<String>,
    /// Live API-triggered SMS campaigns that send what they are given: name, id, subscription group.
    replies: Vec<(String, String, String)>,
}

impl Found {
    fn of(campaigns: &[(String, Value)], url: &str, token: &str) -> Self {
        let mut found = Self {
            live: Vec::new(),
            other_token: Vec::new(),
            replies: Vec::new(),
        };
        for (id, told) in campaigns {
            let is_live = told["enabled"] == true && told["archived"] != true;
            let messages = told["messages"].as_object().into_iter().flatten();
            for (_, message) in messages.filter(|_| is_live) {
                let text = |name: &str| message[name].as_str().unwrap_or_default();
                let name = told["name"].as_str().unwrap_or_default().to_owned();
                let body: String = text("body").split_whitespace().collect();
                if text("url") == url {
                    let of = CAMPAIGNS.iter().find(|(_, _, start)| body.contains(start));
                    found.live.extend(of.map(|(name, _, _)| *name));
                    let bearer = format!("Bearer {token}");
                    if message["headers"]["Authorization"] != bearer.as_str() {
                        found.other_token.push(name);
                    }
                } else if message["channel"] == "sms"
                    && told["schedule_type"] == "api_triggered"
                    && body.contains("msg_body")
                {
                    let group = text("subscription_group_id").to_owned();
                    found.replies.push((name, id.clone(), group));
                }
            }
        }
        found
    }

    /// Whether customers' texts reach the bridge.
    fn takes_texts(&self) -> bool {
        let messages = CAMPAIGNS
            .iter()
            .filter(|(_, _, start)| start.contains("message"));
        let mut names = messages.map(|(name, _, _)| name);
        names.any(|name| self.live.contains(name))
    }

    /// The SMS subscription group of the stack's reply campaign, or of the only one there is.
    fn group(&self, stack: &Deployed) -> Option<&str> {
        let known = stack.parameter("BrazeReplyCampaignId");
        let is_it = |reply: &&(String, String, String)| known.is_none_or(|known| reply.1 == known);
        let mut replies = self.replies.iter().filter(is_it);
        let (_, _, group) = replies
            .next()
            .filter(|_| known.is_some() || self.replies.len() == 1)?;
        (!group.is_empty()).then_some(group)
    }

    /// What is there and what is not, and which settings the campaigns tell.
    fn tell(&self, stack: &Deployed) {
        let mut lines = Vec::new();
        let missing = CAMPAIGNS.iter().map(|(name, _, _)| *name);
        let missing: Vec<&str> = missing.filter(|name| !self.live.contains(name)).collect();
        if !self.live.is_empty() {
            lines.push(format!(
                "Launched, with this stack's URL: {}.",
                self.live.join(", ")
            ));
        }
        if !missing.is_empty() {
            lines.push(format!("Not there yet: {}.", missing.join(", ")));
        }
        for name in &self.other_token {
            lines.push(format!(
                "The campaign \"{name}\" sends another token than the secret's: its texts are refused. Paste the \
                 header of `sms-bridge setup braze --show-token`."
            ));
        }
        let known = stack.parameter("BrazeReplyCampaignId");
        match (known, self.replies.as_slice()) {
            (Some(_), _) => {}
            (None, [(name, id, _)]) => lines.push(format!(
                "Answers need the campaign \"{name}\": sms-bridge deploy --set BrazeReplyCampaignId={id}"
            )),
            (None, []) => lines.push(
                "Answers need an API-triggered SMS campaign with msg_body; its id is the parameter \
                 BrazeReplyCampaignId."
                    .to_owned(),
            ),
            (None, several) => {
                let all = several.iter().map(|(name, id, _)| format!("\"{name}\" {id}"));
                let all: Vec<String> = all.collect();
                lines.push(format!(
                    "Answers need one of these as BrazeReplyCampaignId: {}.",
                    all.join(", ")
                ));
            }
        }
        for line in lines {
            talk::say(&wrapped(&line, terminal()).join("\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn campaigns_are_found_by_the_url_in_them_and_by_their_text() {
        let webhook = |url: &str, body: &str, enabled: bool| {
            json!({"name": "N", "enabled": enabled, "schedule_type": "action_based", "messages": {"m": {
                "channel": "webhook", "url": url, "body": body,
                "headers": {"Authorization": "Bearer right"}}}})
        };
        let body = "{ \"kind\": \"message\",\n \"support\": false }";
        let sms = json!({"name": "Reply", "enabled": true, "schedule_type": "api_triggered", "messages": {"m": {
            "channel": "sms", "body": "{{api_trigger_properties.${msg_body}}}",
            "subscription_group_id": "g"}}});
        let all = [
            ("a".to_owned(), webhook("https://here", body, true)),
            ("b".to_owned(), sms),
        ];
        let found = Found::of(&all, "https://here", "right");
        assert_eq!(found.live, ["Other texts"]);
        assert!(found.takes_texts() && found.other_token.is_empty());
        assert_eq!(found.replies.len(), 1);
        assert_eq!(Found::of(&all, "https://here", "wrong").other_token, ["N"]);
        assert!(!Found::of(&all, "https://there", "right").takes_texts());
        let stopped = [("a".to_owned(), webhook("https://here", body, false))];
        assert!(!Found::of(&stopped, "https://here", "right").takes_texts());
    }
}
