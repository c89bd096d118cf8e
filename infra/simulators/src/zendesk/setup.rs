//! Set-up calls: webhooks, triggers, categories, user fields.
//!
//! In: administrators' API calls. Out: the account's set-up, refused where a real account would.
//! Imports work, paging and the trigger engine's list of conditions.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::model::{Condition, State, Trigger};
use super::paging;
use super::triggers::CONDITIONS;
use super::work::{Outcome, Work, drop_unknown, flag, invalid, not_found, object, text, warned};

mod hooks;

pub(super) use hooks::add as add_webhook;

/// Answers a set-up call; `None` for an operation that is none.
pub(super) fn answer(
    work: &mut Work<'_>,
    ask: &Ask,
    operation: &str,
    ids: &[String],
) -> Option<Outcome> {
    let first = ids.first().map_or("", String::as_str);
    let outcome = match operation {
        "triggers.list" => Ok(list(
            work,
            ask,
            "triggers",
            work.state.triggers.iter().map(|t| (t.id, show_trigger(t))),
        )),
        "triggers.create" => create_trigger(work, ask),
        "triggers.show" => trigger_at(work, first).map(|at| {
            Answer::json(
                200,
                &json!({"trigger": show_trigger(&work.state.triggers[at])}),
            )
        }),
        "triggers.update" => update_trigger(work, ask, first),
        "triggers.delete" => trigger_at(work, first).map(|at| {
            work.state.triggers.remove(at);
            Answer::empty(204)
        }),
        "trigger_categories.list" => {
            let rows = work.state.categories.iter().enumerate();
            let rows = rows.map(|(at, category)| (at as u64, category.clone()));
            Ok(list(work, ask, "trigger_categories", rows))
        }
        "trigger_categories.create" => create_category(work, ask),
        "user_fields.list" => {
            let rows = work.state.user_fields.iter();
            let rows = rows.map(|field| (field["id"].as_u64().unwrap_or(0), field.clone()));
            Ok(list(work, ask, "user_fields", rows))
        }
        "user_fields.create" => create_user_field(work, ask),
        "user_fields.update" => update_user_field(work, ask, first),
        operation => return hooks::answer(work, ask, operation, ids),
    };
    Some(outcome)
}

fn list(
    work: &Work<'_>,
    ask: &Ask,
    name: &str,
    rows: impl Iterator<Item = (u64, Value)>,
) -> Answer {
    Answer::json(200, &paging::page(ask, work.base_url, name, rows.collect()))
}

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

fn create_trigger(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let mut sent = object(ask, "trigger")?;
    let dropped = drop_unknown(&mut sent, TRIGGER_KEYS);
    let mut trigger = Trigger {
        id: work.state.next_id(),
        title: String::new(),
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

fn update_trigger(work: &mut Work<'_>, ask: &Ask, id: &str) -> Outcome {
    let mut sent = object(ask, "trigger")?;
    let dropped = drop_unknown(&mut sent, TRIGGER_KEYS);
    let at = trigger_at(work, id)?;
    let mut trigger = work.state.triggers[at].clone();
    fill(work.state, &mut trigger, &sent)?;
    let shown = json!({"trigger": show_trigger(&trigger)});
    work.state.triggers[at] = trigger;
    Ok(warned(Answer::json(200, &shown), &dropped))
}

fn trigger_at(work: &Work<'_>, id: &str) -> Result<usize, Answer> {
    let mut triggers = work.state.triggers.iter();
    triggers
        .position(|trigger| trigger.id.to_string() == id)
        .ok_or_else(not_found)
}

/// Takes what was sent into a trigger, or refuses it.
fn fill(state: &State, trigger: &mut Trigger, sent: &Map<String, Value>) -> Result<(), Answer> {
    trigger.title = text(sent, "title").unwrap_or_else(|| trigger.title.clone());
    if trigger.title.is_empty() {
        return Err(invalid("title", "Title: cannot be blank", "BlankValue"));
    }
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
    if trigger.actions.is_empty() {
        return Err(invalid(
            "base",
            "Actions: select at least one",
            "BlankValue",
        ));
    }
    Ok(())
}

fn conditions(sent: &Value) -> Result<Vec<Condition>, Answer> {
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
    let mut conditions = Vec::new();
    for sent in list {
        let condition: Condition = serde_json::from_value(sent.clone()).map_err(|_| refuse())?;
        let known = CONDITIONS.iter().any(|(field, operators)| {
            condition.field == *field && operators.contains(&condition.operator.as_str())
        });
        if !known {
            return Err(refuse());
        }
        conditions.push(condition);
    }
    Ok(conditions)
}

fn show_trigger(trigger: &Trigger) -> Value {
    json!({
        "id": trigger.id, "title": trigger.title, "raw_title": trigger.title,
        "active": trigger.active, "category_id": trigger.category_id, "default": false,
        "conditions": {"all": trigger.all, "any": trigger.any}, "actions": trigger.actions,
    })
}

fn create_category(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let sent = object(ask, "trigger_category")?;
    let name = text(&sent, "name").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| invalid("name", "Name: cannot be blank", "BlankValue"))?;
    let id = work.state.next_id().to_string();
    let category = json!({"id": id, "name": name, "position": work.state.categories.len()});
    work.state.categories.push(category.clone());
    Ok(Answer::json(201, &json!({"trigger_category": category})))
}

fn create_user_field(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let sent = object(ask, "user_field")?;
    let wanted = |key: &str| {
        text(&sent, key)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| invalid(key, "cannot be blank", "BlankValue"))
    };
    let (key, title) = (wanted("key")?, wanted("title")?);
    wanted("type")?;
    if work
        .state
        .user_fields
        .iter()
        .any(|field| field["key"] == key.as_str())
    {
        return Err(invalid(
            "key",
            "Key: is already being used",
            "DuplicateValue",
        ));
    }
    let field = add_user_field(work.state, &key, &title);
    Ok(Answer::json(201, &json!({"user_field": field})))
}

/// Adds a text field for users.
pub(super) fn add_user_field(state: &mut State, key: &str, title: &str) -> Value {
    let field = json!({"id": state.next_id(), "key": key, "title": title, "type": "text",
        "active": true, "description": "", "position": state.user_fields.len()});
    for user in state.users.values_mut() {
        user.user_fields
            .entry(key.to_owned())
            .or_insert(Value::Null);
    }
    state.user_fields.push(field.clone());
    field
}

fn update_user_field(work: &mut Work<'_>, ask: &Ask, id: &str) -> Outcome {
    let sent = object(ask, "user_field")?;
    let mut fields = work.state.user_fields.iter_mut();
    let field = fields
        .find(|field| field["id"].as_u64() == id.parse().ok())
        .ok_or_else(not_found)?;
    for key in ["title", "description", "active", "position"] {
        if let Some(value) = sent.get(key) {
            field[key] = value.clone();
        }
    }
    Ok(Answer::json(200, &json!({"user_field": field})))
}
