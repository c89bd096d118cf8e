//! A ticket's fields: what a change sets, and which values Zendesk refuses.

use serde_json::{Map, Value, json};

use crate::wire::Answer;

use super::model::{AccountState, AccountUser, Author, Named, Ticket};
use super::work::{Work, id, invalid, text};

const PRIORITIES: &[&str] = &["low", "normal", "high", "urgent"];
const TYPES: &[&str] = &["problem", "incident", "question", "task"];

/// Fields to be set; `None`: left as they are.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) requester: Option<Author>,
    pub(super) subject: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) assignee_id: Option<u64>,
    pub(super) group_id: Option<u64>,
    pub(super) brand_id: Option<u64>,
    pub(super) ticket_form_id: Option<u64>,
    pub(super) email_cc_ids: Option<Vec<u64>>,
    pub(super) custom: Vec<(u64, Value)>,
}

/// The fields a ticket call sent; 422 for a value that no ticket can have.
pub(super) fn sent(work: &Work<'_>, sent: &Map<String, Value>) -> Result<Fields, Answer> {
    let requester = match id(sent, "requester_id") {
        None => None,
        Some(id) => {
            let user = work.user(id).map(AccountUser::as_author);
            Some(user.ok_or_else(|| refused("requester", "Requester: is not a valid user"))?)
        }
    };
    let word = |key: &str, allowed: &[&str]| match text(sent, key) {
        Some(word) if !allowed.contains(&word.as_str()) => {
            Err(refused(key, &format!("{key}: {word} is not valid")))
        }
        word => Ok(word),
    };
    let state: &AccountState = work.state;
    let one_of = |key: &str, known: &[Named]| match id(sent, key) {
        Some(id) if !known.iter().any(|named| named.id == id) => {
            Err(refused(key, &format!("{key}: {id} is invalid")))
        }
        id => Ok(id),
    };
    let assignee = id(sent, "assignee_id");
    if assignee.is_some_and(|id| !state.user(id).is_some_and(AccountUser::is_staff)) {
        let text = "Assignee: is not an agent who can be assigned this ticket";
        return Err(refused("assignee_id", text));
    }
    Ok(Fields {
        requester,
        subject: text(sent, "subject"),
        priority: word("priority", PRIORITIES)?,
        kind: word("type", TYPES)?,
        external_id: text(sent, "external_id"),
        assignee_id: assignee,
        group_id: one_of("group_id", &state.groups)?,
        brand_id: one_of("brand_id", &state.brands)?,
        ticket_form_id: one_of("ticket_form_id", &state.ticket_forms)?,
        email_cc_ids: None,
        custom: custom(state, sent.get("custom_fields"))?,
    })
}

/// Values of the account's own fields; Zendesk passes over ids it does not know.
fn custom(state: &AccountState, sent: Option<&Value>) -> Result<Vec<(u64, Value)>, Answer> {
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    let pairs: Vec<(Option<u64>, &Value)> = match sent {
        Some(Value::Array(list)) => {
            let pair = |row: &'_ Value| number(&row["id"]);
            list.iter().map(|row| (pair(row), &row["value"])).collect()
        }
        Some(Value::Object(values)) => {
            let pair = |(id, value)| (str::parse(id).ok(), value);
            values.iter().map(|(id, value)| pair((id, value))).collect()
        }
        _ => Vec::new(),
    };
    let mut values = Vec::new();
    for (id, value) in pairs {
        let mut fields = state.ticket_fields.iter();
        let Some(field) = fields.find(|field| Some(field.id) == id) else {
            continue;
        };
        let whole = value.is_i64() || value.as_str().is_some_and(|v| v.parse::<i64>().is_ok());
        if field.kind == "integer" && !whole && !value.is_null() {
            let text = format!("{}: must be a whole number", field.title);
            return Err(refused("custom_fields", &text));
        }
        values.push((field.id, value.clone()));
    }
    Ok(values)
}

fn refused(key: &str, description: &str) -> Answer {
    invalid(key, description, "InvalidValue")
}

/// Sets the fields and notes in `events` what changed.
pub(super) fn set(ticket: &mut Ticket, fields: Fields, events: &mut Vec<Value>) {
    if let Some(requester) = fields.requester {
        note(events, "requester_id", ticket.requester.id, requester.id);
        ticket.requester = requester;
    }
    if let Some(subject) = fields.subject {
        note(events, "subject", &ticket.subject, &subject);
        ticket.subject = subject;
    }
    for (name, slot, new) in [
        ("priority", &mut ticket.priority, fields.priority),
        ("type", &mut ticket.kind, fields.kind),
        ("external_id", &mut ticket.external_id, fields.external_id),
    ] {
        if new.is_some() {
            note(events, name, &*slot, &new);
            *slot = new;
        }
    }
    for (name, slot, new) in [
        ("assignee_id", &mut ticket.assignee_id, fields.assignee_id),
        ("group_id", &mut ticket.group_id, fields.group_id),
    ] {
        if new.is_some() {
            note(events, name, *slot, new);
            *slot = new;
        }
    }
    for (name, slot, new) in [
        ("brand_id", &mut ticket.brand_id, fields.brand_id),
        (
            "ticket_form_id",
            &mut ticket.ticket_form_id,
            fields.ticket_form_id,
        ),
    ] {
        if let Some(new) = new {
            note(events, name, *slot, new);
            *slot = new;
        }
    }
    if let Some(ccs) = fields.email_cc_ids {
        ticket.email_cc_ids = ccs;
    }
    for (id, value) in fields.custom {
        let before = ticket.custom_fields.insert(id, value.clone());
        let name = id.to_string();
        note(events, &name, before.unwrap_or_default(), value);
    }
}

/// Notes a change of a field in an audit's events, unless it is none.
pub(super) fn note<T: serde::Serialize + PartialEq>(
    events: &mut Vec<Value>,
    field: &str,
    before: T,
    after: T,
) {
    if before != after {
        let id = events.len() + 1;
        events.push(json!({"id": id, "type": "Change", "field_name": field,
            "previous_value": before, "value": after}));
    }
}
