//! Users: shown, searched, found or made as Zendesk does.

use serde_json::{Map, Value, json};

use crate::wire::{Answer, Ask};

use super::auth::Caller;
use super::model::{AccountState, AccountUser, Role};
use super::variants::MergedUser;
use super::work::{Outcome, Work, flag, invalid, not_found, text};
use super::{paging, show};

mod api;

/// `GET /users/me`: 200 for everyone; wrong credentials are an anonymous user.
pub(super) fn me(work: &Work<'_>, caller: Option<&Caller>) -> Answer {
    let user = caller
        .and_then(|caller| work.user(caller.user_id))
        .map_or_else(
            || {
                json!({"id": null, "name": "Anonymous user", "email": "invalid@example.com",
                "role": "end-user", "verified": false})
            },
            |user| {
                let mut shown = show::user(user, work.base_url);
                for (name, value) in &work.state.api_user {
                    shown[name] = value.clone();
                }
                shown
            },
        );
    Answer::json(200, &json!({"user": user}))
}

/// Answers the calls about users but `me`.
pub(super) fn answer(work: &mut Work<'_>, ask: &Ask, verb: &str, id: &str) -> Outcome {
    match verb {
        "show" => one(work, id),
        "search" => search(work, ask),
        "create_or_update" => create_or_update(work, ask),
        "create" => api::create(work, ask),
        "update" => api::update(work, ask, id),
        "merge" => api::merge(work, ask, id),
        "delete" => api::delete(work, id),
        _ => Err(not_found()),
    }
}

/// `GET /custom_roles/{id}`.
pub(super) fn custom_role(work: &Work<'_>, id: &str) -> Outcome {
    let mut roles = work.state.custom_roles.iter();
    let role = roles.find(|role| role["id"].as_u64() == id.parse().ok());
    let role = role.ok_or_else(not_found)?;
    Ok(Answer::json(200, &json!({"custom_role": role})))
}

/// `GET /users/{id}`.
fn one(work: &Work<'_>, id: &str) -> Outcome {
    let user = id.parse().ok().and_then(|id| work.state.users.get(&id));
    let shown = |user: &&AccountUser| {
        user.active || work.config.variants.merged_user == MergedUser::Inactive
    };
    let user = user.filter(shown).ok_or_else(not_found)?;
    Ok(Answer::json(
        200,
        &json!({"user": show::user(user, work.base_url)}),
    ))
}

/// `GET /users/search?external_id=`.
fn search(work: &Work<'_>, ask: &Ask) -> Outcome {
    let Some(wanted) = ask.param("external_id") else {
        let body = json!({"error": "ParameterMissing",
            "description": "Parameter external_id is required"});
        return Err(Answer::json(400, &body));
    };
    let is = |have: &str| match work.config.variants.user_search_ignores_case {
        true => have.to_lowercase() == wanted.to_lowercase(),
        false => have == wanted,
    };
    let users = work.state.active_users();
    let found = users.filter(|user| user.external_id.as_deref().is_some_and(is));
    let rows = found.map(|user| (user.id, show::user(user, work.base_url)));
    let body = paging::page(ask, work.base_url, "users", rows.collect());
    Ok(Answer::json(200, &body))
}

/// `POST /users/create_or_update`: by e-mail or external id, never by phone or name.
fn create_or_update(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let (sent, dropped) = api::user_object(work, ask)?;
    let found = find(work.state, &sent);
    let staff = found
        .and_then(|id| work.user(id))
        .is_some_and(AccountUser::is_staff);
    if staff && !work.config.variants.upsert_changes_staff {
        let body = json!({"error": "Forbidden",
            "description": "You are not allowed to change this user"});
        return Err(Answer::json(403, &body));
    }
    check_phone(work, &sent, found)?;
    let (status, id) = match found {
        Some(id) => (200, id),
        None => (201, create(work, &sent)?),
    };
    update(work, id, &sent);
    api::shown(work, id, status, &dropped)
}

/// The user with this e-mail or external id, whatever its case.
fn find(state: &AccountState, sent: &Map<String, Value>) -> Option<u64> {
    let wanted = |key: &str| text(sent, key).map(|value| value.to_lowercase());
    let (email, external_id) = (wanted("email"), wanted("external_id"));
    let same = |user: &AccountUser| {
        let own = user.external_id.as_ref().map(|id| id.to_lowercase());
        email.as_ref().is_some_and(|email| user.has_email(email))
            || (own.is_some() && own == external_id)
    };
    state.find_user(same).map(|user| user.id)
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
    state: &mut AccountState,
    now: i64,
    name: &str,
    role: Role,
    email: Option<String>,
) -> u64 {
    let id = state.next_id();
    let user = AccountUser {
        id,
        name: name.to_owned(),
        email,
        other_emails: Vec::new(),
        phone: None,
        external_id: None,
        role,
        locale: "en-US".to_owned(),
        suspended: false,
        active: true,
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

/// The agent of this name, made if there is none.
pub(super) fn agent(work: &mut Work<'_>, name: &str) -> u64 {
    let known = work
        .state
        .find_user(|user| user.is_staff() && user.name == name);
    match known.map(|user| user.id) {
        Some(id) => id,
        None => add(work.state, work.now, name, Role::Agent, None),
    }
}

/// The customer with this id in the account's user field or as external id, made if there is none.
pub(super) fn customer(work: &mut Work<'_>, external_id: &str) -> u64 {
    let key = work.config.custom_field.clone().unwrap_or_default();
    let known = work.state.find_user(|user| {
        user.user_fields.get(&key).and_then(|value| value.as_str()) == Some(external_id)
            || user.external_id.as_deref() == Some(external_id)
    });
    if let Some(known) = known {
        return known.id;
    }
    let id = add(work.state, work.now, external_id, Role::EndUser, None);
    if let Some(user) = work.state.users.get_mut(&id) {
        user.external_id = Some(external_id.to_owned());
        if !key.is_empty() {
            user.user_fields.insert(key, external_id.into());
        }
    }
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
    user.locale = text(sent, "locale").unwrap_or_else(|| user.locale.clone());
    user.suspended = flag(sent, "suspended").unwrap_or(user.suspended);
    if let Some(Value::Object(fields)) = sent.get("user_fields") {
        user.user_fields.extend(fields.clone());
    }
    user.updated_at_ms = now;
    refresh(work.state, id);
}

/// Shows a user's new name on tickets and comments, too.
pub(super) fn refresh(state: &mut AccountState, id: u64) {
    let Some(author) = state.user(id).map(AccountUser::as_author) else {
        return;
    };
    for ticket in state.tickets.values_mut() {
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
    let taken = |user: &AccountUser| user.phone.as_ref() == Some(&phone) && Some(user.id) != own;
    if work.config.variants.phone_must_be_unique && work.state.find_user(taken).is_some() {
        let text = "Phone Number: is already being used by another user";
        return Err(invalid("phone", text, "DuplicateValue"));
    }
    Ok(())
}

fn key_of(field: &Value) -> Option<String> {
    field["key"].as_str().map(str::to_owned)
}
