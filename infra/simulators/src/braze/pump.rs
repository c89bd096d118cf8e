//! What a workspace does by itself when its time comes.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::sleep;

use super::outbound;
use super::workspace::Workspace;

/// Longest sleep between two looks.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Runs until the workspace is gone.
pub(super) async fn run(workspace: Weak<Workspace>) {
    loop {
        let Some(here) = workspace.upgrade() else {
            return;
        };
        let (mut changes, mut moves) = (here.core.subscribe(), here.core.clock.moves());
        let left = turn(&here);
        drop(here);
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            _ = moves.changed() => {}
            () = sleep(left) => {}
        }
    }
}

/// Does what is due; how long until the next thing is.
fn turn(workspace: &Arc<Workspace>) -> Duration {
    let now = workspace.core.clock.now_ms();
    let due = || {
        let first =
            |state: &super::WorkspaceState| state.held.iter().map(|held| held.due_at_ms).min();
        workspace.core.read(first)
    };
    if due().is_some_and(|at| at <= now) {
        workspace.core.change(|state| outbound::release(state, now));
    }
    let left = due().map(|at| Duration::from_millis(u64::try_from(at - now).unwrap_or(0)));
    left.unwrap_or(LONGEST).min(LONGEST)
}
