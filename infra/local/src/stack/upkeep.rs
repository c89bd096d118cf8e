//! What goes on beside the stack: the schedule, and keeping the state.
//!
//! In: the redelivery function, the simulators, the data directory. Out: an event a minute, and
//! snapshots that are written after changes and read at the start.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use simulators::braze::Braze;
use simulators::zendesk::Zendesk;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use crate::data::{DataDir, DataError};
use crate::pool::Pool;

pub(super) async fn schedule(pool: Pool, every: Duration) {
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // A failed run shows in the function's own output; the next one is a minute away.
        let _ = pool.invoke(scheduled_event()).await;
    }
}

/// The event EventBridge sends for a schedule.
pub(super) fn scheduled_event() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
    json!({
        "version": "0",
        "id": crate::ids::request_id(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": simulators::clock::rfc3339(seconds.saturating_mul(1000)),
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/redelivery"],
        "detail": {},
    })
    .to_string()
}

pub(super) fn restore(data: &DataDir, zendesk: &Zendesk, braze: &Braze) -> Result<(), DataError> {
    if let Some(snapshot) = data.load("zendesk")? {
        let restored = zendesk.restore(snapshot);
        restored.map_err(|error| data.unreadable("zendesk", &error))?;
    }
    if let Some(snapshot) = data.load("braze")? {
        let restored = braze.restore(snapshot);
        restored.map_err(|error| data.unreadable("braze", &error))?;
    }
    Ok(())
}

/// Writes snapshots after changes, so that even a killed sandbox keeps what it had.
pub(super) async fn keep(
    data: Arc<DataDir>,
    zendesk: Zendesk,
    braze: Braze,
    told: watch::Sender<Option<String>>,
) {
    let mut zendesk_changes = zendesk.subscribe();
    let mut braze_changes = braze.subscribe();
    loop {
        let more = tokio::select! {
            more = zendesk_changes.changed() => more,
            more = braze_changes.changed() => more,
        };
        if more.is_err() {
            return;
        }
        let (data, zendesk, braze) = (Arc::clone(&data), zendesk.clone(), braze.clone());
        let saved = tokio::task::spawn_blocking(move || save(&data, &zendesk, &braze));
        let wrong = match saved.await {
            Ok(saved) => saved.err(),
            Err(_) => None,
        };
        told.send_if_modified(|told| {
            let sentence = wrong.map(|why| format!("The state cannot be kept: {why}"));
            let news = *told != sentence;
            *told = sentence;
            news
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub(super) fn save(data: &DataDir, zendesk: &Zendesk, braze: &Braze) -> std::io::Result<()> {
    data.save("zendesk", &zendesk.snapshot())?;
    data.save("braze", &braze.snapshot())
}
