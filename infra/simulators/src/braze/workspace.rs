//! The workspace behind the server, and waiting for its simulated time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::calls::Call;
use crate::core::Core;
use crate::post::Poster;
use crate::server::Vendor;
use crate::wire::{Answer, Ask};

use super::config::WorkspaceConfig;
use super::model::WorkspaceState;
use super::{api, control};

/// A simulated workspace.
pub(super) struct Workspace {
    pub(super) core: Core<WorkspaceState>,
    pub(super) config: WorkspaceConfig,
    pub(super) poster: Poster,
    pub(super) base_url: String,
}

impl Workspace {
    pub(super) fn new(config: WorkspaceConfig, base_url: String, poster: Poster) -> Self {
        let state = WorkspaceState::new(&config.api_key, config.variants.clone());
        Self {
            core: Core::new(config.clock.clone(), state),
            config,
            poster,
            base_url,
        }
    }

    /// Waits until a simulated time, in milliseconds since the epoch, or until there is none; it
    /// may change meanwhile. `scale` shortens the wait.
    pub(super) async fn until(&self, at: impl Fn(&WorkspaceState) -> Option<i64>, scale: f64) {
        let mut latest: Option<Instant> = None;
        loop {
            let (mut changes, mut moves) = (self.core.subscribe(), self.core.clock.moves());
            let now = self.core.clock.now_ms();
            let left = self.core.read(&at).map_or(0, |at| at - now);
            let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else {
                return;
            };
            let end = Instant::now() + Duration::from_millis(left).mul_f64(scale);
            let end = latest.map_or(end, |latest| latest.min(end));
            latest = Some(end);
            tokio::select! {
                _ = changes.changed() => {}
                _ = moves.changed() => {}
                () = sleep_until(end) => return,
            }
        }
    }
}

impl Vendor for Workspace {
    type State = WorkspaceState;

    fn core(&self) -> &Core<WorkspaceState> {
        &self.core
    }

    fn calls(state: &mut WorkspaceState) -> &mut Vec<Call> {
        &mut state.calls
    }

    fn operation(&self, ask: &Ask) -> &'static str {
        api::operation(ask)
    }

    fn act(self: &Arc<Self>, ask: &Ask) -> Answer {
        api::act(self, ask)
    }

    async fn control(self: Arc<Self>, ask: Ask) -> Answer {
        control::answer(&self, &ask).await
    }
}
