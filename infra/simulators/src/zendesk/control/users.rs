//! Control routes for what people do with users.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::wire::Answer;

use super::super::account::Account;
use super::super::people::{self, Person};
use super::{done, refused};

/// `POST /_sim/users`: `name`, and optionally `role`, `email`, `phone`, `external_id`, `locale` and
/// `user_fields`.
pub(super) fn add(account: &Arc<Account>, body: &Value) -> Answer {
    let word = |key: &str| body[key].as_str().map(str::to_owned);
    let name = word("name").unwrap_or_default();
    if name.is_empty() {
        return refused("name is required");
    }
    let mut person = match body["role"].as_str().unwrap_or("end-user") {
        "end-user" => Person::customer(&name),
        "agent" => Person::agent(&name),
        "admin" => Person::admin(&name),
        _ => return refused("role must be end-user, agent or admin"),
    };
    person.email = word("email");
    person.phone = word("phone");
    person.external_id = word("external_id");
    person.locale = word("locale").unwrap_or(person.locale);
    if let Value::Object(fields) = &body["user_fields"] {
        let fields = fields.iter();
        let texts = fields.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.into())));
        person.fields.extend(texts);
    }
    let id = account.change(|work| people::add_user(work, person));
    Answer::json(201, &json!({"id": id}))
}

/// `POST /_sim/users/{id}/{action}`: `merge` with `into`, `suspend` with `suspended`.
pub(super) fn act(account: &Arc<Account>, user: u64, action: &str, body: &Value) -> Answer {
    let result = match action {
        "merge" => match body["into"].as_u64() {
            Some(winner) => account.change(|work| people::merge_users(work, user, winner)),
            None => return refused("into is required"),
        },
        "suspend" => {
            let suspended = body["suspended"].as_bool().unwrap_or(true);
            account.change(|work| people::suspend(work, user, suspended))
        }
        _ => return Answer::json(404, &json!({"error": "no such action"})),
    };
    done(result.map(|()| json!({})))
}
