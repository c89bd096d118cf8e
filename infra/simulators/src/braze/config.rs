//! What a simulated workspace is started with.

use std::time::Duration;

use crate::clock::Clock;

use super::variants::WorkspaceVariants;

/// Settings of a simulated workspace.
#[derive(Debug, Clone)]
pub struct WorkspaceConfig {
    /// Port on 127.0.0.1; 0: any free one.
    pub port: u16,
    /// Simulated time.
    pub clock: Clock,
    /// REST API key.
    pub api_key: String,
    /// Requests allowed per window.
    pub limits: WorkspaceLimits,
    /// Longest body accepted, in bytes.
    pub max_body: usize,
    /// Unverified facts, as they are at the start.
    pub variants: WorkspaceVariants,
    /// Longest wait for a webhook's answer.
    pub webhook_timeout: Duration,
    /// Waits between webhook attempts are multiplied by this; 1: about half an hour for five.
    pub retry_wait_scale: f64,
    /// Failures of one host within a minute after which webhooks to it pause for a minute.
    pub failures_before_pause: u32,
}

/// Requests allowed, by the vendor's windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkspaceLimits {
    /// An hour, for all send endpoints together.
    pub sends_per_hour: u32,
    /// In three seconds, of `users/track`.
    pub tracks_per_3_seconds: u32,
    /// A minute, of `subscription/status/set`.
    pub subscription_sets_per_minute: u32,
    /// A minute, of `users/export/ids`.
    pub exports_per_minute: u32,
    /// An hour, of every other endpoint, each for itself.
    pub others_per_hour: u32,
}

impl Default for WorkspaceLimits {
    fn default() -> Self {
        Self {
            sends_per_hour: 250_000,
            tracks_per_3_seconds: 3_000,
            subscription_sets_per_minute: 5_000,
            exports_per_minute: 250,
            others_per_hour: 250_000,
        }
    }
}

impl Default for WorkspaceConfig {
    fn default() -> Self {
        Self {
            port: 0,
            clock: Clock::new(),
            api_key: "braze-rest-key".to_owned(),
            limits: WorkspaceLimits::default(),
            max_body: 4 << 20,
            variants: WorkspaceVariants::default(),
            webhook_timeout: Duration::from_secs(90),
            retry_wait_scale: 1.0,
            failures_before_pause: 3_000,
        }
    }
}
