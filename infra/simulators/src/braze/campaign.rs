//! Campaigns: API-triggered ones that send SMS, and action-based ones that call a webhook.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids;

use super::keywords::{Category, SUPPORT};
use super::profile::SMS_GROUP;

/// A campaign with one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Message with Liquid placeholders: the SMS's text, or the webhook's body.
    pub template: String,
    /// Minutes until a user may get it again; `None`: never again. The dashboard's default is
    /// days.
    pub re_eligible_minutes: Option<u32>,
    /// Whether the workspace's frequency cap counts and holds for it.
    pub frequency_capped: bool,
    /// Whether it waits for the end of the workspace's quiet hours.
    pub heeds_quiet_hours: bool,
    /// Whether it was put away.
    pub archived: bool,
    /// Whether it was never launched.
    pub draft: bool,
    /// Whether it is running; a stopped campaign is neither a draft nor enabled.
    pub enabled: bool,
    /// Whether it was changed after its launch without the change being launched.
    pub has_post_launch_draft: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Channel of its one message.
    pub channel: String,
    /// How it is triggered: `api_triggered` or `action_based`.
    pub schedule_type: String,
    /// Subscription group of an SMS.
    pub subscription_group_id: String,
    /// Where a webhook goes.
    pub webhook: Option<WebhookMessage>,
    /// Simulated time, milliseconds since the epoch; 0: when it is added.
    pub created_at_ms: i64,
}

impl Campaign {
    /// A campaign that sends `{{api_trigger_properties.msg_body}}`, again and again.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            template: "{{api_trigger_properties.msg_body}}".to_owned(),
            re_eligible_minutes: Some(0),
            frequency_capped: true,
            heeds_quiet_hours: true,
            archived: false,
            draft: false,
            enabled: true,
            has_post_launch_draft: false,
            tags: Vec::new(),
            channel: "sms".to_owned(),
            schedule_type: "api_triggered".to_owned(),
            subscription_group_id: SMS_GROUP.to_owned(),
            webhook: None,
            created_at_ms: 0,
        }
    }

    /// A campaign that posts `body` as JSON when a text of a keyword category comes in.
    pub fn webhook(id: &str, name: &str, on: Category, url: &str, body: &str) -> Self {
        let headers = [("Content-Type", "application/json")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            template: body.to_owned(),
            channel: "webhook".to_owned(),
            schedule_type: "action_based".to_owned(),
            subscription_group_id: String::new(),
            webhook: Some(WebhookMessage {
                url: url.to_owned(),
                method: "POST".to_owned(),
                headers: headers.into(),
                on,
                keyword_category: None,
            }),
            ..Self::new(id, name)
        }
    }

    /// Id of its one message variation.
    pub fn variation_id(&self) -> String {
        ids::derived_uuid(&self.id)
    }

    /// Whether it sends anything at all.
    pub fn is_live(&self) -> bool {
        self.enabled && !self.draft && !self.archived
    }
}

/// A webhook message and what starts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookMessage {
    /// Where it goes.
    pub url: String,
    /// HTTP method.
    pub method: String,
    /// Headers typed into the composer.
    pub headers: BTreeMap<String, String>,
    /// Category of the texts that start it.
    pub on: Category,
    /// Name of the category, where that is a custom one.
    pub keyword_category: Option<String>,
}

/// What `sms-bridge setup braze` gives to paste, in the campaign of the support keyword.
const CONTRACT_BODY: &str = include_str!("../../../braze/inbound.liquid");

/// The part of it that differs between campaigns.
const CONTRACT_KIND: &str = r#""kind":"message","support":true"#;

const GUIDE_BODY: &str = r#"{"ticket":{"subject":"Action Needed","comment":{"body":"{{sms.${inbound_message_body}}}"},"requester":{"name":"{{${first_name}}} {{${last_name}}}","user_fields":{"braze_external_id":"{{${user_id}}}"}},"priority":"normal","type":"problem"}}"#;

/// The usual webhook campaigns that pass inbound texts on, all to one URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// Where they post to.
    pub url: String,
    /// Bearer token typed into the composer's header.
    pub token: String,
    /// Keywords of the custom category behind the support campaign.
    pub support_keywords: Vec<String>,
    /// Body typed into the composer.
    pub format: BodyFormat,
}

/// Bodies of the inbound campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// The contract's, with `json_escape` on every string.
    Contract,
    /// The guide's first inbound body, as printed: no escaping; only support messages.
    Guide,
}

impl Inbound {
    /// The contract's campaigns, with the keyword `SUPPORT`.
    pub fn new(url: &str, token: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: token.to_owned(),
            support_keywords: vec!["SUPPORT".to_owned()],
            format: BodyFormat::Contract,
        }
    }

    /// One campaign per keyword category; their ids begin with `inbound-`.
    pub fn campaigns(&self) -> Vec<Campaign> {
        let all = [
            (
                "inbound-support",
                "Support keyword",
                Category::Support,
                "message",
            ),
            ("inbound-other", "Other texts", Category::Other, "message"),
            ("inbound-opt-out", "Opt-out", Category::OptOut, "opted_out"),
            ("inbound-opt-in", "Opt-in", Category::OptIn, "opted_in"),
            ("inbound-help", "Help", Category::Help, "help"),
        ];
        let wanted = all.into_iter().filter(|(_, _, on, _)| {
            self.format == BodyFormat::Contract || *on == Category::Support
        });
        wanted.map(|one| self.campaign(one)).collect()
    }

    fn campaign(&self, (id, name, on, kind): (&str, &str, Category, &str)) -> Campaign {
        let support = on == Category::Support;
        let body = match self.format {
            BodyFormat::Guide => GUIDE_BODY.to_owned(),
            BodyFormat::Contract => CONTRACT_BODY.trim_end().replace(
                CONTRACT_KIND,
                &format!(r#""kind":"{kind}","support":{support}"#),
            ),
        };
        let mut campaign = Campaign::webhook(id, name, on, &self.url, &body);
        if let Some(webhook) = &mut campaign.webhook {
            let token = format!("Bearer {}", self.token);
            webhook.headers.insert("Authorization".to_owned(), token);
            webhook.keyword_category = support.then(|| SUPPORT.to_owned());
        }
        campaign
    }
}
