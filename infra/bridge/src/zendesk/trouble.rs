//! Why Zendesk cannot be worked with, each in one sentence that names the setting.

use shared::net;

use crate::Failure;
use crate::account::Terms;

/// Why a call did not do what it should.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// No answer from there.
    Unreachable {
        /// The account's address.
        base: String,
        /// Why.
        cause: net::Failure,
    },
    /// An answer, but not Zendesk's.
    NotZendesk(String),
    /// The credentials are refused.
    Credentials,
    /// The OAuth client may not ask for these scopes.
    Scopes(String),
    /// The credentials lack a scope or a role for this call.
    Forbidden(String),
    /// They are good, but of nobody who may set things up.
    NotAdmin(String),
    /// The rate limit, with the wait it asks for in seconds.
    Busy(u64),
    /// Part of what was sent was dropped.
    Dropped(String),
    /// Any other refusal.
    Refused {
        /// Method and path.
        call: String,
        /// The status.
        status: u16,
        /// Zendesk's words. Set-up calls carry no customer's data.
        text: String,
    },
}

/// Where the OAuth client is kept.
pub(crate) const OAUTH_CLIENTS: &str =
    "Admin Center > Apps and integrations > APIs > OAuth clients";

impl Trouble {
    /// The setting to look at.
    pub(crate) fn setting(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } | Self::NotZendesk(_) => "ZendeskBaseUrl",
            Self::Credentials => "zendesk_oauth_client_secret",
            Self::Scopes(_) | Self::Forbidden(_) | Self::NotAdmin(_) => "zendesk_oauth_client_id",
            Self::Busy(_) | Self::Dropped(_) | Self::Refused { .. } => "Zendesk",
        }
    }

    /// What is wrong, continuing a sentence that begins with the setting.
    pub(crate) fn what(&self) -> String {
        match self {
            Self::Unreachable { base, .. } => format!("{base} cannot be reached"),
            Self::NotZendesk(call) => format!("the answer to {call} is not Zendesk's"),
            Self::Credentials => "Zendesk refuses the secret's credentials".to_owned(),
            Self::Scopes(scopes) => format!("the OAuth client may not ask for {scopes}"),
            Self::Forbidden(call) => format!("Zendesk forbids {call} (403)"),
            Self::NotAdmin(role) => {
                format!("the OAuth client was made by somebody with the role {role}")
            }
            Self::Busy(seconds) => format!("its rate limit asks to wait {seconds} s"),
            Self::Dropped(what) => format!("part of what was sent was dropped: {what}"),
            Self::Refused { call, status, text } => {
                format!("{call} was refused with {status}: {text}")
            }
        }
    }

    /// What to do about it.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::Unreachable { .. } | Self::NotZendesk(_) => {
                "check the stack's parameter ZendeskBaseUrl, and the network".to_owned()
            }
            Self::Credentials => {
                format!("`bridge setup secret` with the values of {OAUTH_CLIENTS}")
            }
            Self::Scopes(scopes) => format!("allow it {scopes} in {OAUTH_CLIENTS}"),
            Self::Forbidden(_) | Self::NotAdmin(_) => format!(
                "have an administrator make the client in {OAUTH_CLIENTS}, and allow it read and \
                 write"
            ),
            Self::Busy(_) => "try again later".to_owned(),
            Self::Dropped(_) | Self::Refused { .. } => {
                "look at the object in Zendesk's Admin Center, then try again".to_owned()
            }
        }
    }

    /// The end of a command: the sentence, with the cause where it was asked for.
    pub(crate) fn told(&self, terms: &Terms) -> Failure {
        Failure::Usage(match self {
            Self::Unreachable { cause, .. } => terms.told(self.sentence(), cause),
            _ => self.sentence(),
        })
    }

    /// Setting, what is wrong and what to do, in one sentence.
    pub(crate) fn sentence(&self) -> String {
        format!("{}: {}; {}", self.setting(), self.what(), self.remedy())
    }
}
