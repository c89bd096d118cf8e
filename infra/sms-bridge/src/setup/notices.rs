//! Others' objects that would get in the bridge's way. They are never changed; a notice says so.
//!
//! In: wanted and found. Out: sentences. Pure.

use serde_json::Value;

use super::by_hand::ByHand;
use super::found::{Found, id};
use super::plan::text;
use super::wanted::{Owner, Wanted};
use super::{brands, mail};

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
    told.extend(brands::notice(&wanted.brands, found));
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
    told.extend(other_stacks(wanted, found));
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

/// The part of a mark whose trigger texts agents' answers.
const TEXTS: &str = " trigger public reply]";

/// Triggers of other stacks that run for the same tickets.
fn other_stacks(wanted: &Wanted, found: &Found) -> Option<Notice> {
    let texts = |trigger: &&Value| {
        let mark = trigger["description"].as_str().unwrap_or_default();
        trigger["active"] != false
            && !wanted.owner.owns_any(trigger)
            && mark.contains(TEXTS)
            && tag_of(trigger).is_none_or(|tag| wanted.tag.as_ref().is_none_or(|own| *own == tag))
    };
    let others = Owner::all_of(found.triggers.iter().filter(texts));
    let first = others
        .first()?
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let others: Vec<String> = others.into_iter().collect();
    Some(Notice::harmful(format!(
        "Triggers of another stack (account/region/stack: {}) run for the same tickets: customers would get each answer \
         twice. Give one of the two a tag of its own (`sms-bridge deploy --set TicketTags=...` and `sms-bridge setup \
         zendesk` in its directory), or take the other's out (`sms-bridge setup zendesk --remove --stack {first}`).",
        others.join(", ")
    )))
}

/// The tag that a ticket needs for this trigger; `None`: it runs for all of them.
fn tag_of(trigger: &Value) -> Option<String> {
    let all = trigger["conditions"]["all"].as_array();
    let mut tags = all
        .into_iter()
        .flatten()
        .filter(|one| one["field"] == "current_tags" && one["operator"] == "includes");
    tags.next()
        .and_then(|one| one["value"].as_str().map(str::to_owned))
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
