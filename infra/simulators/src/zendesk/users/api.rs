//! The calls that make, change and merge users.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::super::model::{AccountState, Status, Ticket};
use super::super::people::{DeskError, merge_users};
use super::super::show;
use super::super::work::{
    Outcome, Work, drop_unknown, id as id_in, invalid, not_found, object, text, warned,
};
use super::{check_phone, find, key_of};

const KEYS: &[&str] = &[
    "external_id",
    "name",
    "email",
    "phone",
    "shared_phone_number",
    "role",
    "user_fields",
    "skip_verify_email",
    "verified",
    "notes",
    "details",
    "tags",
    "locale",
    "locale_id",
    "time_zone",
    "alias",
    "organization_id",
    "organization",
    "custom_role_id",
    "identities",
    "remote_photo_url",
    "signature",
    "suspended",
    "ticket_restriction",
];

/// The user a call sent, and the names of what was dropped from it.
pub(super) fn user_object(
    work: &Work<'_>,
    ask: &Ask,
) -> Result<(Map<String, Value>, Vec<String>), Answer> {
    let mut sent = object(ask, "user")?;
    let mut dropped = drop_unknown(&mut sent, KEYS);
    dropped.extend(drop_unknown_fields(work.state, &mut sent));
    Ok((sent, dropped))
}

/// `POST /users`: refused where the e-mail or the external id is taken.
pub(super) fn create(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let (sent, dropped) = user_object(work, ask)?;
    refuse_taken(work, &sent, None)?;
    check_phone(work, &sent, None)?;
    let id = super::create(work, &sent)?;
    super::update(work, id, &sent);
    shown(work, id, 201, &dropped)
}

/// `PUT /users/{id}`.
pub(super) fn update(work: &mut Work<'_>, ask: &Ask, id: &str) -> Outcome {
    let (sent, dropped) = user_object(work, ask)?;
    let user = id.parse().ok().and_then(|id| work.user(id));
    let id = user.ok_or_else(not_found)?.id;
    refuse_taken(work, &sent, Some(id))?;
    check_phone(work, &sent, Some(id))?;
    super::update(work, id, &sent);
    shown(work, id, 200, &dropped)
}

/// `PUT /users/{id}/merge`: the user of the path is gone afterwards, the one of the body is left.
pub(super) fn merge(work: &mut Work<'_>, ask: &Ask, id: &str) -> Outcome {
    let sent = object(ask, "user")?;
    let winner = id_in(&sent, "id").ok_or_else(not_found)?;
    let loser = id.parse().map_err(|_| not_found())?;
    match merge_users(work, loser, winner) {
        Ok(()) => shown(work, winner, 200, &[]),
        Err(DeskError::NoUser(_)) => Err(not_found()),
        Err(refused) => Err(invalid("base", &refused.to_string(), "InvalidValue")),
    }
}

/// `DELETE /users/{id}`: refused while a ticket of the user's is not closed (reference, "Users": Delete User).
pub(super) fn delete(work: &mut Work<'_>, id: &str) -> Outcome {
    let user = id.parse().ok().and_then(|id| work.user(id));
    let id = user.ok_or_else(not_found)?.id;
    let open = |ticket: &Ticket| {
        !ticket.deleted && ticket.requester.id == id && ticket.status != Status::Closed
    };
    if work.state.tickets.values().any(open) {
        return Err(invalid("base", "User: is requester of tickets", "InUse"));
    }
    let gone = work.state.users.get_mut(&id).ok_or_else(not_found)?;
    gone.active = false;
    (gone.external_id, gone.phone, gone.email) = (None, None, None);
    let answer = json!({"user": show::user(gone, work.base_url)});
    Ok(Answer::json(200, &answer))
}

/// A user as an answer.
pub(super) fn shown(work: &Work<'_>, id: u64, status: u16, dropped: &[String]) -> Outcome {
    let user = work.user(id).ok_or_else(not_found)?;
    let answer = json!({"user": show::user(user, work.base_url)});
    Ok(warned(Answer::json(status, &answer), dropped))
}

fn refuse_taken(
    work: &Work<'_>,
    sent: &Map<String, Value>,
    own: Option<u64>,
) -> Result<(), Answer> {
    for (key, name) in [("email", "Email"), ("external_id", "External")] {
        let Some(value) = text(sent, key) else {
            continue;
        };
        let one = Map::from_iter([(key.to_owned(), json!(value))]);
        if find(work.state, &one).is_some_and(|found| Some(found) != own) {
            let text = format!("{name}: {value} is already being used by another user");
            return Err(invalid(key, &text, "DuplicateValue"));
        }
    }
    Ok(())
}

/// Values of fields the account does not have are dropped.
fn drop_unknown_fields(state: &AccountState, sent: &mut Map<String, Value>) -> Vec<String> {
    let keys: Vec<String> = state.user_fields.iter().filter_map(key_of).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    match sent.get_mut("user_fields") {
        Some(Value::Object(fields)) => drop_unknown(fields, &keys),
        _ => Vec::new(),
    }
}
