//! Users: me, one, and `create_or_update`.
//!
//! In: the users' API calls. Out: users, found or made as Zendesk does. Imports work and show.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::auth::Caller;
use super::model::{Role, State, User};
use super::show;
use super::work::{Outcome, Work, drop_unknown, invalid, not_found, object, text, warned};

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

/// `GET /users/me`: 200 for everyone; wrong credentials are an anonymous user.
pub(super) fn me(work: &Work<'_>, caller: Option<&Caller>) -> Answer {
    let user = caller
        .and_then(|caller| work.user(caller.user_id))
        .map_or_else(
            || {
                json!({"id": null, "name": "Anonymous user", "email": "invalid@example.com",
                "role": "end-user", "verified": false})
            },
            |user| show::user(user, work.base_url),
        );
    Answer::json(200, &json!({"user": user}))
}

/// `GET /users/{id}`.
pub(super) fn one(work: &Work<'_>, id: &str) -> Outcome {
    let user = id
        .parse()
        .ok()
        .and_then(|id| work.user(id))
        .ok_or_else(not_found)?;
    Ok(Answer::json(
        200,
        &json!({"user": show::user(user, work.base_url)}),
    ))
}

/// `POST /users/create_or_update`: by e-mail or external id, never by phone or name.
pub(super) fn create_or_update(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let mut sent = object(ask, "user")?;
    let mut dropped = drop_unknown(&mut sent, KEYS);
    dropped.extend(drop_unknown_fields(work.state, &mut sent));
    let found = find(work.state, &sent);
    check_phone(work, &sent, found)?;
    let (status, id) = match found {
        Some(id) => (200, id),
        None => (201, create(work, &sent)?),
    };
    update(work, id, &sent);
    let user = work.user(id).ok_or_else(not_found)?;
    let answer = json!({"user": show::user(user, work.base_url)});
    Ok(warned(Answer::json(status, &answer), &dropped))
}

/// The user with this e-mail or external id, whatever its case.
fn find(state: &State, sent: &Map<String, Value>) -> Option<u64> {
    let same = |have: Option<&String>, key: &str| match (have, text(sent, key)) {
        (Some(have), Some(want)) => have.to_lowercase() == want.to_lowercase(),
        _ => false,
    };
    state
        .users
        .values()
        .find(|user| {
            same(user.email.as_ref(), "email") || same(user.external_id.as_ref(), "external_id")
        })
        .map(|user| user.id)
}

/// Makes a user; a name is required.
pub(super) fn create(work: &mut Work<'_>, sent: &Map<String, Value>) -> Result<u64, Answer> {
    let name = text(sent, "name")
        .filter(|name| !name.trim().is_empty())
        .ok_or_else(|| {
            invalid(
                "name",
                "Name: is too short (minimum one character)",
                "TooShort",
            )
        })?;
    Ok(add(work.state, work.now, &name, Role::EndUser, None))
}

/// Adds a user of this name.
pub(super) fn add(
    state: &mut State,
    now: i64,
    name: &str,
    role: Role,
    email: Option<String>,
) -> u64 {
    let id = state.next_id();
    let user = User {
        id,
        name: name.to_owned(),
        email,
        phone: None,
        external_id: None,
        role,
        user_fields: state
            .user_fields
            .iter()
            .filter_map(key_of)
            .map(|k| (k, Value::Null))
            .collect(),
        created_at_ms: now,
        updated_at_ms: now,
    };
    state.users.insert(id, user);
    id
}

fn update(work: &mut Work<'_>, id: u64, sent: &Map<String, Value>) {
    let now = work.now;
    let Some(user) = work.state.users.get_mut(&id) else {
        return;
    };
    if let Some(name) = text(sent, "name").filter(|name| !name.trim().is_empty()) {
        user.name = name;
    }
    user.email = text(sent, "email").or(user.email.take());
    user.phone = text(sent, "phone")
        .filter(|phone| !phone.is_empty())
        .or(user.phone.take());
    user.external_id = text(sent, "external_id").or(user.external_id.take());
    if let Some(Value::Object(fields)) = sent.get("user_fields") {
        user.user_fields.extend(fields.clone());
    }
    user.updated_at_ms = now;
    let author = user.as_author();
    for ticket in work.state.tickets.values_mut() {
        let authors = ticket
            .comments
            .iter_mut()
            .map(|comment| &mut comment.author);
        for shown in authors
            .chain([&mut ticket.requester])
            .filter(|shown| shown.id == id)
        {
            *shown = author.clone();
        }
    }
}

fn check_phone(work: &Work<'_>, sent: &Map<String, Value>, own: Option<u64>) -> Result<(), Answer> {
    let Some(phone) = text(sent, "phone").filter(|phone| !phone.is_empty()) else {
        return Ok(());
    };
    let digits = phone.strip_prefix('+').unwrap_or_default();
    let e164 = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit());
    if work.config.variants.phone_must_be_e164 && !e164 {
        return Err(invalid(
            "phone",
            "Phone Number: is not a valid phone number",
            "InvalidValue",
        ));
    }
    let taken = |user: &User| user.phone.as_ref() == Some(&phone) && Some(user.id) != own;
    if work.config.variants.phone_must_be_unique && work.state.users.values().any(taken) {
        let text = "Phone Number: is already being used by another user";
        return Err(invalid("phone", text, "DuplicateValue"));
    }
    Ok(())
}

/// Values of fields the account does not have are dropped.
fn drop_unknown_fields(state: &State, sent: &mut Map<String, Value>) -> Vec<String> {
    let keys: Vec<String> = state.user_fields.iter().filter_map(key_of).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    match sent.get_mut("user_fields") {
        Some(Value::Object(fields)) => drop_unknown(fields, &keys),
        _ => Vec::new(),
    }
}

fn key_of(field: &Value) -> Option<String> {
    field["key"].as_str().map(str::to_owned)
}
