//! The account behind the server: one lock, the API's entry, webhooks set off after each change.
//!
//! In: requests and changes. Out: answers; invocations started or held. Imports every part of the
//! API.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::calls::Call;
use crate::core::Core;
use crate::post::Poster;
use crate::server::Vendor;
use crate::wire::{Answer, Ask};

use super::config::AccountConfig;
use super::model::{AccountState, Role};
use super::webhooks::Mode;
use super::work::{Outcome, Work, not_found};
use super::{
    auth, catalogue, comments, control, deliver, export, idempotency, limits, macros, routes,
    search, setup, tickets, uploads, users,
};

/// A simulated account.
pub(super) struct Account {
    pub(super) core: Core<AccountState>,
    config: Mutex<Arc<AccountConfig>>,
    pub(super) poster: Poster,
    pub(super) base_url: String,
    mode: Mutex<Mode>,
    runtime: Handle,
    in_flight: watch::Sender<usize>,
}

impl Account {
    /// An account with its owner and the configured user field.
    pub(super) fn new(config: AccountConfig, base_url: String, poster: Poster) -> Self {
        let mut state = AccountState::default();
        let now = config.clock.now_ms();
        let email = Some(config.legacy_email.clone());
        users::add(&mut state, now, "Bridge Admin", Role::Admin, email);
        catalogue::furnish(&mut state);
        if let Some(key) = &config.custom_field {
            setup::add_user_field(&mut state, key, "Braze external ID");
        }
        Self {
            core: Core::new(config.clock.clone(), state),
            config: Mutex::new(Arc::new(config)),
            poster,
            base_url,
            mode: Mutex::new(Mode::Immediate),
            runtime: Handle::current(),
            in_flight: watch::Sender::new(0),
        }
    }

    /// How the account is set up now.
    pub(super) fn config(&self) -> Arc<AccountConfig> {
        Arc::clone(&self.config.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes how the account is set up.
    pub(super) fn configure<T>(&self, change: impl FnOnce(&mut AccountConfig) -> T) -> T {
        let mut current = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        let mut config = AccountConfig::clone(&current);
        let result = change(&mut config);
        *current = Arc::new(config);
        result
    }

    /// Changes the account, then starts or holds the webhooks the change fired.
    pub(super) fn change<T>(self: &Arc<Self>, act: impl FnOnce(&mut Work<'_>) -> T) -> T {
        let hold = self.mode() == Mode::Held;
        let config = self.config();
        let (result, fired) = self.core.change(|state| {
            let now = self.core.clock.now_ms();
            let result = act(&mut Work {
                state,
                config: &config,
                base_url: &self.base_url,
                now,
            });
            let fired = std::mem::take(&mut state.outbox);
            if hold {
                state.held.extend(fired);
                return (result, Vec::new());
            }
            (result, fired)
        });
        for invocation in fired {
            let account = Arc::clone(self);
            let flight = Flight::start(&self.in_flight);
            self.runtime.spawn(async move {
                deliver::deliver(&account, invocation).await;
                drop(flight);
            });
        }
        result
    }

    /// How many webhooks set off by changes are still being delivered.
    pub(super) fn in_flight(&self) -> watch::Receiver<usize> {
        self.in_flight.subscribe()
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }

    pub(super) fn mode(&self) -> Mode {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One webhook under way, counted from the change that fired it to the end of its retries.
struct Flight(watch::Sender<usize>);

impl Flight {
    fn start(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|flying| *flying += 1);
        Self(count.clone())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.send_modify(|flying| *flying -= 1);
    }
}

impl Vendor for Account {
    type State = AccountState;

    fn core(&self) -> &Core<AccountState> {
        &self.core
    }

    fn calls(state: &mut AccountState) -> &mut Vec<Call> {
        &mut state.calls
    }

    fn operation(&self, ask: &Ask) -> &'static str {
        routes::find(ask).0
    }

    fn act(self: &Arc<Self>, ask: &Ask) -> Answer {
        let (operation, ids) = routes::find(ask);
        self.change(|work| {
            let outcome = answer(work, ask, operation, &ids);
            let answer = outcome.unwrap_or_else(|refused| refused);
            match operation {
                "oauth.token" | "attachments.show" => answer,
                _ => limits::headed(work, operation, answer),
            }
        })
    }

    async fn control(self: Arc<Self>, ask: Ask) -> Answer {
        control::answer(&self, &ask)
    }
}

fn answer(work: &mut Work<'_>, ask: &Ask, operation: &str, ids: &[String]) -> Outcome {
    let first = ids.first().map_or("", String::as_str);
    match operation {
        "oauth.token" => return Ok(auth::token(work, ask)),
        "attachments.show" => return uploads::download(work, first),
        _ => limits::request(work)?,
    }
    let caller = auth::caller(work, ask);
    if operation == "users.me" {
        if let Ok(caller) = &caller {
            auth::permit(work, caller, operation)?;
        }
        return Ok(users::me(work, caller.as_ref().ok()));
    }
    let caller = caller?;
    auth::permit(work, &caller, operation)?;
    match operation.split_once('.').unwrap_or_default() {
        ("users", verb) => users::answer(work, ask, verb, first),
        ("tickets", "create") => {
            idempotency::once(work, ask, |work| tickets::create(work, ask, &caller))
        }
        ("tickets", verb) => {
            super::people::appears(work, first);
            tickets::answer(work, ask, &caller, verb, first)
        }
        ("comments", "list") => comments::list(work, ask, first),
        ("comments", _) => comments::make_private(work, &caller, ids),
        ("audits", _) => comments::audits(work, ask, first),
        ("metrics", _) => tickets::metrics(work, first),
        ("uploads", "delete") => uploads::delete(work, first),
        ("uploads", _) => uploads::create(work, ask),
        ("custom_roles", _) => users::custom_role(work, first),
        ("search", _) => search::tickets(work, ask),
        ("", _) => Err(Answer::json(
            404,
            &json!({"error": "InvalidEndpoint",
            "description": "Not found"}),
        )),
        _ => catalogue::answer(work, ask, operation)
            .map(Ok)
            .or_else(|| export::answer(work, ask, operation))
            .or_else(|| macros::answer(work, ask, operation, ids))
            .or_else(|| setup::answer(work, ask, operation, ids))
            .unwrap_or_else(|| Err(not_found())),
    }
}
