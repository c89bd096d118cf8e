//! What goes wrong in the sandbox: switches for both vendors and the database, and a function that
//! is killed in the middle of its work.
//!
//! In: switches. Out: the simulators' and the database's faults. Knows no page and no script.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use local::{Stack, dynamo};
use serde::{Deserialize, Serialize};
use simulators::{Call, Effect, Fault};
use tokio::task::JoinHandle;

use crate::steps::Kill;

/// How long a call takes that is slow.
const SLOW: Duration = Duration::from_secs(3);
/// How long a rate limit says to wait, in seconds.
const LIMITED_SECONDS: u32 = 30;
/// How long an armed kill waits for its moment.
const ARMED: Duration = Duration::from_secs(24 * 60 * 60);

/// Who can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Zendesk,
    Braze,
    Database,
}

/// How it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    /// It does not.
    #[default]
    Works,
    /// Every call takes three seconds.
    Slow,
    /// Every call is refused with the vendor's rate limit.
    Limited,
    /// Every call is refused; nothing is done.
    Down,
    /// Every call is done, and its answer lost.
    Mute,
    /// Every call is refused for good.
    Refuses,
}

/// When a function is killed, seen from the call it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    /// The call came to nothing.
    Before,
    /// The call was done, its answer not read.
    After,
}

/// All switches; what is left out of a step stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Weather {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) zendesk: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) braze: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) database: Option<Switch>,
}

/// The switches as they stand.
#[derive(Default)]
pub(crate) struct Sky {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    weather: Weather,
    armed: Option<(Kill, JoinHandle<()>)>,
}

impl Sky {
    /// The switches, all of them.
    pub(crate) fn weather(&self) -> Weather {
        let weather = self.inner().weather;
        let known = |switch: Option<Switch>| Some(switch.unwrap_or_default());
        Weather {
            zendesk: known(weather.zendesk),
            braze: known(weather.braze),
            database: known(weather.database),
        }
    }

    /// The kill that waits for its moment.
    pub(crate) fn armed(&self) -> Option<Kill> {
        let inner = self.inner();
        let waiting = inner.armed.as_ref().filter(|(_, task)| !task.is_finished());
        waiting.map(|(kill, _)| *kill)
    }

    /// Sets the switches that are named. An armed kill is given up.
    pub(crate) fn change(&self, stack: &Stack, to: Weather) {
        let weather = {
            let mut inner = self.inner();
            if let Some((_, task)) = inner.armed.take() {
                task.abort();
            }
            inner.weather = Weather {
                zendesk: to.zendesk.or(inner.weather.zendesk),
                braze: to.braze.or(inner.weather.braze),
                database: to.database.or(inner.weather.database),
            };
            inner.weather
        };
        stack.zendesk.clear_faults();
        stack.braze.clear_faults();
        stack.dynamo.faults().clear();
        if let Some(effect) = vendor(weather.zendesk, zendesk_limit) {
            // Refused for good is what is written, not who writes.
            let refused = weather.zendesk == Some(Switch::Refuses);
            let calls = if refused { "tickets.*" } else { "*" };
            stack.zendesk.fault(Fault::always(calls, effect));
        }
        if let Some(effect) = vendor(weather.braze, braze_limit) {
            let refused = weather.braze == Some(Switch::Refuses);
            let calls = if refused { "campaigns.*" } else { "*" };
            stack.braze.fault(Fault::always(calls, effect));
        }
        if let Some(effect) = database(weather.database) {
            stack.dynamo.faults().add(Fault::always("*", effect));
        }
    }

    /// Everything works.
    pub(crate) fn clear(&self, stack: &Stack) {
        let all = Some(Switch::Works);
        let fine = Weather {
            zendesk: all,
            braze: all,
            database: all,
        };
        self.change(stack, fine);
    }

    /// Arms the kill of the next function that calls there, instead of one armed before.
    pub(crate) fn kill(&self, stack: &Arc<Stack>, kill: Kill) {
        self.change(stack, Weather::default());
        let effect = match kill.when {
            When::Before => Effect::Hang,
            When::After => Effect::HangAfter,
        };
        let met = arm(stack, kill.at, effect);
        let stack = Arc::clone(stack);
        let task = tokio::spawn(async move {
            if at_its_call(&stack, kill.at, met).await {
                stack.kill_in_flight();
            }
        });
        self.inner().armed = Some((kill, task));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the next call there hang; how many calls, or stuck ones, there were before.
fn arm(stack: &Stack, place: Place, effect: Effect) -> usize {
    match place {
        Place::Zendesk => {
            let seen = stack.zendesk.calls_from(0).len();
            stack.zendesk.fault(Fault::once("tickets.*", effect));
            seen
        }
        Place::Braze => {
            let seen = stack.braze.calls_from(0).len();
            stack.braze.fault(Fault::once("campaigns.*", effect));
            seen
        }
        Place::Database => {
            let stuck = stack.dynamo.faults().stuck();
            let fault = Fault::once("UpdateItem", effect);
            stack.dynamo.faults().add(fault);
            stuck
        }
    }
}

async fn at_its_call(stack: &Stack, place: Place, seen: usize) -> bool {
    let hangs = |calls: &[Call]| {
        let mut new = calls.iter().skip(seen);
        new.any(|call| matches!(call.fault.as_deref(), Some("hang" | "hang_after")))
    };
    match place {
        Place::Zendesk => {
            let met = |state: &simulators::zendesk::AccountState| hangs(&state.calls);
            stack.zendesk.wait_until(ARMED, met).await
        }
        Place::Braze => {
            let met = |state: &simulators::braze::WorkspaceState| hangs(&state.calls);
            stack.braze.wait_until(ARMED, met).await
        }
        Place::Database => stack.dynamo.faults().wait_stuck(seen + 1, ARMED).await,
    }
}

fn vendor(switch: Option<Switch>, limit: fn() -> Effect) -> Option<Effect> {
    match switch.unwrap_or_default() {
        Switch::Works => None,
        Switch::Slow => Some(Effect::Delay(SLOW)),
        Switch::Limited => Some(limit()),
        Switch::Down => Some(Effect::status(503)),
        Switch::Mute => Some(Effect::DropAfter),
        Switch::Refuses => Some(Effect::status(422)),
    }
}

fn database(switch: Option<Switch>) -> Option<Effect> {
    match switch.unwrap_or_default() {
        Switch::Works => None,
        Switch::Slow => Some(Effect::Delay(SLOW)),
        Switch::Limited => Some(dynamo::throttled()),
        Switch::Down | Switch::Refuses => Some(dynamo::internal_error()),
        Switch::Mute => Some(Effect::DropAfter),
    }
}

fn zendesk_limit() -> Effect {
    Effect::zendesk_rate_limited(LIMITED_SECONDS)
}

fn braze_limit() -> Effect {
    let now = simulators::Clock::new().now_ms() / 1000;
    Effect::braze_rate_limited(now + i64::from(LIMITED_SECONDS))
}
