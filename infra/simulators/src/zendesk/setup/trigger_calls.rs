//! Triggers through the API: made, changed, or refused as Zendesk refuses.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::super::conditions::known;
use super::super::model::{AccountState, Trigger, TriggerCondition};
use super::super::triggers::ACTIONS;
use super::super::work::{
    Outcome, Work, drop_unknown, flag, invalid, not_found, object, text, warned,
};

const TRIGGER_KEYS: &[&str] = &[
    "title",
    "raw_title",
    "active",
    "category_id",
    "conditions",
    "actions",
    "position",
    "description",
];

pub(super) fn create_trigger(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let mut sent = object(ask, "trigger")?;
    let dropped = drop_unknown(&mut sent, TRIGGER_KEYS);
    let mut trigger = Trigger {
        id: work.state.next_id(),
        title: String::new(),
        description: String::new(),
        active: true,
        category_id: None,
        all: Vec::new(),
        any: Vec::new(),
        actions: Vec::new(),
    };
    fill(work.state, &mut trigger, &sent)?;
    let shown = json!({"trigger": show_trigger(&trigger)});
    work.state.triggers.push(trigger);
    Ok(warned(Answer::json(201, &shown), &dropped))
}

pub(super) fn update_trigger(work: &mut Work<'_>, ask: &Ask, id: &str) -> Outcome {
    let mut sent = object(ask, "trigger")?;
    let dropped = drop_unknown(&mut sent, TRIGGER_KEYS);
    let at = trigger_at(work, id)?;
    let mut trigger = work.state.triggers[at].clone();
    fill(work.state, &mut trigger, &sent)?;
    let shown = json!({"trigger": show_trigger(&trigger)});
    work.state.triggers[at] = trigger;
    Ok(warned(Answer::json(200, &shown), &dropped))
}

pub(super) fn trigger_at(work: &Work<'_>, id: &str) -> Result<usize, Answer> {
    let mut triggers = work.state.triggers.iter();
    triggers
        .position(|trigger| trigger.id.to_string() == id)
        .ok_or_else(not_found)
}

/// Takes what was sent into a trigger, or refuses it.
fn fill(
    state: &AccountState,
    trigger: &mut Trigger,
    sent: &Map<String, Value>,
) -> Result<(), Answer> {
    trigger.title = text(sent, "title").unwrap_or_else(|| trigger.title.clone());
    if trigger.title.is_empty() {
        return Err(invalid("title", "Title: cannot be blank", "BlankValue"));
    }
    trigger.description = text(sent, "description").unwrap_or_else(|| trigger.description.clone());
    trigger.active = flag(sent, "active").unwrap_or(trigger.active);
    if let Some(category) = text(sent, "category_id") {
        if !state
            .categories
            .iter()
            .any(|known| known["id"] == category.as_str())
        {
            return Err(invalid(
                "category_id",
                "Category: is not valid",
                "InvalidValue",
            ));
        }
        trigger.category_id = Some(category);
    }
    if let Some(sent) = sent.get("conditions") {
        trigger.all = conditions(&sent["all"])?;
        trigger.any = conditions(&sent["any"])?;
    }
    if trigger.all.is_empty() && trigger.any.is_empty() {
        return Err(invalid(
            "base",
            "Conditions: select at least one",
            "BlankValue",
        ));
    }
    if let Some(Value::Array(actions)) = sent.get("actions") {
        trigger.actions.clone_from(actions);
    }
    actions(state, trigger)
}

/// Refuses actions that Zendesk does not know, and webhooks that are not there.
fn actions(state: &AccountState, trigger: &Trigger) -> Result<(), Answer> {
    let known = |action: &Value| ACTIONS.iter().any(|known| action["field"] == *known);
    if !trigger.actions.iter().all(known) {
        return Err(invalid(
            "base",
            "Actions: an action is not valid",
            "InvalidValue",
        ));
    }
    let webhooks = trigger
        .actions
        .iter()
        .filter(|a| a["field"] == "notification_webhook");
    for action in webhooks {
        let id = action["value"][0].as_str().unwrap_or_default();
        if !state.webhooks.contains_key(id) || !action["value"][1].is_string() {
            return Err(invalid(
                "base",
                "Actions: webhook is not valid",
                "InvalidValue",
            ));
        }
    }
    let mails = trigger.actions.iter();
    for mail in mails.filter(|action| action["field"] == "notification_user") {
        if !(0..3).all(|at| mail["value"][at].is_string()) {
            let text = "Actions: an e-mail needs a recipient, a subject and a text";
            return Err(invalid("base", text, "InvalidValue"));
        }
    }
    if trigger.actions.is_empty() {
        return Err(invalid(
            "base",
            "Actions: select at least one",
            "BlankValue",
        ));
    }
    Ok(())
}

fn conditions(sent: &Value) -> Result<Vec<TriggerCondition>, Answer> {
    let refuse = || {
        invalid(
            "base",
            "Conditions: a condition is not valid",
            "InvalidValue",
        )
    };
    let Value::Array(list) = sent else {
        return Ok(Vec::new());
    };
    let mut taken = Vec::new();
    for sent in list {
        let condition: TriggerCondition =
            serde_json::from_value(sent.clone()).map_err(|_| refuse())?;
        if !known(&condition) {
            return Err(refuse());
        }
        taken.push(condition);
    }
    Ok(taken)
}

pub(super) fn show_trigger(trigger: &Trigger) -> Value {
    json!({
        "id": trigger.id, "title": trigger.title, "raw_title": trigger.title,
        "description": trigger.description,
        "active": trigger.active, "category_id": trigger.category_id, "default": false,
        "conditions": {"all": trigger.all, "any": trigger.any}, "actions": trigger.actions,
    })
}
