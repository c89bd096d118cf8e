//! Posts what waits for the connector: at once, and again until it is answered well.

use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::json;

use super::connector::{Connector, Post};
use super::event::Event;
use crate::braze::model::WorkspaceState;
use crate::braze::workspace::Workspace;

/// The first wait before a request is repeated; doubled each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Shortest wait, however much waits are shortened.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
/// Longest sleep between two looks.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Runs until the workspace is gone.
pub(in crate::braze) async fn run(workspace: Weak<Workspace>) {
    loop {
        let Some(here) = workspace.upgrade() else {
            return;
        };
        let (mut changes, mut moves) = (here.core.subscribe(), here.core.clock.moves());
        let now = here.core.clock.now_ms();
        let due = here.core.read(|state| state.currents.next_due_ms());
        let left = due.map_or(LONGEST, |at| {
            Duration::from_millis(u64::try_from(at - now).unwrap_or(0))
        });
        let again = match left.is_zero() {
            true => turn(&here, now).await,
            false => None,
        };
        let sleep = again.unwrap_or(if left.is_zero() {
            left
        } else {
            left.min(LONGEST)
        });
        drop(here);
        tokio::select! {
            changed = changes.changed(), if again.is_none() => {
                if changed.is_err() { return }
            }
            _ = moves.changed() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

/// Makes one request; how long to wait before it is repeated, where it is.
async fn turn(workspace: &Arc<Workspace>, now: i64) -> Option<Duration> {
    let (connector, mut events, variants) = workspace.core.read(|state| {
        (
            state.currents.connector.clone(),
            state.currents.batch(now),
            state.variants.currents.clone(),
        )
    });
    let connector = connector.filter(|_| !events.is_empty())?;
    if variants.reversed {
        events.reverse();
    }
    let status = post(workspace, &connector, &events).await;
    let log = |events: Vec<Event>, status| {
        let now = workspace.core.clock.now_ms();
        let post = Post {
            at_ms: now,
            events,
            status,
        };
        workspace
            .core
            .change(|state| state.currents.answered(post, now))
    };
    if log(events.clone(), status) {
        let failures = |state: &WorkspaceState| state.currents.failures().min(9);
        let doubled = FIRST_WAIT * 2_u32.pow(workspace.core.read(failures));
        let wait = doubled.mul_f64(workspace.config.retry_wait_scale);
        return Some(wait.max(SHORTEST_WAIT));
    }
    if variants.twice && matches!(status, Some(200..=299)) {
        let status = post(workspace, &connector, &events).await;
        log(events, status);
    }
    None
}

async fn post(workspace: &Workspace, to: &Connector, events: &[Event]) -> Option<u16> {
    let headers = [
        ("content-type".to_owned(), "application/json".to_owned()),
        ("authorization".to_owned(), format!("Bearer {}", to.token)),
    ];
    let body = json!({ "events": events }).to_string();
    let timeout = workspace.config.webhook_timeout;
    let answer = workspace
        .poster
        .post(&to.url, &headers, &body, timeout)
        .await;
    answer.ok().map(|answered| answered.status)
}
