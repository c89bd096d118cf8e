//! Set-up calls: webhooks, triggers, categories, user fields.
//!
//! In: administrators' API calls. Out: the account's set-up, refused where a real account would.
//! Imports work, paging and the trigger engine's list of conditions.

use serde_json::{Value, json};

use crate::wire::{Answer, Ask};

use super::model::AccountState;
use super::paging;
use super::work::{Outcome, Work, drop_unknown, invalid, not_found, object, text, warned};

mod deliveries;
mod hooks;
mod trigger_calls;

pub(super) use hooks::add as add_webhook;

const FIELD_KEYS: &[&str] = &[
    "key",
    "type",
    "title",
    "raw_title",
    "description",
    "active",
    "position",
    "tag",
    "regexp_for_validation",
    "custom_field_options",
];

const FIELD_TYPES: &[&str] = &[
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "dropdown",
    "lookup",
    "multiselect",
];

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
            work.state
                .triggers
                .iter()
                .map(|t| (t.id, trigger_calls::show_trigger(t))),
        )),
        "triggers.create" => trigger_calls::create_trigger(work, ask),
        "triggers.show" => trigger_calls::trigger_at(work, first).map(|at| {
            Answer::json(
                200,
                &json!({"trigger": trigger_calls::show_trigger(&work.state.triggers[at])}),
            )
        }),
        "triggers.update" => trigger_calls::update_trigger(work, ask, first),
        "triggers.delete" => trigger_calls::trigger_at(work, first).map(|at| {
            work.state.triggers.remove(at);
            Answer::empty(204)
        }),
        "trigger_categories.list" => {
            let rows = work.state.categories.iter().enumerate();
            let rows = rows.map(|(at, category)| (at as u64, category.clone()));
            Ok(list(work, ask, "trigger_categories", rows))
        }
        "trigger_categories.create" => create_category(work, ask),
        "trigger_categories.delete" => delete_category(work, first),
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

fn create_category(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let mut sent = object(ask, "trigger_category")?;
    let dropped = drop_unknown(&mut sent, &["name", "position"]);
    let name = text(&sent, "name").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| invalid("name", "Name: cannot be blank", "BlankValue"))?;
    let id = work.state.next_id().to_string();
    let category = json!({"id": id, "name": name, "position": work.state.categories.len()});
    work.state.categories.push(category.clone());
    let shown = json!({"trigger_category": category});
    Ok(warned(Answer::json(201, &shown), &dropped))
}

/// A category goes only when no trigger is in it.
fn delete_category(work: &mut Work<'_>, id: &str) -> Outcome {
    let mut categories = work.state.categories.iter();
    let at = categories.position(|category| category["id"] == id);
    let at = at.ok_or_else(not_found)?;
    let mut triggers = work.state.triggers.iter();
    if triggers.any(|trigger| trigger.category_id.as_deref() == Some(id)) {
        return Err(invalid("base", "Category: has triggers", "InUse"));
    }
    work.state.categories.remove(at);
    Ok(Answer::empty(204))
}

fn create_user_field(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let mut sent = object(ask, "user_field")?;
    let dropped = drop_unknown(&mut sent, FIELD_KEYS);
    let wanted = |key: &str| {
        text(&sent, key)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| invalid(key, "cannot be blank", "BlankValue"))
    };
    let (key, title) = (wanted("key")?, wanted("title")?);
    let kind = wanted("type")?;
    if !FIELD_TYPES.contains(&kind.as_str()) {
        return Err(invalid("type", "Type: is not valid", "InvalidValue"));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !key.chars().all(fits) || key.chars().all(|c| c.is_ascii_digit()) {
        return Err(invalid("key", "Key: is invalid", "InvalidValue"));
    }
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
    add_user_field(work.state, &key, &title);
    let Some(field) = work.state.user_fields.last_mut() else {
        return Err(not_found());
    };
    field["type"] = json!(kind);
    for key in ["description", "active"] {
        if let Some(value) = sent.get(key) {
            field[key] = value.clone();
        }
    }
    let shown = json!({"user_field": field});
    Ok(warned(Answer::json(201, &shown), &dropped))
}

/// Adds a text field for users.
pub(super) fn add_user_field(state: &mut AccountState, key: &str, title: &str) {
    let field = json!({"id": state.next_id(), "key": key, "title": title, "type": "text",
        "active": true, "description": "", "position": state.user_fields.len()});
    for user in state.users.values_mut() {
        user.user_fields
            .entry(key.to_owned())
            .or_insert(Value::Null);
    }
    state.user_fields.push(field);
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
