//! Why Zendesk cannot be worked with, each in one sentence that names the setting.

use serde_json::Value;
use shared::net;

use super::Kind;
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
        cause: net::NoAnswer,
    },
    /// An answer, but not Zendesk's.
    NotZendesk(String),
    /// The credentials are refused.
    Credentials(Kind),
    /// They are refused by an answer as to nobody.
    Anonymous(Kind),
    /// The OAuth client may not ask for these scopes.
    Scopes(String),
    /// The credentials lack a scope or a role for this call; Zendesk's words, which may say which.
    Forbidden(Kind, String, String),
    /// They are good, but of nobody who may set things up.
    NotAdmin(Kind, String),
    /// The rate limit, with the wait it asks for in seconds.
    Busy(u64),
    /// It does not work at the moment: its status.
    Down(u16),
    /// Signing in was refused with a status that says nothing of the credentials.
    SignIn(u16),
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

/// Zendesk's own words in an error's body, as a person can read them; nothing where there are none.
pub(super) fn words(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let details = body["details"].as_object().into_iter().flatten();
    let reasons = details.flat_map(|(_, list)| list.as_array().into_iter().flatten());
    let mut said: Vec<&str> = reasons
        .filter_map(|reason| reason["description"].as_str())
        .collect();
    let error = &body["error"];
    let whole = [
        &body["description"],
        &error["message"],
        &body["message"],
        error,
    ];
    if said.is_empty() {
        said.extend(whole.into_iter().find_map(Value::as_str));
    }
    let said = said.join("; ");
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST_WORDS).collect()
}

/// Webhooks come with every Suite plan and with Support Team and above; a trial has ten of them at most
/// (developer.zendesk.com, Webhooks > Introduction > Limits for trial accounts).
const NO_WEBHOOKS: &str = "the account has no webhooks, or none left (a trial has ten): look in Admin Center > Apps and \
    integrations > Webhooks, remove what is not needed, or have Zendesk switch them on";

/// Whether a call makes, changes or reads webhooks.
fn is_of_webhooks(call: &str) -> bool {
    call.split_whitespace()
        .nth(1)
        .is_some_and(|path| path.starts_with("/webhooks"))
}

/// Most that is told of Zendesk's own words, in characters.
const LONGEST_WORDS: usize = 200;
/// Where Zendesk says how it is.
const STATUS_PAGE: &str = "https://status.zendesk.com";

/// Where the OAuth client is kept.
pub(crate) const OAUTH_CLIENTS: &str =
    "Admin Center > Apps and integrations > APIs > OAuth clients";

impl Kind {
    /// The secret's key that says who signs in.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OAuth => "zendesk_oauth_client_id",
            Self::Legacy => "zendesk_email",
        }
    }

    /// The secret's key that proves it.
    fn proof(self) -> &'static str {
        match self {
            Self::OAuth => "zendesk_oauth_client_secret",
            Self::Legacy => "zendesk_api_token",
        }
    }
}

