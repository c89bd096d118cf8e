//! Others' objects that would get in the bridge's way. They are never changed; a notice says so.
//!
//! In: wanted and found. Out: sentences. Pure.

use serde_json::Value;

use super::by_hand::ByHand;
use super::found::{Found, id};
use super::mail;
use super::plan::text;
use super::wanted::Wanted;

/// Something a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The sentence.
    pub(crate) text: String,
    /// Whether messages are lost or doubled as long as it is so.
    pub(crate) harmful: bool,
}

impl Notice {
    /// Nothing to worry about.
    pub(crate) fn harmless(text: String) -> Self {
        Self {
            text,
            harmful: false,
        }
    }

    /// Messages are lost or doubled.
    pub(crate) fn harmful(text: String) -> Self {
        Self {
            text,
            harmful: true,
        }
    }
}

/// What a person should know of others' objects.
pub(crate) fn of(wanted: &Wanted, found: &Found, by_hand: &[ByHand]) -> Vec<Notice> {
    let mut told = user_field(wanted, found);
    told.extend(by_hand.iter().map(|one| one.notice(wanted, found)));
    told.extend(mail::notice(wanted, found));
    let own = |object: &Value| wanted.owner.owns_any(object);
    let active = |object: &&Value| object["active"] != false;
    for webhook in found.webhooks.iter().filter(|webhook| !own(webhook)) {
        let Some(id) = id(webhook).filter(|_| goes_to_braze(webhook)) else {
            continue;
        };
        let mut users = found.triggers.iter().filter(active);
        if let Some(trigger) = users.find(|trigger| posts_to(trigger, &id)) {
            told.push(Notice::harmful(format!(
                "The trigger \"{}\" posts to Braze itself, by the webhook \"{}\", as in Braze's \
                 guide: customers would get each answer twice. Switch it off in Admin Center > \
                 Objects and rules > Triggers.",
                text(trigger, "title"),
                text(webhook, "name")
            )));
        }
    }
    let ours = found.webhooks.iter().filter(|w| own(w)).filter_map(id);
    let ours: Vec<String> = ours.collect();
    for trigger in found.triggers.iter().filter(active).filter(|t| !own(t)) {
        if ours.iter().any(|id| posts_to(trigger, id)) {
            told.push(Notice::harmless(format!(
                "The trigger \"{}\" was not made by this tool and posts to a webhook of this stack. \
                 Is that intended?",
                text(trigger, "title")
            )));
        }
    }
    told
}

fn user_field(wanted: &Wanted, found: &Found) -> Vec<Notice> {
    let key = text(&wanted.user_field, "key");
    let mut fields = found.user_fields.iter();
    let Some(field) = fields.find(|field| field["key"] == key.as_str()) else {
        return Vec::new();
    };
    let mut told = Vec::new();
    let kind = text(field, "type");
    if kind != "text" {
        told.push(Notice::harmful(format!(
            "The user field {key} is there with the type {kind}; it has to be a text field, and \
             Zendesk cannot change a type. Remove it in Admin Center > People > User fields."
        )));
    }
    if field["active"] == false {
        told.push(Notice::harmful(format!(
            "The user field {key} is switched off. Switch it on in Admin Center > People > User \
             fields."
        )));
    }
    told
}

/// Whether an action of a trigger posts to a webhook.
pub(crate) fn posts_to(trigger: &Value, webhook: &str) -> bool {
    let actions = trigger["actions"].as_array();
    actions.into_iter().flatten().any(|action| {
        action["field"] == "notification_webhook" && action["value"][0].as_str() == Some(webhook)
    })
}

fn goes_to_braze(webhook: &Value) -> bool {
    let endpoint = text(webhook, "endpoint");
    let rest = endpoint.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    host.ends_with(".braze.com") || host.ends_with(".braze.eu")
}
