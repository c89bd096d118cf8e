//! The credentials and shared secrets, from one JSON object in Secrets Manager.
//!
//! In: the contract's JSON. Out: [`Secrets`], kept fresh by [`SecretStore`]. The only room beside
//! the conversation store that names an AWS SDK crate; imports only `aws`, `config` and `net`.

mod parse;
mod store;

use std::fmt;

pub use store::{SecretStore, SecretsError};

/// A text that never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// How the bridge signs in to Zendesk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZendeskCredentials {
    /// OAuth client credentials.
    OAuth {
        /// The client's identifier.
        client_id: Secret,
        /// The client's secret.
        client_secret: Secret,
    },
    /// An e-mail address with an API token; ends at Zendesk in April 2027.
    Legacy {
        /// The agent's address.
        email: Secret,
        /// The API token.
        token: Secret,
    },
}

/// A shared secret with the one it replaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rotating {
    /// The one in use.
    pub current: Option<Secret>,
    /// The one before, accepted during a rotation.
    pub previous: Option<Secret>,
}

impl Rotating {
    /// Every secret that is accepted now, the current one first.
    pub fn live(&self) -> impl Iterator<Item = &Secret> {
        self.current.iter().chain(&self.previous)
    }

    /// Whether nothing is accepted.
    pub fn is_empty(&self) -> bool {
        self.live().next().is_none()
    }
}

/// Everything in the secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// How the bridge signs in to Zendesk, OAuth preferred.
    pub zendesk: Option<ZendeskCredentials>,
    /// The REST key of Braze.
    pub braze_api_key: Option<Secret>,
    /// Signs the requests on `/zendesk/reply`.
    pub zendesk_reply: Rotating,
    /// Signs the requests on `/zendesk/solved`.
    pub zendesk_solved: Rotating,
    /// Signs the requests on `/zendesk/events`; without one Zendesk's event types are not followed.
    pub zendesk_events: Rotating,
    /// The bearer token on `/braze/inbound`.
    pub braze_inbound: Rotating,
    /// Makes customers' names in the logs; without it the token does.
    pub pseudonym_key: Option<Secret>,
    /// The bearer token on `/braze/events`; without one Braze's event export is off.
    pub braze_events: Rotating,
}

/// What a function needs from the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To call Zendesk.
    Zendesk,
    /// To call Braze.
    Braze,
    /// To check requests on `/zendesk/reply`.
    ZendeskReply,
    /// To check requests on `/zendesk/solved`.
    ZendeskSolved,
    /// To check requests on `/zendesk/events`, where these are to be let in.
    ZendeskEvents,
    /// To check requests on `/braze/inbound`.
    BrazeInbound,
}

impl Secrets {
    /// The keys that would have to be filled for these needs, as the contract spells them.
    pub fn missing(&self, needed: &[Need]) -> Vec<&'static str> {
        needed
            .iter()
            .flat_map(|need| self.missing_for(*need))
            .copied()
            .collect()
    }

    fn missing_for(&self, need: Need) -> &'static [&'static str] {
        let (there, keys): (bool, &[&str]) = match need {
            Need::Zendesk => (
                self.zendesk.is_some(),
                &["zendesk_oauth_client_id", "zendesk_oauth_client_secret"],
            ),
            Need::Braze => (self.braze_api_key.is_some(), &["braze_api_key"]),
            Need::ZendeskReply => (
                !self.zendesk_reply.is_empty(),
                &["zendesk_reply_signing_secret"],
            ),
            Need::ZendeskSolved => (
                !self.zendesk_solved.is_empty(),
                &["zendesk_solved_signing_secret"],
            ),
            Need::ZendeskEvents => (
                !self.zendesk_events.is_empty(),
                &["zendesk_events_signing_secret"],
            ),
            Need::BrazeInbound => (!self.braze_inbound.is_empty(), &["braze_inbound_token"]),
        };
        if there { &[] } else { keys }
    }
}
