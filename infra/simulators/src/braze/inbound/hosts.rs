//! Hosts that fail too often get no webhooks for a minute.

use std::collections::BTreeMap;

const MINUTE_MS: i64 = 60 * 1000;

/// Failures by host.
#[derive(Debug, Clone, Default)]
pub(in crate::braze) struct Hosts(BTreeMap<String, Host>);

#[derive(Debug, Clone, Default)]
struct Host {
    since_ms: i64,
    failures: u32,
    paused_until_ms: i64,
}

impl Hosts {
    /// Counts an answer; `most` failures within a minute pause the host for a minute.
    pub(super) fn count(&mut self, url: &str, status: u16, most: u32, now: i64) {
        if !matches!(status, 408 | 429 | 502..=504 | 529) {
            return;
        }
        let host = self.0.entry(host(url).to_owned()).or_default();
        if now - host.since_ms >= MINUTE_MS {
            (host.since_ms, host.failures) = (now, 0);
        }
        host.failures += 1;
        if host.failures >= most {
            (host.failures, host.paused_until_ms) = (0, now + MINUTE_MS);
        }
    }

    /// Until when the host is paused, in milliseconds since the epoch; a time in the past: it is
    /// not.
    pub(super) fn paused_until_ms(&self, url: &str) -> i64 {
        self.0.get(host(url)).map_or(0, |host| host.paused_until_ms)
    }
}

/// Host and port of a URL.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
