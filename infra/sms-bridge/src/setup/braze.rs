//! `sms-bridge setup braze`: the campaigns to make, ready to paste, and a look at what Braze tells.
//!
//! In: the stack, its secret, the texts in `infra/braze`. Out: settings and bodies with this stack's
//! URL and header. Braze's API makes no campaigns, so a person pastes.

use clap::Args;
use serde_json::{Map, Value, json};

use super::keys::EVENTS_TOKEN;
use super::merge::get;
use crate::Failure;
use crate::account::{self, Deployed, talk};
use crate::braze;
use crate::columns::{hanging, terminal};
use crate::doctor::Finding;

/// For `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  sms-bridge setup braze                  what to make, and what can be checked
  sms-bridge setup braze --show-token     with the token that goes into the header
  sms-bridge setup braze --check          only what can be checked

With the permissions campaigns.list and campaigns.details the key lets it look at
the campaigns, too.";

const REPLY: &str = include_str!("../../../braze/reply.liquid");
const SOLVED: &str = include_str!("../../../braze/solved.liquid");
/// The body of the support keyword's campaign.
pub(crate) const INBOUND: &str = include_str!("../../../braze/inbound.liquid");
/// What differs between the inbound campaigns.
pub(crate) const SUPPORT: &str = r#""kind":"message","support":true"#;

