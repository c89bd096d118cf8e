//! Macros: made and listed through the API, applied by agents.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::change::{Change, Words};
use super::html;
use super::model::{Macro, Status, Ticket};
use super::paging;
use super::work::{
    Outcome, Work, drop_unknown, flag, invalid, not_found, object, tags, text, warned,
};

const KEYS: &[&str] = &[
    "title",
    "description",
    "active",
    "actions",
    "restriction",
    "position",
];

/// Actions macros may have; the rest of Zendesk's many are not modelled.
const ACTIONS: &[&str] = &[
    "comment_value",
    "comment_value_html",
    "comment_mode_is_public",
    "current_tags",
    "set_tags",
    "remove_tags",
    "status",
    "priority",
    "type",
    "group_id",
];

/// Answers a call about macros; `None` for another operation.
pub(super) fn answer(
    work: &mut Work<'_>,
    ask: &Ask,
    operation: &str,
    ids: &[String],
) -> Option<Outcome> {
    let id = |at: usize| ids.get(at).map_or("", String::as_str);
    Some(match operation {
        "macros.list" => {
            let rows = work
                .state
                .macros
                .iter()
                .map(|known| (known.id, show(known)));
            let body = paging::page(ask, work.base_url, "macros", rows.collect());
            Ok(Answer::json(200, &body))
        }
        "macros.create" => create(work, ask),
        "macros.update" => update(work, ask, id(0)),
        "macros.show" => {
            found(work, id(0)).map(|known| Answer::json(200, &json!({"macro": show(known)})))
        }
        "macros.delete" => found(work, id(0)).map(|known| known.id).map(|gone| {
            work.state.macros.retain(|known| known.id != gone);
            Answer::empty(204)
        }),
        "macros.apply" => preview(work, id(0), id(1)),
        _ => return None,
    })
}

fn found<'a>(work: &'a Work<'_>, id: &str) -> Result<&'a Macro, Answer> {
    let mut known = work.state.macros.iter();
    known
        .find(|known| known.id.to_string() == id)
        .ok_or_else(not_found)
}

fn create(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let mut sent = object(ask, "macro")?;
    let dropped = drop_unknown(&mut sent, KEYS);
    let title = text(&sent, "title").filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| invalid("title", "Title: cannot be blank", "BlankValue"))?;
    let actions = actions(&sent)?;
    let known = Macro {
        id: work.state.next_id(),
        title,
        description: text(&sent, "description").unwrap_or_default(),
        active: flag(&sent, "active").unwrap_or(true),
        actions,
    };
    let shown = json!({"macro": show(&known)});
    work.state.macros.push(known);
    Ok(warned(Answer::json(201, &shown), &dropped))
}

/// `PUT /macros/{id}`: what is sent changes; the actions are all there are afterwards.
fn update(work: &mut Work<'_>, ask: &Ask, id: &str) -> Outcome {
    let mut sent = object(ask, "macro")?;
    let dropped = drop_unknown(&mut sent, KEYS);
    let mut changed = found(work, id)?.clone();
    if let Some(title) = text(&sent, "title").filter(|title| !title.is_empty()) {
        changed.title = title;
    }
    if let Some(description) = text(&sent, "description") {
        changed.description = description;
    }
    changed.active = flag(&sent, "active").unwrap_or(changed.active);
    if sent.contains_key("actions") {
        changed.actions = actions(&sent)?;
    }
    let shown = json!({"macro": show(&changed)});
    let mut all = work.state.macros.iter_mut();
    if let Some(kept) = all.find(|kept| kept.id == changed.id) {
        *kept = changed;
    }
    Ok(warned(Answer::json(200, &shown), &dropped))
}

fn actions(sent: &Map<String, Value>) -> Result<Vec<Value>, Answer> {
    let Some(Value::Array(actions)) = sent.get("actions") else {
        let text = "Actions: select at least one";
        return Err(invalid("actions", text, "BlankValue"));
    };
    let known = |action: &Value| ACTIONS.iter().any(|known| action["field"] == *known);
    match actions.iter().find(|action| !known(action)) {
        None if !actions.is_empty() => Ok(actions.clone()),
        None => Err(invalid(
            "actions",
            "Actions: select at least one",
            "BlankValue",
        )),
        Some(wrong) => {
            let text = format!("Actions: {} is not valid", wrong["field"]);
            Err(invalid("actions", &text, "InvalidValue"))
        }
    }
}

fn show(known: &Macro) -> Value {
    json!({"id": known.id, "title": known.title, "raw_title": known.title,
        "description": known.description,
        "active": known.active, "actions": known.actions, "restriction": null})
}

/// `GET /tickets/{id}/macros/{macro_id}/apply`: what the ticket would be, without changing it.
fn preview(work: &Work<'_>, ticket: &str, id: &str) -> Outcome {
    let ticket = work.ticket(ticket)?;
    let mut change = Change::new(0, super::Channel::Web);
    fill(found(work, id)?, ticket, &mut change);
    let mut shown = json!({"tags": change.tags.unwrap_or_else(|| ticket.tags.clone()),
        "status": change.status.unwrap_or(ticket.status).as_str()});
    if let Some(words) = change.comment {
        shown["comment"] = json!({"body": words.body, "html_body": words.html,
            "public": words.public});
    }
    Ok(Answer::json(200, &json!({"result": {"ticket": shown}})))
}

/// Puts what the macro does into a change of a ticket.
pub(super) fn fill(known: &Macro, ticket: &Ticket, change: &mut Change) {
    let mut all = ticket.tags.clone();
    let mut comment: Option<(String, String)> = None;
    let mut public = true;
    for action in &known.actions {
        let value = &action["value"];
        let word = || value.as_str().map(str::to_owned);
        match action["field"].as_str().unwrap_or_default() {
            // A value may come with the channel it is for.
            "comment_value" => {
                let text = value.as_str().or(value[1].as_str()).unwrap_or_default();
                comment = Some((text.to_owned(), html::from_editor(text)));
            }
            "comment_value_html" => {
                let sent = word().unwrap_or_default();
                comment = Some((html::to_text(&sent), html::from_html(&sent)));
            }
            "comment_mode_is_public" => public = *value != json!("false") && *value != json!(false),
            "current_tags" => all.extend(tags(value)),
            "set_tags" => all = tags(value),
            "remove_tags" => {
                let gone = tags(value);
                all.retain(|tag| !gone.contains(tag));
            }
            "status" => change.status = value.as_str().and_then(Status::parse),
            "priority" => change.fields.priority = word(),
            "type" => change.fields.kind = word(),
            "group_id" => {
                let id = value.as_u64().or_else(|| value.as_str()?.parse().ok());
                change.fields.group_id = id;
            }
            _ => {}
        }
    }
    let all = tags(&json!(all));
    change.tags = (all != ticket.tags).then_some(all);
    change.comment = comment.map(|(body, html)| Words {
        author_id: change.by,
        body,
        html,
        public,
        attachments: Vec::new(),
    });
}