impl Trouble {
    /// The setting to look at.
    pub(crate) fn setting(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } | Self::NotZendesk(_) | Self::SignIn(_) => "ZendeskBaseUrl",
            Self::Credentials(kind) | Self::Anonymous(kind) => kind.proof(),
            Self::Scopes(_) => Kind::OAuth.name(),
            Self::Forbidden(kind, ..) | Self::NotAdmin(kind, _) => kind.name(),
            Self::Busy(_) | Self::Down(_) | Self::Dropped(_) | Self::Refused { .. } => "Zendesk",
        }
    }

    /// What is wrong, continuing a sentence that begins with the setting.
    pub(crate) fn what(&self) -> String {
        match self {
            Self::Unreachable { base, .. } => format!("{base} cannot be reached"),
            Self::NotZendesk(call) => format!("the answer to {call} is not Zendesk's"),
            Self::Credentials(_) => "Zendesk refuses the secret's credentials".to_owned(),
            Self::Anonymous(_) => {
                "Zendesk answers 200 as to \"Anonymous user\": the credentials are wrong".to_owned()
            }
            Self::Scopes(scopes) => format!("the OAuth client may not ask for {scopes}"),
            Self::Forbidden(_, call, words) => {
                let colon = if words.is_empty() { "" } else { ": " };
                format!("Zendesk forbids {call} (403){colon}{words}")
            }
            Self::NotAdmin(Kind::OAuth, role) => {
                format!("the OAuth client was made by a user with the role {role}")
            }
            Self::NotAdmin(Kind::Legacy, role) => {
                format!("the API token is used as a user with the role {role}")
            }
            Self::Busy(seconds) => {
                format!("Zendesk's rate limit is used up; it asks to wait {seconds} s")
            }
            Self::Down(status) => {
                format!("Zendesk answers {status}, so it is not working right now")
            }
            Self::SignIn(status) => {
                format!(
                    "POST /oauth/tokens was answered {status}, which says nothing about the credentials"
                )
            }
            Self::Dropped(what) => format!("Zendesk dropped part of it: {what}"),
            Self::Refused { call, status, text } => {
                let colon = if text.is_empty() { "" } else { ": " };
                format!("{call} was refused with {status}{colon}{text}")
            }
        }
    }

    /// What to do about it.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::Unreachable { .. } | Self::NotZendesk(_) => {
                "check the stack's parameter ZendeskBaseUrl, and the network".to_owned()
            }
            Self::Credentials(kind) | Self::Anonymous(kind) => {
                let also = match kind {
                    Kind::OAuth => "",
                    // Nobody can make a new token since 2026-10-27.
                    Kind::Legacy => {
                        "; new API tokens are no longer issued (docs/zendesk-tokens.md)"
                    }
                };
                format!("`sms-bridge setup secret` with the values of {OAUTH_CLIENTS}{also}")
            }
            Self::Scopes(scopes) => format!("allow it {scopes} in {OAUTH_CLIENTS}"),
            Self::Forbidden(Kind::Legacy, ..) | Self::NotAdmin(Kind::Legacy, _) => {
                "`sms-bridge setup secret` with an administrator's address".to_owned()
            }
            Self::Forbidden(Kind::OAuth, call, _) if is_of_webhooks(call) => format!(
                "have an administrator make the client in {OAUTH_CLIENTS}, and allow it read and write; if \
                 it is already so, {NO_WEBHOOKS}"
            ),
            Self::Refused { call, .. } if is_of_webhooks(call) => NO_WEBHOOKS.to_owned(),
            Self::Forbidden(..) | Self::NotAdmin(..) => format!(
                "have an administrator make the client in {OAUTH_CLIENTS}, and allow it read and \
                 write"
            ),
            Self::Busy(_) => "try again later".to_owned(),
            Self::Down(_) => format!("try again; {STATUS_PAGE} says whether it is down"),
            Self::SignIn(_) => {
                "check that the stack's parameter ZendeskBaseUrl is your account, that the account \
                 is not suspended, and that it lets this network in"
                    .to_owned()
            }
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
        let (setting, what) = (self.setting(), self.what());
        match what.starts_with(setting) {
            true => format!("{what}; {}", self.remedy()),
            false => format!("{setting}: {what}; {}", self.remedy()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zendesks_words_are_told_without_its_json_or_html() {
        for (body, told) in [
            ("{}", ""),
            ("", ""),
            ("<html>502</html>", ""),
            (
                r#"{"error":"RecordInvalid","description":"Record validation errors","details":{"base":
                [{"description":"Webhook: is used\n by a trigger","error":"InUse"},{"description":"Two"}]}}"#,
                "Webhook: is used by a trigger; Two",
            ),
            (
                r#"{"error":"RecordNotFound","description":"Not found"}"#,
                "Not found",
            ),
            (
                r#"{"error":{"title":"Forbidden","message":"No access"}}"#,
                "No access",
            ),
            (r#"{"error":"Simulated"}"#, "Simulated"),
        ] {
            assert_eq!(words(body.as_bytes()), told);
        }
    }
}
