//! The webhook of a text, with Braze's retries.
//!
//! Braze retries 408, 429, 5xx and time-outs: five tries in about half an hour, and up to a day
//! while the host cannot be reached. Anything else is final.

use std::sync::Arc;
use std::time::Duration;

use crate::braze::campaign::WebhookMessage;
use crate::braze::currents;
use crate::braze::model::InboundDelivery;
use crate::braze::workspace::Workspace;
use crate::ids;
use crate::post::NoAnswer;

/// Requests in all that are answered, or not answered in time.
const TRIES: usize = 5;
/// The first wait; doubled each time, so that five tries take about half an hour.
const FIRST_WAIT: Duration = Duration::from_secs(120);
/// How long a host that cannot be reached is tried.
const UNREACHABLE: Duration = Duration::from_secs(24 * 60 * 60);

/// Posts a delivery with all retries, and logs it.
pub(in crate::braze) async fn post(
    workspace: &Arc<Workspace>,
    mut delivery: InboundDelivery,
) -> InboundDelivery {
    delivery.status = None;
    delivery.attempts.clear();
    delivery.body.clear();
    delivery.over = delivery.payload.is_empty();
    let webhook = workspace.core.read(|state| {
        let campaign = state.campaigns.get(&delivery.campaign_id);
        campaign.and_then(|campaign| campaign.webhook.clone())
    });
    // It is shown as under way until it is in the log.
    let way = UnderWay::enter(workspace, &delivery);
    if let Some(webhook) = webhook.filter(|_| !delivery.over) {
        tries(workspace, &webhook, &mut delivery, &way).await;
    }
    delivery.over = true;
    workspace
        .core
        .change(|state| state.inbound_log.push(delivery.clone()));
    drop(way);
    delivery
}

async fn tries(
    workspace: &Arc<Workspace>,
    webhook: &WebhookMessage,
    delivery: &mut InboundDelivery,
    way: &UnderWay,
) {
    let id = delivery.id.clone();
    let held = |state: &crate::braze::WorkspaceState| {
        let mut texting = state.texting.iter();
        texting.find(|text| text.id == id)?.held_until_ms
    };
    workspace.until(held, 1.0).await;
    let mut waited = Duration::ZERO;
    loop {
        let paused =
            |state: &crate::braze::WorkspaceState| Some(state.hosts.paused_until_ms(&webhook.url));
        workspace
            .until(paused, workspace.config.retry_wait_scale)
            .await;
        if !delivery.attempts.is_empty()
            && workspace.core.read(|s| s.variants.dispatch_id_per_attempt)
        {
            let fresh = ids::hex();
            delivery.payload = delivery.payload.replace(&delivery.dispatch_id, &fresh);
            delivery.dispatch_id = fresh;
        }
        let Some(wait) = attempt(workspace, webhook, delivery, waited).await else {
            return;
        };
        way.tell(delivery);
        waited += wait;
        tokio::time::sleep(wait.mul_f64(workspace.config.retry_wait_scale)).await;
    }
}

/// Makes one request; returns how long to wait before the next, if there is to be one.
async fn attempt(
    workspace: &Workspace,
    webhook: &WebhookMessage,
    delivery: &mut InboundDelivery,
    waited: Duration,
) -> Option<Duration> {
    let headers: Vec<_> = webhook.headers.clone().into_iter().collect();
    let timeout = workspace.config.webhook_timeout;
    let answer = workspace
        .poster
        .post(&webhook.url, &headers, &delivery.payload, timeout)
        .await;
    let made = delivery.attempts.len();
    let backoff = FIRST_WAIT * 2_u32.pow(u32::try_from(made).unwrap_or(0).min(8));
    let few = made + 1 < TRIES;
    let (status, body, wait) = match answer {
        Ok(answered) => {
            let again = few && matches!(answered.status, 408 | 429 | 500..=599);
            let wait = answered.retry_after.map_or(backoff, Duration::from_secs);
            (Some(answered.status), answered.body, again.then_some(wait))
        }
        Err(NoAnswer::TimedOut) => (None, String::new(), few.then_some(backoff)),
        Err(NoAnswer::Unreachable(_)) => {
            let again = waited + backoff < UNREACHABLE;
            (None, String::new(), again.then_some(backoff))
        }
    };
    delivery.status = status;
    delivery.body = body;
    delivery.attempts.push(status);
    let now = workspace.core.clock.now_ms();
    let most = workspace.config.failures_before_pause;
    workspace.core.change(|state| {
        if let Some(status) = status {
            state.hosts.count(&webhook.url, status, most, now);
        }
        if !matches!(status, Some(200..=299)) {
            currents::webhook_failed(state, delivery, wait.is_none(), now);
        }
    });
    wait
}

/// A text that is shown as under way until this is dropped.
struct UnderWay {
    workspace: Arc<Workspace>,
    id: String,
}

impl UnderWay {
    fn enter(workspace: &Arc<Workspace>, delivery: &InboundDelivery) -> Self {
        workspace
            .core
            .change(|state| state.texting.push(delivery.clone()));
        Self {
            workspace: Arc::clone(workspace),
            id: delivery.id.clone(),
        }
    }

    fn tell(&self, delivery: &InboundDelivery) {
        self.workspace.core.change(|state| {
            let mut texting = state.texting.iter_mut();
            if let Some(shown) = texting.find(|text| text.id == self.id) {
                *shown = delivery.clone();
            }
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.workspace.core.change(|state| {
            let mut texting = state.texting.iter();
            if let Some(at) = texting.position(|text| text.id == self.id) {
                state.texting.remove(at);
            }
        });
    }
}
