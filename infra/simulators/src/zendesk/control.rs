//! The control surface under `/_sim/`: what people do in Zendesk's screens, over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::control::faults;
use crate::wire::{Answer, Ask};

use super::AccountState;
use super::account::Account;
use super::people::DeskError;

mod tickets;
mod users;

/// Answers a request of the control surface.
pub(super) fn answer(account: &Arc<Account>, ask: &Ask) -> Answer {
    let segments = ask.segments();
    let body = ask.json().unwrap_or_default();
    let path = segments.get(1..).unwrap_or_default();
    let seen = match (ask.method.as_str(), path) {
        ("GET", _) => seen(account, path),
        ("PATCH", ["switches"]) => Some(switch(account, &body)),
        ("POST", ["tickets"]) => Some(tickets::open(account, &body)),
        ("POST", ["tickets", id, action]) => Some(match id.parse() {
            Ok(id) => tickets::act(account, id, action, &body),
            Err(_) => Answer::empty(404),
        }),
        ("POST", ["users"]) => Some(users::add(account, &body)),
        ("POST", ["users", id, action]) => Some(match id.parse() {
            Ok(id) => users::act(account, id, action, &body),
            Err(_) => Answer::empty(404),
        }),
        _ => None,
    };
    seen.unwrap_or_else(|| faults(&account.core, ask, &segments))
}

/// The state as it is.
fn seen(account: &Account, path: &[&str]) -> Option<Answer> {
    let look = |look: fn(&AccountState) -> Value| Answer::json(200, &account.core.read(look));
    Some(match path {
        ["switches"] => Answer::json(200, &account.config().switches()),
        ["tickets"] => look(|state| {
            let live = state.tickets.values().filter(|ticket| !ticket.deleted);
            json!(live.collect::<Vec<_>>())
        }),
        ["tickets", id] => {
            let id = id.parse().unwrap_or_default();
            let found = |state: &AccountState| state.tickets.get(&id).map(|ticket| json!(ticket));
            let found = account.core.read(found);
            found.map_or_else(|| Answer::empty(404), |found| Answer::json(200, &found))
        }
        ["users"] => look(|state| json!(state.active_users().collect::<Vec<_>>())),
        ["webhooks"] => look(|state| json!({"deliveries": state.deliveries, "held": state.held})),
        ["emails"] => look(|state| json!(state.emails)),
        ["calls"] => look(|state| crate::calls::shown(&state.calls)),
        _ => return None,
    })
}

fn switch(account: &Account, body: &Value) -> Answer {
    match account.configure(|config| config.switch(body)) {
        Ok(()) => Answer::json(200, &account.config().switches()),
        Err(error) => refused(&error),
    }
}

fn refused(why: &str) -> Answer {
    Answer::json(400, &json!({"error": why}))
}

fn done(result: Result<Value, DeskError>) -> Answer {
    match result {
        Ok(done) => Answer::json(201, &done),
        Err(error) => {
            let status = match error {
                DeskError::Closed(_) | DeskError::NotMergeable(_) | DeskError::Suspended(_) => 409,
                DeskError::Limited(_) => 429,
                _ => 404,
            };
            Answer::json(status, &json!({"error": error.to_string()}))
        }
    }
}
