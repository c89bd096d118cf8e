//! Switches features on, as people do in the deployment, in Zendesk and in Braze, and takes that back.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use local::Stack;
use serde_json::json;
use simulators::braze::{self, Category};
use simulators::zendesk::{Trigger, Zendesk};

use super::Acts;
use crate::setup::wanted::{FirstAnswer, first_answer_for};
use crate::steps::{AutoReply, Campaign, Step};

/// The campaign behind the support keyword.
const SUPPORT: &str = "inbound-support";
/// The first-answer trigger's title in the sandbox.
const FIRST_ANSWER: &str = "Bridge: first answer";
/// Longest wait for what is at work, before settings change.
const REST: Duration = Duration::from_secs(15);
/// What Braze answers to a keyword where nothing else is said; it insists on an answer.
const ANSWER: &str = "Thank you. We will get back to you here.";

/// What was switched on and can be taken back.
#[derive(Default)]
pub(crate) struct Features(Mutex<Switched>);

#[derive(Default)]
struct Switched {
    settings: bool,
    first_answer: bool,
    /// Campaigns as they were.
    changed: BTreeMap<String, braze::Campaign>,
    /// Keywords that are new, with their campaigns.
    added: Vec<(String, String)>,
}

impl Features {
    fn change<T>(&self, change: impl FnOnce(&mut Switched) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Acts {
    /// Does a step that switches something on; `None` for any other.
    pub(super) async fn features(&self, step: &Step) -> Option<Result<(), String>> {
        Some(if let Some(settings) = &step.settings {
            self.settings(settings).await
        } else if let Some(AutoReply { say }) = &step.auto_reply {
            self.first_answer(say.as_deref())
        } else if let Some(campaign) = &step.campaign {
            self.campaign(campaign)
        } else {
            return None;
        })
    }

    /// Everything is as it was when the sandbox began.
    pub(crate) async fn put_back(&self) {
        let switched = self.features.change(std::mem::take);
        let (desk, braze) = (&self.stack.zendesk, &self.stack.braze);
        if switched.settings {
            self.stack.quiesce(REST).await;
            self.stack.reset_variables().await;
        }
        if switched.first_answer {
            desk.remove_triggers(FIRST_ANSWER);
        }
        for (keyword, id) in &switched.added {
            braze.remove_keywords(keyword);
            braze.remove_campaign(id);
        }
        for campaign in switched.changed.into_values() {
            braze.add_campaign(campaign);
        }
    }

    async fn settings(&self, settings: &BTreeMap<String, String>) -> Result<(), String> {
        // What is at work would stay, with the settings of before.
        self.stack.quiesce(REST).await;
        self.features.change(|switched| switched.settings = true);
        self.stack.set_variables(settings).await;
        Ok(())
    }

    fn first_answer(&self, say: Option<&str>) -> Result<(), String> {
        let desk = &self.stack.zendesk;
        let webhook = reply_webhook(&self.stack)
            .ok_or("Zendesk has no webhook to the bridge: `sms-bridge setup zendesk` makes it")?;
        let FirstAnswer { all, body } = first_answer_for("braze_sms", say);
        let all = serde_json::from_value(json!(all)).map_err(|error| error.to_string())?;
        desk.remove_triggers(FIRST_ANSWER);
        desk.add_trigger(Trigger {
            id: 0,
            title: FIRST_ANSWER.to_owned(),
            description: String::new(),
            active: true,
            category_id: None,
            all,
            any: Vec::new(),
            actions: vec![json!({"field": "notification_webhook", "value": [webhook, body]})],
        });
        self.features
            .change(|switched| switched.first_answer = true);
        Ok(())
    }

    fn campaign(&self, wanted: &Campaign) -> Result<(), String> {
        let braze = &self.stack.braze;
        let support = braze.campaign(SUPPORT);
        let mut campaign = support.ok_or("Braze has no campaign for the support keyword")?;
        // What is pasted takes the place of what was pasted before.
        let before = self.features.change(|switched| {
            let kept = switched.changed.entry(SUPPORT.to_owned());
            kept.or_insert_with(|| campaign.clone()).clone()
        });
        let adds = with_ids(&self.stack.zendesk, &wanted.adds)?;
        let body = before.template.trim_end();
        let body = body.strip_suffix('}').unwrap_or(body);
        let adds = adds.trim().trim_end_matches(',');
        campaign.template = format!("{body},\n{adds}}}");
        if let Some(keyword) = &wanted.keyword {
            let id = format!("inbound-{}", keyword.to_lowercase());
            if braze.campaign(&id).is_none() {
                let answer = wanted.answer.as_deref().unwrap_or(ANSWER);
                braze.add_keywords(keyword, &[keyword.as_str()], answer)?;
                let added = (keyword.clone(), id.clone());
                self.features.change(|switched| switched.added.push(added));
            }
            campaign.name = format!("Keyword {keyword}");
            if let Some(webhook) = &mut campaign.webhook {
                webhook.on = Category::Custom;
                webhook.keyword_category = Some(keyword.clone());
            }
            campaign.id = id;
        }
        braze.add_campaign(campaign);
        Ok(())
    }
}

fn reply_webhook(stack: &Stack) -> Option<String> {
    let account = stack.zendesk.snapshot();
    let endpoint = format!("{}/zendesk/reply", stack.front_url());
    let mut webhooks = account["webhooks"].as_object()?.iter();
    let (id, _) = webhooks.find(|(_, webhook)| webhook["endpoint"] == endpoint.as_str())?;
    Some(id.clone())
}

/// The text with ids in the place of names.
fn with_ids(desk: &Zendesk, text: &str) -> Result<String, String> {
    let mut done = String::new();
    let mut rest = text;
    loop {
        let places = ["{brand:", "{group:", "{form:"].into_iter();
        let places = places.filter_map(|kind| Some((rest.find(kind)?, kind)));
        let Some((at, kind)) = places.min() else {
            return Ok(done + rest);
        };
        let named = &rest[at + kind.len()..];
        let end = named.find('}');
        let end = end.ok_or_else(|| format!("{kind} has no closing brace"))?;
        done += &rest[..at];
        done += &id_of(desk, kind, named[..end].trim()).to_string();
        rest = &named[end + 1..];
    }
}

/// The id of a brand, a group or a form of this name, made where there is none.
fn id_of(desk: &Zendesk, kind: &str, name: &str) -> u64 {
    let account = desk.snapshot();
    let list = match kind {
        "{brand:" => &account["brands"],
        "{group:" => &account["groups"],
        _ => &account["ticket_forms"],
    };
    let mut known = list.as_array().into_iter().flatten();
    let found = known.find(|one| one["name"] == name);
    match (found.and_then(|one| one["id"].as_u64()), kind) {
        (Some(id), _) => id,
        (None, "{brand:") => desk.add_brand(name),
        (None, "{group:") => desk.add_group(name),
        (None, _) => desk.add_ticket_form(name),
    }
}
