//! Letting time pass, and starting over.
//!
//! The functions go by the machine's clock and have no other. So the clock is not moved: everything
//! that is stored, at the vendors and in the table, is made older, which is the same thing seen
//! from the other side. Environments that waited through it are ended, as Lambda does.

use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use simulators::braze::Braze;
use simulators::zendesk::Zendesk;

use super::wiring::{follow_zendesk, introduce_to_braze, introduce_to_zendesk, tag};
use super::{Options, Stack};
use crate::dynamo::DynamoError;
use crate::options::EXPORT_TOKEN;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A number this close to now, in milliseconds, is a time.
const NEAR_MS: i64 = 10 * 365 * DAY_MS;

/// The vendors as they were before anything happened.
pub(super) struct Fresh {
    zendesk: Value,
    braze: Value,
    first_day: bool,
    follows: bool,
    /// Braze exports its events.
    exports: bool,
    /// The tag of tickets that are texted about.
    tag: Option<String>,
}

impl Fresh {
    pub(super) fn of(zendesk: &Zendesk, braze: &Braze, options: &Options) -> Self {
        Self {
            zendesk: zendesk.snapshot(),
            braze: braze.snapshot(),
            first_day: options.first_day,
            follows: options.zendesk_events,
            exports: options.exports,
            tag: tag(options),
        }
    }

    /// Tells the vendors where the bridge is; Zendesk not on the first day.
    pub(super) fn introduce(&self, zendesk: &Zendesk, braze: &Braze, front: &str) {
        if !self.first_day {
            introduce_to_zendesk(zendesk, front, self.tag.as_deref());
            if self.follows {
                follow_zendesk(zendesk, front);
            }
        }
        introduce_to_braze(braze, front);
        if self.exports {
            braze.set_currents(&format!("{front}/braze/events"), EXPORT_TOKEN);
            // Events come behind what they are about.
            braze.vary(|variants| variants.currents.delay_seconds = 1);
        }
    }
}

impl Stack {
    /// Lets time pass: all that is stored gets older by that much, items past their time to live
    /// are gone, idle environments are ended.
    ///
    /// # Errors
    /// When the table or a vendor's state cannot be rewritten.
    pub async fn pass(&self, by: Duration) -> Result<(), String> {
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let now = now_ms();
        let before = self.days.fetch_add(by_ms, Ordering::SeqCst);
        let days = (now + before + by_ms).div_euclid(DAY_MS) - (now + before).div_euclid(DAY_MS);
        self.zendesk.age(by).map_err(|error| told(&error))?;
        self.braze.age(by).map_err(|error| told(&error))?;
        for item in self.dynamo.items().map_err(|error| told(&error))? {
            let pk = item["pk"]["S"].as_str().unwrap_or_default().to_owned();
            let done = match older(item, now, by_ms, days) {
                Some(item) => self.dynamo.put(&item),
                None => self.dynamo.remove(&pk),
            };
            done.map_err(|error| told(&error))?;
        }
        for pool in self.functions.values() {
            pool.end_idle().await;
        }
        Ok(())
    }

    /// Lets every pause and lease end now; says how many items that concerned.
    ///
    /// # Errors
    /// When the table cannot be rewritten.
    pub fn end_pauses(&self) -> Result<usize, DynamoError> {
        let mut items = self.dynamo.items()?;
        items.retain(|item| item.get("due_at").is_some());
        for item in &items {
            let mut changes = json!({"due_at": {"N": "1"}});
            if let Some(memory) = item["memory"]["S"].as_str() {
                changes["memory"] = json!({"S": without_pauses(memory)});
            }
            self.dynamo
                .edit(item["pk"]["S"].as_str().unwrap_or_default(), &changes)?;
        }
        Ok(items.len())
    }

    /// Forgets everything: tickets, phones, the table, what was logged.
    ///
    /// # Errors
    /// When the table cannot be emptied.
    pub async fn start_over(&self) -> Result<(), String> {
        let restored = self.zendesk.restore(self.fresh.zendesk.clone());
        restored.map_err(|error| error.to_string())?;
        let restored = self.braze.restore(self.fresh.braze.clone());
        restored.map_err(|error| error.to_string())?;
        let front = self.front.url();
        self.fresh.introduce(&self.zendesk, &self.braze, &front);
        for item in self.dynamo.items().map_err(|error| error.to_string())? {
            let pk = item["pk"]["S"].as_str().unwrap_or_default();
            self.dynamo.remove(pk).map_err(|error| error.to_string())?;
        }
        if let Some(pictures) = &self.pictures {
            pictures.clear().map_err(|error| error.to_string())?;
        }
        self.dynamo.clear_calls();
        self.journal.clear();
        self.days.store(0, Ordering::SeqCst);
        for pool in self.functions.values() {
            pool.end_idle().await;
        }
        Ok(())
    }
}

