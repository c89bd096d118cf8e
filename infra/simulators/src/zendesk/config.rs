//! How the simulated Zendesk account is set up.
//!
//! In: nothing. Out: [`Config`], with one switch per fact nobody is sure of. Imports the clock.

use std::time::Duration;

use crate::clock::Clock;

/// Settings of a simulated account; `Default` is a usual account with known credentials.
#[derive(Debug, Clone)]
pub struct Config {
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
    /// Facts nobody is sure of.
    pub variants: Variants,
    /// Rate limits.
    pub limits: Limits,
    /// Longest wait for a webhook's answer.
    pub webhook_timeout: Duration,
    /// Waits between webhook attempts are multiplied by this; 0: none.
    pub retry_wait_scale: f64,
    /// What opens a webhook's circuit breaker for five minutes; `None`: nothing.
    pub breaker: Option<Breaker>,
}

/// One switch per fact that differs between accounts or is unverified.
#[derive(Debug, Clone)]
pub struct Variants {
    /// Placeholder values in a JSON webhook body are JSON-escaped.
    pub json_escaping: bool,
    /// Comments show their audit's custom metadata.
    pub comment_metadata: bool,
    /// The key in `details` under which a closed ticket refuses an update.
    pub closed_key: String,
    /// `{{ticket.status}}` renders as `Open`, not `open`.
    pub status_capitalised: bool,
    /// How the dashed header of a comment placeholder writes its date.
    pub date_style: DateStyle,
    /// A phone number that is not E.164 is refused with 422.
    pub phone_must_be_e164: bool,
    /// A phone number another user has is refused with 422.
    pub phone_must_be_unique: bool,
    /// `GET /tickets/{id}/audits` wants the global `read` scope; `tickets:read` is not enough
    /// (the vendor's reference page on ticket audits).
    pub audits_need_global_read: bool,
    /// An unknown or expired upload token is refused with 422 instead of being left out silently.
    pub bad_upload_refused: bool,
    /// The token answer says `expires_in`.
    pub token_says_expires_in: bool,
    /// Life of an access token.
    pub token_life: Duration,
}

/// Date styles of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateStyle {
    /// `Nov 22, 2026, 15:04`
    English,
    /// `22 nov. 2026 à 15:04`
    French,
    /// `2026-11-22 15:04`
    Iso,
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

/// Rate limits; the defaults do not get in the way.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests a minute for the account.
    pub requests_per_minute: u32,
    /// Updates in ten minutes for one user on one ticket (30 in reality).
    pub updates_per_ticket: u32,
    /// Comments on one ticket.
    pub comments_per_ticket: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            clock: Clock::new(),
            oauth_client_id: "braze-bridge".to_owned(),
            oauth_client_secret: "zendesk-oauth-secret".to_owned(),
            legacy_email: "bridge@example.com".to_owned(),
            legacy_token: "zendesk-legacy-token".to_owned(),
            custom_field: Some("braze_external_id".to_owned()),
            variants: Variants::default(),
            limits: Limits::default(),
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

impl Default for Variants {
    fn default() -> Self {
        Self {
            json_escaping: true,
            comment_metadata: true,
            closed_key: "status".to_owned(),
            status_capitalised: true,
            date_style: DateStyle::English,
            phone_must_be_e164: true,
            phone_must_be_unique: false,
            audits_need_global_read: true,
            bad_upload_refused: false,
            token_says_expires_in: true,
            token_life: Duration::from_secs(30 * 60),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_minute: 100_000,
            updates_per_ticket: 10_000,
            comments_per_ticket: 5_000,
        }
    }
}
