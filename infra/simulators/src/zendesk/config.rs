//! How the simulated Zendesk account is set up, and how it is changed while it runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Clock;

use super::variants::AccountVariants;

/// Settings of a simulated account; `Default` is a usual account with known credentials.
#[derive(Debug, Clone)]
pub struct AccountConfig {
    /// Port on 127.0.0.1; 0: any free one.
    pub port: u16,
    /// Simulated time.
    pub clock: Clock,
    /// OAuth client allowed to ask for tokens.
    pub oauth_client_id: String,
    /// Its secret.
    pub oauth_client_secret: String,
    /// E-mail of the legacy API token's user.
    pub legacy_email: String,
    /// Legacy API token; empty: switched off, as on new accounts.
    pub legacy_token: String,
    /// Key of a user field that exists from the start; `None`: only `POST /user_fields` makes one.
    pub custom_field: Option<String>,
    /// Facts that differ between accounts or are not verified.
    pub variants: AccountVariants,
    /// Rate limits.
    pub limits: AccountLimits,
    /// Longest wait for a webhook's answer.
    pub webhook_timeout: Duration,
    /// Waits between webhook attempts are multiplied by this; 0: none.
    pub retry_wait_scale: f64,
    /// What opens a webhook's circuit breaker for five minutes; `None`: nothing.
    pub breaker: Option<Breaker>,
}

/// What opens a webhook's circuit breaker, counted over five minutes; the defaults are what third
/// parties saw.
#[derive(Debug, Clone)]
pub struct Breaker {
    /// Per cent of the invocations that fail.
    pub percent: usize,
    /// Invocations before a share of them counts; nobody knows the real number.
    pub least: usize,
    /// More failures than this open it whatever their share.
    pub most: usize,
}

/// Limits of the account. `Default` does not get in the way; [`AccountLimits::real`] is what the vendor
/// documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountLimits {
    /// Requests a minute for the account; agents' screens do not count.
    pub requests_per_minute: u32,
    /// Ticket updates a minute for the whole account, agents' saves included.
    pub updates_per_minute: u32,
    /// Updates in ten minutes for one user on one ticket.
    pub updates_per_ticket: u32,
    /// Incremental exports a minute.
    pub exports_per_minute: u32,
    /// Comments on one ticket.
    pub comments_per_ticket: usize,
}

impl AccountLimits {
    /// What the vendor documents: 700 requests a minute (200 to 2,500 by plan), 100 ticket updates
    /// a minute (300 with the high-volume add-on), 30 in ten minutes for one user on one ticket,
    /// 10 exports a minute, 5,000 comments on a ticket.
    pub fn real() -> Self {
        Self {
            requests_per_minute: 700,
            updates_per_minute: 100,
            updates_per_ticket: 30,
            exports_per_minute: 10,
            comments_per_ticket: 5_000,
        }
    }
}

impl AccountConfig {
    /// The switches and limits, as `GET /_sim/switches` shows them.
    pub(super) fn switches(&self) -> Value {
        json!({"variants": self.variants, "limits": self.limits})
    }

    /// Changes those that are named, or none of them.
    ///
    /// # Errors
    /// One sentence that names the switch that is unknown or has a wrong value.
    pub(super) fn switch(&mut self, wanted: &Value) -> Result<(), String> {
        let mut switches = self.switches();
        let mut changed = (self.variants.clone(), self.limits.clone());
        let Value::Object(sections) = wanted else {
            return Err("an object of variants and limits is required".to_owned());
        };
        for (section, values) in sections {
            let Value::Object(values) = values else {
                return Err(format!("{section} is no object"));
            };
            for (name, value) in values {
                let known = switches
                    .get_mut(section)
                    .and_then(|known| known.get_mut(name));
                *known.ok_or_else(|| format!("there is no switch {section}.{name}"))? =
                    value.clone();
                changed = read(&switches).map_err(|error| format!("{section}.{name}: {error}"))?;
            }
        }
        (self.variants, self.limits) = changed;
        Ok(())
    }
}

fn read(switches: &Value) -> serde_json::Result<(AccountVariants, AccountLimits)> {
    let variants = AccountVariants::deserialize(&switches["variants"])?;
    Ok((variants, AccountLimits::deserialize(&switches["limits"])?))
}

impl Default for AccountConfig {
    fn default() -> Self {
        Self {
            port: 0,
            clock: Clock::new(),
            oauth_client_id: "braze-bridge".to_owned(),
            oauth_client_secret: "zendesk-oauth-secret".to_owned(),
            legacy_email: "bridge@example.com".to_owned(),
            legacy_token: "zendesk-legacy-token".to_owned(),
            custom_field: Some("braze_external_id".to_owned()),
            variants: AccountVariants::default(),
            limits: AccountLimits::default(),
            webhook_timeout: Duration::from_secs(12),
            retry_wait_scale: 1.0,
            breaker: None,
        }
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            percent: 70,
            least: 10,
            most: 1_000,
        }
    }
}

impl Default for AccountLimits {
    fn default() -> Self {
        Self {
            requests_per_minute: 100_000,
            updates_per_minute: 100_000,
            updates_per_ticket: 10_000,
            ..Self::real()
        }
    }
}
