//! How the simulated Braze workspace is set up.
//!
//! In: nothing. Out: [`Config`] and [`Inbound`]. Imports the clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// Settings of a simulated workspace.
#[derive(Debug, Clone)]
pub struct Config {
    /// Port on 127.0.0.1; 0: any free one.
    pub port: u16,
    /// Simulated time.
    pub clock: Clock,
    /// REST API key.
    pub api_key: String,
    /// Requests an hour on the send endpoints.
    pub sends_per_hour: u32,
    /// Longest body accepted, in bytes.
    pub max_body: usize,
    /// How several media URLs are rendered.
    pub media_style: MediaStyle,
    /// Longest wait for a webhook's answer.
    pub webhook_timeout: Duration,
    /// Waits between webhook attempts are multiplied by this; 1: about half an hour for five.
    pub retry_wait_scale: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            clock: Clock::new(),
            api_key: "braze-rest-key".to_owned(),
            sends_per_hour: 250_000,
            max_body: 4 << 20,
            media_style: MediaStyle::Commas,
            webhook_timeout: Duration::from_secs(90),
            retry_wait_scale: 1.0,
        }
    }
}

/// The webhook campaigns that hand inbound texts on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// Where they post to.
    pub url: String,
    /// Bearer token typed into the composer's header.
    pub token: String,
    /// Keywords of the custom category behind the support campaign.
    pub support_keywords: Vec<String>,
    /// Body typed into the composer.
    pub format: BodyFormat,
}

impl Inbound {
    /// The contract's campaigns, with the keyword `SUPPORT`.
    pub fn new(url: &str, token: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: token.to_owned(),
            support_keywords: vec!["SUPPORT".to_owned()],
            format: BodyFormat::Contract,
        }
    }
}

/// Ways several media URLs might be rendered; nobody knows which is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaStyle {
    /// `a,b`
    Commas,
    /// `a b`
    Spaces,
    /// One per line.
    Lines,
    /// `["a","b"]`
    JsonArray,
}

/// Bodies of the inbound campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// The contract's, with `json_escape` on every string.
    Contract,
    /// The guide's first inbound body, as printed: no escaping; only support messages.
    Guide,
}
