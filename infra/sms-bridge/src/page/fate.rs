//! What has become by now of texts and answers, whatever was said of them first.
//!
//! In: what waits in the table and its dead letters, what Braze was sent. Out: words for the phone, the ticket and the
//! timeline. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use local::Stack;
use serde_json::{Value, json};
use shared::message::DeliveryId;
use simulators::braze::{Send, Sms};

use super::live::Values;
use super::view::silence;
use crate::replay::text;

/// What the table says of deliveries.
pub(super) struct Fates {
    /// Deliveries that wait.
    waiting: BTreeSet<String>,
    /// Deliveries that are dead letters.
    dead: BTreeSet<String>,
    /// Comments of which nobody knows whether their SMS went out.
    unsure: BTreeSet<u64>,
    /// What Braze was sent, by comment.
    sends: BTreeMap<u64, Vec<Send>>,
}

impl Fates {
    /// As it is now.
    pub(super) fn read(stack: &Stack) -> Self {
        let mut fates = Self {
            waiting: BTreeSet::new(),
            dead: BTreeSet::new(),
            unsure: BTreeSet::new(),
            sends: BTreeMap::new(),
        };
        for item in stack.dynamo.items().unwrap_or_default() {
            if let Some(delivery) = text(&item, "pk").strip_prefix("dead#") {
                fates.dead.insert(delivery.to_owned());
            }
            let entries = item["mailbox"]["L"].as_array().into_iter().flatten();
            for entry in entries.filter_map(|entry| entry["S"].as_str()) {
                let entry: Value = serde_json::from_str(entry).unwrap_or_default();
                fates
                    .waiting
                    .extend(entry["id"].as_str().map(str::to_owned));
            }
            let memory: Value = serde_json::from_str(text(&item, "memory")).unwrap_or_default();
            let unsure = memory["unsure"].as_array().into_iter().flatten();
            let comments = unsure.filter_map(|one| number(&one["comment"]));
            fates.unsure.extend(comments);
        }
        for send in stack.braze.sends() {
            if let Some(comment) = number(&send.trigger_properties["comment_id"]) {
                fates.sends.entry(comment).or_default().push(send);
            }
        }
        fates
    }

    /// Deliveries that are not done, for the timeline.
    pub(super) fn show(&self, values: &mut Values) {
        for (all, word) in [(&self.waiting, "waiting"), (&self.dead, "dead")] {
            for delivery in all {
                values.insert(format!("open/{delivery}"), json!(word).to_string());
            }
        }
    }

    /// What has become of a text whose webhook was answered so.
    pub(super) fn of_text(&self, answer: &Value) -> Value {
        let delivery = answer["delivery_id"].as_str().unwrap_or_default();
        match answer["outcome"].as_str() {
            _ if self.dead.contains(delivery) => json!("not delivered: a dead letter"),
            Some("queued") if !self.waiting.contains(delivery) => json!("delivered later"),
            _ => answer["outcome"].clone(),
        }
    }

    /// What has become of an agent's answer: nothing is said before anything is known.
    pub(super) fn of_answer(&self, comment: u64, phone: &[Sms]) -> Option<String> {
        let delivery = DeliveryId::derive("reply", &[&comment.to_string()]);
        let is_in = |all: &BTreeSet<String>| all.contains(delivery.as_str());
        if self.unsure.contains(&comment) {
            return Some(
                "it is not known whether the SMS was sent; the tag sms_resend sends it again"
                    .to_owned(),
            );
        }
        if is_in(&self.dead) {
            return Some("not sent: a dead letter".to_owned());
        }
        let sends = self.sends.get(&comment).map(newest).unwrap_or_default();
        if is_in(&self.waiting) {
            return Some(match sends.len() {
                0 => "waits to be sent".to_owned(),
                sent => format!("{sent} sent, the rest waits"),
            });
        }
        let first = sends.first()?;
        let told = |send: &Send| silence(send).unwrap_or_else(|| "on the phone".to_owned());
        if sends.iter().all(|send| told(send) == told(first)) {
            let parts = phone
                .iter()
                .filter(|sms| sends.iter().any(|send| send.dispatch_id == sms.dispatch_id));
            let parts: usize = parts.map(|sms| sms.segments).sum();
            return Some(match (sends.len(), parts) {
                (_, 0) => told(first),
                (1, 1) => format!("{}: 1 SMS part", told(first)),
                (1, parts) => format!("{}: {parts} SMS parts", told(first)),
                (messages, parts) => {
                    format!("{}: {messages} messages, {parts} SMS parts", told(first))
                }
            });
        }
        let each = sends.iter().enumerate();
        let each = each.map(|(at, send)| format!("message {}: {}", at + 1, told(send)));
        Some(each.collect::<Vec<_>>().join("; "))
    }
}

/// Of a message that was sent again, the last time counts.
fn newest(sends: &Vec<Send>) -> Vec<&Send> {
    let part = |send: &Send| number(&send.trigger_properties["part"]).unwrap_or(1);
    let mut newest: Vec<&Send> = Vec::new();
    for send in sends {
        newest.retain(|known| part(known) != part(send));
        newest.push(send);
    }
    newest.sort_by_key(|send| part(send));
    newest
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
