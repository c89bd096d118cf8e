//! Quiet hours: what no person wrote waits until they end, and holds up no answer meanwhile.

use super::super::state::Trouble;
use super::{Exit, Flow, later};

/// They last.
pub(super) fn last(flow: &Flow<'_>) -> bool {
    let hours = flow.about.policy.quiet_hours.as_ref();
    hours.is_some_and(|hours| hours.end(flow.now()).is_some())
}

/// Puts an automatic SMS off until the quiet hours end, where it is within them.
pub(super) fn wait(flow: &mut Flow<'_>) -> Result<(), Exit> {
    let hours = flow.about.policy.quiet_hours.as_ref();
    let Some(end) = hours.and_then(|hours| hours.end(flow.now())) else {
        return Ok(());
    };
    flow.progress.put_off = end;
    later(Some(end), Some(Trouble::Quiet))
}
