//! What tickets are sorted by: groups, brands, forms, custom fields and custom statuses.

use serde_json::{Value, json};

use crate::wire::{Answer, Ask};

use super::model::{AccountState, CustomStatus, Named, Status, TicketField};
use super::paging;
use super::work::Work;

/// The defaults every account has.
pub(super) fn furnish(state: &mut AccountState) {
    for (status, label) in [
        (Status::New, "New"),
        (Status::Open, "Open"),
        (Status::Pending, "Pending"),
        (Status::Hold, "On-hold"),
        (Status::Solved, "Solved"),
    ] {
        let id = state.next_id();
        state.custom_statuses.push(CustomStatus {
            id,
            category: status,
            label: label.to_owned(),
            default: true,
        });
    }
    add(state, "Support", |state| &mut state.groups);
    add(state, "Acme", |state| &mut state.brands);
    add(state, "Default Ticket Form", |state| {
        &mut state.ticket_forms
    });
}

/// Adds a group, a brand or a form.
pub(super) fn add(
    state: &mut AccountState,
    name: &str,
    list: impl Fn(&mut AccountState) -> &mut Vec<Named>,
) -> u64 {
    let id = state.next_id();
    let name = name.to_owned();
    list(state).push(Named { id, name });
    id
}

/// Adds a custom ticket field.
pub(super) fn add_field(state: &mut AccountState, title: &str, kind: &str) -> u64 {
    let id = state.next_id();
    let (title, kind) = (title.to_owned(), kind.to_owned());
    state.ticket_fields.push(TicketField { id, title, kind });
    id
}

/// Adds a custom status that is not its category's default.
pub(super) fn add_status(state: &mut AccountState, category: Status, label: &str) -> u64 {
    let id = state.next_id();
    state.custom_statuses.push(CustomStatus {
        id,
        category,
        label: label.to_owned(),
        default: false,
    });
    id
}

/// Whether the account uses custom statuses: has any beside the defaults.
pub(super) fn has_custom_statuses(state: &AccountState) -> bool {
    state.custom_statuses.iter().any(|status| !status.default)
}

/// The custom status a ticket of this category has where none is named; closed tickets have that of
/// solved ones.
pub(super) fn default_status(state: &AccountState, category: Status) -> u64 {
    let category = match category {
        Status::Closed => Status::Solved,
        other => other,
    };
    let mut statuses = state.custom_statuses.iter();
    let default = statuses.find(|status| status.default && status.category == category);
    default.map_or(0, |status| status.id)
}

/// Answers a list of these; `None` for another operation.
pub(super) fn answer(work: &Work<'_>, ask: &Ask, operation: &str) -> Option<Answer> {
    let state: &AccountState = work.state;
    let named = |list: &[Named]| list.iter().map(show_named).collect();
    let (name, rows): (_, Vec<(u64, Value)>) = match operation {
        "groups.list" => ("groups", named(&state.groups)),
        "brands.list" => ("brands", named(&state.brands)),
        "ticket_forms.list" => ("ticket_forms", named(&state.ticket_forms)),
        "ticket_fields.list" => (
            "ticket_fields",
            state.ticket_fields.iter().map(show_field).collect(),
        ),
        "custom_statuses.list" => (
            "custom_statuses",
            state.custom_statuses.iter().map(show_status).collect(),
        ),
        _ => return None,
    };
    Some(Answer::json(
        200,
        &paging::page(ask, work.base_url, name, rows),
    ))
}

fn show_named(named: &Named) -> (u64, Value) {
    let shown = json!({"id": named.id, "name": named.name, "active": true, "deleted": false});
    (named.id, shown)
}

fn show_field(field: &TicketField) -> (u64, Value) {
    let shown = json!({"id": field.id, "title": field.title, "raw_title": field.title,
        "type": field.kind, "active": true, "removable": true});
    (field.id, shown)
}

fn show_status(status: &CustomStatus) -> (u64, Value) {
    let shown = json!({"id": status.id, "status_category": status.category.as_str(),
        "agent_label": status.label, "end_user_label": status.label, "active": true,
        "default": status.default});
    (status.id, shown)
}
