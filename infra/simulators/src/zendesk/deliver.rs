//! Webhook invocations: signed attempts, retries as Zendesk makes them, the circuit breaker.
//!
//! In: invocations from the outbox. Out: requests to the endpoint, and the delivery log. Imports
//! the account, the signature and the poster.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::rfc3339;
use crate::post::{Answered, NoAnswer};
use crate::signature::{TEST_BUTTON_SECRET, sign};

use super::account::Account;
use super::model::AccountState;
use super::people::DeskError;
use super::webhooks::{Attempt, Delivery, Outcome, PendingWebhook};

const BREAKER_MS: i64 = 5 * 60 * 1000;
/// Requests in all, where the answer asked for another (409, or 429 and 503 with `Retry-After`).
const TRIES_REFUSED: usize = 4;
/// Requests in all, where none was answered in time.
const TRIES_TIMED_OUT: usize = 5;

/// Makes an invocation with all its retries, and logs it.
pub(super) async fn deliver(account: &Arc<Account>, invocation: PendingWebhook) -> Delivery {
    let mut delivery = not_made(invocation, Outcome::Failed);
    if breaker_open(account, &delivery.webhook_id) {
        delivery.outcome = Outcome::CircuitBroken;
    } else {
        while let Some(wait) = attempt(account, &mut delivery).await {
            tokio::time::sleep(wait.mul_f64(account.config().retry_wait_scale)).await;
        }
    }
    account.change(|work| {
        count(
            work.state.webhooks.get_mut(&delivery.webhook_id),
            &delivery,
            account,
            work.now,
        );
        work.state.deliveries.push(delivery.clone());
    });
    delivery
}

/// The log's entry of an invocation no request was made for yet.
pub(super) fn not_made(invocation: PendingWebhook, outcome: Outcome) -> Delivery {
    Delivery {
        invocation_id: invocation.invocation_id,
        webhook_id: invocation.webhook_id,
        trigger: invocation.trigger,
        ticket_id: invocation.ticket_id,
        endpoint: invocation.endpoint,
        payload: invocation.payload,
        status: None,
        body: String::new(),
        outcome,
        attempts: Vec::new(),
    }
}

/// Takes an invocation out of the held ones.
pub(super) fn take_held(state: &mut AccountState, id: u64) -> Result<PendingWebhook, DeskError> {
    let at = state
        .held
        .iter()
        .position(|held| held.id == id)
        .ok_or(DeskError::NotHeld(id))?;
    Ok(state.held.remove(at))
}

/// Makes one request; returns how long to wait before the next, if there is to be one.
async fn attempt(account: &Account, delivery: &mut Delivery) -> Option<Duration> {
    let at_ms = account.core.clock.now_ms();
    let secret = account.core.read(|state| {
        state
            .webhooks
            .get(&delivery.webhook_id)
            .map(|webhook| webhook.secret.clone())
    });
    // A webhook that was never saved is the test button's.
    let headers = headers(
        delivery,
        secret.as_deref().unwrap_or(TEST_BUTTON_SECRET),
        at_ms,
    );
    let timeout = account.config().webhook_timeout;
    let answer = account
        .poster
        .post(&delivery.endpoint, &headers, &delivery.payload, timeout)
        .await;
    let mut made = Attempt {
        at_ms,
        headers,
        status: None,
        body: String::new(),
        error: None,
    };
    let wait = match answer {
        Ok(answered) => {
            made.status = Some(answered.status);
            made.body.clone_from(&answered.body);
            delivery.outcome = outcome(answered.status);
            wait_after(&answered, delivery.attempts.len() + 1)
        }
        Err(NoAnswer::TimedOut) => {
            made.error = Some("timed out".to_owned());
            let tries = delivery.attempts.len() + 1;
            (tries < TRIES_TIMED_OUT).then(|| backoff(tries))
        }
        Err(NoAnswer::Unreachable(why)) => {
            made.error = Some(why);
            None
        }
    };
    delivery.status = made.status;
    delivery.body.clone_from(&made.body);
    delivery.attempts.push(made);
    wait
}

/// The headers of an attempt, signed with its own time.
fn headers(delivery: &Delivery, secret: &str, at_ms: i64) -> Vec<(String, String)> {
    let timestamp = rfc3339(at_ms);
    let signature = sign(secret, &timestamp, delivery.payload.as_bytes());
    [
        ("content-type", "application/json; charset=utf-8"),
        ("user-agent", "Zendesk Webhook"),
        ("x-zendesk-account-id", "7654321"),
        ("x-zendesk-webhook-id", &delivery.webhook_id),
        ("x-zendesk-webhook-invocation-id", &delivery.invocation_id),
        ("x-zendesk-webhook-signature", &signature),
        ("x-zendesk-webhook-signature-timestamp", &timestamp),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn outcome(status: u16) -> Outcome {
    match status {
        200..=299 => Outcome::Success,
        403 => Outcome::Terminated,
        _ => Outcome::Failed,
    }
}

/// 409 is tried again, 429 and 503 only with a `Retry-After` under a minute, nothing else.
fn wait_after(answered: &Answered, tries: usize) -> Option<Duration> {
    let wait = match (answered.status, answered.retry_after) {
        (409, _) => backoff(tries),
        (429 | 503, Some(seconds)) if seconds < 60 => Duration::from_secs(seconds),
        _ => return None,
    };
    (tries < TRIES_REFUSED).then_some(wait)
}

fn backoff(tries: usize) -> Duration {
    Duration::from_secs(1 << tries.min(5))
}

fn breaker_open(account: &Account, webhook: &str) -> bool {
    let now = account.core.clock.now_ms();
    account.core.read(|state| {
        state
            .webhooks
            .get(webhook)
            .is_some_and(|w| now < w.open_until_ms)
    })
}

fn count(webhook: Option<&mut super::Webhook>, delivery: &Delivery, account: &Account, now: i64) {
    let Some(webhook) = webhook else { return };
    let failed = match delivery.outcome {
        Outcome::Success => false,
        Outcome::Failed | Outcome::Terminated => true,
        Outcome::CircuitBroken | Outcome::Discarded => return,
    };
    let config = account.config();
    let Some(breaker) = &config.breaker else {
        return;
    };
    let ends = &mut webhook.ends;
    ends.push_back((now, failed));
    while ends.front().is_some_and(|(at, _)| at + BREAKER_MS <= now) {
        ends.pop_front();
    }
    let failures = ends.iter().filter(|(_, failed)| *failed).count();
    let share = ends.len() >= breaker.least && failures * 100 >= breaker.percent * ends.len();
    if share || failures > breaker.most {
        ends.clear();
        webhook.open_until_ms = now + BREAKER_MS;
    }
}