/// An item made older; `None`: its time to live is over.
fn older(mut item: Value, now: i64, by_ms: i64, days: i64) -> Option<Value> {
    let attributes = item.as_object_mut()?;
    for (name, value) in std::mem::take(attributes) {
        let mut value = value;
        let number = value["N"]
            .as_str()
            .and_then(|text| text.parse::<i64>().ok());
        let name = match (name.as_str(), number) {
            ("expires_at", Some(at)) => {
                let at = at - by_ms / 1000;
                if at <= now / 1000 {
                    return None;
                }
                value = json!({"N": at.to_string()});
                name
            }
            (_, Some(at)) if is_time(at, now) => {
                value = json!({"N": (at - by_ms).to_string()});
                name
            }
            _ => {
                aged(&mut value, now, by_ms);
                of_day(&name, days).unwrap_or(name)
            }
        };
        attributes.insert(name, value);
    }
    Some(item)
}

/// The sets of markers are named by the day.
fn of_day(name: &str, days: i64) -> Option<String> {
    let day: i64 = name.strip_prefix('s')?.parse().ok()?;
    Some(format!("s{}", day - days))
}

/// Times in the JSON inside strings.
fn aged(value: &mut Value, now: i64, by_ms: i64) {
    match value {
        Value::Object(object) => {
            for (kind, value) in object {
                match value {
                    Value::String(text) if kind == "S" => {
                        if let Ok(mut json @ Value::Object(_)) = serde_json::from_str(text) {
                            times(&mut json, now, by_ms);
                            *text = json.to_string();
                        }
                    }
                    other => aged(other, now, by_ms),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| aged(value, now, by_ms)),
        _ => {}
    }
}

fn times(value: &mut Value, now: i64, by_ms: i64) {
    match value {
        Value::Number(number) => {
            if let Some(at) = number.as_i64().filter(|at| is_time(*at, now)) {
                *value = Value::from(at - by_ms);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| times(value, now, by_ms)),
        Value::Object(object) => object
            .values_mut()
            .for_each(|value| times(value, now, by_ms)),
        _ => {}
    }
}

fn is_time(number: i64, now: i64) -> bool {
    (now - NEAR_MS..now + NEAR_MS).contains(&number)
}

fn without_pauses(memory: &str) -> String {
    let mut memory: Value = serde_json::from_str(memory).unwrap_or_default();
    if let Some(memory) = memory.as_object_mut() {
        memory.retain(|name, _| !name.ends_with("_wait"));
    }
    memory.to_string()
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    #[test]
    fn every_time_in_an_item_moves_and_nothing_else_does() {
        let memory = json!({"ticket": 7, "since": NOW - 5, "comment": 21_000_000_000_017_i64,
            "zendesk_wait": {"until": NOW + 9, "attempts": 2}});
        let entry = json!({"id": "r1", "at": NOW, "text": "at 1800000000000"});
        let item = json!({
            "pk": {"S": "customer#ada"}, "v": {"N": "3"}, "due_at": {"N": (NOW + 9).to_string()},
            "due_shard": {"N": "1"}, "expires_at": {"N": (NOW / 1000 + 90_000).to_string()},
            "s20833": {"BS": ["AAAA"]}, "memory": {"S": memory.to_string()},
            "mailbox": {"L": [{"S": entry.to_string()}]},
        });
        let aged = older(item, NOW, DAY_MS, 1).unwrap();
        let memory = json!({"ticket": 7, "since": NOW - 5 - DAY_MS,
            "comment": 21_000_000_000_017_i64,
            "zendesk_wait": {"until": NOW + 9 - DAY_MS, "attempts": 2}});
        let entry = json!({"id": "r1", "at": NOW - DAY_MS, "text": "at 1800000000000"});
        let wanted = json!({
            "pk": {"S": "customer#ada"}, "v": {"N": "3"},
            "due_at": {"N": (NOW + 9 - DAY_MS).to_string()}, "due_shard": {"N": "1"},
            "expires_at": {"N": (NOW / 1000 + 90_000 - 86_400).to_string()},
            "s20832": {"BS": ["AAAA"]}, "memory": {"S": memory.to_string()},
            "mailbox": {"L": [{"S": entry.to_string()}]},
        });
        assert_eq!(aged, wanted);
    }

    #[test]
    fn an_item_past_its_time_to_live_is_gone() {
        let item =
            json!({"pk": {"S": "dead#x"}, "expires_at": {"N": (NOW / 1000 + 5).to_string()}});
        assert_eq!(older(item, NOW, 6_000, 0), None);
    }
}