/// An inbound campaign: its name, the category that starts it, the beginning of its body.
pub(crate) const CAMPAIGNS: [(&str, &str, &str); 5] = [
    (
        "Support keyword",
        "of your keyword, such as SUPPORT",
        SUPPORT,
    ),
    (
        "Other texts",
        "OTHER",
        r#""kind":"message","support":false"#,
    ),
    (
        "Opt-out",
        "OPT-OUT",
        r#""kind":"opted_out","support":false"#,
    ),
    ("Opt-in", "OPT-IN", r#""kind":"opted_in","support":false"#),
    ("Help", "HELP", r#""kind":"help","support":false"#),
];

/// The tag of all seven campaigns, by which a workspace's own rules leave them alone.
pub(crate) const TAG: &str = "sms-bridge";

/// Print the campaigns to make in Braze, and check them.
#[derive(Args)]
pub(crate) struct Braze {
    /// Show the token that goes into the header; else it is left out.
    #[arg(long)]
    show_token: bool,
    /// Only check.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    account: account::Options,
}

/// Campaigns that have most settings in common.
struct Group {
    what: &'static str,
    settings: Vec<(&'static str, String)>,
    campaigns: Vec<Page>,
}

/// One campaign to make.
struct Page {
    name: &'static str,
    own: (&'static str, String),
    body: String,
}

impl Braze {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let account = self.account.connect().await?;
        let stack = account.deployed().await?;
        let secret = account.secret().await?;
        let object = secret.read().await?;
        let lacks = |key: &str| {
            let id = secret.name();
            Failure::Usage(format!(
                "the secret {id} lacks {key}: `sms-bridge setup secret` asks for it"
            ))
        };
        let key = get(&object, "braze_api_key").ok_or_else(|| lacks("braze_api_key"))?;
        let token = get(&object, "braze_inbound_token");
        let token = token.ok_or_else(|| lacks("braze_inbound_token"))?;
        let token = if self.show_token {
            token
        } else {
            "<braze_inbound_token>"
        };
        let base = stack.parameter("BrazeBaseUrl").unwrap_or_default().parse();
        let base = base.map_err(|error| {
            Failure::Usage(format!("the stack's parameter BrazeBaseUrl {error}"))
        })?;
        let groups = groups(stack, token)?;
        if !self.check && !self.account.json {
            talk::say(&text(&groups, stack, self.show_token));
            let form = export(stack, &object, self.show_token);
            form.iter().for_each(|form| talk::say(&form.join("\n")));
        }
        let http = account.http();
        let tokens = braze::tokens(&object);
        let workspace = braze::Braze {
            http,
            base,
            key,
            tokens,
        };
        let (findings, _) = workspace.check(stack).await;
        if self.account.json {
            let pages = groups.iter().flat_map(|group| {
                let pages = group.campaigns.iter();
                pages.map(move |page| page_json(group, page))
            });
            let pages: Vec<Value> = pages.collect();
            let checks: Vec<Value> = findings.iter().map(Finding::json).collect();
            talk::say_json(&json!({"campaigns": pages, "findings": checks,
                "event_export_url": stack.output(EXPORT_URL).ok(), "tag": TAG}));
        } else {
            talk::say(
                "Checked with Braze's API, which does not show re-eligibility and audiences:\n",
            );
            findings
                .iter()
                .for_each(|finding| talk::say(&finding.text()));
        }
        match findings.iter().any(Finding::is_bad) {
            true => Err(Failure::Told),
            false => Ok(()),
        }
    }
}

/// All that a person may have to make, with the token.
pub(super) fn page(stack: &Deployed, token: &str) -> Result<String, Failure> {
    Ok(text(&groups(stack, token)?, stack, true))
}

fn groups(stack: &Deployed, token: &str) -> Result<Vec<Group>, Failure> {
    let outgoing = |name, parameter: &str, body: &str| Page {
        name,
        own: (
            "Campaign ID",
            match stack.parameter(parameter) {
                Some(id) => format!("the stack's {parameter} is {id}"),
                None => format!("deploy with it as {parameter}, which is empty"),
            },
        ),
        body: body.trim_end().to_owned(),
    };
    let inbound = CAMPAIGNS.map(|(name, category, start)| Page {
        name,
        own: ("Trigger", format!("inbound SMS, category {category}")),
        body: INBOUND.trim_end().replace(SUPPORT, start),
    });
    Ok(vec![
        Group {
            what: "SMS campaigns, which the bridge triggers",
            settings: vec![
                ("Delivery", "API-triggered".to_owned()),
                (
                    "Re-eligibility",
                    "on, or each customer gets one message only".to_owned(),
                ),
                (
                    "Quiet hours",
                    "off, or answers wait until morning".to_owned(),
                ),
                ("Frequency cap", "off, or answers are dropped".to_owned()),
                ("Audience", "everybody".to_owned()),
                ("Tag", TAG.to_owned()),
            ],
            campaigns: vec![
                outgoing("Agent's reply", "BrazeReplyCampaignId", REPLY),
                outgoing("Ticket closed (optional)", "BrazeSolvedCampaignId", SOLVED),
            ],
        },
        Group {
            what: "Webhook campaigns, which hand customers' texts to the bridge",
            settings: vec![
                ("Delivery", "action-based".to_owned()),
                ("Webhook URL", stack.output("BrazeInboundUrl")?.to_owned()),
                ("HTTP method", "POST, request body: raw text".to_owned()),
                ("Header", "Content-Type: application/json".to_owned()),
                ("Header", format!("Authorization: Bearer {token}")),
                (
                    "Re-eligibility",
                    "on, or each customer's first text is the only one".to_owned(),
                ),
                ("Quiet hours", "off, or texts wait until morning".to_owned()),
                ("Frequency cap", "off, or texts are dropped".to_owned()),
                ("Audience", "everybody, without a filter".to_owned()),
                ("Tag", TAG.to_owned()),
            ],
            campaigns: inbound.into(),
        },
    ])
}

fn text(groups: &[Group], stack: &Deployed, with_token: bool) -> String {
    let mut lines = vec![format!(
        "Braze, for the stack {}. Bodies are pasted as they stand.",
        stack.name
    )];
    if !with_token {
        lines.push("The token is left out; --show-token shows it.".to_owned());
    }
    let setting = |name: &str, value: &str| format!("   {name:15} {value}");
    for group in groups {
        lines.push(format!("\n{}. In each of them:\n", group.what));
        lines.extend(
            group
                .settings
                .iter()
                .map(|(name, value)| setting(name, value)),
        );
        for page in &group.campaigns {
            lines.push(format!("\n * {}", page.name));
            lines.push(setting(page.own.0, &page.own.1));
            lines.push(format!("{LINE}\n{}\n{LINE}", page.body));
        }
    }
    lines.push(format!("\n{EXCLUDED}"));
    lines.push(format!("\n{CONTEXT_TOLD}\n{LINE}\n{CONTEXT}\n{LINE}"));
    lines.push(format!("\n{IDENTITY}"));
    lines.push(format!("\n{AFTER}"));
    lines.join("\n")
}

/// What to type into the form of Currents, where the stack has a route for it.
fn export(stack: &Deployed, secret: &Map<String, Value>, with_token: bool) -> Option<Vec<String>> {
    let url = stack.output(EXPORT_URL).ok()?;
    let token = match get(secret, EVENTS_TOKEN) {
        Some(token) if with_token => token.to_owned(),
        Some(_) => format!("<{EVENTS_TOKEN}>"),
        None => format!(
            "make one, such as with `openssl rand -hex 24`, and put it into the secret first: a file \
             with the line {EVENTS_TOKEN}=…, then `sms-bridge setup secret --from FILE`"
        ),
    };
    let rows = [
        (
            "Connector",
            "Partner integrations > Data export > Custom HTTP".to_owned(),
        ),
        ("Endpoint URL", url.to_owned()),
        ("Bearer token", token),
        (
            "Events",
            "all of SMS and RCS; subscription group state change".to_owned(),
        ),
    ];
    let mut lines = vec![format!("\n{EXPORT}\n")];
    for (name, value) in rows {
        let name = format!("   {name:15} ");
        lines.extend(hanging(&name, &value, terminal()));
    }
    Some(lines)
}

/// The stack's output with the route of the event export.
const EXPORT_URL: &str = "BrazeEventsUrl";

const EXPORT: &str = "\
Event export (optional: Braze's add-on Currents). With it an agent reads which
SMS did not arrive. The connector's form:";

/// Names [`TAG`].
const EXCLUDED: &str = "\
A workspace can hold messages back silently. Exclude
the tag sms-bridge, where your workspace has these:

   Control group   Audience > Global Control Group > Exclusions: the tag
   Suppression     Audience > Suppression Lists, each list: exclude the tag
   Quiet hours     Settings > Quiet Hours, of SMS and webhook: exclude the tag;
                   and off in each campaign
   Frequency cap   Settings > Frequency Capping Rules: no rule for the tag;
                   and off in each campaign";

const LINE: &str =
    "--------------------------------------------------------------------------------";

/// For the bodies of the inbound campaigns; `docs/desk-and-marketing.md` tells what becomes of each member.
const CONTEXT: &str = r#" "language":"{{${language} | json_escape}}",
 "context":{
  "plan":"{{custom_attribute.${plan} | json_escape}}",
  "city":"{{${city} | json_escape}}",
  "customer since":"{{custom_attribute.${customer_since} | json_escape}}",
  "last order":"{{custom_attribute.${last_order} | json_escape}}",
  "last campaign":"{{custom_attribute.${last_campaign} | json_escape}}"},"#;

const CONTEXT_TOLD: &str = "\
Context for the agent (optional): one internal note when a ticket opens. Paste
these lines below the first line of the two bodies with \"kind\":\"message\", and
take out or rename what your workspace does not have. What is empty is not
shown. Your campaigns have to write last_campaign themselves:";

/// What the bridge cannot see, and its customers' identity rests on.
const IDENTITY: &str = "\
Identity: enforce SDK Authentication for your apps (Settings > App settings),
or whoever has an app's public SDK key can give a customer's profile another
number, and reads the answers to that customer.";

const AFTER: &str = "\
Texts of the categories opt-out, opt-in and help never reach OTHER: without
their campaigns the agent does not learn of them. Launch every campaign.";

fn page_json(group: &Group, page: &Page) -> Value {
    let settings = group.settings.iter().chain([&page.own]);
    let settings: Vec<Value> = settings
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    json!({"name": page.name, "settings": settings, "body": page.body})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_the_one_to_exclude() {
        assert!(EXCLUDED.contains(&format!("the tag {TAG}, where")));
    }

    #[test]
    fn the_lines_of_context_fit_into_the_bodies() {
        let mut lines: Vec<&str> = INBOUND.lines().collect();
        lines.insert(1, CONTEXT);
        let body: Value = serde_json::from_str(&lines.join("\n")).unwrap();
        assert_eq!(body["context"].as_object().unwrap().len(), 5);
        assert!(body["kind"].is_string() && body["language"].is_string());
    }

    #[test]
    fn the_bodies_differ_in_kind_and_support_only_and_are_json() {
        assert!(INBOUND.contains(SUPPORT));
        for (name, _, start) in CAMPAIGNS {
            let body: Value = serde_json::from_str(&INBOUND.replace(SUPPORT, start)).unwrap();
            assert_eq!(body["support"], name == "Support keyword", "{name}");
            assert!(body["kind"].is_string());
        }
    }
}
